"""The wechatpayv3 library with its gateway set, its key handling made safe and its checks made strict.

What the library (2.0.4) alone would do, and what is done about it here:

- it knows one gateway only, and asks it for certificates while being constructed: the gateway is an
  argument here, and certificates are fetched when first needed;
- it checks no timestamp, so a recorded message would be accepted for ever: five minutes here;
- it decodes base64 leniently, so that many texts count as one signature: only the canonical one here;
- any unknown serial makes it throw away its certificates and fetch new ones: here they are replaced only by
  a successful fetch, and strangers cannot cause more than three in `certificate_pause` seconds;
- a certificate that expires while the process runs stays trusted: not here;
- it looks headers up under several names: here each name is resolved once, in any letter case.

What stays: answers other than 2xx are not verified by the library, TLS alone guards them; they can make a
call fail but never make anything paid.
"""

import base64
import binascii
import copy
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.x509 import Certificate
from wechatpayv3.core import Core

from mingpu.adapters.calls import CallFailed

ALGORITHM: Final = "WECHATPAY2-SHA256-RSA2048"
WINDOW: Final = 300  # seconds a message stays valid, as the institution's documents say
_FETCHES: Final = 3  # in a pause: enough for a key that changes just after the start
_TIMESTAMP: Final = re.compile(r"[1-9]\d{9}")
_NONCE: Final = re.compile(r"[!-~]{1,128}")
_SERIAL: Final = re.compile(r"[0-9A-Fa-f]{8,40}|PUB_KEY_ID_[0-9A-Za-z]{1,64}")
_NAMES: Final = {
    "Wechatpay-Signature": "signature",
    "Wechatpay-Timestamp": "timestamp",
    "Wechatpay-Nonce": "nonce",
    "Wechatpay-Serial": "serial",
    "Wechatpay-Signature-Type": "algorithm",
}


class Untrusted(Exception):
    """The message's signature does not hold; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class GuardedCore(Core):  # type: ignore[misc]  # the library is untyped
    """`wechatpayv3.core.Core`, guarded as described above. Safe to share between threads."""

    def __init__(
        self,
        *,
        gateway: str,
        certificate_pause: float = 60.0,
        clock: Callable[[], float] = time.time,
        **library: Any,
    ) -> None:
        """gateway: scheme and host, no path. library: the arguments of the library's own `Core`."""
        self._clock = clock
        self._pause = certificate_pause
        self._fetches: list[float] = []  # when certificates were asked for lately
        self._away = False  # whether the last time was in vain
        self._fetching = threading.Lock()
        self._certificates: list[Certificate] = []
        super().__init__(**library)
        self._gate_way = gateway.rstrip("/")

    def _init_certificates(self) -> None:
        """Fetch nothing yet: the gateway is not set, and a mall must start while the institution is down."""

    def _update_certificates(self) -> None:
        """Replace the certificates by what the institution lists now, a few times in a pause at most.

        Raises CallFailed, not permanent, when the list cannot be had.
        """
        seen = self._certificates
        with self._fetching:
            if self._certificates is not seen:
                return  # another thread has just renewed them
            now = self._clock()
            self._fetches = [at for at in self._fetches if at > now - self._pause]
            if len(self._fetches) >= _FETCHES:
                if self._away:
                    raise CallFailed(permanent=False, code="no_certificates")
                return  # the list is recent: a serial that is not in it is a stranger's
            self._fetches.append(now)
            self._away = True
            fresh = copy.copy(self)  # the library clears and fills its list in place: give it another one
            fresh._certificates = []  # noqa: SLF001
            try:
                Core._update_certificates(fresh)  # noqa: SLF001
            except Exception:  # noqa: BLE001 - network, status, JSON or shape: all mean "not now"
                raise CallFailed(permanent=False, code="no_certificates") from None
            if not fresh._certificates:  # noqa: SLF001
                raise CallFailed(permanent=False, code="no_certificates")
            self._certificates = fresh._certificates  # noqa: SLF001
            self._away = False

    def _verify_signature(self, headers: Mapping[str, str], body: str) -> bool:
        """Return True, or raise Untrusted; CallFailed when certificates are needed and cannot be had."""
        found = {name.lower(): value for name, value in headers.items()}
        marks = {kind: found.get(name.lower(), "") for name, kind in _NAMES.items()}
        self._check_marks(marks)
        self._drop_expired()
        strict = {name: marks[kind] for name, kind in _NAMES.items()}
        if not super()._verify_signature(strict, body):
            raise Untrusted("signature")
        return True

    def _drop_expired(self) -> None:
        now = datetime.fromtimestamp(self._clock(), UTC)
        valid = [one for one in self._certificates if one.not_valid_after_utc > now]
        if len(valid) < len(self._certificates):  # written only then: another thread may have just renewed
            self._certificates = valid

    def _check_marks(self, marks: Mapping[str, str]) -> None:
        """Refuse what is not written exactly as the institution writes it. Raises Untrusted."""
        if marks["algorithm"] != ALGORITHM:
            raise Untrusted("algorithm")
        if not _TIMESTAMP.fullmatch(marks["timestamp"]):
            raise Untrusted("timestamp")
        if abs(self._clock() - int(marks["timestamp"])) > WINDOW:
            raise Untrusted("stale")
        if not _NONCE.fullmatch(marks["nonce"]):
            raise Untrusted("nonce")
        if not _SERIAL.fullmatch(marks["serial"]):
            raise Untrusted("serial")
        # The library would read any other PUB_KEY_ID as a hexadecimal number and fail on it.
        if marks["serial"].startswith("PUB") and marks["serial"] != self._public_key_id:
            raise Untrusted("serial")
        try:
            raw = base64.b64decode(marks["signature"], validate=True)
        except (binascii.Error, ValueError):
            raise Untrusted("signature") from None
        if not raw or base64.b64encode(raw).decode() != marks["signature"]:
            raise Untrusted("signature")
