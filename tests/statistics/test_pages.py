"""The public page, its CSV, the API and the desk's page, from a real publication."""

import csv
import io
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingpu.statistics.queries import published
from mingpu.web.plots import WIDTH, bars
from tests.people import from_owner
from tests.statistics.people import quarter
from tests.statistics.test_release import approved, bought, go, proposal


@pytest.fixture(scope="module", autouse=True)
def figures():
    """One publication among those of other tests: its quarter."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    from_owner("UPDATE statistics_spending SET at = at - interval '3 years'", [])
    since = quarter()
    bought(since, alipay=40, cod=12, wallet=3)
    go(approved(since))
    return since


def browser():
    return Client(SERVER_NAME="127.0.0.1")


def name(since):
    return f"{since.year}Q{(since.month + 2) // 3}"


def test_the_page_tells_figures_error_share_and_risk(figures):
    page = browser().get("/statistics").content.decode()
    mine = page[page.index(f'id="q-{name(figures)}"') :]
    mine = mine[: mine.index("</section>")]
    assert "支付宝" in mine
    assert re.search(r"<td class=\"num\">40</td>", mine)
    assert "少于 10" in mine
    for told in ("ε 0.25", "误差 ±36", "k ≥ 10", "攻击风险 ≤ 0.05", "每人最多 3"):
        assert told in mine, told
    assert "<title" in mine
    assert "<desc" in mine
    assert "style=" not in mine


def test_the_page_speaks_english():
    page = browser().get("/statistics", headers={"Accept-Language": "en"}).content.decode()
    assert "Ways of paying" in page
    assert "random error" in page


def test_the_page_needs_no_sign_in_and_few_queries():
    client = browser()
    client.get("/statistics")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/statistics").status_code == 200
    assert len(asked) <= 3  # the budget; figures are kept for a moment
    published.forget()
    with CaptureQueriesContext(connection) as asked:
        client.get("/statistics")
    assert len(asked) <= 5


def test_the_csv_has_a_line_a_cell(figures):
    answer = browser().get("/statistics.csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = [
        it for it in csv.DictReader(io.StringIO(answer.content.decode())) if it["quarter"] == name(figures)
    ]
    assert {it["cell"]: it["value"] for it in rows} == {
        "wechatpay": "", "unionpay": "", "alipay": "40", "cod": "12", "wallet": "",
    }  # fmt: skip
    assert {(it["error_95"], it["epsilon"], it["risk_at_most"]) for it in rows} == {("36", "0.250", "0.05")}


def test_the_api_tells_the_same(figures):
    answer = browser().get("/api/v1/statistics")
    assert answer.status_code == 200
    whole = answer.json()
    assert whole["total"] == len(whole["items"])
    assert whole["budget"]["total"] == 8
    mine = next(it for it in whole["items"] if it["quarter"] == name(figures))
    assert [it["value"] for it in mine["figures"]] == [None, None, 40, 12, None]
    assert (mine["epsilon"], mine["error_95"], mine["k_at_least"], mine["bound"]) == (0.25, 36, 10, 3)
    assert {it["attack"] for it in mine["risks"]} == {"singling_out", "linkability", "inference"}
    assert "people" not in answer.content.decode()  # how many were measured is a count without error


def test_the_api_takes_no_unknown_parameter():
    assert browser().get("/api/v1/statistics?quarter=2026Q3").status_code == 422


def test_what_is_proposed_or_refused_is_on_no_public_page():
    since = quarter()
    bought(since, alipay=14, cod=12)
    proposal(since)
    published.forget()
    for path in ("/statistics", "/statistics.csv", "/api/v1/statistics"):
        assert name(since) not in browser().get(path).content.decode()


def test_bars_stay_inside_and_stand_in_proportion():
    plot = bars([("a", 100), ("b", 50), ("c", None), ("d", 10)], 20)
    assert [it.length for it in plot.rows] == [300, 150, 0, 30]
    assert all(it.low + it.reach <= WIDTH for it in plot.rows)
    assert plot.rows[3].low == 0  # an error reaches below nothing nowhere
    assert (plot.rows[2].reach, plot.empty) == (0, False)
    assert bars([("a", None)], 5).empty
    assert bars([], 5).height == 0
