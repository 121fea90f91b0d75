"""The one door for switches: endpoints, jobs and what is kept in memory, at the moment they are used."""

import copy
import logging
from uuid import UUID

import pytest
from procrastinate.contrib.django import app as queue

from mingpu.lib.jobs import enqueue
from mingpu.personalise.models import View
from mingpu.personalise.services import remember_view
from mingpu.privacy import cancellation, consent, permits
from mingpu.privacy.doors import NotAgreed, PermissionIsOff
from mingpu.privacy.grants import rows_sql
from mingpu.privacy.permits import NotAvailable, Shelf, enter, job_under, needed, serving, stands
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Register
from mingpu.virtual.errors import ContactsOff
from mingpu.virtual.services import picked
from tests.factories import make_person
from tests.jobs import run_jobs
from tests.people import from_owner

CALLS = {
    "scans": ("camera", "scanning"), "photo-searches": ("album", "photo_search"),
    "voice-searches": ("microphone", "voice"), "delivery-estimates": ("location", "nearby"),
    "friends": ("contacts", "friends"),
}  # fmt: skip
MARK = b"canary-of-a-picture-7f3a"
done: list[str] = []


@job_under("test.under_search", "search_history")
def under_search(*, person_id: str) -> None:
    done.append(person_id)


@job_under("test.under_camera", "camera")
def under_camera(*, person_id: str) -> None:
    done.append(person_id)


@pytest.fixture
def buyer():
    done.clear()
    return make_person()


# ---- what needs what ----


def test_the_register_alone_says_what_a_name_needs():
    assert needed("camera") == ("camera",)
    assert needed("search_history") == ("search_history",)
    assert needed("photo_search") == ("album", "photo_search")
    assert needed("ordering") == ()
    assert set(serving("camera")) == {it.id for it in REGISTER.purposes.values() if it.permission == "camera"}
    assert all(serving(name) for name in REGISTER.permissions)
    with pytest.raises(KeyError):
        needed("nothing")


def test_every_permission_has_a_call_that_asks_it():
    assert {permission for permission, _ in CALLS.values()} == set(REGISTER.permissions)
    for permission, purpose in CALLS.values():
        assert REGISTER.purposes[purpose].permission == permission


def test_the_row_policies_of_a_purpose_under_a_switch_ask_the_switch():
    raw = copy.deepcopy(dict(REGISTER.raw))
    raw["tables"]["search_search"]["grants"]["photo_search"] = "s"
    register = Register(raw, REGISTER.digest)
    condition = rows_sql(register.tables["search_search"], register.purposes["photo_search"], register)
    for name in ("album", "photo_search"):
        assert f"consented({register.flags()[name]}::bigint)" in condition


# ---- endpoints ----


@pytest.mark.parametrize("call", CALLS)
def test_off_refuses_on_is_not_there_yet(buyer, call):
    permission, purpose = CALLS[call]

    def ask():
        answer = buyer.api().post(f"/api/v1/me/device/{call}", MARK, content_type="application/octet-stream")
        assert answer["Content-Type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]

    assert ask() == (403, "permission_off")
    consent.give(buyer.id, permission, True, "en")
    assert ask() == (501, "not_available")
    for other in REGISTER.permissions.keys() - {permission}:
        consent.give(buyer.id, other, True, "en")
    consent.give(buyer.id, permission, False, "en")
    assert ask() == (403, "permission_off")
    with pytest.raises(PermissionIsOff):
        enter(buyer.id, purpose)


@pytest.mark.parametrize("call", CALLS)
def test_a_stranger_is_told_nothing(call):
    answer = make_person().api(Authorization="Bearer nobody").post(f"/api/v1/me/device/{call}")
    assert answer.status_code == 401


def test_nothing_of_the_body_is_read_or_kept(buyer, caplog):
    """Also a large one, and one that is no text: neither refused for its size nor looked at."""
    for permission, _ in CALLS.values():
        consent.give(buyer.id, permission, True, "en")

    class Untouched:
        """A body that tells when somebody reads it."""

        def read(self, *_):
            raise AssertionError("the body was read")

        readline = read

    with caplog.at_level(logging.DEBUG):
        for call in CALLS:
            body = (MARK + bytes(range(256))) * 60_000
            answer = buyer.api().post(f"/api/v1/me/device/{call}", body, content_type="image/jpeg")
            assert (answer.status_code, answer.json()["code"]) == (501, "not_available")
            answer = buyer.api().post(
                f"/api/v1/me/device/{call}",
                MARK,
                content_type="application/json",
                **{"wsgi.input": Untouched()},
            )
            assert answer.status_code == 501
            assert MARK.decode() not in answer.content.decode()
    assert MARK.decode() not in caplog.text
    kept = from_owner(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
        [],
    )
    for (table,) in kept:
        assert from_owner(
            f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{MARK.decode()}%"]
        ) == [(0,)], table


def test_a_function_that_is_open_goes_on_and_asks_its_consent(buyer):
    with pytest.raises(NotAgreed):
        enter(buyer.id, "search_history")
    consent.give(buyer.id, "search_history", True, "en")
    enter(buyer.id, "search_history")
    enter(buyer.id, "ordering")
    with pytest.raises(NotAvailable):
        enter(buyer.id, "robot")


def test_the_one_number_from_the_contacts_goes_through_the_same_door(buyer):
    with pytest.raises(ContactsOff) as refused:
        picked(person_id=buyer.id)
    assert refused.value.code == "permission_off"
    consent.give(buyer.id, "contacts", True, "en")
    picked(person_id=buyer.id)
    assert stands(buyer.id, "contacts")


def test_the_browsers_own_switches_follow(buyer):
    browser = buyer.browser()

    def policy(path="/privacy/permissions"):
        return browser.get(path).headers["Permissions-Policy"]

    closed = policy("/")
    assert closed.startswith("camera=(), microphone=(), geolocation=()")
    assert policy() == closed
    for permission, feature in (
        ("camera", "camera"),
        ("microphone", "microphone"),
        ("location", "geolocation"),
    ):
        consent.give(buyer.id, permission, True, "en")
        assert f"{feature}=(self)" in policy()
        assert policy("/") == closed
        consent.give(buyer.id, permission, False, "en")
        assert policy() == closed


# ---- jobs ----


def queued(person_id: UUID, name: str) -> None:
    with processing(Purpose.RIGHTS, subject=person_id):
        enqueue(name, person_id=str(person_id))


@pytest.mark.parametrize(
    ("name", "matter"), [("test.under_search", "search_history"), ("test.under_camera", "camera")]
)
def test_a_job_asks_when_it_runs_not_when_it_was_queued(buyer, name, matter):
    for granted, ran in ((None, 0), (True, 1), (False, 1), (True, 2)):
        if granted is not None:
            consent.give(buyer.id, matter, granted, "en")
        queued(buyer.id, name)
        assert run_jobs(buyer.id, names=(name,)) == [name]
        assert len(done) == ran
    queued(buyer.id, name)
    consent.give(buyer.id, matter, False, "en")  # between the queue and the run
    run_jobs(buyer.id, names=(name,))
    assert len(done) == 2


def test_nothing_stands_for_somebody_who_is_leaving_and_all_of_it_again_should_they_stay(buyer):
    for name in ("camera", "search_history"):
        consent.give(buyer.id, name, True, "en")
    cancellation.request(buyer.id)
    for name, job in (("camera", "test.under_camera"), ("search_history", "test.under_search")):
        assert not stands(buyer.id, name)
        queued(buyer.id, job)
        run_jobs(buyer.id, names=(job,))
    assert done == []
    with pytest.raises(PermissionIsOff):
        enter(buyer.id, "scanning")
    cancellation.withdraw(buyer.id)
    assert stands(buyer.id, "camera")
    assert stands(buyer.id, "search_history")


def test_invoices_are_not_passed_on_by_a_job_whose_consent_is_gone(buyer, caplog):
    with caplog.at_level(logging.INFO, logger="mingpu.privacy.permits"):
        for name in ("invoices.issue", "invoices.reverse_due"):
            queue.tasks[name].func(person_id=str(buyer.id), invoice_no="F0", order_no="M0")
    assert caplog.text.count("job dropped, invoicing is off") == 2


# ---- what is kept in memory ----


@pytest.fixture
def shelf():
    return Shelf(Purpose.BROWSING_HISTORY)


def looked_at(person_id):
    def make():
        with processing(Purpose.BROWSING_HISTORY, subject=person_id, reading=True):
            return View.objects.filter(person_id=person_id).count()

    return make


def uses(person_id):
    return from_owner(
        "SELECT count(*) FROM privacy_accesslog WHERE subject = %s AND purpose = 'browsing_history'",
        [person_id],
    )[0][0]


def test_what_is_kept_is_passed_by_once_off_and_never_served_across_a_no(buyer, shelf):
    product = UUID(int=7)
    assert shelf.get(buyer.id, looked_at(buyer.id)) is None
    consent.give(buyer.id, "browsing_history", True, "en")
    remember_view(person_id=buyer.id, product_id=product)
    assert shelf.get(buyer.id, looked_at(buyer.id)) == 1
    from_owner("DELETE FROM personalise_view WHERE person_id = %s", [buyer.id])
    assert shelf.get(buyer.id, looked_at(buyer.id)) == 1  # kept
    consent.give(buyer.id, "browsing_history", False, "en")
    assert shelf.get(buyer.id, looked_at(buyer.id)) is None
    consent.give(buyer.id, "browsing_history", True, "en")
    assert shelf.get(buyer.id, looked_at(buyer.id)) == 0


def test_a_no_and_a_yes_by_somebody_else_are_not_slept_through(buyer, shelf):
    """Between two looks of this process the switch went off and on: what was kept is of before."""
    consent.give(buyer.id, "browsing_history", True, "en")
    assert shelf.get(buyer.id, lambda: "before") == "before"
    consent.give(buyer.id, "browsing_history", False, "en")
    consent.give(buyer.id, "browsing_history", True, "en")
    assert shelf.get(buyer.id, lambda: "after") == "after"


def test_serving_what_is_kept_leaves_its_line(buyer, shelf):
    consent.give(buyer.id, "browsing_history", True, "en")
    shelf.get(buyer.id, looked_at(buyer.id))
    before = uses(buyer.id)
    shelf.get(buyer.id, looked_at(buyer.id))
    assert uses(buyer.id) == before + 1


def test_one_persons_shelf_is_not_anothers(buyer, shelf):
    other = make_person()
    for it in (buyer, other):
        consent.give(it.id, "browsing_history", True, "en")
    assert shelf.get(buyer.id, lambda: "mine") == "mine"
    assert shelf.get(other.id, lambda: "theirs") == "theirs"


def test_a_shelf_does_not_grow_without_end(buyer, shelf, monkeypatch):
    monkeypatch.setattr(permits, "MOST", 2)
    people = [make_person().id for _ in range(4)]
    for person_id in people:
        consent.give(person_id, "browsing_history", True, "en")
        shelf.get(person_id, lambda: 1)
        assert len(shelf._kept) <= 2
