"""Configurations that make the real clients talk to the counterparts."""

from collections.abc import Iterable

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts.consenting import app_return
from mingpu.adapters.counterparts.embeddings import DIMENSIONS, MODEL
from mingpu.adapters.counterparts.keys import CounterpartKeys
from mingpu.adapters.counterparts.sms_texts import TEXTS
from mingpu.adapters.counterparts.unionpay_certs import OWNER
from mingpu.adapters.courier.sf import SfConfig
from mingpu.adapters.courier.yto import YtoConfig
from mingpu.adapters.deletion.signed import DeletionConfig, RecipientAccount
from mingpu.adapters.embedding.openai import EmbeddingConfig
from mingpu.adapters.identity.tencent import TencentConfig
from mingpu.adapters.invoice.wechat import WeChatInvoiceConfig
from mingpu.adapters.mail.smtp import SmtpConfig
from mingpu.adapters.mall.handover import HandlerConfig
from mingpu.adapters.payment.alipay_core import AlipayConfig
from mingpu.adapters.payment.unionpay import UnionPayConfig
from mingpu.adapters.payment.wechatpay_account import WeChatPayConfig
from mingpu.adapters.signin.openid import OpenIdConfig
from mingpu.adapters.signin.wechat import WeChatConfig
from mingpu.adapters.sms.aliyun import AliyunSmsConfig
from mingpu.adapters.topup.supplier import SupplierConfig
from mingpu.lib.text import Text


def wechatpay_config(
    keys: CounterpartKeys, *, address: str, notify_url: str, public_key_mode: bool = False
) -> WeChatPayConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001; notify_url: our webhook, in full."""
    ours = keys.wechatpay
    return WeChatPayConfig(
        appid=ours.appid,
        mchid=ours.mchid,
        merchant_serial=ours.merchant_serial,
        merchant_private_key_pem=ours.merchant_private_key_pem,
        apiv3_key=ours.apiv3_key,
        notify_url=notify_url,
        gateway=address,
        platform_public_key_pem=ours.platform_public_key_pem if public_key_mode else None,
        platform_public_key_id=ours.platform_public_key_id if public_key_mode else None,
    )


def unionpay_config(keys: CounterpartKeys, *, address: str, notify_url: str) -> UnionPayConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001; notify_url: our webhook, in full."""
    ours = keys.unionpay
    return UnionPayConfig(
        mer_id=ours.mer_id,
        certificate_pem=ours.merchant_certificate_pem,
        private_key_pem=ours.merchant_private_key_pem,
        root_pem=ours.root_certificate_pem,
        middle_pem=ours.middle_certificate_pem,
        notify_url=notify_url,
        owner=OWNER,
        gateway=address,
        files_url=f"{address}/unionpay/files",
    )


def fapiao_config(keys: CounterpartKeys, *, address: str, notify_url: str) -> WeChatInvoiceConfig:
    """address: of the counterparts; notify_url: our webhook for invoices. One tax code, of goods at large."""
    account = wechatpay_config(keys, address=address, notify_url=notify_url)
    return WeChatInvoiceConfig(account=account, tax_codes={"": "1000000000000000000"})


def topup_config(keys: CounterpartKeys, *, address: str) -> SupplierConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001."""
    return SupplierConfig(account=keys.topup.account, secret=keys.topup.secret, url=address)


def identity_config(keys: CounterpartKeys, *, address: str) -> TencentConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001."""
    return TencentConfig(
        secret_id=keys.identity.secret_id,
        secret_key=keys.identity.secret_key,
        url=f"{address}/identity-check",
    )


def embedding_config(*, address: str) -> EmbeddingConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001."""
    return EmbeddingConfig(url=f"{address}/v1", model=MODEL, dimensions=DIMENSIONS)


def wechat_config(keys: CounterpartKeys, *, address: str) -> WeChatConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001."""
    it = keys.wechat
    return WeChatConfig(
        appid=it.appid, secret=it.secret, inside_appid=it.inside_appid, inside_secret=it.inside_secret,
        app_return=app_return("wechat"), gateway=address, api=address,
    )  # fmt: skip


def openid_config(keys: CounterpartKeys, *, address: str) -> OpenIdConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001."""
    return OpenIdConfig(
        title=Text("通行证（演示）", "Passport (demo)"), issuer=f"{address}/openid", client_id=keys.openid.client_id,
        client_secret=keys.openid.client_secret, app_return=app_return("openid"),
    )  # fmt: skip


def deletion_config(
    keys: CounterpartKeys, *, address: str, recipients: Iterable[str], patience: Patience | None = None
) -> DeletionConfig:
    """address: of the counterparts; recipients: by their names in the register."""
    known = {
        name: RecipientAccount(url=f"{address}/deletion/{name}", public_key=keys.deletion.public_of(name))
        for name in recipients
    }
    return DeletionConfig(
        account=keys.deletion.account, seed=keys.deletion.mall_seed, recipients=known,
        patience=patience or Patience(),
    )  # fmt: skip


def mall_config(keys: CounterpartKeys, *, address: str) -> HandlerConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001."""
    return HandlerConfig(
        code="neighbour", name=Text("邻家商城（演示）", "The mall next door (demo)"), contact="privacy@neighbour.example",
        account=keys.mall.account, secret=keys.mall.secret, url=address, public_key=keys.mall.public_key(),
    )  # fmt: skip


def alipay_config(keys: CounterpartKeys, *, address: str, notify_url: str) -> AlipayConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001; notify_url: our webhook, in full."""
    return AlipayConfig(
        app_id=keys.alipay.app_id,
        seller_id=keys.alipay.seller_id,
        merchant_private_key_pem=keys.alipay.merchant_private_key_pem,
        alipay_public_key_pem=keys.alipay.platform_public_key_pem,
        notify_url=notify_url,
        gateway=f"{address}/gateway.do",
    )


def sf_config(keys: CounterpartKeys, *, address: str) -> SfConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001."""
    return SfConfig(
        partner_id=keys.sf.partner_id,
        checkword=keys.sf.checkword,
        push_secret=keys.sf.push_secret,
        monthly_card=keys.sf.monthly_card,
        url=f"{address}/std/service",
    )


def yto_config(keys: CounterpartKeys, *, address: str) -> YtoConfig:
    """address: of the counterparts, e.g. http://127.0.0.1:8001."""
    return YtoConfig.from_account(
        interfaces=keys.yto.interfaces, push_secret=keys.yto.push_secret, url=f"{address}/open"
    )


def aliyun_config(keys: CounterpartKeys, *, endpoint: str) -> AliyunSmsConfig:
    """endpoint: host:port of the counterparts, e.g. 127.0.0.1:8001."""
    return AliyunSmsConfig(
        access_key_id=keys.sms.access_key_id,
        access_key_secret=keys.sms.access_key_secret,
        sign_name=keys.sms.sign_name,
        templates={f"{text.name}.{text.language}": code for code, text in TEXTS.items()},
        endpoint=endpoint,
        protocol="http",
    )


def smtp_config(keys: CounterpartKeys, *, port: int) -> SmtpConfig:
    """port: where the counterparts take mail; STARTTLS and login, as a real server wants."""
    return SmtpConfig(
        host="127.0.0.1",
        port=port,
        sender=keys.mail.sender,
        security="starttls",
        username=keys.mail.username,
        password=keys.mail.password,
        certificate_pem=keys.mail.certificate_pem,
    )
