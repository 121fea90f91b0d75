"""Changes of single files of the project, by kind: models, verbs, tests, migrations, kept versions."""

import re
from pathlib import Path
from random import Random

from mingpu.privacy.check import newest_migration
from mingpu.privacy.register import REGISTER as KNOWN
from mingpu.privacy.versions import VERSIONS
from scripts.omission_kinds import CODE, Edit, kind

ROOT = Path(__file__).resolve().parents[1]
MODELS = sorted(path for path in (ROOT / "mingpu").glob("*/models.py") if "SealedText" in path.read_text())
FIELD = re.compile(r"^    (\w+) = (models\.\w+Field|SealedText)\(.*\)(?:  #.*)?$", re.MULTILINE)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _edit(path: Path, what: str, text: str | None) -> Edit | None:
    return None if text == path.read_text() else Edit(_name(path), what, text)


@kind(CODE)
def model_field_added(chance: Random) -> Edit | None:
    """A model with a field that the register does not know."""
    path = chance.choice(MODELS)
    text = path.read_text()
    found = chance.choice(list(FIELD.finditer(text)))
    return _edit(
        path,
        f"a field after {found[1]}",
        text[: found.end()] + "\n    extra = models.TextField(default='')" + text[found.end() :],
    )


@kind(CODE)
def model_field_removed(chance: Random) -> Edit | None:
    """A model that lost a field of the register."""
    path = chance.choice(MODELS)
    text = path.read_text()
    found = chance.choice([it for it in FIELD.finditer(text) if "primary_key" not in it[0]])
    return _edit(path, f"without {found[1]}", text[: found.start()] + text[found.end() + 1 :])


@kind(CODE)
def model_field_unsealed(chance: Random) -> Edit | None:
    """A model that keeps a sealed value in clear."""
    path = chance.choice(MODELS)
    text = path.read_text()
    found = chance.choice([it for it in FIELD.finditer(text) if it[2] == "SealedText"])
    line = found[0].replace("SealedText(", "models.TextField(")
    return _edit(path, f"{found[1]} in clear", text[: found.start()] + line + text[found.end() :])


@kind(CODE)
def purpose_renamed_in_code(chance: Random) -> Edit | None:
    """A purpose that the code spells otherwise."""
    path = ROOT / "mingpu" / "privacy" / "purposes.py"
    name = chance.choice(list(KNOWN.purposes))
    return _edit(path, f"purpose {name} renamed", path.read_text().replace(f'= "{name}"\n', f'= "{name}s"\n'))


@kind(CODE)
def verb_renamed(chance: Random) -> Edit | None:
    """A verb that a clause names and that is called otherwise now."""
    clause = chance.choice(list(KNOWN.clauses.values()))
    module, _, name = chance.choice(clause.implemented).partition(":")
    path = ROOT / (module.replace(".", "/") + ".py")
    if not path.is_file() or "." in name:
        return None
    text = re.sub(
        rf"^(def|class) {name}\b", rf"\1 {name}_renamed", path.read_text(), count=1, flags=re.MULTILINE
    )
    text = re.sub(rf"^{name}\b( *[:=])", rf"{name}_renamed\1", text, count=1, flags=re.MULTILINE)
    return _edit(path, f"{name} renamed", text)


@kind(CODE)
def test_file_removed(chance: Random) -> Edit | None:
    """A test that a clause names and that is gone."""
    clause = chance.choice(list(KNOWN.clauses.values()))
    path = ROOT / chance.choice(clause.tests).partition("::")[0]
    return Edit(_name(path), f"gone; clause {clause.id} names it", None)


@kind(CODE)
def migration_line_dropped(chance: Random) -> Edit | None:
    """A statement left out of the newest migration of the register."""
    path = newest_migration()
    assert path is not None
    parts = path.read_text().split(";\n--\n")
    at = chance.randrange(len(parts))
    return _edit(path, f"without statement {at}", ";\n--\n".join([*parts[:at], *parts[at + 1 :]]))


@kind(CODE)
def kept_version_edited(chance: Random) -> Edit | None:
    """A version of the statement, changed after it was kept."""
    path = chance.choice(sorted(VERSIONS.glob("*.json")))
    old = chance.choice(['"F1"', '"order"', '"contract"', "false"])
    return _edit(path, f"{old} changed", path.read_text().replace(old, '"F12"', 1))
