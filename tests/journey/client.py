"""An app's side of the API, for tests that live a journey over HTTP."""

import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.mall import Mall

PASSWORD = "wise-otter-Lantern-93"


@dataclass
class App:
    """One person's app: knows the mall and its own token."""

    mall: Mall
    token: str = ""
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))

    def call(
        self, method: str, path: str, body: Any = None, *, expect: int | None = None, **headers: str
    ) -> Any:
        """Call the API; return JSON (or bytes for other types). expect: the status it must have."""
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = self.http.request(method, f"{self.mall.address}/api/v1{path}", json=body, headers=headers)
        if expect is not None:
            assert answer.status_code == expect, (answer.status_code, answer.text[:500])
        if "json" in answer.headers.get("content-type", ""):
            return answer.json()
        return answer.content

    def code(self, channel: str, to: str, intent: str) -> str:
        """Ask for a verification code and read it from the inbox of the outside world."""
        self.call("POST", "/verification-codes", {"channel": channel, "to": to, "intent": intent}, expect=202)
        return wait_until(lambda: self._newest_code(to))

    def _newest_code(self, to: str) -> str:
        for message in reversed(self.http.get(f"{self.mall.outside}/inbox", params={"to": to}).json()):
            if found := re.search(r"(?<!\d)\d{6}(?!\d)", message["text"]):
                return found[0]
        return ""

    def register(self, *, username: str, phone: str, email: str | None = None) -> str:
        """Open an account; return the person's id."""
        body = {
            "username": username, "password": PASSWORD, "phone": phone,
            "phone_code": self.code("sms", phone, "register"),
            "agreed_statement": self.call("GET", "/statement", expect=200)["version"],
        }  # fmt: skip
        if email:
            body |= {"email": email, "email_code": self.code("email", email, "register")}
        made = self.call("POST", "/accounts", body, expect=201)
        self.token = made["token"]
        return str(made["person_id"])

    def order(
        self, lines: list[dict[str, Any]] | None, consignee: dict[str, str], *, expect: int = 201
    ) -> Any:
        """Place an order under a fresh key."""
        body: dict[str, Any] = {"consignee": consignee, "payment": "wechatpay"}
        if lines is not None:
            body["lines"] = lines
        return self.call("POST", "/orders", body, expect=expect, **{"Idempotency-Key": secrets.token_hex(16)})

    def pay(self, order_no: str) -> None:
        """Start a payment and scan its code in the outside world; wait until the mall knows."""
        attempt = self.call("POST", f"/orders/{order_no}/payments", {"method": "wechatpay"}, expect=201)
        self.outside("POST", "/wechatpay/scan", {"code_url": attempt["code_url"]})
        self.wait_for_status(order_no, "paid", "shipped", "delivered")

    def outside(self, method: str, path: str, body: Any = None) -> Any:
        """Do something in the outside world."""
        answer = self.http.request(
            method, f"{self.mall.outside}{path}", json=body, headers={"Accept": "application/json"}
        )
        assert answer.status_code < 400, answer.text[:500]
        return answer.json() if answer.content else None

    def wait_for_status(self, order_no: str, *statuses: str) -> Any:
        """Wait until an order is in one of these states; return it."""

        def look() -> Any:
            order = self.call("GET", f"/orders/{order_no}", expect=200)
            return order if order["status"] in statuses else None

        return wait_until(look)

    def deliver(self, order_no: str) -> str:
        """Let the courier bring the parcel; return the waybill number."""

        def booked() -> str:
            shipments = self.call("GET", f"/orders/{order_no}", expect=200)["shipments"]
            return str(shipments[0]["waybill_no"] or "") if shipments else ""

        waybill = wait_until(booked)
        for op_code in ("50", "30", "44", "80"):
            self.outside("POST", "/sf/push", {"waybill_no": waybill, "op_code": op_code})
        self.wait_for_status(order_no, "delivered")
        return waybill


def wait_until(look: Any, seconds: float = 45.0) -> Any:
    """Return the first true answer of `look`; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.2)


def buyable(app: App, **query: Any) -> dict[str, Any]:
    """Return a product that is in stock, with its SKUs."""
    page = app.call("GET", "/products?in_stock=true&page_size=20", expect=200)
    return dict(app.call("GET", f"/products/{page['items'][query.get('place', 0)]['id']}", expect=200))
