"""What the Alipay tests share: a client per test, with a webhook path of its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.payment import PaymentRequest, PaymentState, RefundRequest, Trade
from mingpu.adapters.payment.alipay import AlipayGateway
from tests.adapters.conftest import QUICK, Call, Mall, Side, unique, until


class Till:
    """One merchant's till: its client and its webhook, which says `success`."""

    def __init__(self, side: Side, mall: Mall, **changes: Any) -> None:
        self.side, self.mall = side, mall
        self.path = f"/webhooks/{unique()}"
        mall.replies[self.path] = [(200, b"success")]
        config = wiring.alipay_config(side.keys, address=side.address, notify_url=mall.url(self.path))
        self.config = replace(config, **({"patience": QUICK} | changes))
        self.gateway = AlipayGateway(self.config)

    def with_patience(self, patience: Patience) -> AlipayGateway:
        return AlipayGateway(replace(self.config, patience=patience))

    def order(self, amount_fen: int = 1990, *, seconds: float = 1800) -> PaymentRequest:
        now = datetime.now(UTC)
        return PaymentRequest(
            out_trade_no=unique(),
            amount_fen=amount_fen,
            started_at=now,
            expires_at=now + timedelta(seconds=seconds),
        )

    def scan(self, code_url: str, **more: Any) -> dict[str, Any]:
        answer = self.side.post("/alipay/scan", code_url=code_url, **more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def look(self, code_url: str) -> httpx.Response:
        """Somebody scans a code and does not pay yet."""
        return httpx.get(f"{self.side.address}/alipay/pay", params={"code_url": code_url})

    def paid(self, amount_fen: int = 1990) -> PaymentRequest:
        """An order, paid; its notice may still be on its way."""
        order = self.order(amount_fen)
        self.scan(self.gateway.create(order))
        return order

    def refund_of(self, order: PaymentRequest, amount_fen: int, number: str = "") -> RefundRequest:
        return RefundRequest(
            out_trade_no=order.out_trade_no,
            out_refund_no=number or unique("R"),
            amount_fen=amount_fen,
            total_fen=order.amount_fen,
            provider_txn="",
            asked_at=datetime.now(UTC),
        )

    def state(self, order: PaymentRequest) -> PaymentState:
        return self.gateway.query(trade(order))

    def payment(self, call: Call) -> PaymentState:
        """What a genuine notice says."""
        told = self.gateway.parse_callback(call.headers, call.body).payment
        assert told is not None
        return told

    def notices(self, count: int = 1) -> list[Call]:
        """The notices that have come, once there are `count`."""
        until(lambda: len(self.mall.at(self.path)) >= count)
        return self.mall.at(self.path)


def trade(order: PaymentRequest) -> Trade:
    return Trade(out_trade_no=order.out_trade_no, started_at=order.started_at)
