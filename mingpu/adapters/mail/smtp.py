"""E-mail over SMTP, with STARTTLS or TLS and a login where the configuration says so."""

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any, Final, Literal

from mingpu.adapters.calls import Patience
from mingpu.adapters.mail import MailFailed

_REFERENCE: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_ADDRESS: Final = re.compile(r"[!-?A-~]{1,64}@[0-9A-Za-z.-]{1,253}")
_FOR_GOOD: Final = 500  # replies from here on will not change; 4xx may
_GONE: Final = (OSError, smtplib.SMTPServerDisconnected)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpConfig:
    """Which server, and how to speak to it.

    security: `starttls` upgrades before anything is said, `tls` is encrypted from the first byte, `none`
    is for a server on this machine. certificate_pem: trusted in place of the system's authorities.
    username None = no login.
    """

    host: str
    port: int
    sender: str
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    certificate_pem: str | None = None
    patience: Patience = field(default_factory=Patience)


class SmtpMail:
    """`MailSender` over SMTP; one connection per mail. Safe to share between threads."""

    def __init__(self, config: SmtpConfig) -> None:
        self._config = config
        self._tls = ssl.create_default_context(cadata=config.certificate_pem)

    def payload_for(
        self, *, to: str, subject: str, text: str, reference: str, unsubscribe: str = ""
    ) -> dict[str, Any]:
        """Return {to, subject, text, message_id} and, where there is one, unsubscribe. Raises MailFailed, permanent, for what cannot be a mail."""
        # One bare address: a display name or a second address would be a way to smuggle recipients in.
        if not _ADDRESS.fullmatch(to) or parseaddr(to)[1] != to:
            raise MailFailed(permanent=True, code="bad_address")
        if not _REFERENCE.fullmatch(reference) or set("\r\n") & {*subject, *unsubscribe}:
            raise MailFailed(permanent=True, code="bad_message")
        domain = self._config.sender.rpartition("@")[2]
        payload = {"to": to, "subject": subject, "text": text, "message_id": f"<{reference}@{domain}>"}
        return {**payload, "unsubscribe": unsubscribe} if unsubscribe else payload

    def send(self, *, to: str, subject: str, text: str, reference: str, unsubscribe: str = "") -> str:
        """Send one mail; return its Message-ID. See `MailSender.send`. Raises MailFailed."""
        payload = self.payload_for(
            to=to, subject=subject, text=text, reference=reference, unsubscribe=unsubscribe
        )
        message = EmailMessage()
        message["From"] = self._config.sender
        message["To"] = payload["to"]
        message["Subject"] = payload["subject"]
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = payload["message_id"]
        if unsubscribe:
            message["List-Unsubscribe"] = f"<{unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(payload["text"])
        failure = self._hand_over(message)
        if failure is not None:
            raise failure
        return str(payload["message_id"])

    def _hand_over(self, message: EmailMessage) -> MailFailed | None:
        """Return None when the server took it.

        A failure is handed back, so that the library's exception, which may quote the address, is dropped.
        """
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            return MailFailed(permanent=all(code >= _FOR_GOOD for code in codes), code="refused")
        except smtplib.SMTPResponseException as refused:
            return MailFailed(permanent=refused.smtp_code >= _FOR_GOOD, code=f"smtp_{refused.smtp_code}")
        except smtplib.SMTPNotSupportedError:
            return MailFailed(permanent=True, code="not_supported")
        except _GONE:
            return MailFailed(permanent=False, code="unanswered")
        return None

    def _connect(self) -> smtplib.SMTP:
        """Open the connection; connecting waits `patience.connect`, each answer after that `patience.read`."""
        config = self._config
        kind = smtplib.SMTP_SSL if config.security == "tls" else smtplib.SMTP
        extra: dict[str, Any] = {"context": self._tls} if config.security == "tls" else {}
        server = kind(config.host, config.port, timeout=config.patience.connect, **extra)
        try:
            if server.sock is not None:
                server.sock.settimeout(config.patience.read)
            if config.security == "starttls":
                server.starttls(context=self._tls)
            if config.username is not None:
                server.login(config.username, config.password or "")
        except BaseException:
            server.close()
            raise
        return server
