"""One SKU that everybody wants: 5,000 buyers for 1,000 pieces, and the same statements by pgbench."""

import json
from typing import Any

from bench import same_sql
from bench.mall import Mall
from bench.rush import Rush, rush
from bench.shopping import order
from mingpu.home import secret
from mingpu.ops.database import connect_admin

BUYERS, PIECES, CONNECTIONS = 5_000, 1_000, 64
HOT, PLENTY = "BHOT0001", "BHOT0002"
SOLD, REFUSED = 201, 409


def measure(it: Mall) -> dict[str, Any]:
    """Sell the hot SKU over HTTP and by pgbench; raises AssertionError where not exactly all pieces are sold."""
    _put_on_sale(it)
    taken = json.loads(it.command("-m", "bench.statements", PLENTY, zone="storefront"))
    tokens = [token for _, token in it.people(BUYERS)]
    limit = _pgbench(taken, "first", PLENTY)
    app = rush(it.port, (order(token, HOT) for token in tokens), connections=CONNECTIONS)
    limit = (limit + _pgbench(taken, "last", PLENTY)) / 2  # before and after, for machines drift
    _check(app)
    rate = BUYERS / app.seconds
    return {
        "buyers": BUYERS, "pieces": PIECES, "connections": CONNECTIONS, "sold": app.count(SOLD),
        "refused": app.count(REFUSED), "seconds": app.seconds, "per_second": rate,
        "sold_p50_ms": app.figures(SOLD)["p50_ms"], "sold_p99_ms": app.figures(SOLD)["p99_ms"],
        "statements": len(taken["statements"]), "pgbench": limit, "ratio": rate / limit,
    }  # fmt: skip


def _put_on_sale(it: Mall) -> None:
    """List the SKU, and another like it with enough for pgbench."""
    path = it.home / "hot.jsonl"
    stocks = {HOT: PIECES, PLENTY: 1_000_000}
    lines = [
        {
            "external_id": code.lower(), "source": "bench", "title": "限量马克杯", "brand": "测试",
            "category_path": ["家居"], "skus": [{"sku": code, "options": {}, "price": "99.00", "stock": stock}],
        }
        for code, stock in stocks.items()
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    it.command("-m", "mingpu", "import-catalog", str(path))


def _check(app: Rush) -> None:
    """Hold answers and tables together: nobody who was refused has an order, and no piece is sold twice."""
    counts = """
        SELECT s.stock, count(l.id), coalesce(sum(l.quantity), 0) FROM catalog_sku s LEFT JOIN orders_line l ON l.sku = s.code
        WHERE s.code = %s GROUP BY s.stock"""
    with connect_admin("mingpu") as admin:
        left = admin.execute(counts, [HOT]).fetchone()
    assert (app.count(SOLD), app.count(REFUSED)) == (PIECES, BUYERS - PIECES), app.turns[:5]
    assert left == (0, PIECES, PIECES), left


def _pgbench(taken: dict[str, Any], mark: str, sku: str) -> float:
    """Return how many buyers a second pgbench serves: as many orders, then as many refusals, one row for all.

    The refusals come after the orders, as they do while a shop sells out.
    """
    password = secret("zone-storefront", "password")
    seconds = 0.0
    for kind, number in (("statements", PIECES), ("refused", BUYERS - PIECES)):
        script = same_sql.script(taken[kind], taken["person"], taken["order_no"], 0, sku=sku)
        rate = same_sql.pgbench(
            script, database="mingpu", login="zone_storefront", password=password, clients=CONNECTIONS,
            rounds=-(-number // CONNECTIONS),
        )  # fmt: skip
        seconds += number / rate
        print(f"pgbench {mark}, {kind}: {rate:,.0f} per second")
    return BUYERS / seconds
