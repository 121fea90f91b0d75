"""`python -m scripts.search_mall fill DATA SIZE | ask DATA COUNT`: what `search_api` has done in the mall of MINGPU_HOME.

`fill` writes recombined items into the catalogue, in the worker's zone; `ask` has the application answer queries, in
the storefront's. Each prints what came of it as JSON.
"""

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import django

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 -- after setup
from django.db import connection, transaction  # noqa: E402 -- after setup
from django.urls import get_resolver  # noqa: E402 -- after setup

from mingpu.catalog.services import announce  # noqa: E402 -- after setup
from mingpu.search.rules import Document  # noqa: E402 -- after setup
from scripts.search_clock import pin, timed  # noqa: E402 -- after setup
from scripts.search_data import query_log, recombined  # noqa: E402 -- after setup

FIRST_TOUCH = 200  # queries before the clock runs
PRODUCTS = """
COPY catalog_product (id, source, external_id, title, title_en, subtitle, description, description_en, brand, category,
    attributes, images, price_fen, for_sale, not_for_sale, sales, merchant, listed_at, fingerprint, changed) FROM STDIN
"""
SKUS = "COPY catalog_sku (code, product_id, options, price_fen, stock, position) FROM STDIN"
SOURCE = "recombined"
AT_ONCE = 50_000  # rows of one statement


def fill(data: Path, size: int) -> dict[str, float]:
    """Write `size` items, one SKU each, in one transaction; return the seconds."""
    began = time.perf_counter()
    with transaction.atomic():
        number = announce()
        _copy(PRODUCTS, (_product(it, number) for it in recombined(data, size)))
        _copy(SKUS, (_sku(it) for it in recombined(data, size)))
    return {"items": size, "seconds": round(time.perf_counter() - began, 1)}


def ask(data: Path, count: int) -> dict[str, Any]:
    """Have the application answer `count` different queries of the log, on one core; return times and outcomes."""
    pin()
    application = get_wsgi_application()
    assert get_resolver().url_patterns  # imports every page now, as `mingpu.wsgi` does
    log = list(dict.fromkeys(query_log(data)))
    statuses: Counter[str] = Counter()
    bodies: list[bytes] = []

    def begin(status: str, *_: object) -> Callable[[bytes], object]:
        statuses[status.split(maxsplit=1)[0]] += 1
        return bodies.append  # what an application may write by itself; Django does not

    def call(query: str) -> None:
        answer = application(_environ(query), begin)
        bodies.append(b"".join(answer))
        answer.close()  # as a server does when all is sent

    timed(call, log[count : count + FIRST_TOUCH])
    statuses.clear()
    bodies.clear()
    ms = timed(call, log[:count])
    totals = [json.loads(body).get("total") for body in bodies]
    return {
        "queries": ms["count"],
        "ms": ms,
        "statuses": dict(statuses),
        "found_nothing": round(totals.count(0) / len(totals), 4),
        "median_kb": round(statistics.median(map(len, bodies)) / 1000, 1),
    }


def _environ(query: str) -> WSGIEnvironment:
    environ: WSGIEnvironment = {
        "PATH_INFO": "/api/v1/products", "QUERY_STRING": urlencode({"q": query}), "REMOTE_ADDR": "203.0.113.9",
    }  # fmt: skip
    setup_testing_defaults(environ)
    return environ


def _copy(statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """Copy rows in, so many at a time that no statement takes longer than one may."""
    with connection.cursor() as cursor:
        while some := list(islice(rows, AT_ONCE)):
            with cursor.copy(statement) as into:
                for row in some:
                    into.write_row(row)


def _product(it: Document, number: int) -> tuple[Any, ...]:
    attributes: dict[str, list[str]] = {}
    for name, value in it.facets:
        attributes.setdefault(name, []).append(value)
    return (
        it.product_id, SOURCE, it.product_id, it.title, "", "", "", "", it.brand, list(it.category),
        json.dumps(attributes, ensure_ascii=False), "[]", it.price_fen, True, "", it.sales, it.merchant,
        datetime.fromtimestamp(it.listed_at, UTC), "", number,
    )  # fmt: skip


def _sku(it: Document) -> tuple[Any, ...]:
    return it.product_id, it.product_id, "{}", it.price_fen, 100 if it.in_stock else 0, 0


if __name__ == "__main__":
    done = {"fill": fill, "ask": ask}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps(done))
