from datetime import timedelta
from mingpu.payments import services, queries
from mingpu.orders.queries import order_of
from mingpu.orders.services import cancel, expire
from tests.counterparts import outside, _outside
from tests.jobs import run_jobs, waiting
from tests.factories import make_person, make_sku, place, stock_of
from mingpu.delivery.queries import shipments_of
from mingpu.delivery.services import follow, confirm_receipt
from mingpu.service.services import open_case, decide
from tests.support import zone

def test_smoke(outside):
    buyer, sku = make_person(), make_sku(stock=5)
    placed = place(buyer, {sku: 2})
    started = services.start(person_id=buyer.id, order_no=placed.order_no, method="wechatpay")
    print(started)
    outside.scan(started.code_url)
    [letter] = outside.callbacks(started.out_trade_no)
    services.record_callback(method="wechatpay", headers=letter.headers, body=letter.body)
    o = order_of(person_id=buyer.id, order_no=placed.order_no)
    print(o.status, o.events)
    services.record_callback(method="wechatpay", headers=letter.headers, body=letter.body)
    print(run_jobs(buyer.id))
    s = shipments_of(person_id=buyer.id, order_no=placed.order_no)
    print(s)
    wb = s[0].waybill_no
    outside.push(wb, "50")
    with zone("worker"):
        follow(waybill_no=wb)
    print(shipments_of(person_id=buyer.id, order_no=placed.order_no), order_of(person_id=buyer.id, order_no=placed.order_no).status)
    outside.push(wb, "80")
    with zone("worker"):
        follow(waybill_no=wb)
    print(run_jobs(buyer.id, ahead=timedelta(days=30)))
    print(order_of(person_id=buyer.id, order_no=placed.order_no).status)
    case = open_case(person_id=buyer.id, order_no=placed.order_no, kind="refund", lines={sku: 2}, reason="damaged", description="x")
    with zone("desk"):
        decide(person_id=buyer.id, case_no=case.case_no, approve=True, staff="kefu")
    print(run_jobs(buyer.id))
    print(order_of(person_id=buyer.id, order_no=placed.order_no), outside.books(placed.order_no))

def test_late(outside):
    buyer, sku = make_person(), make_sku(stock=2)
    placed = place(buyer, {sku: 2})
    started = services.start(person_id=buyer.id, order_no=placed.order_no, method="wechatpay")
    expire(person_id=buyer.id, order_no=placed.order_no)
    other = place(make_person(), {sku: 1})
    outside.scan(started.code_url, late=True)
    [letter] = outside.callbacks(started.out_trade_no)
    services.record_callback(method="wechatpay", headers=letter.headers, body=letter.body)
    print(run_jobs(buyer.id))
    print(order_of(person_id=buyer.id, order_no=placed.order_no), outside.books(placed.order_no), queries.payments_of(person_id=buyer.id, order_no=placed.order_no))
