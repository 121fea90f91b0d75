"""Incidents at the desk: from writing one down to closing it, the clock on the first page."""

import re
from datetime import UTC, datetime, timedelta

from mingpu.governance.rules import BEIJING
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.desk.conftest import hire, sign_in
from tests.people import from_owner


def moment(**before):
    return (datetime.now(UTC) - timedelta(**before)).astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")


def typed(**changes):
    filled = {
        "noticed_at": moment(minutes=10), "level": "larger", "what": "越权查看", "kinds": "手机号", "cause": "", "harm": "",
        "measures": "", "since": moment(hours=3), "until": moment(minutes=1), "actor": "nobody-of-that-name",
    }  # fmt: skip
    return {**filled, **changes}


def opened(desk, **changes):
    return desk.post("/privacy/incidents/new", typed(**changes))["Location"]


def step(desk, where, name, **more):
    return desk.post(f"{where}/step", {"step": name, **more})


def over():
    """Let no other test's incident be on the first page."""
    from_owner(
        "UPDATE governance_incident SET closed_at = now(), closed_by = 'x' WHERE closed_at IS NULL", []
    )


def test_the_first_page_counts_the_minutes_and_is_loud_when_they_are_over(desk):
    over()
    sign_in(desk, hire())
    where = opened(desk)
    number = where.rpartition("/")[2]
    first = desk.get("/").content.decode()
    assert number in first
    left = int(re.findall(r"还有 (\d+) 分钟", first)[0])
    assert 227 <= left <= 231
    from_owner("UPDATE governance_incident SET report_due_at = now() - interval '9 minutes' WHERE incident_no = %s", [number])  # fmt: skip
    first = desk.get("/").content.decode()
    assert "已超过 9 分钟" in first
    assert "notice-error" in first
    assert step(desk, where, "report", reference="回执 3").status_code == 303
    assert number not in desk.get("/").content.decode()


def test_from_counting_to_closing(desk):
    asker, judge = hire(), hire()
    sign_in(desk, asker)
    where = opened(desk)
    assert step(desk, where, "ask").status_code == 403  # nothing is counted yet
    assert step(desk, where, "count").status_code == 303
    assert "共 0 人" in desk.get(where).content.decode()
    assert step(desk, where, "ask").status_code == 303
    assert step(desk, where, "approve").status_code == 403
    sign_in(desk, judge)
    assert step(desk, where, "approve").status_code == 303
    assert step(desk, where, "close").status_code == 403  # the authority was not told
    assert step(desk, where, "report", reference="").status_code == 422
    assert step(desk, where, "report", reference="回执 4").status_code == 303
    assert "回执 4" in desk.get(where).content.decode()
    assert step(desk, where, "close").status_code == 303
    assert step(desk, where, "nonsense").status_code == 422


def test_what_is_learned_later_is_added_and_counted_anew(desk):
    sign_in(desk, hire())
    where = opened(desk)
    step(desk, where, "count")
    assert (
        desk.post(f"{where}/amend", typed(cause="账号外借", purposes=["service", "delivery"])).status_code
        == 303
    )
    page = desk.get(where).content.decode()
    assert "账号外借" in page
    assert "还没有统计" in page
    assert desk.post(f"{where}/amend", typed(what="")).status_code == 422


def test_a_form_that_is_not_whole_comes_back_with_what_was_typed(desk):
    sign_in(desk, hire())
    for changes in ({"what": ""}, {"since": ""}, {"noticed_at": "yesterday"}, {"level": "tiny"}, {"purposes": ["nonsense"]}):  # fmt: skip
        answer = desk.post("/privacy/incidents/new", typed(**changes))
        assert answer.status_code == 422, changes
        assert "手机号" in answer.content.decode()
    assert (
        desk.post("/privacy/incidents/new", typed(since=moment(hours=1), until=moment(hours=2))).status_code
        == 422
    )
