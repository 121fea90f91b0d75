"""Clauses 3.5 and 3.6: what is public, by its person's doing or by law, is not collected, and no case opens anything for it."""

import pytest

from mingpu.lib.errors import MallError
from mingpu.privacy import sources
from mingpu.privacy.exceptions import exceptions
from mingpu.privacy.models import Inbound
from mingpu.privacy.parties import parties
from mingpu.privacy.parties import sources as known_sources
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from tests.factories import make_person
from tests.people import from_owner

PUBLIC = [code for code, it in exceptions().items() if it.way == "public"]
# What a collector of public data would call itself, and what it would say it rests on.
FROM_OUTSIDE = ("public_web", "news", "government_disclosure", "social_media", "person_published")
BASES = ("public", "law", "contract", "consent", "")
SAID = {"nickname": "知夏", "phone": "+8613800000042"}


def refused(person_id, purpose, source, basis):
    with pytest.raises(MallError) as error, processing(purpose, subject=person_id):
        sources.accept(source, purpose=purpose, basis=basis, consent_id=None, payload=SAID)
    return error.value.code


def test_the_two_cases_are_the_sources():
    assert PUBLIC == ["3.5", "3.6"]


@pytest.mark.parametrize("source", FROM_OUTSIDE)
@pytest.mark.parametrize("basis", BASES, ids=lambda it: it or "none")
def test_nothing_public_comes_in_whatever_it_says_it_rests_on(source, basis):
    who = make_person().id
    for purpose in (Purpose.PARTNER_DATA, Purpose.PROFILE):
        assert refused(who, purpose, source, basis) == "source_unknown"
    with processing(Purpose.RIGHTS, subject=who, reading=True):
        assert not Inbound.objects.filter(person_id=who).exists()


def test_whoever_data_comes_from_has_a_contract_and_answers_us():
    """A public place has neither: no source of the register could be one."""
    for name in known_sources():
        it = parties()[name]
        assert it.contract is not None, name
        assert it.legal_name.zh, name


@pytest.mark.parametrize("code", PUBLIC)
def test_no_case_opens_anything_for_it(code):
    it = exceptions()[code]
    assert not it.requestable
    assert it.items == ()
    assert it.days == 0
    assert REGISTER.clauses[code].later
    assert [p.id for p in REGISTER.purposes.values() if code in p.clauses and p.open] == []


@pytest.mark.parametrize("code", PUBLIC)
def test_the_database_takes_no_act_under_it(code):
    """Even an act written past every page opens nothing: the gates know the codes that may."""
    who = make_person()
    contact = "SELECT phone FROM accounts_contact WHERE person_id = %s AND phone_index IS NOT NULL"
    assert from_owner(contact, [who.id])  # there would be something to see
    gates = from_owner(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'mingpu'::regnamespace AND proname LIKE 'gate\\_%%'",
        [],
    )
    assert gates
    assert not [name for name, body in gates if f"e.code = '{code}'" in body]
    assert [name for name, body in gates if "e.code = '3.3'" in body]  # as one that may


def test_a_profile_is_found_by_no_public_name():
    """No lookup leads from what is public, a nickname or a name, to a person."""
    keys = {lookup.key for lookup in REGISTER.lookups.values()}
    assert not {key for key in keys if "nickname" in key or key.endswith("name")}
