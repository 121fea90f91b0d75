"""Under 14: nothing without a guardian, some things never, staff only after approval; the database decides."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.accounts.queries import profile_of
from mingpu.accounts.services import change_profile
from mingpu.cart.services import add_line
from mingpu.lib.errors import NotFound
from mingpu.personalise.queries import interests_of
from mingpu.privacy.consent import give, history_of, standing_of
from mingpu.privacy.minors import AGE, BirthdayFixed, childhood_of, of_age_on
from mingpu.privacy.purposes import ApprovalNeeded, GuardianNeeded, Purpose, acting, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.standing import agrees
from mingpu.rights.errors import NeverForChildren, NotAChild, NotAGuardian, SameHands
from mingpu.rights.queries import desk_request
from mingpu.rights.services import (
    approvals,
    approve_look,
    ask,
    ask_approval,
    ask_guardian,
    choose_for_child,
    confirm_child,
    end_guardianship,
    require_guardian,
    wards_of,
)
from tests.factories import make_person, make_product
from tests.people import from_owner
from tests.support import zone

TODAY = datetime.now(UTC).date()
TEN = f"{TODAY.year - 10}-05-17"
BY_RULE = {
    kind: [it for it in REGISTER.purposes.values() if it.minors == kind] for kind in ("guarded", "never", "approval")
}  # fmt: skip


@pytest.fixture
def child():
    it = make_person()
    change_profile(person_id=it.id, birthday=TEN)
    return it


@pytest.fixture
def guarded(child):
    guardian = make_person()
    confirm_child(guardian_id=guardian.id, code=ask_guardian(person_id=child.id))
    return child, guardian


@given(st.dates(date(1990, 1, 1), date(2026, 12, 31)))
def test_one_counts_as_under_14_until_the_first_of_the_month_after(birthday):
    until = of_age_on(birthday)
    assert until.day == 1
    fourteenth = date(birthday.year + AGE, birthday.month, 1)
    assert timedelta(0) < until - fourteenth <= timedelta(days=31)


@pytest.mark.parametrize("purpose", BY_RULE["guarded"] + BY_RULE["never"], ids=lambda it: it.id)
def test_without_a_guardian_the_database_lets_nothing_begin(child, purpose):
    if "storefront" not in purpose.zones:
        pytest.skip("not of the storefront")
    with pytest.raises(GuardianNeeded), processing(Purpose(purpose.id), subject=child.id):
        pass


def test_what_a_child_needs_to_set_things_right_works_all_the_same(child):
    for purpose in (Purpose.RIGHTS, Purpose.PROFILE, Purpose.IDENTITY_CHECK, Purpose.CANCELLATION):
        with processing(purpose, subject=child.id, reading=True):
            pass
    with pytest.raises(GuardianNeeded):
        add_line(owner_id=child.id, sku=make_product(), quantity=1)


def test_what_was_begun_before_goes_on_in_the_background(child):
    with zone("worker"), processing(Purpose.ORDERING, subject=child.id, reading=True):
        pass


def test_a_guardian_confirms_from_their_own_account_and_may_withdraw(child):
    guardian, code = make_person(), ask_guardian(person_id=child.id)
    assert confirm_child(guardian_id=guardian.id, code=f" {code.lower()} ") == child.id
    assert wards_of(guardian.id) == [child.id]
    add_line(owner_id=child.id, sku=make_product(), quantity=1)
    with pytest.raises(NotFound):
        confirm_child(guardian_id=make_person().id, code=code)
    end_guardianship(guardian_id=guardian.id, child_id=child.id)
    assert wards_of(guardian.id) == []
    with pytest.raises(GuardianNeeded):
        add_line(owner_id=child.id, sku=make_product(), quantity=1)


@pytest.mark.parametrize("name", [it.id for it in BY_RULE["never"]])
def test_profiling_is_refused_whatever_is_clicked(guarded, name):
    child, _ = guarded
    from_owner(
        "UPDATE privacy_standing SET consents = -1 & 9223372036854775807 WHERE person_id = %s", [child.id]
    )
    assert not agrees(child.id, name)
    adult = make_person()
    from_owner(
        "UPDATE privacy_standing SET consents = -1 & 9223372036854775807 WHERE person_id = %s", [adult.id]
    )
    assert agrees(adult.id, name)


def test_interests_of_a_child_are_never_read_for_suggestions(guarded):
    child, guardian = guarded
    change_profile(person_id=child.id, guardian=True, interests=["tea"])
    give(child.id, "personalisation", True, "zh-hans")
    assert standing_of(child.id).consents["personalisation"]
    assert interests_of(person_id=child.id) == ()
    change_profile(person_id=guardian.id, interests=["tea"])
    give(guardian.id, "personalisation", True, "zh-hans")
    assert interests_of(person_id=guardian.id) == ("tea",)


@pytest.mark.parametrize("name", list(REGISTER.consents()))
def test_a_guardian_switches_one_matter_after_the_other_for_the_child(guarded, name):
    child, guardian = guarded
    never = name in {it.id for it in BY_RULE["never"]}

    def say(granted):
        choose_for_child(
            guardian_id=guardian.id, child_id=child.id, name=name, granted=granted, language="zh-hans"
        )

    if never:
        with pytest.raises(NeverForChildren):
            say(granted=True)
        assert not agrees(child.id, name)
        assert history_of(child.id) == []
    else:
        say(granted=True)
        assert agrees(child.id, name)
        others = {**standing_of(child.id).consents, **standing_of(child.id).permissions}
        assert [it for it, on in others.items() if on] == [name]
    say(granted=False)
    assert not agrees(child.id, name)
    last = history_of(child.id)[0]
    assert (last.name, last.granted, last.method) == (name, False, "guardian")
    assert not any(standing_of(guardian.id).consents.values())


def test_nobody_else_decides_for_a_child(guarded):
    child, guardian = guarded

    def say(who, name="location"):
        choose_for_child(guardian_id=who, child_id=child.id, name=name, granted=True, language="en")

    for who in (make_person().id, child.id, uuid4()):
        with pytest.raises(NotFound):
            say(who)
    with pytest.raises(NotFound):
        say(guardian.id, "ordering")
    end_guardianship(guardian_id=guardian.id, child_id=child.id)
    with pytest.raises(NotFound):
        say(guardian.id)
    assert not any(standing_of(child.id).permissions.values())


def test_a_child_cannot_make_itself_older_and_its_guardian_can_set_it_right(guarded):
    child, guardian = guarded
    for birthday in ("1990-01-01", "", None, f"{TODAY.year - 13}-01-01"):
        with pytest.raises(BirthdayFixed):
            change_profile(person_id=child.id, birthday=birthday)
    assert profile_of(child.id).birthday == TEN
    change_profile(person_id=child.id, birthday=f"{TODAY.year - 8}-05-17")  # younger is no harm
    require_guardian(guardian_id=guardian.id, child_id=child.id)
    change_profile(person_id=child.id, guardian=True, birthday="1990-01-01")
    assert not childhood_of(child.id).child
    with pytest.raises(NotFound):
        require_guardian(guardian_id=guardian.id, child_id=child.id)


def test_who_turns_14_is_nobodys_child_by_the_calendar_alone(guarded):
    child, guardian = guarded
    end_guardianship(guardian_id=guardian.id, child_id=child.id)
    from_owner("UPDATE privacy_standing SET of_age_on = current_date WHERE person_id = %s", [child.id])
    assert not childhood_of(child.id).child
    add_line(owner_id=child.id, sku=make_product(), quantity=1)


def test_an_adults_birthday_changes_nothing(buyer):
    change_profile(person_id=buyer.id, birthday="1990-05-17")
    assert not childhood_of(buyer.id).child
    add_line(owner_id=buyer.id, sku=make_product(), quantity=1)
    with pytest.raises(NotAChild):
        ask_guardian(person_id=buyer.id)


def test_nobody_is_their_own_guardian_and_no_child_is_anybodys(child):
    other = make_person()
    change_profile(person_id=other.id, birthday=TEN)
    code = ask_guardian(person_id=child.id)
    for who in (child, other):
        with pytest.raises(NotAGuardian):
            confirm_child(guardian_id=who.id, code=code)
    assert not childhood_of(child.id).guarded


def test_codes_are_good_once_for_three_days_and_only_the_newest(child):
    first, second = ask_guardian(person_id=child.id), ask_guardian(person_id=child.id)
    from_owner("UPDATE rights_guardianship SET expires_at = now() WHERE person_id = %s", [child.id])
    for code in (first, second, "", "G" * 17):
        with pytest.raises(NotFound):
            confirm_child(guardian_id=make_person().id, code=code)


def test_another_childs_guardian_has_no_say(guarded):
    child, _ = guarded
    stranger = make_person()
    for act in (end_guardianship, require_guardian):
        with pytest.raises(NotFound):
            act(guardian_id=stranger.id, child_id=child.id)
    from_owner(
        "INSERT INTO rights_ward (id, person_id, child_id, since) VALUES (%s, %s, %s, now())",
        [uuid4(), stranger.id, child.id],
    )
    assert wards_of(stranger.id) == [], "the child's row decides"


# ---- staff ----


def desk(verb, **more):
    with zone("desk"), acting("staff", "kf1"):
        return verb(**more)


def test_staff_look_only_after_another_approved_and_for_a_day(guarded):
    child, _ = guarded
    no = ask(person_id=child.id, kind="other", words="你好")
    with pytest.raises(ApprovalNeeded):
        desk(desk_request, no=no)
    it = desk(ask_approval, reference=no, staff="kf1")
    assert desk(ask_approval, reference=no, staff="kf1") == it
    with pytest.raises(SameHands):
        desk(approve_look, approval_id=it, staff="kf1")
    with pytest.raises(ApprovalNeeded):
        desk(desk_request, no=no)
    desk(approve_look, approval_id=it, staff="kf2")
    assert desk(desk_request, no=no).words == "你好"
    with zone("desk"), acting("staff", "kf3"), pytest.raises(ApprovalNeeded):
        desk_request(no)
    from_owner("UPDATE rights_approval SET until = now() WHERE id = %s", [it])
    with pytest.raises(ApprovalNeeded):
        desk(desk_request, no=no)
    with pytest.raises(NotFound):
        desk(approve_look, approval_id=it, staff="kf2")


def test_an_adults_request_needs_no_approval(buyer):
    assert desk(desk_request, no=ask(person_id=buyer.id, kind="other", words="你好")).words == "你好"


def test_the_list_of_approvals_names_no_child(guarded):
    child, _ = guarded
    no = ask(person_id=child.id, kind="other", words="x")
    it = desk(ask_approval, reference=no, staff="kf1")
    row = next(row for row in desk(approvals) if row["id"] == it)
    assert row.keys() == {"id", "staff", "reference", "asked_at", "approved_by", "until"}
    assert str(child.id) not in str(row)
    with pytest.raises(NotFound):
        desk(ask_approval, reference="QNONE", staff="kf1")
    with pytest.raises(Exception, match="approval_by_another"):
        from_owner("UPDATE rights_approval SET approved_by = staff WHERE id = %s", [it])


def test_the_registers_words_about_minors_are_the_three_that_are_known():
    assert {it.minors for it in REGISTER.purposes.values()} == {"", "guarded", "never", "approval"}
    assert {it.id for it in BY_RULE["never"]} >= {"personalisation", "profiling", "browsing_history"}
    assert all(it.basis == "consent" for it in BY_RULE["never"])
