"""Signing in through another service: linked by its person alone, used once a round, gone when they say so."""

import json
from datetime import date
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection

from mingpu.accounts import linking_rules, services
from mingpu.accounts.errors import (
    AlreadyLinked,
    LinkedElsewhere,
    LinkRests,
    OtherAccountCame,
    ProviderDeclined,
    ProviderRefused,
    ProviderUnanswered,
    RoundOver,
    TooMany,
)
from mingpu.accounts.queries import person_of
from mingpu.accounts.services import step_up
from mingpu.adapters.calls import Patience
from mingpu.adapters.providers import sign_in_providers
from mingpu.lib.errors import NotFound
from mingpu.notices.kinds import KINDS
from mingpu.privacy import consent
from mingpu.privacy.doors import NotAgreed
from mingpu.privacy.parties import parties
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.sharing import records_of
from tests.accounts.linking import SERVICES, Way, state_of
from tests.accounts.test_second_step import Second
from tests.counterparts import Outside
from tests.factories import make_person
from tests.people import PASSWORD, App, from_owner, network, still

pytestmark = pytest.mark.usefixtures("outside")
ABOUT = "accounts_linkedaccount"


@pytest.fixture
def somebody() -> UUID:
    return make_person().id


@pytest.fixture(params=SERVICES)
def way(request) -> Way:
    return Way(request.param)


def rows(person_id: UUID, what: str = "provider") -> list[tuple]:
    return from_owner(f"SELECT {what} FROM {ABOUT} WHERE person_id = %s", [person_id])


def everything() -> int:
    return from_owner(f"SELECT count(*) FROM {ABOUT}", [])[0][0]


# ---- the way there and back ----


def test_a_linked_account_opens_the_mall(somebody: UUID, way: Way):
    way.link(somebody)
    for kind in ("web", "api"):
        came = Way(way.provider, kind, way.name).go()
        assert came.signed_in
        assert person_of(came.signed_in.token) == came.signed_in.person_id == somebody
        assert came.arrival == ""
    (it,) = services.linked_of(somebody)
    assert (it.provider, it.nickname, it.avatar.startswith("https://")) == (way.provider, way.name, True)
    assert it.used_at


def test_somebody_unknown_is_not_let_in_and_nothing_is_kept(way: Way):
    before = everything(), from_owner("SELECT count(*) FROM accounts_person", [])
    came = way.go(onward="/cart")
    assert came.signed_in is None
    assert came.onward == "/cart"
    it = services.read_arrival(came.arrival)
    assert (it.nickname, it.person, it.onward) == (way.name, "", "/cart")
    assert (everything(), from_owner("SELECT count(*) FROM accounts_person", [])) == before


def test_who_logs_in_afterwards_links_with_a_yes(somebody: UUID, way: Way):
    arrival = way.go().arrival
    assert services.set_out(arrival, somebody) is False  # so whoever calls asks for a proof
    with pytest.raises(NotAgreed):
        way.link(somebody, arrival, agreed=False)
    assert rows(somebody) == []
    assert consent.standing_of(somebody).consents["third_party_login"] is False
    way.link(somebody, arrival)
    assert consent.standing_of(somebody).consents["third_party_login"] is True
    assert way.go().signed_in


def test_the_same_number_or_mailbox_links_nobody(person: App, way: Way):
    """The service may call somebody by the very name, number or mailbox that an account here has."""
    way.name = person.username
    assert way.go().signed_in is None
    way.name = person.phone
    assert way.go().signed_in is None
    assert rows(person.person_id) == []


def test_nobody_else_links_what_a_person_set_out_for(somebody: UUID, way: Way):
    arrival = way.go("link", somebody).arrival
    assert services.set_out(arrival, somebody) is True
    other = make_person().id
    with pytest.raises(RoundOver):
        way.link(other, arrival)
    assert rows(other) == []


def test_an_arrival_links_once(somebody: UUID, way: Way):
    arrival = way.go("link", somebody).arrival
    way.link(somebody, arrival)
    assert way.go("unlink", somebody).onward == ""
    with pytest.raises(RoundOver):
        way.link(somebody, arrival)
    assert rows(somebody) == []


# ---- what is kept, and what is written down ----


def test_only_a_hash_two_sealed_words_and_two_times_are_kept(somebody: UUID, way: Way):
    way.link(somebody)
    ((row,),) = rows(somebody, f"row_to_json({ABOUT})::text")
    kept = json.loads(row)
    assert set(kept) == {
        "id",
        "person_id",
        "provider",
        "subject_index",
        "nickname",
        "avatar",
        "linked_at",
        "used_at",
    }
    for word in (way.name, "qlogo", "passport.example", "token"):
        assert word not in row


def test_source_basis_consent_and_contract_are_written_down(somebody: UUID, way: Way):
    way.link(somebody)
    ((source, purpose, basis, contract, items, consent_id),) = from_owner(
        "SELECT source, purpose, basis, contract, items, consent_id FROM privacy_inbound WHERE person_id = %s",
        [somebody],
    )
    assert (source, purpose, basis) == (way.provider, "third_party_login", "consent")
    assert contract == parties()[way.provider].contract.reference  # type: ignore[union-attr]
    assert items == "avatar nickname subject"
    assert from_owner("SELECT granted, name FROM privacy_consentevent WHERE id = %s", [consent_id]) == [
        (True, "third_party_login")
    ]


def test_nothing_about_the_person_leaves(somebody: UUID, way: Way, outside: Outside):
    way.link(somebody)
    assert way.go().signed_in
    assert records_of(somebody) == ()
    assert outside.side.received(way.provider, somebody.hex) == []
    assert outside.side.received(way.provider, str(somebody)) == []


def test_word_goes_to_every_channel(somebody: UUID, way: Way):
    way.link(somebody)
    way.go("unlink", somebody)
    jobs = from_owner(
        "SELECT args->>'kind' FROM procrastinate_jobs WHERE args->>'person_id' = %s AND task_name = 'notices.tell' "
        "ORDER BY id",
        [str(somebody)],
    )
    assert [kind for (kind,) in jobs if kind.endswith("linked")] == ["linked", "unlinked"]
    assert all(set(KINDS[kind].ways.values()) == {"always"} for kind in ("linked", "unlinked"))


def test_the_code_by_which_they_came_is_in_no_table(somebody: UUID, way: Way):
    begun = way.begin()
    said = way.walk(begun)
    way.back(begun, said)
    spent = {bytes(mark) for (mark,) in from_owner("SELECT mark FROM accounts_spentchallenge", [])}
    assert linking_rules.spent_mark(said["state"]) in spent
    assert not any(word.encode() in mark for mark in spent for word in (said["state"], said["code"]))


# ---- one of each ----


def test_one_account_there_is_one_account_here(somebody: UUID, way: Way):
    way.link(somebody)
    other = make_person().id
    early = Way(way.provider).go("link", other).arrival
    with pytest.raises(LinkedElsewhere):
        way.go("link", other)
    with pytest.raises(AlreadyLinked):
        way.go("link", somebody)
    with pytest.raises(AlreadyLinked):
        Way(way.provider).link(somebody)
    assert len(rows(somebody)) == 1
    Way(way.provider).link(other, early)
    assert len(rows(other)) == 1


def test_two_who_link_the_same_account_at_once(somebody: UUID, way: Way):
    other = make_person().id
    first, second = way.go("link", somebody).arrival, way.go("link", other).arrival
    way.link(somebody, first)
    with pytest.raises(LinkedElsewhere):
        way.link(other, second)
    with patch("mingpu.accounts.services.linking.find", lambda *_: None), pytest.raises(LinkedElsewhere):
        way.link(other, second)  # the other was linked between the look and the write
    assert rows(other) == []


def test_both_services_side_by_side(somebody: UUID):
    both = [Way(it) for it in SERVICES]
    for it in both:
        it.link(somebody)
    assert [it.provider for it in services.linked_of(somebody)] == ["openid", "wechat"]
    for it in both:
        assert it.go().signed_in


# ---- taking it off ----


def test_unlinking_deletes_what_came_with_it_and_leaves_the_other_ways(person: App, way: Way):
    way.link(person.person_id)
    way.go("unlink", person.person_id)
    assert rows(person.person_id) == []
    assert services.linked_of(person.person_id) == []
    assert way.go().signed_in is None
    signed_in = services.sign_in_by_password(
        login=person.username, password=PASSWORD, address=network(), kind="web"
    )
    assert signed_in.person_id == person.person_id  # never the last way in


def test_every_account_has_another_way_in():
    """What makes a link never the last: no account without password and number can be written."""
    held = from_owner(
        "SELECT table_name, column_name FROM information_schema.columns WHERE is_nullable = 'NO'"
        " AND (table_name, column_name) IN (('accounts_credential', 'password_hash'), ('accounts_contact', 'phone'))",
        [],
    )
    assert len(held) == 2


def test_unlinking_takes_the_very_account(somebody: UUID, way: Way):
    way.link(somebody)
    with pytest.raises(OtherAccountCame):
        Way(way.provider).go("unlink", somebody)
    other = make_person().id
    Way(way.provider).link(other)
    with pytest.raises(OtherAccountCame):
        way.go("unlink", other)
    assert len(rows(somebody)) == len(rows(other)) == 1


def test_a_no_deletes_every_link_without_the_service(somebody: UUID, way: Way):
    """Taking a consent back is as easy as giving it, and needs nobody's help."""
    way.link(somebody)
    consent.give(somebody, "third_party_login", False, "zh-hans", "page")
    assert rows(somebody) == []
    assert way.go().signed_in is None


def test_unlinking_works_where_the_consent_no_longer_stands(somebody: UUID, way: Way):
    way.link(somebody)
    from_owner("UPDATE privacy_standing SET consents = 0 WHERE person_id = %s", [somebody])
    assert services.linked_of(somebody) == []
    with pytest.raises(LinkRests):
        way.go()
    way.go("unlink", somebody)
    assert rows(somebody) == []


def test_who_is_leaving_does_not_come_in_by_it(somebody: UUID, way: Way):
    way.link(somebody)
    from_owner("UPDATE privacy_standing SET state = 'cooling_off' WHERE person_id = %s", [somebody])
    with pytest.raises(LinkRests):
        way.go()


def test_a_second_step_is_asked_for_here_too(person: App, way: Way):
    """Whoever gets into the account there is not in here."""
    way.link(person.person_id)
    with still():
        it = Second(person)
        half = way.go().signed_in
        assert isinstance(half, services.HalfIn)
        assert half.ways == ("totp_code", "recovery_code")
        assert it.finish(half.token, totp_code=it.code()).person_id == person.person_id


def test_after_a_long_time_away_the_service_alone_does_not_open_it(person: App, way: Way):
    way.link(person.person_id)
    from_owner(
        "UPDATE accounts_credential SET signed_in_at = now() - interval '100 days' WHERE person_id = %s",
        [person.person_id],
    )
    half = way.go().signed_in
    assert isinstance(half, services.HalfIn)
    assert half.ways == ("password",)


def test_coming_in_by_another_service_is_no_proof_here(person: App, way: Way):
    """What needs a proof needs one of ours: the service's word opens the door and no drawer."""
    way.link(person.person_id)
    new = way.go().signed_in
    assert isinstance(new, services.SignedIn)
    assert not step_up.standing(person_id=person.person_id, token=new.token).recent


# ---- who may read it ----


@pytest.mark.parametrize(
    "purpose", [Purpose.IDENTITY_CHECK, Purpose.PROFILE, Purpose.SHOPPING, Purpose.ORDERING]
)
def test_no_other_purpose_reads_it(somebody: UUID, purpose):
    Way("wechat").link(somebody)
    with pytest.raises(ProgrammingError, match="permission denied"), processing(purpose, subject=somebody):
        connection.cursor().execute(f"SELECT provider FROM {ABOUT}")


# ---- rounds that do not hold ----


def test_a_round_is_answered_once(somebody: UUID, way: Way):
    way.link(somebody)
    begun = way.begin()
    said = way.walk(begun)
    assert way.back(begun, said).signed_in
    with pytest.raises(RoundOver):
        way.back(begun, said)
    again = way.begin()  # the code used once already, in a round of somebody else's
    with pytest.raises((ProviderRefused, ProviderUnanswered)):
        way.back(again, said | {"state": state_of(again)})


def test_a_state_that_is_not_this_browsers(somebody: UUID, way: Way, outside: Outside):
    """Login CSRF: somebody is made to open another's answer, to be signed in as them."""
    way.link(somebody)
    theirs, mine = way.begin(), way.begin()
    said = way.walk(theirs)
    with pytest.raises(RoundOver):
        way.back(mine, said)
    with pytest.raises(RoundOver):
        way.back(mine, {name: value for name, value in said.items() if name != "state"})
    outside.side.fault(way.provider, "other_state")
    begun = way.begin()
    with pytest.raises(RoundOver):
        way.back(begun, way.walk(begun))
    assert way.back(theirs, said).signed_in  # the code went nowhere meanwhile


def test_an_answer_of_one_service_at_the_door_of_the_other():
    """Mix-up: the browser is sent to one service and back to the other's address."""
    one, other = Way("openid"), Way("wechat")
    begun = one.begin()
    said = one.walk(begun)
    with pytest.raises(RoundOver):
        one.back(begun, said, provider="wechat")
    mine = other.begin()
    with pytest.raises((ProviderRefused, ProviderUnanswered)):
        other.back(mine, said | {"state": state_of(mine)})


def test_a_round_of_the_app_is_not_the_browsers(way: Way):
    begun = way.begin()
    said = way.walk(begun)
    with pytest.raises(RoundOver):
        way.back(begun, said, kind="api")


@pytest.mark.parametrize("intent", ["link", "unlink"])
def test_a_round_to_link_is_of_its_person_alone(somebody: UUID, intent):
    way = Way("wechat")
    for whose in (None, make_person().id):
        begun = way.begin(intent, somebody)
        said = way.walk(begun)
        with pytest.raises(RoundOver):
            way.back(begun, said, whose)


def test_a_no_there_is_a_no(somebody: UUID, way: Way):
    way.link(somebody)
    begun = way.begin()
    with pytest.raises(ProviderDeclined) as declined:
        way.back(begun, way.walk(begun, granted="no"))
    assert str(sign_in_providers()[way.provider].title) in declined.value.message
    begun = way.begin()
    with pytest.raises(ProviderRefused):
        way.back(begun, {"state": state_of(begun), "error": "server_error"})


@pytest.mark.parametrize(
    ("provider", "kind", "refused"),
    [
        ("wechat", "expired_code", ProviderRefused), ("wechat", "http_500", ProviderUnanswered),
        ("wechat", "garbled", ProviderUnanswered), ("wechat", "busy", ProviderUnanswered),
        ("openid", "expired_code", ProviderRefused), ("openid", "wrong_issuer", ProviderRefused),
        ("openid", "wrong_audience", ProviderRefused), ("openid", "wrong_nonce", ProviderRefused),
        ("openid", "wrong_signature", ProviderRefused), ("openid", "unsigned", ProviderRefused),
        ("openid", "symmetric", ProviderRefused), ("openid", "other_name", ProviderRefused),
        ("openid", "http_500", ProviderUnanswered), ("openid", "expired", ProviderRefused),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)  # fmt: skip
def test_whatever_goes_wrong_lets_nobody_in(somebody: UUID, outside: Outside, provider, kind, refused):
    way = Way(provider)
    way.link(somebody)
    before = from_owner("SELECT count(*) FROM accounts_session WHERE person_id = %s", [somebody])
    begun = way.begin()
    outside.side.fault(provider, kind)
    said = way.walk(begun)
    with pytest.raises(refused):
        way.back(begun, said)
    assert from_owner("SELECT count(*) FROM accounts_session WHERE person_id = %s", [somebody]) == before
    outside.behave()
    assert way.go().signed_in


def test_nobody_without_a_unionid(outside: Outside):
    way = Way("wechat")
    begun = way.begin()
    said = way.walk(begun)
    outside.side.fault("wechat", "no_unionid", times=2)
    with pytest.raises(ProviderRefused):
        way.back(begun, said)


def test_a_scope_that_was_declined(somebody: UUID, outside: Outside):
    way = Way("wechat")
    begun = way.begin("link", somebody)
    said = way.walk(begun)
    outside.side.fault("wechat", "scope_declined")
    with pytest.raises(ProviderDeclined):
        way.back(begun, said, somebody)
    assert rows(somebody) == []


def test_linking_takes_a_round_at_which_they_showed_anew_that_it_is_them(somebody: UUID, outside: Outside):
    way = Way("openid")
    begun = way.begin("link", somebody)
    said = way.walk(begun)
    outside.side.fault("openid", "not_fresh")
    with pytest.raises(ProviderRefused):
        way.back(begun, said, somebody)


def test_silence_ends_in_time_and_outside_any_transaction(somebody: UUID, outside: Outside):
    way, client = Way("wechat"), sign_in_providers()["wechat"]
    begun = way.begin()
    said = way.walk(begun)
    open_then: list[bool] = []
    real = client.prove

    def prove(it, **more):
        open_then.append(connection.in_atomic_block)
        return real(it, **more)

    with patch.object(client, "prove", prove):
        way.back(begun, said)
    assert open_then == [False]
    assert client._config.patience == Patience()  # seconds, as everywhere


def test_guessing_rounds_is_slowed_down_by_network(way: Way):
    """Made-up codes cost a call to the service each: a network has as many as it has guesses at codes."""
    one, made_up = network(), {"code": "made-up"} | ({"iss": ""} if way.provider == "wechat" else {})
    with patch("mingpu.accounts.services.linking._TRIED", ("attempts_from", 3)):
        outcomes = []
        for _ in range(5):
            begun = way.begin()
            try:
                way.back(begun, made_up | {"state": state_of(begun)}, address=one)
            except (ProviderRefused, ProviderUnanswered):
                outcomes.append("asked")
            except TooMany:
                outcomes.append("held")
    assert outcomes[:3] == ["asked"] * 3
    assert "held" in outcomes


# ---- which services there are ----


def test_services_are_those_configured_with_a_contract_in_force():
    assert list(services.ways_in()) == ["wechat", "openid"]
    with patch("mingpu.accounts.services.linking.sign_in_providers", dict):
        assert services.ways_in() == {}
        with pytest.raises(NotFound):
            services.begin_round(provider="wechat", intent="login", kind="web")
    with patch(
        "mingpu.accounts.services.linking.sign_in_providers",
        lambda: {"unheard-of": None, **sign_in_providers()},
    ):
        assert list(services.ways_in()) == ["wechat", "openid"]  # not in the statement: not there
    with patch("mingpu.accounts.services.linking.now") as clock:
        clock.return_value.date.return_value = date(2031, 1, 1)
        assert services.ways_in() == {}  # every contract is over


def test_a_service_that_serves_no_apps(somebody: UUID):
    with patch.object(type(sign_in_providers()["wechat"]), "returns_to_apps", ""), pytest.raises(NotFound):
        Way("wechat", "api").begin()


def test_unknown_things_are_not_there(somebody: UUID):
    with pytest.raises(NotFound):
        services.begin_round(provider="elsewhere", intent="login", kind="web")
    arrival = linking_rules.Arrival(
        id="x",
        provider="gone",
        mark="00",
        nickname="",
        avatar="",
        person="",
        onward="",
        at=linking_rules._moment(),
    )
    with pytest.raises(NotFound):
        services.read_arrival(linking_rules.sealed(arrival))
    with pytest.raises(RoundOver):
        services.link(person_id=somebody, arrival="nonsense", agreed=True, language="en", method="api")
    assert services.linked_of(uuid4()) == []
