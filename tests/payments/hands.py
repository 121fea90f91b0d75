"""`python -m tests.payments.hands`: one of several processes that do random things to the same orders.

Reads what it is to do as JSON from standard input: seed, seconds, buyers, skus, offer, counterparts. A refusal is
part of life; whatever else is raised ends it with a traceback. Writes what it did as JSON.
"""

import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import django

django.setup()

import httpx  # noqa: E402 -- after setup
from django.conf import settings  # noqa: E402 -- after setup
from django.utils.module_loading import autodiscover_modules  # noqa: E402 -- after setup

from mingpu.adapters.calls import CallFailed  # noqa: E402 -- after setup
from mingpu.checkout.services import check_out  # noqa: E402 -- after setup
from mingpu.delivery.queries import shipments_of  # noqa: E402 -- after setup
from mingpu.delivery.services import confirm_receipt, follow  # noqa: E402 -- after setup
from mingpu.lib.errors import MallError  # noqa: E402 -- after setup
from mingpu.orders.queries import orders_of  # noqa: E402 -- after setup
from mingpu.orders.services import cancel, expire  # noqa: E402 -- after setup
from mingpu.payments.models import Attempt, Refund  # noqa: E402 -- after setup
from mingpu.payments.services import charge_stored, poll, record_callback, start  # noqa: E402 -- after setup
from mingpu.privacy.purposes import Purpose, processing  # noqa: E402 -- after setup
from mingpu.promotions.queries import coupons_of  # noqa: E402 -- after setup
from mingpu.promotions.services import claim  # noqa: E402 -- after setup
from mingpu.service.queries import cases_of, left_of  # noqa: E402 -- after setup
from mingpu.service.services import decide, open_case, sent_back  # noqa: E402 -- after setup
from tests.factories import TO  # noqa: E402 -- after setup
from tests.jobs import run_jobs  # noqa: E402 -- after setup
from tests.support import zone  # noqa: E402 -- after setup

METHODS = ("wechatpay", "alipay", "unionpay")
Letter = tuple[str, dict[str, str], bytes]


class Hands:
    """Somebody who does one thing after the other, to any order of any of the buyers."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.dice = random.Random(asked["seed"])
        self.buyers = [UUID(it) for it in asked["buyers"]]
        self.skus, self.offer, self.outside = asked["skus"], asked["offer"], asked["counterparts"]
        self.letters: list[Letter] = []
        self.lock = threading.Lock()
        self.did: Counter[str] = Counter()

    def work(self, seconds: float) -> None:
        """Do things until the time is over, then hand in every letter twice, the newest first."""
        verbs = {
            self.place: 16, self.begin: 14, self.scan: 16, self.use_stored_value: 5, self.take_letters: 16, self.end: 7,
            self.ask_back: 5, self.complain: 4, self.decide: 5, self.report: 9, self.ask: 4, self.work_off: 14,
        }  # fmt: skip
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            [verb] = self.dice.choices(list(verbs), list(verbs.values()))
            self.attempt(verb)
        for letter in self.letters[::-1] * 2:
            self.take(letter)

    def attempt(self, verb: Callable[[], None]) -> None:
        """Do something that may be refused in the state things are in."""
        try:
            verb()
            self.did[verb.__name__] += 1
        except (MallError, CallFailed) as refused:
            self.did[f"{verb.__name__}: {getattr(refused, 'code', '')}"] += 1

    # ---- verbs ----

    def place(self) -> None:
        who = self.dice.choice(self.buyers)
        if self.dice.random() < 0.2:
            claim(person_id=who, offer_id=self.offer)
        mine = [it.id for it in coupons_of(person_id=who, state="usable")]
        check_out(
            person_id=who, key=f"key-{self.dice.getrandbits(64)}", payment=self.dice.choice([*METHODS, "cod"]), to=TO,
            lines={sku: self.dice.randint(1, 2) for sku in self.dice.sample(self.skus, self.dice.randint(1, 2))},
            coupons=tuple(mine[:1]) if self.dice.random() < 0.5 else (),
        )  # fmt: skip

    def begin(self) -> None:
        who, order_no = self.some("pending_payment")
        start(
            person_id=who,
            order_no=order_no,
            method=self.dice.choice(METHODS),
            back="https://mall.example/orders",
        )

    def scan(self) -> None:
        """Pay by any code there is, also of what is over."""
        who, order_no = self.some()
        with processing(Purpose.SETTLEMENT, subject=who, reading=True):
            rows = Attempt.objects.filter(order_no=order_no).exclude(code_url="")
            codes = list(rows.values_list("method", "code_url"))
        if codes:
            method, code_url = self.dice.choice(codes)
            late = self.dice.random() < 0.7
            httpx.post(f"{self.outside}/{method}/scan", json={"code_url": code_url, "late": late}, timeout=20)

    def use_stored_value(self) -> None:
        who, order_no = self.some("pending_payment")
        charge_stored(
            person_id=who,
            order_no=order_no,
            use_balance=self.dice.random() < 0.7,
            use_cards=self.dice.random() < 0.7,
        )

    def take_letters(self) -> None:
        """Take some callbacks: new ones, old ones, the same again; some are only taken at the end."""
        with self.lock:
            there = self.letters[-12:] if self.dice.random() < 0.8 else self.letters[:]
        for letter in self.dice.sample(there, min(len(there), 3)):
            self.take(letter)

    def end(self) -> None:
        who, order_no = self.some(
            "pending_payment", "pending_confirmation", "confirmed", "shipped", "delivered"
        )
        verb = self.dice.choice([cancel, cancel, expire, confirm_receipt, confirm_receipt])
        verb(person_id=who, order_no=order_no)

    def ask_back(self) -> None:
        """Refund a part, as whatever asks for it does."""
        who, order_no = self.some("paid", "shipped", "delivered", "completed")
        with processing(Purpose.SETTLEMENT, subject=who, reference=order_no):
            Refund.objects.ask(
                order_no, who, self.dice.randint(100, 3000), f"case:{self.dice.getrandbits(40)}"
            )

    def complain(self) -> None:
        who, order_no = self.some("paid", "shipped", "delivered", "completed")
        left = {sku: pieces for sku, pieces in left_of(person_id=who, order_no=order_no).items() if pieces}
        if left:
            sku = self.dice.choice(sorted(left))
            kind = self.dice.choice(["refund", "refund", "return"])
            open_case(person_id=who, order_no=order_no, kind=kind, lines={sku: 1}, reason="late")

    def decide(self) -> None:
        who, order_no = self.some("paid", "shipped", "delivered", "completed")
        for case in cases_of(person_id=who, order_no=order_no):
            if case.status == "awaiting_return":
                sent_back(person_id=who, case_no=case.case_no)
            else:
                with zone("desk"):
                    decide(
                        person_id=who, case_no=case.case_no, approve=self.dice.random() < 0.8, staff="kefu"
                    )

    def report(self) -> None:
        who, order_no = self.some("paid", "confirmed", "shipped", "partially_shipped")
        for parcel in shipments_of(person_id=who, order_no=order_no):
            if parcel.waybill_no and parcel.status != "cancelled":
                status = self.dice.choice(["picked_up", "in_transit", end_of(parcel.parcel_no)])
                body = {"waybill_no": parcel.waybill_no, "status": status}
                httpx.post(f"{self.outside}/{parcel.courier}/push", json=body, timeout=20)
                with zone("worker"):
                    follow(waybill_no=parcel.waybill_no)

    def ask(self) -> None:
        who, order_no = self.some()
        with processing(Purpose.SETTLEMENT, subject=who, reading=True):
            rows = Attempt.objects.filter(order_no=order_no, method__in=METHODS)
            attempts = list(rows.values_list("id", flat=True))
        for attempt_id in attempts:
            poll(person_id=who, attempt_id=attempt_id)

    def work_off(self) -> None:
        """Do a buyer's jobs, while another process may do the same ones."""
        run_jobs(self.dice.choice(self.buyers), names=tuple(self.dice.sample(JOBS, 5)))

    # ---- how ----

    def some(self, *states: str) -> tuple[UUID, str]:
        """Pick an order, if there is one in one of these states; any, when none are named."""
        who = self.dice.choice(self.buyers)
        found = [
            it.order_no
            for it in orders_of(person_id=who, page_size=100).items
            if not states or it.status in states
        ]
        if not found:
            raise MallError
        return who, self.dice.choice(found)

    def take(self, letter: Letter) -> None:
        """Hand a callback in."""
        path, headers, body = letter
        record_callback(method=path.rpartition("/")[2], headers=headers, body=body)

    def listen(self) -> str:
        """Open a place for callbacks; returns its address."""
        hands = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with hands.lock:
                    if hands.dice.random() > 0.1:  # the others are lost
                        hands.letters.append((self.path, dict(self.headers.items()), body))
                self.send_response(200)
                self.send_header("Content-Length", "7")
                self.end_headers()
                self.wfile.write(b"success")

            def log_message(self, *words: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"


JOBS = [
    "payments.close", "payments.refund", "payments.review_cod", "payments.collected", "payments.settle_parts",
    "delivery.book", "delivery.call_off", "delivery.take_back", "service.refunded", "service.keep_back", "service.came_back",
]  # fmt: skip


def end_of(parcel_no: str) -> str:
    """Return how a parcel's way ends, the same whoever asks."""
    return "refused" if parcel_no[-1] in "23456" else "signed"


def main() -> None:
    """Work as asked."""
    autodiscover_modules("jobs")
    asked = json.load(sys.stdin)
    hands = Hands(asked)
    settings.PUBLIC_ADDRESS = hands.listen()
    settings.COUNTERPARTS_PORT = asked["port"]
    hands.work(asked["seconds"])
    json.dump(hands.did, sys.stdout)


if __name__ == "__main__":
    main()
