"""Seeing a value in full at the desk, as staff do it; guessing numbers is counted."""

import re

import pytest

from mingpu.desk import services
from tests.desk.conftest import hire, sign_in
from tests.factories import TO
from tests.governance.conftest import sold  # noqa: F401 -- a fixture
from tests.people import from_owner


def write_down(desk, it, **changes):
    typed = {"item": "consignee_phone", "reason": "call_back", "note": "", **changes}
    return desk.post(f"/cases/{it.case.case_no}/looks", typed)


def offered(desk, it):
    """The addresses of the looks that a case's page offers."""
    return re.findall(
        r'action="(/privacy/looks/\w+)"', desk.get(f"/cases/{it.case.case_no}").content.decode()
    )


def test_a_value_is_masked_until_a_reason_is_given_and_then_shown_once(sold, desk):  # noqa: F811 -- the fixture
    name = hire()
    sign_in(desk, name)
    page = desk.get(f"/cases/{sold.case.case_no}").content.decode()
    assert TO.phone not in page
    assert "138****0042" in page
    assert write_down(desk, sold).status_code == 303
    [where] = offered(desk, sold)
    shown = desk.post(where)
    assert TO.phone in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert desk.get(where).status_code == 405
    assert TO.phone not in desk.get(f"/cases/{sold.case.case_no}").content.decode()
    sign_in(desk, hire())
    assert desk.post(where).status_code == 404  # another's
    assert offered(desk, sold) == []


@pytest.mark.parametrize(
    "changes", [{"reason": ""}, {"item": "contact_email"}, {"reason": "other"}, {"item": ""}]
)
def test_without_a_reason_or_beyond_the_list_nothing_is_written(sold, desk, changes):  # noqa: F811 -- the fixture
    sign_in(desk, hire())
    assert write_down(desk, sold, **changes).status_code == 422
    assert offered(desk, sold) == []


def test_a_finished_case_opens_nothing(sold, desk):  # noqa: F811 -- the fixture
    sign_in(desk, hire())
    from_owner("UPDATE service_case SET status = 'withdrawn' WHERE case_no = %s", [sold.case.case_no])
    assert write_down(desk, sold).status_code == 409
    assert 'id="looks"' not in desk.get(f"/cases/{sold.case.case_no}").content.decode()


def test_the_eleventh_of_a_day_waits_for_a_colleague(sold, desk):  # noqa: F811 -- the fixture
    name = hire()
    sign_in(desk, name)
    for _ in range(11):
        write_down(desk, sold)
    assert len(offered(desk, sold)) == 10
    waits = re.findall(r'action="(/privacy/looks/\w+/approve)"', desk.get("/privacy").content.decode())
    [(number,)] = from_owner(
        "SELECT number FROM governance_opening WHERE staff = %s AND until IS NULL", [name]
    )
    mine = f"/privacy/looks/{number}/approve"
    assert mine not in waits
    assert desk.post(mine).status_code == 403
    sign_in(desk, hire())
    assert mine in desk.get("/privacy").content.decode()
    assert desk.post(mine).status_code == 303
    sign_in(desk, name)
    assert len(offered(desk, sold)) == 11


def test_guessing_numbers_is_counted_and_stopped(sold, desk):  # noqa: F811 -- the fixture
    name = hire()
    sign_in(desk, name)
    for n in range(services.GUESSES):
        assert desk.get(f"/cases/C{n}").status_code == 404
    assert desk.get(f"/cases/{sold.case.case_no}").status_code == 429
    looked_up = desk.post("/orders", {"case_no": sold.case.case_no, "order_no": ""})
    assert "15" in looked_up.content.decode()
    sign_in(desk, hire())  # others go on working
    assert desk.get(f"/cases/{sold.case.case_no}").status_code == 200
    from_owner("UPDATE desk_stafftry SET at = at - interval '16 minutes'", [])
    sign_in(desk, name)
    assert desk.get(f"/cases/{sold.case.case_no}").status_code == 200
