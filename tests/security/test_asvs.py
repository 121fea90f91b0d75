"""The table of OWASP's ASVS is whole and true to the code, and so is the guide to security that it leans on."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from mingpu.accounts import proof_rules, rules
from mingpu.accounts.passkey_rules import CHALLENGE_SECONDS
from mingpu.accounts.queries import MOST_ADDRESSES
from mingpu.accounts.services.familiar import MARK_DAYS
from mingpu.accounts.services.passkeys import MOST_PASSKEYS
from mingpu.accounts.services.sessions import LIFE
from mingpu.desk.services import GUESSES, SHIFT, TRIES_A_NAME, TRIES_AN_ADDRESS
from mingpu.privacy import check, keys
from scripts import asvs_table

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "docs" / "asvs.toml"
GUIDE = (ROOT / "docs" / "security.md").read_text()
TABLE = asvs_table.read(SOURCE)
PRODUCT = sorted(it for it in (ROOT / "mingpu").rglob("*.py") if "migrations" not in it.parts)
# Levels of the requirements of each section, in their order, as ASVS 5.0.0 has them.
SECTIONS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223", "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23", "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22", "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
}  # fmt: skip
OTHERS_WEAK = {"mingpu/adapters/courier/sf_wire.py", "mingpu/adapters/courier/yto_wire.py", "mingpu/adapters/payment/wechatpay_bill.py"}  # fmt: skip

ACTIVE = {
    "pickle", "marshal", "shelve", "yaml", "xml.etree.ElementTree", "jinja2", "django.template.Template", "django.template.engines",
    "string.Template",
}  # fmt: skip


def test_the_list_is_whole():
    asked = {
        f"{section}.{place}": int(level)
        for section, levels in SECTIONS.items()
        for place, level in enumerate(levels, 1)
        if level != "3"
    }
    assert {no: it["level"] for no, it in TABLE.items()} == asked


@pytest.mark.parametrize("no", list(TABLE))
def test_a_requirement_has_evidence_that_is_there_or_a_reason(no):
    it = TABLE[no]
    assert set(it) == {"level", "state", "asks", "how", "evidence"}
    assert it["asks"]
    assert it["how"]
    if it["state"] in {"met", "partly"}:
        assert it["evidence"], "no evidence"
    if it["state"] in {"partly", "not"}:
        assert re.search(r"would close it|being built|prescribe|without a|protocols have it|says to|by itself", it["how"]), "not what would close it"  # fmt: skip
    assert it["state"] in asvs_table.STATES
    for one in it["evidence"]:
        wrong = (
            check._test(one) if one.startswith("tests/") else "" if (ROOT / one).is_file() else "is not there"
        )
        assert wrong == "", one
    for anchor in re.findall(r"security\.md#([\w-]+)", it["how"]):
        titles = re.findall(r"^## (.+)$", GUIDE.lower(), re.MULTILINE)
        assert anchor in [title.replace(" ", "-") for title in titles], anchor


def test_the_table_is_made_of_the_list():
    assert (ROOT / "docs" / "asvs.md").read_text() == asvs_table.page(TABLE)


@pytest.mark.parametrize(
    "said",
    [
        f"{rules.SHORTEST_PASSWORD} to {rules.LONGEST_PASSWORD} characters of any kind", f"the first {rules._JUDGED} characters",
        f"| {rules.FREE_GUESSES} in {rules.GUESSING_MINUTES} minutes |", f"| {rules.FREE_GUESSES_FROM} in {rules.GUESSING_MINUTES} minutes |",
        f"one in {rules.CODE_PAUSE} seconds, {rules.CODES_A_DAY} a day", f"{rules.CODES_MORE} more for a browser",
        f"{rules.CODES_AN_HOUR} an hour", f"{settings.CODES_A_DAY:,} a day", f"a mark ({MARK_DAYS} days)",
        f"ends after {LIFE.days} days", f"after {SHIFT.total_seconds() / 3600:.0f} hours",
        f"{TRIES_A_NAME} wrong ones by name, {TRIES_AN_ADDRESS} by network", f"within {proof_rules.RECENT.seconds // 60} minutes",
        f"| entries of the address book | {MOST_ADDRESSES} |", f"| passkeys | {MOST_PASSKEYS} |",
        f"| interests | {rules.MOST_INTERESTS} |", f"| {GUESSES} in 15 minutes |", f"{rules.LONGEST_WAIT} seconds between tries",
        f"{rules.SHORTEST_NAME} to {rules.LONGEST_NAME} letters", f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024} KiB, {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields",
        f"{settings.FILE_UPLOAD_MAX_MEMORY_SIZE // 1024**2} MiB a form", f"for {CHALLENGE_SECONDS // 60} minutes",
    ],
)  # fmt: skip
def test_figures_of_the_guide_are_those_of_the_code(said):
    assert said in GUIDE


# ---- what the code does not do ----


def imports(path: Path) -> set[str]:
    """Every module a file imports, with the names it takes from it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {it.name for it in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{it.name}" for it in node.names}
    return found


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a file, by what is called."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_code_runs_what_was_typed():
    """No eval, no pickle, no shell, no template out of a string; other programs are the operator's commands' alone."""
    wrong = []
    for path in PRODUCT:
        taken = imports(path)
        wrong += [f"{named(path)}: {it}" for it in sorted(taken & ACTIVE)]
        if "subprocess" in taken and not named(path).startswith("mingpu/ops/"):
            wrong.append(f"{named(path)}: other programs")
        for name, call in calls(path):
            if name in {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}:
                wrong.append(f"{named(path)}: {name}")
            wrong += [f"{named(path)}: a shell" for it in call.keywords if it.arg == "shell"]
    # The operator's command that reads how the project's own tests came out.
    assert wrong == ["mingpu/privacy/proofs.py: xml.etree.ElementTree"]


def test_patterns_are_ours():
    """A pattern made inside a function is made of constants; what comes from elsewhere passes `re.escape`."""
    wrong = []
    for path in PRODUCT:
        functions = [it for it in ast.walk(ast.parse(path.read_text())) if isinstance(it, ast.FunctionDef)]
        for call in (it for function in functions for it in ast.walk(function) if isinstance(it, ast.Call)):
            if re.fullmatch(
                r"re\.(compile|search|match|fullmatch|subn?|findall|finditer|split)", ast.unparse(call.func)
            ):
                parts = [
                    ast.unparse(it.value)
                    for it in ast.walk(call.args[0])
                    if isinstance(it, ast.FormattedValue)
                ]
                wrong += [
                    f"{named(path)}: {it}" for it in parts if not re.match(r"re\.escape\(|_?[A-Z_]+$", it)
                ]
    assert wrong == []


def test_chance_is_the_systems():
    """`random` draws the demonstration's pictures, the counterparts' whims and the samples of an attack that is measured."""
    drawing = {named(it) for it in PRODUCT if "random" in imports(it)}
    free = ("mingpu/catalog/demo/", "mingpu/adapters/counterparts/", "mingpu/statistics/attacks.py")
    assert not {it for it in drawing if not it.startswith(free)}


CRYPTOGRAPHY = ("hashlib", "hmac", "cryptography", "argon2", "fido2", "django.core.signing")


def test_every_module_that_uses_cryptography_is_in_the_inventory():
    told = GUIDE.partition("What uses cryptography:")[2].replace("\n", " ")
    listed = set()
    for one in re.findall(r"`([\w/{},.]+)`", told):
        head, _, rest = one.partition("{")
        inside, _, tail = rest.partition("}")
        listed |= {f"mingpu/{head}{it}{tail}" for it in inside.split(",")} if rest else {f"mingpu/{one}"}
    used = {
        named(it)
        for it in PRODUCT
        if any(taken == one or taken.startswith(f"{one}.") for taken in imports(it) for one in CRYPTOGRAPHY)
        and "counterparts" not in it.parts
    }
    assert listed == used


def test_nothing_is_encrypted_but_by_aes_gcm():
    for path in PRODUCT:
        ciphers = {it for it in imports(path) if it.startswith("cryptography.hazmat.primitives.ciphers")}
        assert ciphers <= {"cryptography.hazmat.primitives.ciphers.aead", "cryptography.hazmat.primitives.ciphers.aead.AESGCM"}, path  # fmt: skip
        padded = {name for name, call in calls(path) if "PKCS1v15" in ast.unparse(call) and name.endswith(("encrypt", "decrypt"))}  # fmt: skip
        assert not padded, path


def test_weak_hashes_stand_only_where_others_prescribe_them():
    weak = {
        named(path)
        for path in PRODUCT
        for name, _ in calls(path)
        if name.rpartition(".")[2] in {"md5", "sha1"} and "counterparts" not in path.parts
    }
    assert weak == OTHERS_WEAK


def test_a_sealed_value_that_was_moved_or_altered_does_not_open():
    key = keys.fetch_or_make(uuid4(), "account")
    sealed = keys.seal(key, "table|column|person", "林知夏".encode())
    assert keys.unseal(key, "table|column|person", sealed).decode() == "林知夏"
    with pytest.raises(ValueError, match="moved or altered"):
        keys.unseal(key, "table|column|another", sealed)
    for place in range(1, len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(ValueError, match="moved or altered"):
            keys.unseal(key, "table|column|person", bytes(altered))
    assert keys.seal(key, "table|column|person", b"x") != keys.seal(key, "table|column|person", b"x")
