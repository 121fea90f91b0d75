"""Letting a statistic go at the desk: by somebody else, with what was measured before their eyes."""

import pytest

from mingpu.statistics.queries import publications
from tests.desk.shops import at_desk
from tests.people import from_owner
from tests.statistics.people import quarter
from tests.statistics.test_release import bought, proposal
from tests.support import zone


@pytest.fixture(autouse=True)
def _fresh_budget():
    from_owner("UPDATE statistics_spending SET at = at - interval '3 years'", [])


def proposed(by="analyst-a"):
    since = quarter()
    bought(since, alipay=14, cod=12)
    return proposal(since, by=by)


def state(it):
    return next(one.state for one in publications() if one.id == it)


@pytest.mark.parametrize(("decision", "then"), [("yes", "approved"), ("no", "refused")])
def test_staff_decide_on_what_was_measured(desk, decision, then):
    it = proposed()
    name = at_desk(desk)
    page = desk.get("/statistics").content.decode()
    mine = page[page.index(f"p-{it}") :]
    mine = mine[: mine.index("</section>")]
    for told in ("analyst-a", "ε 0.25", "误差 ±36", "≤ 0.05", "(≥ 10)"):
        assert told in mine, told
    answer = desk.post(f"/statistics/{it}", {"decision": decision})
    assert answer["Location"] == "/statistics?done=decided"
    assert state(it) == then
    assert from_owner("SELECT by FROM statistics_approval WHERE publication_id = %s", [it]) == [(name,)]


def test_yes_and_no_take_one_press_each_and_neither_is_chosen_beforehand(desk):
    it = proposed()
    at_desk(desk)
    page = desk.get("/statistics").content.decode()
    form = page[page.index(f"/statistics/{it}") :]
    form = form[: form.index("</form>")]
    assert form.count("<button") == 2
    assert "checked" not in form


def test_nobody_decides_on_their_own(desk):
    name = at_desk(desk)
    with zone("worker"):
        it = proposed(by=name)
    page = desk.get("/statistics").content.decode()
    assert f'action="/statistics/{it}"' not in page
    answer = desk.post(f"/statistics/{it}", {"decision": "yes"})
    assert answer.status_code == 409
    assert "不能批准自己" in answer.content.decode()
    assert state(it) == "proposed"


def test_a_second_word_is_refused_and_so_is_none(desk):
    it = proposed()
    at_desk(desk)
    assert desk.post(f"/statistics/{it}", {"decision": "perhaps"}).status_code == 422
    assert desk.post(f"/statistics/{it}", {"decision": "no"}).status_code == 303
    assert desk.post(f"/statistics/{it}", {"decision": "yes"}).status_code == 409
    assert state(it) == "refused"
