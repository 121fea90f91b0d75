"""Passkeys: added by their person alone, good for this mall alone, each answer good once; copies are noticed."""

import json
from datetime import timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from mingpu.accounts import passkey_rules, services
from mingpu.accounts.errors import BadField, TooManyPasskeys, WrongPasskey
from mingpu.accounts.queries import passkeys_of, person_of
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from tests.authenticator import PRESENT, VERIFIED, Authenticator, b64, raw
from tests.people import PASSWORD, App, from_owner, network

pytestmark = pytest.mark.usefixtures("outside")


def device(**unlike) -> Authenticator:
    return Authenticator(origin=f"http://localhost:{settings.PORT}", **unlike)


def begin(person: App):
    return services.begin_passkey(person_id=person.person_id)


def add(person: App, it: Authenticator, name: str = ""):
    return services.add_passkey(person_id=person.person_id, credential=it.make(begin(person)), name=name)


def sign_in(it: Authenticator, **lies: str) -> services.SignedIn:
    answer = it.show(passkey_rules.options_to_sign_in(), **lies)
    return services.sign_in_by_passkey(credential=answer, kind="api")


def test_a_passkey_opens_the_account_of_its_person(person: App):
    it = device()
    pk = add(person, it, "  我的手机 ")
    (kept,) = passkeys_of(person.person_id)
    assert (kept.id, kept.name, kept.used_at) == (pk, "我的手机", None)
    for _ in range(2):
        new = sign_in(it)
        assert person_of(new.token) == new.person_id == person.person_id
    assert passkeys_of(person.person_id)[0].used_at is not None


def test_what_the_browser_is_told(person: App):
    add(person, device())
    first, second = begin(person), begin(person)
    json.dumps(first)
    assert first["rp"] == {"id": "localhost", "name": "明铺"}
    assert first["user"]["name"] == person.username
    assert first["user"]["id"] == second["user"]["id"]
    assert person.person_id.bytes not in raw(first["user"]["id"])
    assert first["challenge"] != second["challenge"]
    assert len(first["excludeCredentials"]) == 1
    assert first["authenticatorSelection"]["userVerification"] == "required"
    assert "allowCredentials" not in passkey_rules.options_to_sign_in()  # whose it is nobody is asked


def test_ten_and_no_more(person: App):
    left = [begin(person) for _ in range(2)]
    for _ in range(10):
        add(person, device())
    with pytest.raises(TooManyPasskeys):
        begin(person)
    for options in left:  # begun before
        with pytest.raises(TooManyPasskeys):
            services.add_passkey(person_id=person.person_id, credential=device().make(options), name="")


def test_a_name_is_a_line(person: App):
    with pytest.raises(BadField):
        add(person, device(), "x" * 33)


def test_one_made_for_somebody_else_is_not_kept(person: App):
    other = App(network()).register()
    options = begin(person)
    with pytest.raises(WrongPasskey):
        services.add_passkey(person_id=other.person_id, credential=device().make(options), name="")


def test_the_same_passkey_is_kept_once(person: App):
    it = device()
    add(person, it)
    with pytest.raises(WrongPasskey):
        add(person, it)


LIES = {
    "made for another site": {"origin": "https://mingpu.example.org"},
    "a name below ours": {"origin": "http://evil.localhost:8000"},
    "another port": {"origin": "http://localhost:1"},
    "another kind": {"type": "payment.get"},
    "nobody's challenge": {"challenge": b64(b"\0" * 36)},
    "no challenge": {"challenge": ""},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_was_signed_for_something_else_opens_nothing(person: App, lie):
    it = device()
    with pytest.raises(WrongPasskey):
        services.add_passkey(person_id=person.person_id, credential=it.make(begin(person), **lie), name="")
    add(person, it)
    with pytest.raises(WrongPasskey):
        sign_in(it, **lie)


@pytest.mark.parametrize(
    "unlike",
    [{"host": "example.org"}, {"flags": PRESENT}, {"flags": VERIFIED}],
    ids=["host", "no face", "absent"],
)
def test_a_device_that_did_not_ask_its_person(person: App, unlike):
    it = device(**unlike)
    with pytest.raises(WrongPasskey):
        add(person, it)


def test_an_answer_is_good_once(person: App):
    it = device(counts=False)
    add(person, it)
    answer = it.show(passkey_rules.options_to_sign_in())
    services.sign_in_by_passkey(credential=answer, kind="web")
    with pytest.raises(WrongPasskey):
        services.sign_in_by_passkey(credential=answer, kind="web")
    assert sign_in(it).person_id == person.person_id


def test_a_challenge_is_good_for_five_minutes(person: App):
    it = device()
    add(person, it)
    options = passkey_rules.options_to_sign_in()
    with (
        patch.object(passkey_rules, "now", lambda: now() + timedelta(seconds=302)),
        pytest.raises(WrongPasskey),
    ):
        services.sign_in_by_passkey(credential=it.show(options), kind="web")


def test_a_challenge_for_adding_is_none_for_signing_in(person: App):
    it = device()
    options = begin(person)
    add(person, it)
    with pytest.raises(WrongPasskey):
        services.sign_in_by_passkey(credential=it.show(options), kind="web")


def test_a_copy_is_noticed(person: App):
    it = device()
    add(person, it)
    copy = copy_of(it)
    sign_in(it)
    sign_in(it)
    with pytest.raises(WrongPasskey):
        sign_in(copy)
    assert sign_in(it).person_id == person.person_id


def copy_of(it: Authenticator) -> Authenticator:
    return device(key=it.key, credential_id=it.credential_id, counter=it.counter)


def test_another_key_under_a_known_id(person: App):
    it = device()
    add(person, it)
    with pytest.raises(WrongPasskey):
        sign_in(device(credential_id=it.credential_id))
    with pytest.raises(WrongPasskey):
        sign_in(device())


def test_removed_it_opens_nothing_and_nobody_else_removes_it(person: App):
    it = device()
    pk = add(person, it)
    with pytest.raises(NotFound):
        services.remove_passkey(person_id=uuid4(), passkey_id=pk)
    services.remove_passkey(person_id=person.person_id, passkey_id=pk)
    with pytest.raises(WrongPasskey):
        sign_in(it)
    with pytest.raises(NotFound):
        services.remove_passkey(person_id=person.person_id, passkey_id=pk)


@tries(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    place=st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]),
    where=st.integers(0, 10_000),
    bit=st.integers(0, 7),
)
def test_an_altered_answer_opens_nothing(person: App, place, where, bit):
    if person.person_id not in KNOWN:
        KNOWN[person.person_id] = device(counts=False)
        add(person, KNOWN[person.person_id])
    answer = KNOWN[person.person_id].show(passkey_rules.options_to_sign_in())
    signed = bytearray(raw(answer["response"][place]))
    signed[where % len(signed)] ^= 1 << bit
    answer["response"][place] = b64(bytes(signed))
    with pytest.raises(WrongPasskey):
        services.sign_in_by_passkey(credential=answer, kind="web")


KNOWN: dict[UUID, Authenticator] = {}
ODD = st.none() | st.integers() | st.text(max_size=30) | st.lists(st.text(max_size=5), max_size=3)
PARTS = st.sampled_from(
    ["id", "rawId", "type", "clientDataJSON", "authenticatorData", "signature", "attestationObject"]
)


@given(st.dictionaries(PARTS, ODD), st.dictionaries(PARTS, ODD) | ODD)
def test_nonsense_is_refused(credential, response):
    credential["response"] = response
    for call in (
        lambda: services.sign_in_by_passkey(credential=credential, kind="web"),
        lambda: passkey_rules.made(uuid4(), credential),
    ):
        with pytest.raises(WrongPasskey):
            call()


@pytest.mark.parametrize("name", ["id", "rawId", "clientDataJSON", "authenticatorData", "signature"])
def test_a_number_is_not_made_into_as_many_bytes(person: App, name):
    it = device()
    add(person, it)
    answer = it.show(passkey_rules.options_to_sign_in())
    (answer if name in answer else answer["response"])[name] = 10**13
    with pytest.raises(WrongPasskey):
        services.sign_in_by_passkey(credential=answer, kind="web")


def test_spent_challenges_go(person: App):
    it = device()
    add(person, it)
    sign_in(it)
    from_owner("UPDATE accounts_spentchallenge SET at = at - interval '11 minutes'", [])
    sign_in(it)
    assert from_owner("SELECT count(*) FROM accounts_spentchallenge", []) == [(1,)]


def test_by_api(person: App):
    it = device()
    begun = person.call("POST", "/me/passkeys/options", {"password": PASSWORD})
    assert begun.status_code == 200, begun.content
    added = person.call(
        "POST", "/me/passkeys", {"credential": it.make(begun.json()["options"]), "name": "平板"}
    )
    assert added.status_code == 201, added.content
    assert person.call("GET", "/me/passkeys").json()["items"][0]["name"] == "平板"
    stranger = App(network())
    options = stranger.call("POST", "/passkeys/options").json()["options"]
    signed_in = stranger.call("POST", "/sessions", {"passkey": it.show(options)})
    assert signed_in.status_code == 201, signed_in.content
    refused = stranger.call("POST", "/sessions", {"passkey": it.show(options)})
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_passkey")
    other = App(network()).register()
    path = f"/me/passkeys/{added.json()['id']}"
    assert other.call("DELETE", path).status_code == 404
    assert person.call("DELETE", path).status_code == 204
    assert person.call("POST", "/me/passkeys/options", {"password": "no"}).status_code == 401
