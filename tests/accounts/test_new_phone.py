"""Another number: by proof and a code, told everywhere, other sign-ins end, and for three days it wins nothing back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.test import Client, override_settings

from mingpu.accounts import services
from mingpu.accounts.errors import BadField, NumberNew, NumberTaken, ProofNeeded, WrongCode
from mingpu.accounts.models import Contact, FormerPhone
from mingpu.accounts.queries import destination_index, find, person_of, phone_index, profile_of
from mingpu.accounts.services import step_up
from mingpu.adapters.sms import SmsFailed
from mingpu.adapters.sms.aliyun import AliyunSms
from mingpu.lib.errors import MallError
from mingpu.privacy.masks import phone as masked
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.retention import clear
from tests.accounts.test_recovery import FRESH, Owner
from tests.api.calling import refused
from tests.jobs import run_jobs, waiting
from tests.people import PASSWORD, App, from_owner, later, messages, network, number, unproven
from tests.support import zone
from tests.web.reading import to, words

pytestmark = pytest.mark.usefixtures("outside")


@pytest.fixture
def owner(person: App) -> Owner:
    return Owner(person)


def e164(dialled: str) -> str:
    return f"+86{dialled}"


def change(it: App, fresh: str = "", code: str = "") -> str:
    """Put another number in, as its person; return it."""
    fresh = fresh or number()
    code = code or it.code(fresh, "register")
    services.change_phone(person_id=it.person_id, token=it.token, phone=fresh, phone_code=code)
    it.phone = fresh
    return fresh


def rows(it: App) -> int:
    [(count,)] = from_owner("SELECT count(*) FROM accounts_formerphone WHERE person_id = %s", [it.person_id])
    return int(count)


def passed(it: App) -> None:
    """Let three days pass."""
    from_owner("UPDATE accounts_credential SET number_new_until = now() WHERE person_id = %s", [it.person_id])


def test_the_account_is_found_by_the_new_number_and_no_more_by_the_former(person: App):
    was = person.phone
    fresh = change(person)
    assert profile_of(person.person_id).phone == fresh
    assert find("phone", phone_index(e164(fresh))) == person.person_id
    assert find("phone", phone_index(e164(was))) is None
    later(fresh, 61)
    signed_in = services.sign_in_by_code(
        phone=fresh, phone_code=person.code(fresh, "login"), address=network(), kind="web"
    )
    assert isinstance(signed_in, services.SignedIn)
    assert person_of(person.token) == person.person_id, "this sign-in stays"


def test_other_sign_ins_end_and_a_recovery_that_waited_is_void(owner: Owner):
    other = owner.sign_in(PASSWORD)
    owner.by_phone()
    change(owner.person)
    assert person_of(other.token) is None
    assert person_of(owner.person.token) == owner.pid
    assert services.recovery_of(owner.pid).state == "none"


def test_word_goes_to_both_numbers_and_the_mailbox_and_the_former_is_forgotten(owner: Owner):
    was = owner.person.phone
    fresh = change(owner.person)
    assert rows(owner.person) == 1
    run_jobs(owner.pid, names=("notices.tell", "notices.send", "accounts.notify_former"))
    for place, count in ((was, 2), (fresh, 2), (owner.mail, 2)):  # each had a code before
        text = messages(place, count)[-1]["text"]
        assert "手机号刚刚更换" in text, place
        assert fresh not in text
        assert was not in text
    assert rows(owner.person) == 0
    run_jobs(owner.pid, names=("accounts.notify_former",))


def test_a_message_that_was_not_taken_is_tried_again_and_the_former_number_goes_in_time(
    person: App, monkeypatch
):
    def silent(*_: Any, **__: Any) -> str:
        raise SmsFailed(permanent=False, code="unanswered")

    change(person)
    with monkeypatch.context() as away:
        away.setattr(AliyunSms, "send", silent)
        with pytest.raises(SmsFailed):
            run_jobs(person.person_id, names=("accounts.notify_former",), tries=1)
    assert rows(person) == 1
    assert waiting("accounts.notify_former", person_id=str(person.person_id)) == 1
    from_owner(
        "UPDATE accounts_formerphone SET changed_at = now() - interval '73 hours' WHERE person_id = %s",
        [person.person_id],
    )
    with zone("worker"):
        clear()
    assert rows(person) == 0


def test_every_change_tells_the_number_before_it(person: App):
    first = person.phone
    second = change(person)
    third = change(person)
    run_jobs(person.person_id, names=("accounts.notify_former",))
    for place in (first, second):
        assert "手机号刚刚更换" in messages(place, 2)[-1]["text"]
    assert profile_of(person.person_id).phone == third


# ---- which number, and what it tells of others ----


@pytest.mark.parametrize("whose", ["nobody's", "somebody's", "one's own"])
def test_no_answer_tells_whether_a_number_has_an_account(app: App, person: App, whose: str):
    place = {"nobody's": number(), "somebody's": App(network()).register().phone, "one's own": person.phone}[
        whose
    ]
    later(place, 61)
    asked = app.call("POST", "/verification-codes", {"channel": "sms", "to": place, "intent": "register"})
    assert (asked.status_code, asked.json()) == (202, {"retry_after": 60})
    with pytest.raises(WrongCode) as wrong:
        services.change_phone(
            person_id=person.person_id, token=person.token, phone=place, phone_code="000000"
        )
    assert wrong.value.message == WrongCode().message
    assert profile_of(person.person_id).phone == person.phone


def test_a_number_that_somebody_was_faster_with_is_theirs(person: App):
    fresh = number()
    code = person.code(fresh, "register")
    from_owner(  # as if they had been between the look at the code and the write
        "UPDATE accounts_contact SET phone_index = %s WHERE person_id = %s",
        [phone_index(e164(fresh)), App(network()).register().person_id],
    )
    with pytest.raises(NumberTaken):
        services.change_phone(person_id=person.person_id, token=person.token, phone=fresh, phone_code=code)
    assert person_of(person.token) == person.person_id
    assert (rows(person), waiting("accounts.notify_former", person_id=str(person.person_id))) == (0, 0)


def test_one_code_gives_a_number_to_one_of_two(person: App):
    other, fresh = App(network()).register(), number()
    code = person.code(fresh, "register")

    def one(it: App) -> bool:
        try:
            services.change_phone(person_id=it.person_id, token=it.token, phone=fresh, phone_code=code)
        except MallError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(one, (person, other)))
    assert came.count(True) == 1
    assert find("phone", phone_index(e164(fresh))) == (person if came[0] else other).person_id


@pytest.mark.parametrize("typed", ["", "123", "010-12345678", "+1 202 555 0100"])
def test_what_is_no_number(person: App, typed: str):
    with pytest.raises(BadField):
        services.change_phone(
            person_id=person.person_id, token=person.token, phone=typed, phone_code="123456"
        )


def test_codes_on_their_way_to_the_former_number_open_nothing(person: App):
    was = person.phone
    later(was, 61)
    code = person.code(was, "reset")
    change(person)
    with pytest.raises(WrongCode):
        services.reset_password(to=was, code=code, password=FRESH, address=network())


def test_the_former_number_is_free_for_somebody_else(person: App):
    was = person.phone
    change(person)
    later(was, 61)
    new = App(network()).register(phone=was)
    assert new.person_id != person.person_id
    assert find("phone", phone_index(e164(was))) == new.person_id
    assert person_of(person.token) == person.person_id


# ---- three days ----

# What is shown beside the new number -> whether it is refused, waits, or is at once; and the same with three days over.
TABLE = {
    "nothing": ("refused", "waits"), "mail": ("waits", "at once"), "recovery code": ("waits", "at once"),
    "passkey": ("waits", "at once"), "mail and recovery code": ("at once", "at once"), "mail, second lost": ("waits", "waits"),
}  # fmt: skip


@pytest.mark.parametrize("old", [False, True], ids=["new", "three days old"])
@pytest.mark.parametrize("shown", TABLE)
def test_a_new_number_wins_nothing_back(owner: Owner, shown: str, old: bool):
    codes = owner.second() if "recovery code" in shown else ()
    passkey = owner.passkey() if shown == "passkey" else None
    change(owner.person)
    if old:
        passed(owner.person)
    more: dict[str, Any] = {"lost_second": "lost" in shown}
    if codes:
        more["recovery_code"] = codes[0]
    if passkey:
        more["passkey"] = passkey
    verb = owner.by_both if "mail" in shown else owner.by_phone
    wanted = TABLE[shown][old]
    if wanted == "refused":
        with pytest.raises(NumberNew):
            verb(**more)
        assert services.recovery_of(owner.pid).state == "none"
        return
    assert (verb(**more) is None) == (wanted == "at once")
    it = services.recovery_of(owner.pid)
    assert it.state == ("none" if wanted == "at once" else "waiting")
    assert it.lifts == ("lost" in shown and old)


def test_the_mailbox_alone_wins_it_back_as_before(owner: Owner):
    change(owner.person)
    assert owner.by_mail() is not None
    assert services.recovery_of(owner.pid).state == "waiting"


def test_a_code_to_it_proves_nothing_yet_and_a_password_does(person: App):
    change(person)
    it = step_up.standing(person_id=person.person_id, token=person.token)
    assert it.ways == ("password",)
    later(person.phone, 61)
    code = person.code(person.phone, "confirm")
    with pytest.raises(ProofNeeded) as needed:
        step_up.prove(person_id=person.person_id, token=person.token, address=network(), phone_code=code)
    assert needed.value.more["proofs"] == ["password"]
    step_up.prove(person_id=person.person_id, token=person.token, address=network(), password=PASSWORD)
    passed(person)
    step_up.prove(person_id=person.person_id, token=person.token, address=network(), phone_code=code)


def test_the_mailbox_stays_as_it_is(owner: Owner):
    change(owner.person)
    fresh = f"z-{uuid4().hex}@example.com"
    code = owner.person.code(fresh, "register", "email")
    for email, mail_code in ((fresh, code), (None, None)):
        with pytest.raises(NumberNew):
            services.change_email(person_id=owner.pid, email=email, email_code=mail_code)
    assert profile_of(owner.pid).email == owner.mail
    passed(owner.person)
    services.change_email(person_id=owner.pid, email=fresh, email_code=code)


def test_it_can_be_changed_back_at_once(person: App):
    was = person.phone
    change(person)
    later(was, 61)
    change(person, was)
    assert find("phone", phone_index(e164(was))) == person.person_id


# ---- the database holds it ----


def test_the_former_number_is_for_the_notice_alone(person: App):
    change(person)
    with (
        pytest.raises(ProgrammingError) as refused_it,
        processing(Purpose.IDENTITY_CHECK, subject=person.person_id),
    ):
        FormerPhone.objects.values_list("phone", flat=True).first()
    assert isinstance(refused_it.value.__cause__, psycopg.errors.InsufficientPrivilege)
    with pytest.raises(ProgrammingError), processing(Purpose.PROFILE, subject=person.person_id):
        Contact.objects.filter(person_id=person.person_id).update(phone="+8613800000000")


def test_nothing_of_the_former_number_is_left_to_find_it_by(person: App):
    was = person.phone
    change(person)
    for table, column, index in (
        ("accounts_contact", "phone_index", phone_index(e164(was))),
        ("accounts_code", "to_index", destination_index(e164(was))),
    ):
        assert from_owner(f"SELECT count(*) FROM {table} WHERE {column} = %s", [index]) == [(0,)]


# ---- page and API ----


def test_an_app_proves_first(person: App):
    fresh = number()
    body = {"phone": fresh, "phone_code": person.code(fresh, "register")}
    unproven(person.token)
    assert refused(person.call("PUT", "/me/phone", body), 403, "proof_needed")["act"] == "phone"
    assert person.call("POST", "/me/proofs", {"password": PASSWORD}).status_code == 200
    refused(person.call("PUT", "/me/phone", {**body, "phone_code": "000000"}), 422, "wrong_code")
    refused(person.call("PUT", "/me/phone", {**body, "more": 1}), 422, "invalid")
    answer = person.call("PUT", "/me/phone", body)
    assert (answer.status_code, answer.json()) == (200, {"phone": masked(fresh), "ended": 0})
    refused(person.call("PUT", "/me/email", {"email": None}), 403, "number_new")


def test_the_page_asks_who_it_is_and_sends_the_code(person: App):
    browser = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=person.address)
    browser.cookies["mingpu_session"] = person.token
    was, fresh = person.phone, number()
    unproven(person.token)
    proof = {"step_up": "look", "step_up_by": "password", "proof_password": PASSWORD}
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        assert browser.get("/account/phone").status_code == 403
        assert to(browser.post("/account/phone", proof)) == "/account/phone"
        assert masked(was) in words(browser.get("/account/phone"))
        drawn = browser.post("/account/phone", {"phone": fresh, "phone_code": "", "send": "sms"})
        assert drawn.status_code == 200
        assert fresh in drawn.content.decode()
        code = messages(fresh)[-1]["text"]
        wrong = browser.post("/account/phone", {"phone": fresh, "phone_code": "000000"})
        assert wrong.status_code == 422
        assert "验证码不正确" in words(wrong)
        digits = "".join(sign for sign in code if sign.isdigit())[:6]
        assert (
            to(browser.post("/account/phone", {"phone": fresh, "phone_code": digits})) == "/privacy/devices"
        )
        assert "手机号已更换" in words(browser.get("/privacy/devices"))
        assert masked(fresh) in words(browser.get("/account"))
