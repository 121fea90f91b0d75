import socket
import ssl
import threading
import time
import traceback
import uuid
from dataclasses import replace

import pytest

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.mail import MailFailed
from mingpu.adapters.mail.smtp import SmtpMail
from tests.adapters.conftest import QUICK, SOON, Side, free_port, until


@pytest.fixture
def sender(side: Side) -> SmtpMail:
    return SmtpMail(replace(wiring.smtp_config(side.keys, port=side.smtp_port), patience=QUICK))


@pytest.fixture
def address() -> str:
    return f"buyer-{uuid.uuid4().hex[:12]}@post.example"


def send(sender: SmtpMail, address: str, text: str = "您的验证码是 402917。\nYour code.") -> str:
    return sender.send(to=address, subject="明铺:验证码 / your code", text=text, reference="ref-1")


def test_a_mail_arrives_as_written(side: Side, sender, address):
    assert send(sender, address) == "<ref-1@mingpu.example>"
    (mail,) = side.get("/inbox", to=address)
    assert (mail["channel"], mail["subject"]) == ("mail", "明铺:验证码 / your code")
    assert mail["text"] == "您的验证码是 402917。\nYour code."
    (raw,) = side.received("mail", address)
    assert (raw["method"], raw["path"]) == ("SMTP", address)
    assert raw["headers"]["Message-ID"] == "<ref-1@mingpu.example>"
    assert raw["headers"]["To"] == address


def test_a_way_out_stands_in_the_mails_head(side: Side, sender, address):
    out = "https://mall.example/unsubscribe/x"
    sender.send(to=address, subject="s", text="t", reference="ref-2", unsubscribe=out)
    headers = side.received("mail", address)[0]["headers"]
    assert headers["List-Unsubscribe"] == f"<{out}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_payload_is_all_that_is_said(sender, address):
    payload = sender.payload_for(to=address, subject="s", text="t", reference="r")
    assert payload == {"to": address, "subject": "s", "text": "t", "message_id": "<r@mingpu.example>"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": "nobody"}, "bad_address"),
        ({"to": "a@b.cn, c@d.cn"}, "bad_address"),
        ({"to": "Someone <a@b.cn>"}, "bad_address"),
        ({"to": "a@b.cn\nBcc: c@d.cn"}, "bad_address"),
        ({"to": "张三@b.cn"}, "bad_address"),
        ({"subject": "x\nBcc: c@d.cn"}, "bad_message"),
        ({"subject": "x\r\nBcc: c@d.cn"}, "bad_message"),
        ({"unsubscribe": "https://x/\nBcc: c@d.cn"}, "bad_message"),
        ({"reference": "a b"}, "bad_message"),
        ({"reference": "x>\n"}, "bad_message"),
    ],
)
def test_what_cannot_be_a_mail_never_leaves(sender, change, code):
    mail = {"to": "a@b.cn", "subject": "s", "text": "t", "reference": "r"} | change
    with pytest.raises(MailFailed) as failed:
        sender.send(**mail)
    assert (failed.value.permanent, failed.value.code) == (True, code)


def test_a_wrong_password_is_permanent(side: Side, sender, address):
    stranger = SmtpMail(replace(sender._config, password="x"))
    with pytest.raises(MailFailed) as failed:
        send(stranger, address)
    assert (failed.value.permanent, failed.value.code) == (True, "smtp_535")


def test_without_login_or_encryption_the_server_takes_nothing(side: Side, sender, address):
    for change in ({"username": None}, {"security": "none"}):
        with pytest.raises(MailFailed) as failed:
            send(SmtpMail(replace(sender._config, **change)), address)
        assert failed.value.permanent
    assert side.get("/inbox", to=address) == []


def test_a_certificate_nobody_vouches_for_is_refused(side: Side, sender, address):
    with pytest.raises(MailFailed) as failed:
        send(SmtpMail(replace(sender._config, certificate_pem=None)), address)
    assert failed.value.code == "unanswered"
    assert side.get("/inbox", to=address) == []


def test_a_certificate_for_another_host_is_refused(side: Side, sender, address):
    with pytest.raises(MailFailed):
        send(SmtpMail(replace(sender._config, host="127.0.0.2")), address)


def test_their_trouble_may_pass(side: Side, sender, address):
    side.fault("mail", "http_500")
    with pytest.raises(MailFailed) as failed:
        send(sender, address)
    assert (failed.value.permanent, failed.value.code) == (False, "smtp_451")
    assert side.get("/inbox", to=address) == []
    send(sender, address)


def test_without_an_answer_it_may_have_been_sent(side: Side, sender, address):
    side.fault("mail", "timeout")
    started = time.monotonic()
    with pytest.raises(MailFailed) as failed:
        send(sender, address)
    assert (failed.value.permanent, failed.value.code) == (False, "unanswered")
    assert time.monotonic() - started < SOON
    assert until(lambda: side.get("/inbox", to=address))


@pytest.mark.parametrize(("kind", "count"), [("drop", 0), ("duplicate", 2)])
def test_acceptance_is_not_delivery(side: Side, sender, address, kind, count):
    side.fault("mail", kind)
    send(sender, address)
    assert len(side.get("/inbox", to=address)) == count


def test_nobody_there_is_told_quickly(sender, address):
    started = time.monotonic()
    with pytest.raises(MailFailed, match="unanswered") as failed:
        send(SmtpMail(replace(sender._config, port=free_port())), address)
    assert time.monotonic() - started < SOON
    assert failed.value.__context__ is None
    assert address not in "".join(traceback.format_exception(failed.value))


def test_a_server_that_never_speaks_is_left(sender, address):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(MailFailed, match="unanswered"):
            send(SmtpMail(replace(sender._config, port=silent.getsockname()[1])), address)
        assert time.monotonic() - started < SOON


def test_encrypted_from_the_first_byte(side: Side, sender, address, tmp_path):
    """`tls` has no counterpart of its own: a relay takes the encryption off in front of a plain greeting."""
    keys = side.keys.mail
    (tmp_path / "mail.pem").write_text(keys.private_key_pem + keys.certificate_pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "mail.pem")
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        plain, _ = listener.accept()
        with context.wrap_socket(plain, server_side=True) as tls:
            tls.sendall(b"220 mail ESMTP\r\n")
            heard.append(tls.recv(1000))
            tls.sendall(b"554 5.7.1 go away\r\n")
            heard.append(tls.recv(1000))
            tls.sendall(b"554 5.7.1 go away\r\n")

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        config = replace(
            sender._config, security="tls", port=listener.getsockname()[1], username=None, password=None
        )
        with pytest.raises(MailFailed) as failed:
            send(SmtpMail(config), address)
        thread.join(30)
    assert heard[0].startswith(b"ehlo")
    assert failed.value.permanent
