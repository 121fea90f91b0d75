"""Our account with WeChat Pay and how its calls are made: what payments and invoices share."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from wechatpayv3 import WeChatPay, WeChatPayType

from mingpu.adapters.calls import CallFailed, Patience, trying, worth_another_try
from mingpu.adapters.payment.wechatpay_core import GuardedCore, Untrusted

LARGEST_CALLBACK: Final = 64 * 1024
_DONE: Final = range(200, 300)
_PASSING: Final = frozenset({"SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "BANKERROR", "FREQUENCY_LIMITED"})
# What callers decide by. Names differ between the documents of different years; all spellings are taken.
_MEANING: Final = {
    "ORDERPAID": "already_paid",
    "ORDER_PAID": "already_paid",
    "ORDER_CLOSED": "closed",
    "ORDERCLOSED": "closed",
    "NOT_ENOUGH": "not_enough",
    "NOTENOUGH": "not_enough",
    "STATEMENT_CREATING": "no_bill",
}
_MAY_PASS: Final = frozenset({"not_enough", "no_bill"})

Call = Callable[[], tuple[int, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatPayConfig:
    """Our merchant account and where the institution is.

    gateway: scheme and host, no path. platform_public_key_pem and platform_public_key_id: both or neither;
    with neither, the institution's certificates are fetched and renewed. notify_url: where callbacks come.
    """

    appid: str
    mchid: str
    merchant_serial: str
    merchant_private_key_pem: str = field(repr=False)
    apiv3_key: str = field(repr=False)
    notify_url: str
    gateway: str = "https://api.mch.weixin.qq.com"
    platform_public_key_pem: str | None = None
    platform_public_key_id: str | None = None
    certificate_pause: float = 60.0
    patience: Patience = field(default_factory=Patience)


class Account(WeChatPay):  # type: ignore[misc]  # the library is untyped
    """The library's account object around our core; its own constructor would call the real gateway."""

    def __init__(self, config: WeChatPayConfig, core: GuardedCore) -> None:
        self._type = WeChatPayType.NATIVE
        self._mchid = config.mchid
        self._appid = config.appid
        self._notify_url = config.notify_url
        self._partner_mode = False
        self._core = core


def core_of(config: WeChatPayConfig) -> GuardedCore:
    """Return the connection of an account. Raises ValueError for a gateway that is not scheme and host."""
    parts = urlsplit(config.gateway)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError("gateway must be a scheme and a host")
    return GuardedCore(
        gateway=config.gateway,
        certificate_pause=config.certificate_pause,
        mchid=config.mchid,
        cert_serial_no=config.merchant_serial,
        private_key=config.merchant_private_key_pem,
        apiv3_key=config.apiv3_key,
        timeout=(config.patience.connect, config.patience.read),
        public_key=config.platform_public_key_pem,
        public_key_id=config.platform_public_key_id,
    )


def ask(call: Call, *, attempts: int, failure: type[CallFailed]) -> dict[str, Any]:
    """Run a library call, repeating it up to `attempts` times; return its JSON body, {} where it has none.

    Raises `failure` for anything but a signed 2xx answer.
    """
    body = trying(partial(_once, call, failure), attempts=attempts, failure=failure)
    try:
        answer = json.loads(body) if body else {}
    except ValueError:
        answer = {}
    return answer if isinstance(answer, dict) else {}


def fetch(core: GuardedCore, url: str, *, attempts: int, failure: type[CallFailed]) -> bytes:
    """Download a file by the address an answer named; asked of our gateway, whatever host it names.

    Files come unsigned: hold them against a checksum or their shape. Raises `failure`.
    """
    parts = urlsplit(url)
    call = partial(core.request, f"{parts.path}?{parts.query}", skip_verify=True)
    body = trying(partial(_once, call, failure), attempts=attempts, failure=failure)
    return body.encode() if isinstance(body, str) else body


def _once(call: Call, failure: type[CallFailed]) -> str | bytes:
    """Return the body of a 2xx answer. Raises `failure` for anything else."""
    try:
        status, body = call()
    except requests.RequestException:
        raise failure(permanent=False, code="unanswered") from None
    except Untrusted:
        raise failure(permanent=False, code="unsigned") from None
    except CallFailed as failed:
        raise failure(permanent=failed.permanent, code=failed.code) from None
    found: str | bytes = body
    if status in _DONE:
        return found
    code = _code(found) or f"http_{status}"
    meaning = _MEANING.get(code, code)
    passing = worth_another_try(status) or code in _PASSING or meaning in _MAY_PASS
    raise failure(permanent=not passing, code=meaning)


def _code(body: str | bytes) -> str:
    """Return the institution's own code of a refusal, '' when it gave none."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("code") or "") if isinstance(answer, Mapping) else ""
