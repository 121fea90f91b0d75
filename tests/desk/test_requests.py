"""Requests under an exception, at the desk: the cases, asking, two people, reading, closing."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from mingpu.desk import services
from mingpu.privacy.exceptions import exceptions
from tests.desk.conftest import hire, sign_in
from tests.factories import TO
from tests.governance.conftest import sold  # noqa: F401 -- a fixture

FILLED = {
    "case_no": "杭公立字〔2026〕2 号", "authority": "杭州市公安局", "order_ref": "调证 99 号", "order_hash": "ab" * 32,
    "reason": "诈骗案", "items": ["consignee_phone"], "days": "3", "article": "",
}  # fmt: skip


def asked(desk, it, code="3.3", **changes):
    return desk.post(f"/privacy/requests/new/{code}", {**FILLED, "keys": it.order_no, **changes})


def step(desk, where, name, **more):
    return desk.post(f"{where}/step", {"step": name, **more})


def test_the_page_lists_the_eleven_with_what_the_law_carries(desk):
    sign_in(desk, hire())
    shown = desk.get("/privacy/requests").content.decode()
    for it in exceptions().values():
        assert it.source.zh in shown
        assert it.law.zh in shown
        assert (f"/privacy/requests/new/{it.clause}" in shown) == it.requestable
        status = desk.get(f"/privacy/requests/new/{it.clause}").status_code
        assert status == (200 if it.requestable else 404)


def test_from_asking_to_closing(sold, desk):  # noqa: F811 -- the fixture
    asker, judge, third = hire(), hire(), hire()
    sign_in(desk, asker)
    where = asked(desk, sold)["Location"]
    assert step(desk, where, "approve").status_code == 403
    assert desk.post(f"{where}/read").status_code == 403
    sign_in(desk, third)
    assert desk.post(f"{where}/read").status_code == 404
    sign_in(desk, judge)
    page = desk.get(where).content.decode()
    assert 'value="approve"' in page
    assert sold.order_no not in page  # whom it is about is not in it
    assert step(desk, where, "approve").status_code == 303
    assert step(desk, where, "approve").status_code == 409
    sign_in(desk, asker)
    assert TO.phone not in desk.get(where).content.decode()
    answer = desk.post(f"{where}/read")
    assert TO.phone in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    for hidden in (TO.name, sold.buyer.phone, "188 号"):
        assert hidden not in answer.content.decode()
    later = (datetime.now(UTC) + timedelta(days=400)).strftime("%Y-%m-%dT%H:%M")
    assert step(desk, where, "withhold", until=later).status_code == 422
    assert step(desk, where, "withhold", until="", order_ref="保密 3 号").status_code == 422
    assert step(desk, where, "withhold", until=later, order_ref="保密 3 号").status_code == 303
    assert "保密 3 号" in desk.get(where).content.decode()
    assert step(desk, where, "close").status_code == 303
    assert desk.post(f"{where}/read").status_code == 403
    assert step(desk, where, "nonsense").status_code == 422


def test_a_refusal_says_why(sold, desk):  # noqa: F811 -- the fixture
    sign_in(desk, hire())
    where = asked(desk, sold)["Location"]
    sign_in(desk, hire())
    assert step(desk, where, "decline").status_code == 422
    assert step(desk, where, "decline", why="文书不全").status_code == 303
    assert "文书不全" in desk.get(where).content.decode()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("3.4", {"items": ["order"]}),
        ("3.3", {"days": "31"}),
        ("3.3", {"order_hash": "ab"}),
        ("3.3", {"keys": "MNOBODY"}),
        ("3.3", {"items": []}),
        ("3.11", {"items": ["order"]}),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(sold, desk, code, changes):  # noqa: F811 -- the fixture
    sign_in(desk, hire())
    answer = asked(desk, sold, code, **changes)
    assert answer.status_code == 422
    assert re.search(r'role="alert"', answer.content.decode())
    assert FILLED["authority"] in answer.content.decode()


def test_guessing_numbers_here_is_counted_too(sold, desk):  # noqa: F811 -- the fixture
    sign_in(desk, hire())
    for n in range(services.GUESSES):
        assert asked(desk, sold, keys=f"1310000{n:04d}").status_code == 422
    assert asked(desk, sold).status_code == 429
