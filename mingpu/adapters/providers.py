"""The configured clients of the outside world, one each per process.

With counterparts on, they talk to the counterparts of this machine; otherwise to the providers whose accounts
are written in `secrets/providers.json` under MINGPU_HOME. Callers never know which.
"""

import json
from functools import cache
from typing import Any

from django.conf import settings

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.counterparts.keys import CounterpartKeys, provision
from mingpu.adapters.courier import Courier
from mingpu.adapters.courier.sf import SfConfig, SfCourier
from mingpu.adapters.mail import MailSender
from mingpu.adapters.mail.smtp import SmtpConfig, SmtpMail
from mingpu.adapters.payment import PaymentGateway
from mingpu.adapters.payment.wechatpay import WeChatPayConfig, WeChatPayGateway
from mingpu.adapters.sms import SmsSender
from mingpu.adapters.sms.aliyun import AliyunSms, AliyunSmsConfig


@cache
def _keys() -> CounterpartKeys:
    return provision(settings.HOME / "counterparts")


def _address() -> str:
    return f"http://127.0.0.1:{settings.COUNTERPARTS_PORT}"


@cache
def _account(provider: str) -> dict[str, Any]:
    """Read our account with a real provider; raises FileNotFoundError or KeyError where there is none."""
    accounts: dict[str, dict[str, Any]] = json.loads(
        (settings.HOME / "secrets" / "providers.json").read_text()
    )
    return accounts[provider]


@cache
def payment_gateway(method: str) -> PaymentGateway:
    """Return the client of the institution behind a way of paying; raises KeyError for an unknown one."""
    if method != "wechatpay":
        raise KeyError(method)
    notify = f"{settings.PUBLIC_ADDRESS}/webhooks/wechatpay"
    if settings.COUNTERPARTS:
        return WeChatPayGateway(wiring.wechatpay_config(_keys(), address=_address(), notify_url=notify))
    return WeChatPayGateway(WeChatPayConfig(notify_url=notify, **_account("wechatpay")))


@cache
def courier(name: str) -> Courier:
    """Return the client of a courier; raises KeyError for an unknown one."""
    if name != "sf":
        raise KeyError(name)
    if settings.COUNTERPARTS:
        return SfCourier(wiring.sf_config(_keys(), address=_address()))
    return SfCourier(SfConfig(**_account("sf")))


@cache
def sms_sender() -> SmsSender:
    """Return the client of the SMS provider."""
    if settings.COUNTERPARTS:
        return AliyunSms(wiring.aliyun_config(_keys(), endpoint=f"127.0.0.1:{settings.COUNTERPARTS_PORT}"))
    return AliyunSms(AliyunSmsConfig(**_account("sms")))


@cache
def mail_sender() -> MailSender:
    """Return the client of the mail server."""
    if settings.COUNTERPARTS:
        return SmtpMail(wiring.smtp_config(_keys(), port=settings.SMTP_PORT))
    return SmtpMail(SmtpConfig(**_account("mail")))
