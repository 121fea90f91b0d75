"""Word of offers: never without its own consent, and out of it with one tap that needs no sign-in."""

from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings

from mingpu.lib.errors import NotFound
from mingpu.notices.services import choose, send, tell, unsubscribe
from mingpu.notices.unsubscribing import address_of, owner_of
from mingpu.privacy.consent import decisions_of, give
from mingpu.privacy.register import REGISTER
from mingpu.privacy.standing import agrees
from mingpu.privacy.uses import shares_of, uses_of
from tests.factories import make_person
from tests.jobs import run_jobs, waiting
from tests.notices.people import AWAKE, told, with_mail
from tests.people import messages
from tests.support import zone
from tests.web.reading import words


@pytest.fixture
def agreed(outside):
    """Somebody with a mailbox who agreed to word of offers."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    it = with_mail()
    choose(person_id=it.id, language="en", **AWAKE)
    give(it.id, "marketing", True, "en")
    return it


def offered(buyer, about="coupon"):
    tell(person_id=buyer.id, kind="coupon_ending", mark=about)
    return run_jobs(buyer.id, names=("notices.send",))


def way_out(mail):
    return next(line for line in mail["text"].splitlines() if "/unsubscribe/" in line).strip()


def test_nobody_who_did_not_agree_is_told_and_their_contact_is_not_looked_at(outside):
    buyer = with_mail()
    choose(person_id=buyer.id, choices={("coupon_ending", "mail"): True}, **AWAKE)
    assert offered(buyer) == []
    assert told(buyer) == set()
    give(buyer.id, "marketing", False, "en")
    assert offered(buyer) == []
    assert "marketing" not in {it.purpose for it in uses_of(buyer.id, page_size=100).items}
    assert shares_of(buyer.id).items == []


def test_who_agreed_is_told_once_in_the_list_and_by_mail_never_by_text_message(agreed):
    assert offered(agreed) == ["notices.send"]
    assert offered(agreed) == []
    assert told(agreed) == {("coupon_ending", "", "coupon")}
    [mail] = messages(agreed.email)
    assert "A coupon you claimed ends within a day" in mail["text"]
    [share] = shares_of(agreed.id).items
    assert (share.recipient, share.purpose) == ("mail_gateway", "marketing")
    assert share.payload["unsubscribe"] == way_out(mail)


def test_a_no_between_telling_and_sending_counts(agreed):
    tell(person_id=agreed.id, kind="coupon_ending", mark="late")
    assert waiting("notices.send", person_id=str(agreed.id)) == 1
    give(agreed.id, "marketing", False, "en")
    run_jobs(agreed.id, names=("notices.send",))
    assert shares_of(agreed.id).items == []


def test_one_tap_from_the_mail_takes_the_consent_back_and_nothing_else(agreed):
    give(agreed.id, "search_history", True, "en")
    offered(agreed)
    [mail] = messages(agreed.email)
    link = way_out(mail)
    assert link.startswith(settings.PUBLIC_ADDRESS)
    path = link.removeprefix(settings.PUBLIC_ADDRESS)
    nobody = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    page = nobody.get(path, headers={"accept-language": "en"})
    assert "Unsubscribe" in words(page)
    assert agrees(agreed.id, "marketing")  # looking is not tapping: mail programs fetch what they scan
    done = nobody.post(path, {"List-Unsubscribe": "One-Click"}, headers={"accept-language": "en"})
    assert done.status_code == 200
    assert "You are unsubscribed" in words(done)
    assert not agrees(agreed.id, "marketing")
    assert agrees(agreed.id, "search_history")
    assert nobody.post(path).status_code == 200  # twice is as good as once
    assert offered(agreed, "another") == []
    assert "mingpu_session" not in nobody.cookies


def test_what_the_tap_did_is_written_down_as_any_no(agreed):
    token = address_of(agreed.id).rpartition("/")[2]
    unsubscribe(token, "en")
    it = decisions_of(agreed.id)["marketing"]
    assert it.granted is False
    assert it.at is not None


def test_the_address_tells_nobody_whose_it_is_and_no_two_are_alike():
    one = uuid4()
    addresses = {address_of(one) for _ in range(20)}
    assert len(addresses) == 20
    for address in addresses:
        assert str(one) not in address
        assert one.hex not in address
        assert urlsafe_b64encode(one.bytes).decode().rstrip("=") not in address
        assert owner_of(address.rpartition("/")[2]) == one


def test_an_address_from_before_the_key_was_renewed_still_opens_until_the_former_one_is_forgotten(agreed):
    before, other = "b" * 64, "n" * 64
    with override_settings(SECRET_KEY=before, SECRET_KEY_FALLBACKS=[]):
        path = address_of(agreed.id)
    client = Client(SERVER_NAME="127.0.0.1")
    with override_settings(SECRET_KEY=other, SECRET_KEY_FALLBACKS=[]):
        assert client.post(path).status_code == 404
    assert agrees(agreed.id, "marketing")
    with override_settings(SECRET_KEY=other, SECRET_KEY_FALLBACKS=["f" * 64, before]):
        assert owner_of(address_of(agreed.id).rpartition("/")[2]) == agreed.id
        assert client.post(path).status_code == 200
    assert not agrees(agreed.id, "marketing")


FORGED = {
    "empty": "x", "no-base64": "%%%", "an-id": uuid4().hex, "of-an-id": urlsafe_b64encode(uuid4().bytes).decode(),
    "zeroes": urlsafe_b64encode(bytes(44)).decode(), "long": "A" * 4000, "chinese": "退订",
}  # fmt: skip


@pytest.mark.parametrize("token", list(FORGED.values()), ids=list(FORGED))
def test_a_forged_address_opens_nothing(token):
    with pytest.raises(NotFound):
        owner_of(token)
    client = Client(SERVER_NAME="127.0.0.1")
    assert client.get(f"/unsubscribe/{token}").status_code == 404
    assert client.post(f"/unsubscribe/{token}").status_code == 404


def test_no_bit_of_an_address_can_be_changed():
    token = address_of(uuid4()).rpartition("/")[2]
    for place in range(0, len(token) - 1, 7):
        other = "B" if token[place] != "B" else "C"
        with pytest.raises(NotFound):
            owner_of(token[:place] + other + token[place + 1 :])


def test_it_is_off_at_first_for_other_never_and_the_browsers_no_masks_it(agreed):
    assert decisions_of(make_person().id)["marketing"].at is None
    it = REGISTER.purposes["marketing"]
    assert (it.basis, it.minors, it.gpc) == ("consent", "never", True)
    other = with_mail()
    with zone("worker"):
        send(person_id=other.id, kind="coupon_ending", channel="mail", language="en", reference="r")
    assert shares_of(other.id).items == []
