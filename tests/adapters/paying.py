"""What the payment tests share: a client per test, with a webhook path of its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.payment import PaymentRequest, PaymentState, RefundRequest, Trade
from mingpu.adapters.payment.wechatpay import WeChatPayGateway
from tests.adapters.conftest import QUICK, Call, Mall, Side, unique, until


def trade_of(order: PaymentRequest) -> Trade:
    """The announced payment, as it is named again."""
    return Trade(out_trade_no=order.out_trade_no, started_at=order.started_at)


def refund_of(order: PaymentRequest, amount_fen: int, number: str | None = None) -> RefundRequest:
    """A refund of a payment; the institution's number of it is not needed here."""
    return RefundRequest(
        out_trade_no=order.out_trade_no,
        out_refund_no=number or unique("R"),
        amount_fen=amount_fen,
        total_fen=order.amount_fen,
        provider_txn="",
        asked_at=datetime.now(UTC),
    )


class Till:
    """One merchant's till: its client and its webhook."""

    def __init__(self, side: Side, mall: Mall, *, public_key_mode: bool = False, **changes: Any) -> None:
        self.side, self.mall = side, mall
        self.path = f"/webhooks/{unique()}"
        config = wiring.wechatpay_config(
            side.keys,
            address=side.address,
            notify_url=mall.url(self.path),
            public_key_mode=public_key_mode,
        )
        self.config = replace(config, **({"patience": QUICK} | changes))
        self.gateway = WeChatPayGateway(self.config)

    def with_patience(self, patience: Patience) -> WeChatPayGateway:
        return WeChatPayGateway(replace(self.config, patience=patience))

    def order(self, amount_fen: int = 1990) -> PaymentRequest:
        started = datetime.now(UTC)
        return PaymentRequest(
            out_trade_no=unique(),
            amount_fen=amount_fen,
            started_at=started,
            expires_at=started + timedelta(minutes=30),
        )

    def scan(self, code_url: str, **more: Any) -> None:
        answer = self.side.post("/wechatpay/scan", code_url=code_url, **more)
        assert answer.status_code == 200, answer.text

    def paid(self, amount_fen: int = 1990) -> PaymentRequest:
        """An order, paid; its callback may still be on its way."""
        order = self.order(amount_fen)
        self.scan(self.gateway.create(order))
        return order

    def payment(self, call: Call) -> PaymentState:
        """What a genuine callback says of a payment."""
        told = self.gateway.parse_callback(call.headers, call.body).payment
        assert told is not None
        return told

    def callbacks(self, count: int = 1) -> list[Call]:
        """The callbacks that have come, once there are `count`."""
        until(lambda: len(self.mall.at(self.path)) >= count)
        return self.mall.at(self.path)
