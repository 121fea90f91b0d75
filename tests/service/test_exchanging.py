"""Goods that come back: exchanges that go opposite ways, and places where no courier comes."""

import threading
import time

from django.db import connection, transaction

from mingpu.adapters.courier import CourierFailed
from mingpu.adapters.courier.sf import SfCourier
from mingpu.adapters.courier.yto import YtoCourier
from mingpu.catalog.models import Sku
from mingpu.service import services
from tests.delivery.parcels import article, buy
from tests.factories import stock_of
from tests.jobs import run_jobs
from tests.service.cases import ask, case_of, decide, report
from tests.service.test_course import arrive, sibling
from tests.support import zone


def test_what_is_taken_and_what_comes_back_is_locked_in_one_order(outside):
    it = buy({article(stock=9): 1}).pay(outside)
    report(outside, it, "signed")
    mine = it.skus[0]
    other = sibling(mine)
    case = ask(it, kind="exchange", swap={mine: other})
    decide(it, case)
    arrive(outside, it, case)
    decide(it, case)

    def replace() -> None:
        with zone("worker"):
            services.replace(person_id=it.buyer.id, case_no=case.case_no)
        connection.close()

    worker = threading.Thread(target=replace)
    with zone("worker"), transaction.atomic():
        Sku.objects.select_for_update().get(code=min(mine, other))
        worker.start()
        time.sleep(0.5)
        free = Sku.objects.select_for_update(skip_locked=True).filter(code=max(mine, other))
        assert list(free.values_list("code", flat=True)) == [max(mine, other)]
    worker.join()
    run_jobs(it.buyer.id)
    assert case_of(it, case).status == "exchanged"
    assert (stock_of(mine), stock_of(other)) == (9, 4)


def test_where_no_courier_comes_the_buyer_chooses_anew(outside, monkeypatch):
    it = buy({article(): 1}).pay(outside)
    report(outside, it, "signed")
    case = ask(it, kind="return")
    decide(it, case)

    def refuse(client, request):
        raise CourierFailed(permanent=True, code="undeliverable")

    with monkeypatch.context() as meanwhile:
        for one in (SfCourier, YtoCourier):
            meanwhile.setattr(one, "book", refuse)
        services.choose_return(person_id=it.buyer.id, case_no=case.case_no, way="courier")
        run_jobs(it.buyer.id)
    assert {one.status for one in it.parcels if one.direction == "return"} == {"cancelled"}
    assert case_of(it, case).actions == ["choose_return", "sent_back", "withdraw"]
    assert services.sent_back(person_id=it.buyer.id, case_no=case.case_no) == "awaiting_inspection"
