"""Short messages: the port, its templates and its error."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from mingpu.adapters.calls import CallFailed

TEMPLATES: Final = {
    "verify_register": frozenset({"code"}),
    "verify_login": frozenset({"code"}),
    "verify_reset": frozenset({"code"}),
    "verify_cancel": frozenset({"code"}),
    "verify_confirm": frozenset({"code"}),
    "notice_export": frozenset[str](),  # a copy of the account's data was asked for
    "notice_transfer": frozenset[str](),  # the account's data is to go to another mall
    "notice_kin": frozenset[str](),  # somebody says that the account's person is dead
    "notice_recovery": frozenset[str](),  # one channel alone asked for a new password; it holds in three days
    "notice_security": frozenset[str](),  # how one signs in was changed, or a recovery code was used
    "notice_linked": frozenset[str](),  # an account of another service was linked
    "notice_unlinked": frozenset[str](),  # one was unlinked
    "notice_sign_in": frozenset[str](),  # a sign-in from a browser or device not seen before
    "notice_password": frozenset[str](),  # the password was changed
    "notice_leaving": frozenset[str](),  # the account is being cancelled
    "notice_order_shipped": frozenset[str](),  # an order is with the courier
    "notice_order_delivered": frozenset[str](),  # an order has arrived
    "notice_address": frozenset[str](),  # an order that was placed goes somewhere else
    "notice_phone": frozenset[str](),  # the account's number was changed; to the old and the new one
    "no_account": frozenset[str](),  # someone asked to log in with a number that has no account
    "already_account": frozenset[str](),  # someone asked to register a number that has one
    "incident": frozenset[
        str
    ](),  # an incident touched this person's data; what and how is in the privacy centre
}
"""Name -> the parameters it needs, exactly. The words live with the provider, who approves them."""


class SmsFailed(CallFailed):
    """The message was not accepted; see `CallFailed` for `permanent` and `code`.

    After code `unanswered` it may have been accepted all the same: a second try may send it twice.
    """


class SmsSender(Protocol):
    """Sends one templated message to one phone. Acceptance is not delivery."""

    def send(
        self,
        *,
        phone: str,
        template: str,
        parameters: Mapping[str, str],
        reference: str,
        language: str = "zh-hans",
    ) -> str:
        """Send and return the provider's message id. One try only: a repeat would reach the phone twice.

        phone: 11 digits of mainland China, or the same as E.164 (+86...); template and parameters as in
        `TEMPLATES`; reference: ours, <= 64 characters, nothing personal; language: zh-hans or en.
        Raises SmsFailed.
        """
        ...

    def payload_for(
        self,
        *,
        phone: str,
        template: str,
        parameters: Mapping[str, str],
        reference: str,
        language: str = "zh-hans",
    ) -> dict[str, Any]:
        """Return what `send` with the same arguments hands to the provider. Raises SmsFailed, permanent."""
        ...
