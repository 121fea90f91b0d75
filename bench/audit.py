"""What must hold over all orders of a mall at rest, whatever was killed: asked of its tables and of the others' books."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from typing import Any, Final

from bench.mall import Mall
from mingpu.ops.database import connect_admin

Row = tuple[Any, ...]
SHOWN: Final = 5  # of the same kind; the count tells the rest
# What an order holds, and what went or goes back of it; money that came too late was never its own.
VIEWS: Final = """
CREATE TEMP VIEW held AS
SELECT a.order_no, sum(a.amount_fen) AS fen FROM payments_attempt a WHERE a.status = 'succeeded' AND NOT EXISTS (
    SELECT FROM payments_refund r WHERE r.attempt_id = a.id AND r.reason = 'late_payment') GROUP BY a.order_no;
CREATE TEMP VIEW back AS
SELECT order_no, sum(amount_fen) AS fen FROM payments_refund
WHERE replaced_by = '' AND status <> 'rejected' AND reason <> 'late_payment' GROUP BY order_no
"""
# Name -> what is wrong; every row is a violation.
WRONG: Final[Mapping[str, str]] = {
    "paid for, but not with its total": """
        SELECT o.order_no, o.status, o.total_fen, h.fen FROM orders_order o LEFT JOIN held h USING (order_no)
        WHERE o.paid_at IS NOT NULL AND o.total_fen <> coalesce(h.fen, 0)""",
    "not bought, but holds money": """
        SELECT o.order_no, o.status, h.fen FROM orders_order o JOIN held h USING (order_no)
        WHERE o.status IN ('cancelled', 'expired') AND h.fen <> 0""",
    "refunded more than charged": """
        SELECT b.order_no, b.fen, h.fen FROM back b LEFT JOIN held h USING (order_no)
        WHERE b.fen > coalesce(h.fen, 0)""",
    "refund without an end": """
        SELECT out_refund_no, order_no, path, status FROM payments_refund
        WHERE replaced_by = '' AND status NOT IN ('succeeded', 'rejected')""",
    "paid back more in the books than came": """
        SELECT order_no, sum(CASE kind WHEN 'charge' THEN amount_fen ELSE -amount_fen END) FROM payments_entry
        GROUP BY order_no HAVING sum(CASE kind WHEN 'charge' THEN amount_fen ELSE -amount_fen END) < 0""",
    "one coupon for two orders, or none": """
        SELECT l.order_no FROM orders_line l JOIN orders_order o USING (order_no)
        WHERE l.reductions @> '[{"kind": "coupon"}]' AND o.status NOT IN ('cancelled', 'expired')
        GROUP BY l.order_no HAVING (SELECT count(*) FROM promotions_coupon c WHERE c.order_no = l.order_no) <> 1""",
    "coupon used for what was not bought": """
        SELECT c.id, c.order_no FROM promotions_coupon c LEFT JOIN orders_order o USING (order_no)
        WHERE c.state = 'used' AND coalesce(o.status, 'cancelled') IN ('cancelled', 'expired')""",
    "coupons claimed beyond their number": """
        SELECT o.id, o.claimed, o.total, count(c.id) FROM promotions_offer o LEFT JOIN promotions_coupon c ON c.offer_id = o.id
        WHERE o.kind = 'coupon' GROUP BY o.id HAVING o.claimed <> count(c.id) OR count(c.id) > o.total""",
    "bought, but not in a parcel": """
        SELECT o.order_no, o.status, l.sku, l.quantity, l.sent FROM orders_order o JOIN orders_line l USING (order_no)
        WHERE o.status IN ('paid', 'confirmed') AND l.kind = 'goods' AND l.sent < l.quantity AND NOT EXISTS (
            SELECT FROM service_case c WHERE c.order_no = o.order_no AND c.status = 'refunding')""",
    "parcel that no courier was told of": """
        SELECT parcel_no, order_no, courier FROM delivery_shipment WHERE status = 'pending'""",
    "more sent than bought": """
        SELECT l.order_no, l.sku FROM orders_line l WHERE l.quantity < (
            SELECT coalesce(sum(p.quantity), 0) FROM delivery_parcelline p JOIN delivery_shipment s ON s.id = p.shipment_id
            WHERE s.order_no = l.order_no AND p.sku = l.sku AND s.case_no = '' AND s.status <> 'cancelled')""",
    "job given up": """
        SELECT task_name, args::text, attempts FROM procrastinate_jobs
        WHERE status = 'failed' AND NOT args ? 'timestamp'""",  # what runs by the clock comes again by itself
    "log that does not lead to the state": """
        WITH steps AS (
            SELECT machine, reference, after AS state, 1 AS n FROM orders_event
            UNION ALL SELECT machine, reference, before, -1 FROM orders_event WHERE before <> ''
        ), ends AS (SELECT machine, reference, state FROM steps GROUP BY 1, 2, 3 HAVING sum(n) <> 0), known AS (
            SELECT 'order' AS machine, order_no AS reference, status AS state FROM orders_order
            UNION ALL SELECT 'payment', out_trade_no, status FROM payments_attempt
            UNION ALL SELECT 'refund', out_refund_no, status FROM payments_refund
            UNION ALL SELECT 'shipment', parcel_no, status FROM delivery_shipment
            UNION ALL SELECT 'after_sale', case_no, status FROM service_case
        )
        SELECT * FROM ends e FULL JOIN known k USING (machine, reference, state)
        WHERE e.state IS NULL OR k.state IS NULL""",
    "open, and nothing is due for it": """
        SELECT o.order_no, o.status FROM orders_order o
        WHERE o.status NOT IN ('completed', 'cancelled', 'expired', 'closed') AND NOT EXISTS (
            SELECT FROM procrastinate_jobs j WHERE j.status = 'todo' AND j.args ->> 'order_no' = o.order_no)""",
}
OPEN: Final = """
SELECT order_no, status FROM orders_order WHERE status NOT IN ('completed', 'cancelled', 'expired', 'closed')
"""
# What was bought less what came back, by SKU.
GONE: Final = """
SELECT s.code, s.stock,
    coalesce((SELECT sum(l.quantity) FROM orders_line l JOIN orders_order o USING (order_no)
        WHERE l.sku = s.code AND o.status NOT IN ('cancelled', 'expired')), 0)
    - coalesce((SELECT sum(c.restocked) FROM service_caseline c WHERE c.sku = s.code), 0)
    - coalesce((SELECT sum(p.quantity) FROM delivery_parcelline p JOIN delivery_shipment d ON d.id = p.shipment_id
        WHERE p.sku = s.code AND d.restocked), 0)
FROM catalog_sku s WHERE s.code = ANY(%s)
"""
# Of what lies in warehouses, the pieces on shelves less the stock are those sold and neither packed nor given back.
# Goods are off the shelf while their parcel is neither cancelled nor back; what a case brings back lies there again, but
# for what was kept back and never left.
SHELVES: Final = """
SELECT s.code, s.stock, h.pieces, coalesce((SELECT sum(l.quantity) FROM orders_line l JOIN orders_order o USING (order_no)
        WHERE l.sku = s.code AND o.status NOT IN ('cancelled', 'expired')), 0)
    + coalesce((SELECT sum(c.quantity) FROM service_caseline c JOIN service_case e USING (case_no)
        WHERE coalesce(nullif(c.swap, ''), c.sku) = s.code AND e.type = 'exchange' AND e.status = 'exchanged'), 0)
    - coalesce((SELECT sum(c.restocked) FROM service_caseline c WHERE c.sku = s.code), 0)
    - coalesce((SELECT sum(p.quantity) FROM delivery_parcelline p JOIN delivery_shipment d ON d.id = p.shipment_id
        WHERE p.sku = s.code AND d.restocked), 0)
    - coalesce((SELECT sum(p.quantity) FROM delivery_parcelline p JOIN delivery_shipment d ON d.id = p.shipment_id
        WHERE p.sku = s.code AND d.direction = 'out' AND d.warehouse <> '' AND d.status NOT IN ('cancelled', 'returned')), 0)
    + coalesce((SELECT sum(greatest(0, c.restocked - c.kept)) FROM service_caseline c JOIN service_case e USING (case_no)
        WHERE c.sku = s.code AND NOT EXISTS (SELECT FROM delivery_shipment d
            WHERE d.parcel_no = e.parcel_no AND d.status = 'returned')), 0)
FROM catalog_sku s JOIN (SELECT sku, sum(pieces) AS pieces FROM catalog_shelf GROUP BY sku) h ON h.sku = s.code
"""
CHARGED: Final = """
SELECT 'wechatpay', out_trade_no, total FROM trade WHERE transaction_id IS NOT NULL
UNION ALL SELECT 'alipay', out_trade_no, total FROM alipay_trade WHERE paid_at IS NOT NULL
UNION ALL SELECT 'unionpay', order_id, amount FROM unionpay_trade WHERE paid_at IS NOT NULL
UNION ALL SELECT party, waybill_no, amount FROM parcel_money
"""
RETURNED: Final = """
SELECT 'wechatpay', out_refund_no, amount FROM refund WHERE status = 'SUCCESS'
UNION ALL SELECT 'alipay', out_request_no, amount FROM alipay_refund
UNION ALL SELECT 'unionpay', order_id, amount FROM unionpay_refund WHERE settled_at IS NOT NULL
"""
KNOWN: Final = """
SELECT provider, number, amount_fen FROM payments_entry WHERE kind = %s AND provider NOT IN ('balance', 'ecard')
"""
PARCELS: Final = """
SELECT parcel_no FROM parcel WHERE state <> 'cancelled'
"""
EXPECTED: Final = "SELECT parcel_no FROM delivery_shipment WHERE status <> 'cancelled'"


def violations(
    it: Mall, *, stocks: Mapping[str, int], promised: Collection[str], over: bool
) -> Iterator[str]:
    """Yield everything that does not hold, in words.

    stocks: SKU -> pieces there were at first. promised: orders that buyers were told of. over: nothing is to be open
    any more, and every order must have come out even in the ledger.
    """
    with connect_admin("mingpu") as admin:
        admin.execute(VIEWS)
        for name, statement in WRONG.items():
            yield from _told(name, admin.execute(statement.encode()).fetchall())
        for code, left, gone in admin.execute(GONE, [list(stocks)]).fetchall():
            if int(str(left)) + int(str(gone)) != stocks[str(code)]:
                yield f"stock of {code}: {left} left, {gone} sold, {stocks[str(code)]} at first"
        for code, stock, lying, owed in admin.execute(SHELVES.encode()).fetchall():
            if int(str(lying)) - int(str(stock)) != int(str(owed)):
                yield f"shelves of {code}: {lying} lie there, {stock} to be sold, {owed} sold and not packed"
        known = {row[0] for row in admin.execute("SELECT order_no FROM orders_order").fetchall()}
        yield from _told("promised, but not there", [(number,) for number in sorted(set(promised) - known)])
        if over:
            yield from _told("still open", admin.execute(OPEN).fetchall())
        books = {kind: admin.execute(KNOWN, [kind]).fetchall() for kind in ("charge", "refund")}
        expected = [row[0] for row in admin.execute(EXPECTED).fetchall()]
    yield from _others(it, books, expected)
    yield from _ledger(it, sorted(map(str, known)) if over else [])


def _others(it: Mall, books: Mapping[str, list[Row]], expected: list[Any]) -> Iterator[str]:
    """Hold our movements of money against the institutions' and couriers' own books, both ways."""
    path = it.home / "counterparts" / "counterparts.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as theirs:
        for kind, statement in (("charge", CHARGED), ("refund", RETURNED)):
            there, here = Counter(theirs.execute(statement).fetchall()), Counter(map(tuple, books[kind]))
            yield from _told(f"{kind} that only the other side has", list((there - here).elements()))
            yield from _told(f"{kind} that only we have", list((here - there).elements()))
        carried = Counter(row[0] for row in theirs.execute(PARCELS).fetchall())
    yield from _told(
        "parcel that only the courier has", [(no,) for no in (carried - Counter(expected)).elements()]
    )


def _ledger(it: Mall, orders: list[str]) -> Iterator[str]:
    """Have the books hold stored value, and finished orders, against their movements."""
    done = it.run("-m", "mingpu", "ledger", "verify", *orders)
    if done.returncode:
        yield from _told("ledger", [(line,) for line in done.stdout.strip().splitlines()])


def _told(name: str, rows: list[Row]) -> Iterator[str]:
    for row in rows[:SHOWN]:
        yield f"{name}: {' '.join(str(it) for it in row)}"
    if len(rows) > SHOWN:
        yield f"{name}: {len(rows) - SHOWN:,} more"
