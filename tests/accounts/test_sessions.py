"""Where a person is signed in: seen, named, ended one by one or all others; nobody else's."""

from uuid import uuid4

import pytest

from mingpu.accounts.errors import BadField
from mingpu.accounts.queries import display_of, person_of, sessions_of
from mingpu.accounts.services import end_other_sessions, end_session, name_session
from mingpu.lib.errors import NotFound
from tests.accounts.test_devices import again, phone, tell
from tests.factories import make_person
from tests.people import App, app, from_owner, person, web  # noqa: F401 -- fixtures among them


@pytest.fixture
def buyer():
    return make_person()


def ids(buyer):
    return {it.current: it.id for it in sessions_of(buyer.id, buyer.token)}


def test_every_sign_in_is_listed_and_this_one_marked(buyer):
    other = again(buyer)
    tell(other, phone())
    them = sessions_of(buyer.id, buyer.token)
    assert [it.current for it in them] == [False, True]
    assert (them[0].device is not None, them[1].device) == (True, None)
    assert {it.id for it in sessions_of(buyer.id, other.token)} == {it.id for it in them}
    assert sessions_of(make_person().id, buyer.token)[0].current is False


def test_one_ends_and_what_its_device_told_goes_with_it(buyer):
    other = again(buyer)
    tell(other, phone())
    end_session(person_id=buyer.id, session=ids(buyer)[False])
    assert person_of(other.token) is None
    assert person_of(buyer.token) == buyer.id
    assert display_of(buyer.id, other.token) is None
    with pytest.raises(NotFound):
        end_session(person_id=buyer.id, session=uuid4())


def test_all_others_end(buyer):
    others = [again(buyer) for _ in range(3)]
    assert end_other_sessions(person_id=buyer.id, token=buyer.token) == 3
    assert [person_of(it.token) for it in others] == [None] * 3
    assert person_of(buyer.token) == buyer.id
    assert end_other_sessions(person_id=buyer.id, token=buyer.token) == 0


def test_a_name_is_sealed_and_can_be_taken_away(buyer):
    mine = ids(buyer)[True]
    name_session(person_id=buyer.id, session=mine, name=" 书房的电脑 ")
    assert sessions_of(buyer.id, buyer.token)[0].name == "书房的电脑"
    ((row,),) = from_owner(
        "SELECT to_jsonb(s)::text FROM accounts_session s WHERE person_id = %s", [buyer.id]
    )
    assert "书房" not in row
    with pytest.raises(BadField):
        name_session(person_id=buyer.id, session=mine, name="长" * 101)
    name_session(person_id=buyer.id, session=mine, name=" ")
    assert sessions_of(buyer.id, buyer.token)[0].name == ""


def test_nobody_elses(buyer):
    theirs, stranger = ids(buyer)[True], make_person()
    for act in (
        lambda: end_session(person_id=stranger.id, session=theirs),
        lambda: name_session(person_id=stranger.id, session=theirs, name="x"),
    ):
        with pytest.raises(NotFound):
            act()
    end_other_sessions(person_id=stranger.id, token=stranger.token)
    assert person_of(buyer.token) == buyer.id


def test_over_http(person: App):  # noqa: F811 -- the fixture
    other = App(
        person.address,
        token=person.call(
            "POST", "/sessions", {"login": person.username, "password": "wise-otter-Lantern-93"}
        ).json()["token"],
    )
    items = person.call("GET", "/me/sessions").json()["items"]
    assert [it["current"] for it in items] == [False, True]
    assert person.token not in str(items)
    assert person.call("PATCH", f"/me/sessions/{items[0]['id']}", {"name": "平板"}).status_code == 204
    assert person.call("GET", "/me/sessions").json()["items"][0]["name"] == "平板"
    assert person.call("DELETE", f"/me/sessions/{uuid4()}").status_code == 404
    assert person.call("DELETE", "/me/sessions").status_code == 204
    assert other.call("GET", "/me/profile").status_code == 401
    assert person.call("DELETE", f"/me/sessions/{items[1]['id']}").status_code == 204
    assert person.call("GET", "/me/profile").status_code == 401
