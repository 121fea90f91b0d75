"""The configured clients of the outside world, one each per process.

With counterparts on, they talk to the counterparts of this machine; otherwise to the providers whose accounts
are written in `secrets/providers.json` under MINGPU_HOME. Callers never know which.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from django.conf import settings

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.counterparts.keys import CounterpartKeys, provision
from mingpu.adapters.courier import Courier
from mingpu.adapters.courier.sf import SfConfig, SfCourier
from mingpu.adapters.courier.yto import YtoConfig, YtoCourier
from mingpu.adapters.deletion import DeletionDesk
from mingpu.adapters.deletion.signed import DeletionConfig, SignedDeletion
from mingpu.adapters.embedding import Embedder
from mingpu.adapters.embedding.openai import EmbeddingConfig, LocalEmbedder
from mingpu.adapters.identity import IdentityCheck
from mingpu.adapters.identity.tencent import TencentConfig, TencentIdentity
from mingpu.adapters.invoice import InvoiceIssuer
from mingpu.adapters.invoice.wechat import WeChatInvoiceConfig, WeChatInvoices
from mingpu.adapters.mail import MailSender
from mingpu.adapters.mail.smtp import SmtpConfig, SmtpMail
from mingpu.adapters.mall import OtherMall
from mingpu.adapters.mall.handover import HandlerConfig, Handover
from mingpu.adapters.payment import PaymentGateway
from mingpu.adapters.payment.alipay import AlipayGateway
from mingpu.adapters.payment.alipay_core import AlipayConfig
from mingpu.adapters.payment.unionpay import UnionPayConfig, UnionPayGateway
from mingpu.adapters.payment.wechatpay import WeChatPayGateway
from mingpu.adapters.payment.wechatpay_account import WeChatPayConfig
from mingpu.adapters.signin import SignInProvider
from mingpu.adapters.signin.openid import OpenIdConfig, OpenIdSignIn
from mingpu.adapters.signin.wechat import WeChatConfig, WeChatSignIn
from mingpu.adapters.sms import SmsSender
from mingpu.adapters.sms.aliyun import AliyunSms, AliyunSmsConfig
from mingpu.adapters.topup import TopUpSupplier
from mingpu.adapters.topup.supplier import SupplierConfig, SupplierTopUp
from mingpu.privacy.register import REGISTER


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
    return _GATEWAYS[method](f"{settings.PUBLIC_ADDRESS}/webhooks/{method}")


def _wechatpay(notify: str) -> PaymentGateway:
    if settings.COUNTERPARTS:
        return WeChatPayGateway(wiring.wechatpay_config(_keys(), address=_address(), notify_url=notify))
    return WeChatPayGateway(WeChatPayConfig(notify_url=notify, **_account("wechatpay")))


def _unionpay(notify: str) -> PaymentGateway:
    if settings.COUNTERPARTS:
        return UnionPayGateway(wiring.unionpay_config(_keys(), address=_address(), notify_url=notify))
    return UnionPayGateway(UnionPayConfig(notify_url=notify, **_account("unionpay")))


def _alipay(notify: str) -> PaymentGateway:
    if settings.COUNTERPARTS:
        return AlipayGateway(wiring.alipay_config(_keys(), address=_address(), notify_url=notify))
    return AlipayGateway(AlipayConfig(notify_url=notify, **_account("alipay")))


_GATEWAYS: Final[dict[str, Callable[[str], PaymentGateway]]] = {
    "wechatpay": _wechatpay,
    "unionpay": _unionpay,
    "alipay": _alipay,
}


@cache
def courier(name: str) -> Courier:
    """Return the client of a courier; raises KeyError for an unknown one."""
    if name == "yto":
        if settings.COUNTERPARTS:
            return YtoCourier(wiring.yto_config(_keys(), address=_address()))
        return YtoCourier(YtoConfig.from_account(**_account("yto")))
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


@cache
def invoice_issuer() -> InvoiceIssuer:
    """Return the client of the invoice service; with WeChat Pay, the account of payments issues invoices too."""
    notify = f"{settings.PUBLIC_ADDRESS}/webhooks/fapiao"
    if settings.COUNTERPARTS:
        return WeChatInvoices(wiring.fapiao_config(_keys(), address=_address(), notify_url=notify))
    account = WeChatPayConfig(notify_url=notify, **_account("wechatpay"))
    return WeChatInvoices(WeChatInvoiceConfig(account=account, **_account("fapiao")))


@cache
def topup_supplier() -> TopUpSupplier:
    """Return the client of the top-up supplier."""
    if settings.COUNTERPARTS:
        return SupplierTopUp(wiring.topup_config(_keys(), address=_address()))
    return SupplierTopUp(SupplierConfig(**_account("topup")))


@cache
def identity_check() -> IdentityCheck:
    """Return the client of the service for real-name verification."""
    if settings.COUNTERPARTS:
        return TencentIdentity(wiring.identity_config(_keys(), address=_address()))
    return TencentIdentity(TencentConfig(**_account("identity")))


@cache
def embedder() -> Embedder | None:
    """Return the client of the embedding model of this machine; None where none is configured. Raises ValueError."""
    if not settings.EMBEDDINGS_URL:
        return None
    return LocalEmbedder(
        EmbeddingConfig(
            url=settings.EMBEDDINGS_URL,
            model=settings.EMBEDDINGS_MODEL,
            dimensions=settings.EMBEDDINGS_DIMENSIONS,
        )
    )


@cache
def sign_in_providers() -> Mapping[str, SignInProvider]:
    """Return the services people sign in through, by the id of their source, in the operator's order; none where none is written.

    `signin` in the operator's file: id -> its account; one with an `issuer` is an OpenID Connect provider.
    """
    if settings.COUNTERPARTS:
        return {
            "wechat": WeChatSignIn(wiring.wechat_config(_keys(), address=_address())),
            "openid": OpenIdSignIn(wiring.openid_config(_keys(), address=_address())),
        }
    try:
        listed: dict[str, dict[str, Any]] = _account("signin")
    except (FileNotFoundError, KeyError):
        return {}
    return {name: _sign_in_provider(it) for name, it in listed.items()}


def _sign_in_provider(account: dict[str, Any]) -> SignInProvider:
    if "issuer" in account:
        return OpenIdSignIn(OpenIdConfig.from_account(**account))
    return WeChatSignIn(WeChatConfig(**account))


@cache
def deletion_desk() -> DeletionDesk:
    """Return the client that tells recipients to delete; without an account it knows none of them."""
    if settings.COUNTERPARTS:
        known = wiring.deletion_config(_keys(), address=_address(), recipients=REGISTER.recipients)
        return SignedDeletion(known)
    try:
        return SignedDeletion(DeletionConfig.from_account(**_account("deletion")))
    except (FileNotFoundError, KeyError):
        return SignedDeletion(DeletionConfig(account="", seed="00" * 32, recipients={}))


@cache
def handlers() -> Mapping[str, HandlerConfig]:
    """Return the malls that a package can be handed to, by code, in the operator's order; none where none is written."""
    if settings.COUNTERPARTS:
        known = wiring.mall_config(_keys(), address=_address())
        return {known.code: known}
    try:
        listed = _account("handlers")
    except (FileNotFoundError, KeyError):
        return {}
    return {code: HandlerConfig.from_account(code=code, **it) for code, it in listed.items()}


@cache
def other_mall(code: str) -> OtherMall:
    """Return the client of another mall; raises KeyError for one the operator did not write down."""
    return Handover(handlers()[code])
