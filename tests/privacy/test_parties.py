"""Recipients and sources: each a party with name, contact, relation and a contract in force."""

import copy
from datetime import date, timedelta

import pytest

from mingpu.lib.clock import now
from mingpu.lib.text import speaking
from mingpu.privacy import check, outside, parties, sharing
from mingpu.privacy.register import REGISTER, Register

TODAY = now().date()
NAMES = sorted({*REGISTER.recipients, *parties.sources()})


def changed(name: str, **change: object) -> Register:
    raw = copy.deepcopy(dict(REGISTER.raw))
    raw["parties"][name].update(change)
    return Register(raw, REGISTER.digest)


def without(section: str, *path: str) -> Register:
    raw = copy.deepcopy(dict(REGISTER.raw))
    at = raw[section]
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return Register(raw, REGISTER.digest)


def problems(register: Register, today: date = TODAY) -> str:
    return "\n".join(parties.problems(register, today=today))


def test_every_recipient_and_source_is_a_party_in_order():
    assert problems(REGISTER) == ""
    assert sorted(parties.parties()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_party_that_is_missing_or_over_is_found(name):
    assert f"{name} receives or gives data and is no known party" in problems(without("parties", name))
    end = parties.parties()[name].contract.until
    assert problems(REGISTER, end) == "" or f"with {name} ended" not in problems(REGISTER, end)
    assert f"the contract with {name} ended" in problems(REGISTER, end + timedelta(days=1))


@pytest.mark.parametrize(
    ("register", "word"),
    [
        (changed("sf", contract={"reference": "", "until": TODAY}), "sf has no contract"),
        (without("parties", "sf", "contract"), "sf has no contract"),
        (changed("sf", kind="friend"), "no known relation"),
        (changed("sf", kind="affiliate"), "control relation"),
        (changed("sf", control={"zh": "母公司", "en": "parent"}), "control relation"),
        (changed("sf", legal_name={"zh": "", "en": ""}), "lacks its legal name"),
        (changed("sf", contact={"zh": "x", "en": ""}), "lacks its legal name or contact"),
        (without("recipients", "mail_gateway"), "mail_gateway neither receives nor gives"),
        (without("sources", "sf", "items", "step"), ""),
    ],
    ids=range(9),
)
def test_what_is_left_out_is_named(register, word):
    assert word in problems(register)


def test_the_build_reads_it():
    found = [it for it in check.register_findings(changed("sf", kind="friend")) if it.kind == "party"]
    assert len(found) == 1


def test_nothing_leaves_once_a_contract_is_over(monkeypatch, caplog):
    party = REGISTER.raw["parties"]["sf"]
    monkeypatch.setitem(party, "contract", {"reference": "X", "until": TODAY - timedelta(days=1)})
    with pytest.raises(sharing.ContractEnded) as stopped:
        sharing.check("sf", {"orderId": "M1"})
    assert stopped.value.recipient == "sf"
    assert "no contract in force with sf" in caplog.text
    monkeypatch.setitem(party, "contract", {"reference": "X", "until": now().date()})  # the last day counts
    sharing.check("sf", {"orderId": "M1"})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_statement_shows_them_with_contract_and_purpose(language):
    with speaking(language):
        shown = outside.recipient_parts()
        came = outside.source_parts()
    assert [it.id for it in shown] == list(REGISTER.recipients)
    for it in [*shown, *came]:
        assert it.party.legal_name
        assert it.party.contact
        assert it.party.contract
        assert it.party.until
        assert it.purposes
    assert {it.party.kind for it in shown} <= {"processor", "handler"}  # no affiliate, no authority


def test_programs_get_every_recipient_and_source():
    there = outside.published_recipients()
    assert {it["id"]: it["fields"] for it in there} == {
        it.id: dict(it.fields) for it in REGISTER.recipients.values()
    }
    for it in [*there, *outside.published_sources()]:
        assert it["legal_name"].keys() == {"zh", "en"}
        assert date.fromisoformat(it["contract"]["until"]) >= TODAY
