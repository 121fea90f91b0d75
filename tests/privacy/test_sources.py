"""What comes in from others: with source, contract, listed items, basis and a consent that stands, or not at all."""

import copy
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.lib.clock import now
from mingpu.lib.errors import MallError
from mingpu.privacy import sources
from mingpu.privacy.models import ConsentEvent, Standing
from mingpu.privacy.parties import sources as known_sources
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Register
from tests.factories import make_person
from tests.people import from_owner

TODAY = now().date()
PAYLOAD: dict[str, str | int] = {"nickname": "知夏", "level": 3}
PARTNER = {
    "why": {"zh": "会员等级", "en": "member's level"}, "purposes": ["partner_data"], "clauses": ["1.2c"],
    "items": {"nickname": "F4", "level": "F12"},
}  # fmt: skip


def with_partner(until: date | None = None, **change: object) -> Register:
    """The register with a partner under a contract."""
    raw = copy.deepcopy(dict(REGISTER.raw))
    raw["sources"]["club"] = {**PARTNER, **change}
    raw["parties"]["club"] = {
        "legal_name": {"zh": "俱乐部", "en": "Club"}, "contact": {"zh": "club@example", "en": "club@example"},
        "kind": "handler", "contract": {"reference": "C-1", "until": until or TODAY + timedelta(days=1)},
    }  # fmt: skip
    return Register(raw, REGISTER.digest)


def decide(person_id, *, granted=True, name="partner_data"):
    """A yes or no of the person, as it is kept; return its number."""
    it = uuid4()
    with processing(Purpose.RIGHTS, subject=person_id):
        Standing.objects.filter(person_id=person_id).update(consents=REGISTER.flags()[name] if granted else 0)
        ConsentEvent.objects.create(
            id=it, person_id=person_id, name=name, granted=granted, statement_version=REGISTER.version,
            statement_hash=REGISTER.digest, language="en", at=now(),
        )  # fmt: skip
    return it


def accept(person_id, **change):
    """Bring something in; return the code of the refusal, or '' with the line written."""
    given = {
        "source": "club", "purpose": Purpose.PARTNER_DATA, "basis": "consent", "consent_id": None, "payload": PAYLOAD,
        "register": with_partner(), **change,
    }  # fmt: skip
    try:
        with processing(given["purpose"], subject=person_id):
            sources.accept(given.pop("source"), **given)
    except MallError as refused:
        return refused.code
    return ""


def lines(person_id):
    query = "SELECT source, purpose, basis, consent_id, contract, items, digest FROM privacy_inbound WHERE person_id = %s"
    return from_owner(query, [person_id])


@pytest.fixture
def somebody():
    return make_person().id


def test_what_is_in_order_is_taken_in_and_leaves_a_line_without_the_content(somebody):
    consent_id = decide(somebody)
    assert accept(somebody, consent_id=consent_id) == ""
    ((source, purpose, basis, given, contract, items, digest),) = lines(somebody)
    assert (source, purpose, basis, given, contract) == ("club", "partner_data", "consent", consent_id, "C-1")
    assert items == "level nickname"
    assert "知夏" not in digest
    assert len(digest) == 64 or len(digest) == 32


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"source": "stranger"}, "source_unknown"),
        ({"source": "sf"}, "source_unknown"),  # answers us, brings nothing of its own
        ({"purpose": Purpose.THIRD_PARTY_LOGIN}, "source_unknown"),  # not what this source is for
        ({"register": REGISTER}, "source_unknown"),  # today there is no such source
        ({"register": with_partner(TODAY - timedelta(days=1))}, "source_contract_over"),
        ({"payload": {**PAYLOAD, "phone": "13800000000"}}, "source_item_not_listed"),
        ({"payload": {"nickname": {"deep": "x"}}}, "source_item_not_listed"),
        ({"payload": {}}, "source_item_not_listed"),
        ({"basis": ""}, "source_basis_missing"),
        ({"basis": "contract"}, "source_basis_missing"),
        ({"basis": "our legitimate interest"}, "source_basis_missing"),
        ({"consent_id": None}, "source_consent_missing"),
        ({"consent_id": UUID(int=7)}, "source_consent_not_standing"),
    ],
    ids=str,
)
def test_what_is_not_in_order_is_refused_and_leaves_nothing(somebody, change, code):
    consent_id = decide(somebody)
    assert accept(somebody, **{"consent_id": consent_id, **change}) == code
    assert lines(somebody) == []


def test_a_source_without_a_contract_is_refused(somebody):
    register = with_partner()
    del register.raw["parties"]["club"]["contract"]
    assert accept(somebody, consent_id=decide(somebody), register=register) == "source_contract_over"


def test_another_persons_consent_does_not_count(somebody):
    other = make_person().id
    decide(somebody)
    assert accept(somebody, consent_id=decide(other)) == "source_consent_not_standing"


def test_a_consent_that_was_taken_back_does_not_count_and_a_new_one_has_a_new_number(somebody):
    first = decide(somebody)
    assert accept(somebody, consent_id=first) == ""
    decide(somebody, granted=False)
    assert accept(somebody, consent_id=first) == "source_consent_not_standing"
    second = decide(somebody)
    assert accept(somebody, consent_id=first) == "source_consent_not_standing"
    assert accept(somebody, consent_id=second) == ""
    assert len(lines(somebody)) == 2


def test_a_consent_to_something_else_does_not_count(somebody):
    assert (
        accept(somebody, consent_id=decide(somebody, name="search_history")) == "source_consent_not_standing"
    )


def test_the_database_refuses_where_the_record_and_the_standing_differ(somebody):
    consent_id = decide(somebody)
    with processing(Purpose.RIGHTS, subject=somebody):
        Standing.objects.filter(person_id=somebody).update(consents=0)
    assert accept(somebody, consent_id=consent_id) == "source_consent_not_standing"
    assert lines(somebody) == []


@given(st.dictionaries(st.text(max_size=12), st.text(), min_size=1))
def test_an_item_that_is_not_listed_is_never_taken_in(payload):
    register = with_partner()
    if payload.keys() <= PARTNER["items"].keys():
        assert sources.check("club", Purpose.PARTNER_DATA, payload, register=register).id == "club"
        return
    with pytest.raises(sources.ItemNotListed) as refused:
        sources.check("club", Purpose.PARTNER_DATA, {**PAYLOAD, **payload}, register=register)
    told = refused.value.facts["items"].split()
    assert set(told) <= {"?", "nickname", "level"}  # an unlisted name may itself be a value


def test_the_services_people_sign_in_through_alone_bring_anything_unasked():
    """Every other source only answers what it was asked."""
    bringing = {name: it for name, it in known_sources().items() if not it.answers}
    assert set(bringing) == {"wechat", "openid"}
    for it in bringing.values():
        assert it.purposes == ("third_party_login",)
        assert set(it.items) == {"subject", "nickname", "avatar"}
