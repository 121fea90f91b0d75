"""A mail server: STARTTLS, login, and an inbox for everyone."""

import asyncio
import logging
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from hmac import compare_digest
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from mingpu.adapters.counterparts.inbox import Inbox
from mingpu.adapters.counterparts.keys import MailKeys
from mingpu.adapters.counterparts.world import World

PARTY: Final = "mail"
logging.getLogger("mail.log").setLevel(logging.ERROR)  # else a warning of its own for every login
_LARGEST: Final = 1024 * 1024


class Mail:
    """Takes mail from those who log in."""

    def __init__(self, world: World, inbox: Inbox) -> None:
        self._world = world
        self._inbox = inbox

    async def handle_DATA(self, *call: Any) -> str:  # noqa: N802 - the library looks for this name
        """Take one mail, as aiosmtpd calls it (server, session, envelope); return the reply."""
        envelope = call[-1]
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        recipients = [str(one) for one in envelope.rcpt_tos]
        self._world.record(
            party=PARTY,
            method="SMTP",
            path=",".join(recipients),
            headers={name: str(value) for name, value in message.items()},
            body=content,
        )
        fault = self._world.faults.take(PARTY, "answer")
        if fault and fault.kind == "http_500":
            return "451 4.3.0 Requested action aborted: local error in processing"
        text = message.get_body(("plain",))
        subject = str(message.get("Subject", ""))
        self._inbox.deliver(
            channel="mail",
            to=recipients,
            subject=subject,
            text=text.get_content().replace("\r\n", "\n").rstrip() if text else "",
        )
        if fault and fault.kind == "timeout":
            await asyncio.sleep(self._world.config.hold)
        return "250 OK"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen on the configured port inside the block. Raises OSError when the port is taken."""
        config = self._world.config
        tls = _tls(config.keys.mail)

        def connection() -> SMTP:
            return SMTP(
                self,
                hostname="mail.mingpu.example",
                data_size_limit=_LARGEST,
                enable_SMTPUTF8=True,
                tls_context=tls,
                require_starttls=True,
                auth_required=True,
                authenticator=self._authenticate,
            )

        server = await asyncio.get_running_loop().create_server(connection, config.host, config.smtp_port)
        try:
            yield
        finally:
            server.close()

    def _authenticate(self, *call: Any) -> AuthResult:
        """Check a login, as aiosmtpd calls it: server, session, envelope, mechanism, data."""
        keys, data = self._world.config.keys.mail, call[-1]
        known = (
            isinstance(data, LoginPassword)
            and compare_digest(data.login, keys.username.encode())
            and compare_digest(data.password, keys.password.encode())
        )
        return AuthResult(success=known, handled=False)


def _tls(keys: MailKeys) -> ssl.SSLContext:
    """Return the server's TLS context; the library reads files only, so the key is in one for a moment."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "mail.pem")
        path.touch(mode=0o600)
        path.write_text(keys.private_key_pem + keys.certificate_pem, encoding="ascii")
        context.load_cert_chain(path)
    return context
