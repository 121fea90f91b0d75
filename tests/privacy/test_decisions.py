"""Decisions by rules: which one, on what, told in plain words, to their person alone."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError

from mingpu.lib.errors import NotFound
from mingpu.lib.text import speaking
from mingpu.privacy import decisions
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from tests.people import from_owner


def record(person_id, rule="trade.unpaid", inputs=None, purpose=Purpose.TRADE_SAFETY):
    with processing(purpose, subject=person_id):
        decisions.record(person_id, rule, "refused", inputs or {"unpaid": 20, "most": 20}, reference="M1")


def test_a_decision_is_told_with_rule_inputs_and_reason():
    it = uuid4()
    record(it)
    (found,) = decisions.decisions_of(it).items
    assert (found.rule, found.outcome, found.reference) == ("trade.unpaid", "refused", "M1")
    assert found.inputs == {"未付款订单数": "20", "上限": "20"}
    assert "20 个订单还没有付款" in found.why
    with speaking("en"):
        assert "20 orders were not paid" in decisions.decision_of(it, found.id).why


def test_it_lies_sealed_and_is_anothers_to_nobody():
    it = uuid4()
    record(it)
    ((raw,),) = from_owner("SELECT inputs FROM privacy_decision WHERE person_id = %s", [it])
    assert b"unpaid" not in bytes(raw)
    (found,) = decisions.decisions_of(it).items
    with pytest.raises(NotFound):
        decisions.decision_of(uuid4(), found.id)
    assert decisions.decisions_of(uuid4()).total == 0


@pytest.mark.parametrize(
    ("rule", "outcome", "inputs"),
    [("trade.unpaid", "refused", {}), ("trade.unpaid", "refused", {"unpaid": 1, "most": 2, "phone": 3}),
     ("trade.unpaid", "perhaps", {"unpaid": 1, "most": 2})],
    ids=["missing", "too_many", "outcome"],
)  # fmt: skip
def test_exactly_the_rules_own_inputs_are_kept(rule, outcome, inputs):
    it = uuid4()
    with pytest.raises(ValueError, match=rule), processing(Purpose.TRADE_SAFETY, subject=it):
        decisions.record(it, rule, outcome, inputs)
    with pytest.raises(KeyError), processing(Purpose.TRADE_SAFETY, subject=it):
        decisions.record(it, "no.such.rule", "refused", {})
    assert decisions.decisions_of(it).total == 0


def test_only_purposes_that_decide_write_and_none_of_them_reads():
    it = uuid4()
    deciding = set(REGISTER.tables["privacy_decision"].grants)
    assert deciding == {"trade_safety", "ordering", "shopping", "after_sales"}
    with pytest.raises(ProgrammingError):
        record(it, purpose=Purpose.DELIVERY)
    with pytest.raises(ProgrammingError), processing(Purpose.ORDERING, subject=it):
        list(decisions.models.Decision.objects.filter(person_id=it).values("rule"))


def test_every_rule_reads_well_in_both_languages():
    for name, rule in decisions.RULES.items():
        facts = dict.fromkeys(rule.inputs, "7")
        for language in ("zh-hans", "en"):
            with speaking(language):
                said = str(rule.says).format(**facts)
                assert "{" not in said, name
                assert len(said) > 10


def test_a_rule_that_is_no_more_is_still_listed():
    it = uuid4()
    record(it)
    from_owner("UPDATE privacy_decision SET rule = 'gone.rule' WHERE person_id = %s", [it])
    (found,) = decisions.decisions_of(it).items
    assert (found.title, found.why, found.inputs) == ("gone.rule", "", {"unpaid": "20", "most": "20"})
