"""E-mail: the port and its error."""

from typing import Any, Protocol

from mingpu.adapters.calls import CallFailed


class MailFailed(CallFailed):
    """The mail was not accepted; see `CallFailed` for `permanent` and `code`.

    After code `unanswered` it may have been accepted all the same; a repeat carries the same Message-ID.
    """


class MailSender(Protocol):
    """Hands one plain-text mail to the mail server. Acceptance is not delivery."""

    def send(self, *, to: str, subject: str, text: str, reference: str, unsubscribe: str = "") -> str:
        """Send and return the Message-ID, which is made of `reference`: a repeat is the same mail.

        to: one address; subject: one line; reference: letters, digits, `-` and `_`, nothing personal;
        unsubscribe: an address that mail programs offer as the way out (RFC 8058), "" for none. Raises MailFailed.
        """
        ...

    def payload_for(
        self, *, to: str, subject: str, text: str, reference: str, unsubscribe: str = ""
    ) -> dict[str, Any]:
        """Return what `send` with the same arguments hands over. Raises MailFailed, permanent."""
        ...
