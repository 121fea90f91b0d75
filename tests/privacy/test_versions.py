"""Versions of the statement: kept, chained, held against the register; differences in plain words."""

import copy
import json

import pytest

from mingpu.lib.errors import NotFound
from mingpu.privacy import changes, versions
from mingpu.privacy.register import REGISTER, Register


def mutated(change, version="2099-01-01"):
    """The register with something changed in its raw data, as a later version."""
    raw = copy.deepcopy(dict(REGISTER.raw))
    raw["version"] = version
    change(raw)
    return Register(raw, "f" * 64)


@pytest.fixture
def folder(tmp_path):
    """A folder in which the register of today is kept as its version."""
    assert versions.snapshot(folder=tmp_path) is not None
    return tmp_path


def kinds(register, folder):
    return {it.kind for it in versions.findings(register, folder)}


def more_items(raw):
    raw["tables"]["accounts_address"]["grants"]["personalisation"] = "s"


def another_field(raw):
    raw["recipients"]["fapiao"]["fields"]["shoe_size"] = "F1"


def another_recipient(raw):
    raw["recipients"]["sms_gateway"]["purposes"] = ["identity_check", "search_history"]


def longer(raw):
    raw["retention"]["history"]["days"] = 400


def forever(raw):
    del raw["retention"]["history"]["days"]


GROWN = [
    (more_items, "personalisation"), (another_field, "invoicing"), (another_recipient, "search_history"),
    (longer, "search_history"), (forever, "search_history"),
]  # fmt: skip


def test_what_is_kept_is_whole_and_is_the_register():
    assert list(versions.findings()) == []
    assert versions.kept()[-1].version == REGISTER.version
    assert len(versions.kept()) >= 2


def test_keeping_the_same_again_writes_nothing(folder):
    assert versions.snapshot(folder=folder) is None
    assert kinds(REGISTER, folder) == set()


def test_a_version_that_is_not_kept_is_named_with_the_command(folder):
    found = list(versions.findings(mutated(lambda raw: None), folder))
    assert [it.kind for it in found] == ["version-missing"]
    assert versions.MAKE in found[0].text


@pytest.mark.parametrize(("change", "_name"), GROWN, ids=[it.__name__ for it, _ in GROWN])
def test_a_register_that_moved_on_under_its_version_is_found(folder, change, _name):
    register = mutated(change, REGISTER.version)
    found = [it for it in versions.findings(register, folder) if it.kind == "version-changed"]
    assert versions.MAKE in found[0].text
    with pytest.raises(ValueError, match="new version"):
        versions.snapshot(register, folder)
    assert versions.snapshot(register, folder, rewrite=True) is not None
    assert kinds(register, folder) == set()


@pytest.mark.parametrize(("change", "name"), GROWN, ids=[it.__name__ for it, _ in GROWN])
def test_a_consent_that_came_to_use_more_needs_a_flag_nobody_had(folder, change, name):
    register = mutated(change)
    versions.snapshot(register, folder)
    [found] = [it for it in versions.findings(register, folder) if it.kind == "consent-grown"]
    assert found.text.startswith(name)

    def asked_anew(raw):
        change(raw)
        raw["purposes"][name]["flag"] = int(found.text.partition("flag = ")[2].partition(")")[0])

    register = mutated(asked_anew)
    versions.snapshot(register, folder, rewrite=True)
    assert kinds(register, folder) == set()


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw["retention"]["history"].update(days=10),
        lambda raw: raw["purposes"]["search_history"]["why"].update(en="Said better."),
        lambda raw: raw["recipients"]["fapiao"]["fields"].pop(
            next(iter(raw["recipients"]["fapiao"]["fields"]))
        ),
        lambda raw: raw["tables"]["search_search"]["grants"].update(search_history=""),
    ],
    ids=["shorter", "words", "field-less", "items-less"],
)
def test_less_or_other_words_ask_nobody_again(folder, change):
    register = mutated(change)
    versions.snapshot(register, folder)
    assert kinds(register, folder) == set()


def test_a_flag_is_never_anothers(folder):
    def swap(raw):
        raw["purposes"]["search_history"]["flag"] = raw["permissions"]["camera"]["flag"]
        raw["permissions"]["camera"]["flag"] = 62

    register = mutated(swap)
    versions.snapshot(register, folder)
    assert "flag-reused" in kinds(register, folder)


@pytest.mark.parametrize("key", ["statement", "flags", "previous", "hash"])
def test_a_kept_version_that_was_changed_is_found(folder, key):
    versions.snapshot(mutated(lambda raw: None), folder)
    path = folder / f"{REGISTER.version}.json"
    whole = json.loads(path.read_text())
    whole[key] = {
        "statement": {**whole["statement"], "version": "x"},
        "flags": {},
        "previous": "0",
        "hash": "0" * 64,
    }[key]
    path.write_text(json.dumps(whole))
    versions.kept.cache_clear()
    assert "version-chain" in kinds(mutated(lambda raw: None), folder)


def test_a_version_taken_out_of_the_chain_is_found(folder):
    versions.snapshot(mutated(lambda raw: None), folder)
    (folder / f"{REGISTER.version}.json").unlink()
    versions.kept.cache_clear()
    assert "version-chain" in kinds(mutated(lambda raw: None), folder)


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense"])
def test_a_file_that_is_no_version_is_found(folder, text):
    (folder / "2000-01-01.json").write_text(text)
    versions.kept.cache_clear()
    assert kinds(REGISTER, folder) == {"version-chain"}


def test_an_older_version_is_not_kept_after_a_newer(folder):
    with pytest.raises(ValueError, match="older"):
        versions.snapshot(mutated(lambda raw: None, "2000-01-01"), folder)


# ---- in plain words ----


def lines(change):
    new = versions.told(mutated(change))
    return changes.difference(versions.told(), new), changes.difference(new, versions.told())


def test_nothing_changed_says_nothing():
    assert changes.difference(versions.told(), versions.told()) == ()


def new_purpose(raw):
    raw["purposes"]["newsletter"] = {
        **raw["purposes"]["personalisation"],
        "flag": 61,
        "title": {"zh": "来信", "en": "Newsletter"},
    }


def new_recipient(raw):
    raw["recipients"]["printer"] = {
        **raw["recipients"]["sms_gateway"],
        "title": {"zh": "打印商", "en": "A printer"},
    }
    raw["parties"]["printer"] = raw["parties"]["sms_gateway"]


def new_item(raw):
    raw["tables"]["accounts_profile"]["columns"]["shoe"] = {
        "label": {"zh": "鞋码", "en": "Shoe size"}, "category": "F1", "clauses": ["1.1.1c"],
    }  # fmt: skip


DIFFERENT = [
    (new_purpose, ("added", "purpose", "Newsletter"), ("removed", "purpose", "Newsletter")),
    (new_recipient, ("added", "recipient", "A printer"), ("removed", "recipient", "A printer")),
    (new_item, ("added", "item", "Shoe size"), ("removed", "item", "Shoe size")),
    (more_items, ("added", "item", "now also uses"), ("removed", "item", "no longer uses")),
    (another_field, ("added", "recipient", "shoe_size"), ("removed", "recipient", "shoe_size")),
    (lambda raw: raw["retention"]["history"].update(days=400, zh="400 天", en="400 days"), ("changed", "retention", "kept longer: 400 days"), ("changed", "retention", "before: 400 days")),
    (lambda raw: raw["purposes"]["search_history"].update(basis="contract"), ("changed", "purpose", "another basis"), ("changed", "purpose", "another basis")),
    (lambda raw: raw["purposes"]["profile"]["why"].update(en="Otherwise."), ("changed", "words", "Otherwise."), ("changed", "words", "Your profile")),
    (lambda raw: raw["permissions"].update(nfc={**raw["permissions"]["camera"], "flag": 60, "title": {"zh": "近场", "en": "NFC"}}), ("added", "permission", "NFC"), ("removed", "permission", "NFC")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "there", "back"), DIFFERENT, ids=[str(i) for i in range(len(DIFFERENT))])
def test_a_change_is_said_in_both_languages_and_both_ways(change, there, back):
    for found, (kind, what, word) in zip(lines(change), (there, back), strict=True):
        it = [line for line in found if (line.kind, line.what) == (kind, what) and word in line.text.en]
        assert it, [line.text.en for line in found]
        assert all(line.text.zh and line.text.zh != line.text.en for line in found)
        assert not any("{" in line.text.zh + line.text.en for line in found)


def test_a_new_purpose_by_consent_says_that_it_is_off():
    found, _ = lines(new_purpose)
    assert any("off until you agree" in line.text.en for line in found)


def test_any_two_kept_versions_can_be_compared():
    first, last = versions.kept()[0], versions.kept()[-1]
    step = changes.between(first.version, last.version)
    assert (step.before, step.after) == (first.version, last.version)
    assert [it.after for it in changes.steps()] == [it.version for it in versions.kept()[:0:-1]]
    with pytest.raises(NotFound):
        changes.between("2000-01-01", last.version)
