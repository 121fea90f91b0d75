"""Yes and no: recorded, in force from the very next read, and what rested on a yes goes with it."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.accounts.models import Profile
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy import consent
from mingpu.privacy.fields import blind_index
from mingpu.privacy.models import ConsentEvent, Standing
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.search.models import Search
from tests.factories import make_person
from tests.jobs import waiting
from tests.people import from_owner
from tests.support import zone

NAMES = list(REGISTER.consents())


@pytest.fixture
def somebody():
    return make_person().id


def search(person_id, words="茶壶"):
    with processing(Purpose.SEARCH_HISTORY, subject=person_id):
        Search.objects.create(
            person_id=person_id, keywords=words, at=now(),
            keywords_index=blind_index("search_search.keywords_index", f"{person_id}{words}{uuid4()}"),
        )  # fmt: skip


def seen(person_id, purpose=Purpose.SEARCH_HISTORY):
    with processing(purpose, subject=person_id, reading=True):
        return list(Search.objects.filter(person_id=person_id).values_list("keywords", flat=True))


def stored(person_id):
    return from_owner("SELECT count(*) FROM search_search WHERE person_id = %s", [person_id])[0][0]


@pytest.mark.parametrize("name", NAMES)
def test_everything_starts_off_and_takes_one_word_each_way(somebody, name):
    for granted in (True, True, False, False, True):
        consent.give(somebody, name, granted, "en")
        standing = consent.standing_of(somebody)
        assert {**standing.consents, **standing.permissions}[name] is granted
        assert [it for it, on in {**standing.consents, **standing.permissions}.items() if on] == [
            name
        ] * granted
    with processing(Purpose.RIGHTS, subject=somebody):
        events = list(
            ConsentEvent.objects.filter(person_id=somebody, name=name)
            .order_by("at")
            .values_list("granted", "language", "statement_version", "statement_hash")
        )
    assert events == [(it, "en", REGISTER.version, REGISTER.digest) for it in (True, False, True)]


def test_consents_and_permissions_are_the_registers(somebody):
    standing = consent.standing_of(somebody)
    assert set(standing.consents) == {
        it.id for it in REGISTER.purposes.values() if it.basis == "consent" and it.open
    }
    assert (
        list(standing.permissions)
        == list(REGISTER.permissions)
        == ["location", "camera", "album", "microphone", "contacts"]
    )
    assert [it.name for it in consent.matters()] == NAMES


def test_a_first_no_is_recorded_and_never_asked_again(somebody):
    assert consent.decisions_of(somebody)["personalisation"].at is None
    consent.give(somebody, "personalisation", False, "zh-hans")
    decision = consent.decisions_of(somebody)["personalisation"]
    assert decision.at is not None
    assert not decision.granted


@pytest.mark.parametrize("name", ["statement", "ordering", "x", "", "SEARCH_HISTORY"])
def test_there_is_nothing_else_to_agree_to(somebody, name):
    with pytest.raises(NotFound):
        consent.give(somebody, name, True, "en")


def test_a_stranger_has_no_standing():
    with pytest.raises(NotFound):
        consent.standing_of(uuid4())
    with pytest.raises(NotFound):
        consent.give(uuid4(), "location", True, "en")


def test_what_is_asked_says_what_it_uses_and_how_long():
    matters = {it.name: it for it in consent.matters()}
    assert [it.zh for it in matters["search_history"].items] == ["搜索词", "时间"]
    assert matters["search_history"].retention == (REGISTER.retention["history"],)
    assert [it.zh for it in matters["personalisation"].items] == ["兴趣爱好"]
    assert all(it.permission == (name in REGISTER.permissions) and it.clauses for name, it in matters.items())


def test_without_a_yes_the_database_itself_refuses(somebody):
    with pytest.raises(ProgrammingError, match="row-level security"):
        search(somebody)
    assert seen(somebody) == []


def test_a_no_deletes_what_rested_on_the_yes_alone(somebody):
    consent.give(somebody, "search_history", True, "en")
    search(somebody)
    assert seen(somebody) == ["茶壶"]
    consent.give(somebody, "search_history", False, "en")
    assert seen(somebody) == []
    assert seen(somebody, Purpose.RIGHTS) == []
    assert stored(somebody) == 0
    assert waiting("privacy.consent_withdrawn", person_id=str(somebody), matter="search_history") == 1


def test_what_the_person_wrote_for_themselves_stays(somebody):
    consent.give(somebody, "personalisation", True, "en")
    with processing(Purpose.PROFILE, subject=somebody):
        Profile.objects.filter(person_id=somebody).update(interests="居家")
    consent.give(somebody, "personalisation", False, "en")
    with processing(Purpose.PERSONALISATION, subject=somebody, reading=True):
        assert not Profile.objects.filter(person_id=somebody).values_list("interests", flat=True)
    with processing(Purpose.PROFILE, subject=somebody, reading=True):
        assert Profile.objects.values_list("interests", flat=True).get(person_id=somebody) == "居家"


def test_what_rests_on_a_consent_is_found_in_the_register():
    assert [it.name for it in consent.resting_on("search_history")] == ["search_search"]
    assert consent.resting_on("personalisation") == ()
    for name in NAMES:
        for table in consent.resting_on(name):
            assert "d" in table.grants["rights"]


def test_what_a_statement_under_way_still_wrote_is_swept(somebody):
    """A row that slips in between the no and its commit stays unseen, and goes with the sweep."""
    consent.give(somebody, "search_history", True, "en")
    search(somebody)
    with processing(Purpose.RIGHTS, subject=somebody):
        Standing.objects.filter(person_id=somebody).update(consents=0)
    assert seen(somebody) == []
    assert stored(somebody) == 1
    with zone("worker"):
        consent.sweep(somebody, "search_history")
    assert stored(somebody) == 0


def test_the_sweep_leaves_alone_who_agreed_again(somebody):
    consent.give(somebody, "search_history", True, "en")
    search(somebody)
    with zone("worker"):
        consent.sweep(somebody, "search_history")
    assert seen(somebody) == ["茶壶"]


def test_another_connection_sees_a_no_at_once(somebody):
    """The worker's own login, its own connection: nothing is remembered from before."""
    consent.give(somebody, "location", True, "en")
    with zone("worker"):
        assert consent.standing_of(somebody).permissions["location"]
    consent.give(somebody, "location", False, "en")
    with zone("worker"):
        assert not consent.standing_of(somebody).permissions["location"]


def test_nobody_can_answer_for_another(somebody):
    other = make_person().id
    with processing(Purpose.RIGHTS, subject=other):
        assert Standing.objects.filter(person_id=somebody).update(consents=255) == 0
    with pytest.raises(ProgrammingError), processing(Purpose.RIGHTS, subject=other):
        ConsentEvent.objects.create(
            person_id=somebody,
            name="location",
            granted=True,
            statement_version="",
            statement_hash="",
            language="",
            at=now(),
        )


def test_a_record_of_a_yes_cannot_be_changed(somebody):
    consent.give(somebody, "location", True, "en")
    for purpose in (Purpose.RIGHTS, Purpose.REGISTRATION):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            processing(purpose, subject=somebody),
        ):
            ConsentEvent.objects.filter(person_id=somebody).update(granted=False)
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            processing(purpose, subject=somebody),
            connection.cursor() as cursor,
        ):
            cursor.execute("DELETE FROM privacy_consentevent WHERE person_id = %s", [somebody])


ACTS = st.sampled_from(["yes", "no", "search", "read", "read as rights", "another yes", "another no"])


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTS, max_size=14))
def test_any_order_of_yes_no_writing_and_reading(acts):
    """After a no the next read returns nothing, whatever came before; after a yes, what was written since."""
    somebody, on, kept = make_person().id, False, 0
    for act in acts:
        if act in {"yes", "no"}:
            consent.give(somebody, "search_history", act == "yes", "en")
            on, kept = act == "yes", kept if act == "yes" else 0
        elif act.startswith("another"):
            consent.give(somebody, "personalisation", act == "another yes", "en")
        elif act == "search" and on:
            search(somebody)
            kept += 1
        elif act == "search":
            with pytest.raises(ProgrammingError):
                search(somebody)
        purpose = Purpose.RIGHTS if act == "read as rights" else Purpose.SEARCH_HISTORY
        assert len(seen(somebody, purpose)) == (kept if on else 0)
        assert stored(somebody) == kept
