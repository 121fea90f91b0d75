"""Notices: what is shown is what is hashed, whole, in both languages; sensitive items are asked for by themselves."""

import copy
from hashlib import sha256
from html import unescape

import pytest

from mingpu.lib.text import speaking
from mingpu.privacy import check, consent
from mingpu.privacy.certificate import canonical
from mingpu.privacy.notices import notice_of
from mingpu.privacy.register import REGISTER, Register
from tests.factories import make_person

NAMES = list(REGISTER.consents())


def texts(value):
    """Every pair of texts in a notice."""
    if isinstance(value, dict) and value.keys() == {"zh", "en"}:
        yield value
    elif isinstance(value, dict):
        for it in value.values():
            yield from texts(it)
    elif isinstance(value, list):
        for it in value:
            yield from texts(it)


@pytest.mark.parametrize("name", NAMES)
def test_the_hash_is_of_the_whole_notice(name):
    it = notice_of(name)
    assert it.hash == sha256(canonical(it.document)).hexdigest()
    assert it.version == REGISTER.version
    assert all(pair["zh"] and pair["en"] for pair in texts(it.document))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", ["consents", "permissions"])
def test_the_page_shows_the_notice_word_for_word(page, language):
    browser = make_person().browser()
    browser.cookies["mingpu_language"] = language
    shown = unescape(browser.get(f"/privacy/{page}").content.decode())
    for name in NAMES:
        if (name in REGISTER.permissions) != (page == "permissions"):
            continue
        for pair in texts(notice_of(name).document):
            assert pair["zh" if language == "zh-hans" else "en"] in shown, (name, pair)
        assert notice_of(name).hash[:16] in shown


def test_what_is_recorded_names_the_notice_that_was_shown():
    somebody = make_person().id
    for name in NAMES:
        consent.give(somebody, name, True, "en", "page")
    history = {it.name: it for it in consent.history_of(somebody)}
    assert {name: it.notice_hash for name, it in history.items()} == {
        name: notice_of(name).hash for name in NAMES
    }
    assert {it.method for it in history.values()} == {"page"}


def test_every_matter_is_one_question_alone():
    """No verb, call or form takes more than one: each notice has one matter, each record one name."""
    hashes = [notice_of(name).hash for name in NAMES]
    assert len(set(hashes)) == len(hashes)
    somebody = make_person().id
    consent.give(somebody, "invoicing", True, "en")
    assert [name for name, it in consent.decisions_of(somebody).items() if it.granted] == ["invoicing"]


def test_sensitive_items_are_named_with_what_they_may_do():
    sensitive = {name for name in NAMES if notice_of(name).sensitive}
    assert sensitive >= {"search_history", "browsing_history", "invoicing"}
    for name in sensitive - REGISTER.permissions.keys():
        for language in ("zh-hans", "en"):
            with speaking(language):
                assert notice_of(name).text("effect")


def test_a_consent_to_sensitive_items_without_their_effect_is_found():
    raw = copy.deepcopy(dict(REGISTER.raw))
    del raw["purposes"]["invoicing"]["effect"]
    found = [
        it for it in check.register_findings(Register(raw, REGISTER.digest)) if it.kind == "consent-sensitive"
    ]
    assert [it.text.partition(" ")[0] for it in found] == ["invoicing"] * len(found)
    assert found


@pytest.mark.parametrize("change", ["items", "why", "recipients", "retention"])
def test_another_notice_has_another_hash(change):
    raw = copy.deepcopy(dict(REGISTER.raw))
    if change == "items":
        raw["tables"]["accounts_address"]["grants"]["invoicing"] = "s"
    elif change == "why":
        raw["purposes"]["invoicing"]["why"]["en"] += " Really."
    elif change == "recipients":
        raw["recipients"]["sms_gateway"]["purposes"] = ["identity_check", "invoicing"]
    else:
        raw["retention"]["order"]["en"] = "For ever."
    assert notice_of("invoicing", Register(raw, "x")).hash != notice_of("invoicing").hash
