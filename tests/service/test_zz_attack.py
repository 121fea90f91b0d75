"""Tries."""
from datetime import timedelta
import pytest
from mingpu.service import services, queries
from mingpu.service.errors import TooMuch, NotArrived
from tests.delivery.parcels import article, buy
from tests.jobs import run_jobs
from tests.service.cases import ask, case_of, decide, due, late, report
from tests.service.test_course import arrive
from mingpu.delivery.queries import shipments_of

@pytest.fixture
def had(outside):
    it = buy({article(stock=9): 3}).pay(outside)
    report(outside, it, "signed")
    return it

def test_goods_and_money(outside, had):
    first = ask(had, 3, kind="return")
    decide(had, first)
    arrive(outside, had, first)
    assert case_of(had, first).status == "awaiting_inspection"
    decide(had, first, approve=False, answer="no")
    assert case_of(had, first).status == "rejected"
    second = ask(had, 3, kind="refund")
    late(second); due(had, second); run_jobs(had.buyer.id)
    print("second", case_of(had, second).status, had.order.refunded_fen, had.order.status)
    late(first); due(had, first); run_jobs(had.buyer.id)
    print("first", case_of(had, first).status)
    print([(p.case_no, p.direction, p.status) for p in shipments_of(person_id=had.buyer.id, order_no=had.order_no)])

def test_two_returns_of_one_arrived(outside):
    pass
