"""A short run of `scripts/measure_faults.py`: parts of a mall under load are killed, and nothing is lost or doubled."""

import os
import random

import pytest

from bench.audit import violations
from bench.faults import Run
from bench.mall import mall
from mingpu.ops.database import connect_admin
from scripts.measure_faults import STOCKS, catalogue, market

POINTS, EVERY = 12, 6
# What would be wrong without anybody noticing -> how the audit names it.
SPOILT = {
    "UPDATE catalog_sku SET stock = stock + 1 WHERE code = 'F0000003'": "stock of F0000003",
    "DELETE FROM payments_entry WHERE id = (SELECT id FROM payments_entry WHERE provider = 'alipay' LIMIT 1)": (
        "charge that only the other side has"
    ),
    "UPDATE orders_order SET paid_at = now() WHERE order_no = (SELECT order_no FROM orders_order"
    " WHERE status = 'cancelled' LIMIT 1)": "paid for, but not with its total",
}


@pytest.fixture
def home():
    before = os.environ["MINGPU_HOME"]
    yield
    os.environ["MINGPU_HOME"] = before


def test_nothing_is_lost_or_doubled_whatever_dies(home):
    seed = random.randrange(10**6)
    with mall("counterparts", "web", "worker", catalogue=str(catalogue())) as it:
        os.environ["MINGPU_HOME"] = str(it.home)
        run = Run(market(it), dict(STOCKS), seed)
        run.work(POINTS, EVERY)
        found = run.report()
        assert found["violations"] == 0, (seed, found["checks"])
        assert found["points"] == POINTS
        assert found["paid"] > 0, found
        sees_what_is_wrong(it)


def sees_what_is_wrong(it):
    """The audit itself is put to the test: what is spoilt now, it must see."""
    with connect_admin("mingpu") as admin:
        for statement in SPOILT:
            admin.execute(statement)
    seen = list(violations(it, stocks=STOCKS, promised={"MNEVER"}, over=True))
    for name in (*SPOILT.values(), "promised, but not there"):
        assert any(line.startswith(name) for line in seen), (name, seen)
