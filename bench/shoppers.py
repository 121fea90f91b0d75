"""Shoppers as they are: they pay, change their minds, pay twice, pay late, refuse parcels and ask for money back.

They are patient: what was not answered is asked again, an order under the same key, until the run is over.
"""

import http.client
import json
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.mall import Mall
from bench.shopping import TO

INSTITUTIONS = ("wechatpay", "alipay", "unionpay")
PASSWORD = "wise-otter-Lantern-93"  # noqa: S105 -- nobody's
WRONG = (500, 502, 504)  # what the mall must never answer, whoever is dead
AGAIN = (429, 503)
STEPS = ("picked_up", "in_transit", "out_for_delivery")
STEP_OF = {
    "payments": "starting to pay", "scan": "paying", "cancel": "cancelling", "push": "being delivered to",
    "after-sales": "asking for money back", "sent-back": "asking for money back", "claim": "claiming a coupon",
    "cards": "binding a card", "receipt": "confirming receipt",
}  # fmt: skip
THINK = 0.4  # seconds between two things a shopper does, at most
Json = dict[str, Any]


class Over(Exception):
    """The load is to stop."""


@dataclass
class Market:
    """What shoppers share: where the mall is, what can be bought, who they are, what happened."""

    mall: Mall
    skus: Sequence[str]  # the first of them are scarce
    offer: str  # a coupon that there are few of
    tokens: list[str]
    cards: list[str]
    go: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    doing: dict[int, str] = field(default_factory=dict)  # thread -> what its shopper waits for
    promised: set[str] = field(default_factory=set)  # orders that somebody was told of
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        """Count something that happened."""
        with self.lock:
            self.done[what] += 1

    def complain(self, what: str) -> None:
        """Keep what should never have been answered."""
        with self.lock:
            self.wrong.append(what)


class Caller:
    """A connection to one server that is opened anew whenever it was lost."""

    def __init__(self, market: Market, port: int) -> None:
        self._market, self._port = market, port
        self._line: http.client.HTTPConnection | None = None

    def once(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Ask once; status 0 when there was no answer."""
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
            content = None if body is None else json.dumps(body)
            kind = {"Content-Type": "application/json", "Accept": "application/json"}
            self._line.request(method, path, content, {**kind, **headers})
            answer = self._line.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            if self._line:
                self._line.close()
            self._line = None
            return 0, None
        try:
            return answer.status, json.loads(text) if text else None
        except ValueError:
            return answer.status, {"code": "not_json", "text": text[:200].decode(errors="replace")}

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Ask until there is an answer that is one; raises Over when the load stops first."""
        while True:
            if not self._market.go.is_set():
                raise Over
            self._market.doing[threading.get_ident()] = _step(method, path)
            status, found = self.once(method, path, body, **headers)
            self._market.doing.pop(threading.get_ident(), None)
            if status in WRONG or (isinstance(found, dict) and found.get("code") == "not_json"):
                self._market.complain(f"{status} {method} {path.partition('?')[0]} {found}")
            if status and status < min(WRONG) and status not in AGAIN:
                return status, found
            time.sleep(random.uniform(0.2, 0.5))  # noqa: S311 -- no secret


class Person:
    """Somebody with an app: what they can do, one thing at a time."""

    def __init__(self, market: Market, seed: int) -> None:
        self.market, self.dice = market, random.Random(seed)  # noqa: S311 -- no secret
        self.web, self.outside = Caller(market, market.mall.port), Caller(market, market.mall.port + 1)
        self.token = ""

    def order(self, payment: str, **more: Any) -> str:
        """Order something, past the cart or through it; returns the number, "" when it is refused."""
        lines = [
            {"sku": sku, "quantity": self.dice.randint(1, 2)}
            for sku in self.dice.sample(self.market.skus, self.dice.randint(1, 2))
        ]
        body: Json = {
            "consignee": TO,
            "payment": payment,
            "courier": self.dice.choice(("sf", "yto", "")),
            **more,
        }
        if self.dice.random() < 0.3:
            for line in lines:
                self.call("PUT", f"/cart/lines/{line['sku']}", {"quantity": line["quantity"]})
        else:
            body["lines"] = lines
        key = secrets.token_hex(16)
        for _ in range(self.dice.choice((1, 1, 1, 2))):  # an impatient finger presses twice
            status, placed = self.call("POST", "/orders", body, key=key)
        if status != 201:
            self.market.count(f"refused: {placed['code']}")
            return ""
        with self.market.lock:
            self.market.promised.add(placed["order_no"])
        return str(placed["order_no"])

    def start(self, order_no: str, method: str = "") -> Json:
        """Begin to pay; {} when there is nothing to pay any more."""
        method = method or self.dice.choice(INSTITUTIONS)
        status, begun = self.call("POST", f"/orders/{order_no}/payments", {"method": method})
        return begun if status == 201 else {}

    def scan(self, begun: Json, *, late: bool = False) -> None:
        """Pay by a code at whichever institution."""
        if not begun or not begun.get("code_url"):
            return
        self.think()
        body = {"code_url": begun["code_url"], "late": late}
        status, _ = self.outside.ask("POST", f"/{begun['method']}/scan", body)
        self.market.count("scanned" if status == 200 else "scan refused")

    def cancel(self, order_no: str) -> None:
        """Cancel, where that is possible."""
        self.think()
        if self.call("POST", f"/orders/{order_no}/cancel")[0] == 200:
            self.market.count("cancelled")

    def afterwards(self, order_no: str) -> None:
        """Wait for the parcel or not, say that it is there or not, ask for the money or not."""
        chance = self.dice.random()
        if chance < 0.2:
            self.complain(order_no, "refund")
        elif chance < 0.7:
            self.deliver(order_no, end=self.dice.choice(("signed",) * 8 + ("returned", "lost")))
            if self.dice.random() < 0.5:
                self.call("POST", f"/orders/{order_no}/receipt")
            if self.dice.random() < 0.3:
                self.complain(order_no, self.dice.choice(("refund", "return")))

    def deliver(self, order_no: str, *, end: str) -> None:
        """Be the courier: report the parcels of an order, where they are booked by now."""
        parcels = self.wait_for(order_no, lambda order: [it for it in order["shipments"] if it["waybill_no"]])
        for it in parcels or []:
            for step in (*STEPS[: self.dice.randint(1, 3)], end):
                body = {"waybill_no": it["waybill_no"], "status": step}
                self.outside.ask("POST", f"/{it['courier']}/push", body)
            self.market.count(f"parcels {end}")

    def complain(self, order_no: str, kind: str) -> None:
        """Ask for a piece's money back; goods that are to come back are sent."""
        order = self.wait_for(order_no, lambda order: order if "after_sales" in order["actions"] else None)
        if not order:
            return
        line = self.dice.choice(order["lines"])
        body = {"type": kind, "reason": "late", "lines": [{"sku": line["sku"], "quantity": 1}]}
        status, case = self.call("POST", f"/orders/{order_no}/after-sales", body)
        if status != 201:
            return
        self.market.count("cases")
        if kind == "return" and self.wait_for(
            order_no, lambda it: _case(it, case["case_no"]) == "awaiting_return"
        ):
            self.call("POST", f"/after-sales/{case['case_no']}/sent-back")

    # ---- how they ask ----

    def call(
        self, method: str, path: str, body: object = None, *, key: str = "", patient: bool = True
    ) -> tuple[int, Any]:
        """Call the API as this person; impatient ones take any answer."""
        headers = {"Idempotency-Key": key} if key else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        ask = self.web.ask if patient else self.web.once
        return ask(method, f"/api/v1{path}", body, **headers)

    def look(self, order_no: str) -> Json:
        """Return an order."""
        return dict(self.call("GET", f"/orders/{order_no}")[1])

    def wait_for(self, order_no: str, seen: Callable[[Json], Any], seconds: float = 8.0) -> Any:
        """Look until there is what is waited for; None when patience ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := seen(self.look(order_no)):
                return found
            time.sleep(0.5)
        return None

    def code(self, phone: str) -> str:
        """Read the newest code from the phone."""
        for _ in range(20):
            status, messages = self.outside.once("GET", f"/inbox?to={phone}")
            for message in reversed(messages if status == 200 else []):
                digits = "".join(it if it.isdigit() else " " for it in message["text"]).split()
                if codes := [it for it in digits if len(it) == 6]:
                    return codes[0]
            time.sleep(0.3)
        return ""

    def think(self) -> None:
        """Take a moment."""
        time.sleep(self.dice.uniform(0, THINK))


class Shopper(Person):
    """One person after the other, each with something to buy."""

    def run(self) -> None:
        """Shop until it is over; while the load is stopped, wait."""
        journeys = {
            self.pay: 40, self.pay_with_cards: 12, self.at_the_door: 16, self.pay_late: 8, self.pay_twice: 6,
            self.change_mind: 8, self.forget: 3, self.newcomer: 2, self.with_coupon: 10,
        }  # fmt: skip
        while not self.market.over.is_set():
            if not self.market.go.wait(0.2):
                continue
            self.token = self.dice.choice(self.market.tokens)
            [journey] = self.dice.choices(list(journeys), list(journeys.values()))
            try:
                journey()
            except Over:
                continue

    # ---- journeys ----

    def pay(self) -> None:
        """Order, pay with an institution; most get their parcel, some ask for money back."""
        if order_no := self.order(self.dice.choice(INSTITUTIONS)):
            self.scan(self.start(order_no))
            self.afterwards(order_no)

    def pay_with_cards(self) -> None:
        """Bind an E-card and pay with it, the rest with an institution."""
        with self.market.lock:
            code = self.market.cards.pop() if self.market.cards else ""
        if code:
            self.call("POST", "/me/wallet/cards", {"code": code})
        method = self.dice.choice(("wallet", *INSTITUTIONS))
        order_no = self.order(method, use_balance=True, use_cards=True)
        if order_no and (left := self.look(order_no).get("left_to_pay_fen")):
            if self.dice.random() < 0.3:
                self.cancel(order_no)
                return
            assert left > 0
            self.scan(self.start(order_no, self.dice.choice(INSTITUTIONS)))
        if order_no:
            self.afterwards(order_no)

    def at_the_door(self) -> None:
        """Pay the courier, or refuse the parcel."""
        if not (order_no := self.order("cod")):
            return
        if self.dice.random() < 0.1:
            self.cancel(order_no)
            return
        self.deliver(order_no, end="refused" if self.dice.random() < 0.15 else "signed")

    def pay_late(self) -> None:
        """Cancel an order and pay for it all the same: it is bought after all, or the money goes back."""
        if order_no := self.order(self.dice.choice(INSTITUTIONS)):
            begun = self.start(order_no)
            self.cancel(order_no)
            self.scan(begun, late=True)
            self.market.count("paid late")

    def pay_twice(self) -> None:
        """Pay one order with two institutions."""
        first, second = self.dice.sample(INSTITUTIONS, 2)
        if order_no := self.order(first):
            ways = [self.start(order_no, first), self.start(order_no, second)]
            for way in ways:
                self.scan(way, late=True)
            self.market.count("paid twice")

    def change_mind(self) -> None:
        """Cancel while paying."""
        if order_no := self.order(self.dice.choice(INSTITUTIONS)):
            begun = self.start(order_no) if self.dice.random() < 0.5 else {}
            self.cancel(order_no)
            self.scan(begun)

    def forget(self) -> None:
        """Order and go away."""
        self.order(self.dice.choice(INSTITUTIONS))

    def with_coupon(self) -> None:
        """Claim a coupon and use it twice; only one order may have it."""
        status, made = self.call("POST", f"/offers/{self.market.offer}/claim")
        if status != 201:
            return
        used = [self.order(self.dice.choice(INSTITUTIONS), coupons=[made["id"]]) for _ in range(2)]
        self.market.count("coupons claimed")
        for order_no in used:
            if order_no and self.dice.random() < 0.5:
                self.cancel(order_no)
            elif order_no:
                self.scan(self.start(order_no))

    def newcomer(self) -> None:
        """Register with a code from the phone, then buy."""
        phone = f"13{secrets.randbelow(10**9):09d}"
        asked = {"channel": "sms", "to": phone, "intent": "register"}
        self.token = ""
        if self.call("POST", "/verification-codes", asked, patient=False)[0] != 202 or not (
            code := self.code(phone)
        ):
            return
        statement = self.call("GET", "/statement")[1]["version"]
        body = {
            "username": f"u{secrets.token_hex(6)}", "password": PASSWORD, "phone": phone, "phone_code": code,
            "agreed_statement": statement,
        }  # fmt: skip
        status, made = self.call("POST", "/accounts", body)
        if status == 201:
            self.market.count("registered")
            self.token = made["token"]
            with self.market.lock:
                self.market.tokens.append(made["token"])
            self.pay()


def _step(method: str, path: str) -> str:
    """Name what a shopper does by this call."""
    if method == "GET":
        return "looking"
    last = path.rpartition("/")[2]
    return STEP_OF.get(last, "ordering" if last == "orders" else "other")


def _case(order: Json, case_no: str) -> str:
    return next((str(it["status"]) for it in order["cases"] if it["case_no"] == case_no), "")
