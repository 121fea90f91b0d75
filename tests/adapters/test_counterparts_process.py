"""The counterparts as a process: killed, started twice, on a port that is taken."""

import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.courier.sf import SfCourier
from mingpu.adapters.payment import RefundStatus
from tests.adapters.conftest import ROOT, Mall, Side, free_port, launch, unique, until
from tests.adapters.parcels import parcel
from tests.adapters.paying import Till, refund_of, trade_of

HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


def test_a_killed_process_loses_nothing(mall: Mall, tmp_path: Path):
    side = launch(tmp_path, mall.url("/webhooks/none"))
    try:
        till = Till(side, mall)
        order = till.paid(700)
        until(lambda: mall.at(till.path))
        mall.replies[till.path] = [(503, b"")]
        waiting = till.paid(800)  # its callback is refused, and will be due again
        courier = SfCourier(wiring.sf_config(side.keys, address=side.address))
        request = parcel()
        waybill = courier.book(request)
        side.fault("wechatpay", "abnormal")
        side.fault("wechatpay", "rotate_key")
        till.callbacks(2)
        seen = len(side.get("/received", party="wechatpay"))
        side.kill()
        mall.replies[till.path] = [(200, b"")]
        count = len(mall.at(till.path))

        side = launch(tmp_path, mall.url("/webhooks/none"), port=side.port, smtp_port=side.smtp_port)
        assert till.gateway.query(trade_of(order)).amount_fen == 700
        assert courier.find(request.parcel_no) == waybill
        assert len(side.get("/received", party="wechatpay")) >= seen
        assert len(side.get("/faults")) == 1
        late = till.callbacks(count + 1)[count]
        assert Till(side, mall).payment(late).out_trade_no == waiting.out_trade_no
        number = unique("R")
        till.gateway.refund(refund_of(order, 7, number))
        until(lambda: till.gateway.query_refund(refund_of(order, 7, number)).status is RefundStatus.ABNORMAL)
        courier.close()
    finally:
        assert side.stop() == 0


def test_killed_at_any_moment_no_payment_is_lost(mall: Mall, tmp_path: Path):
    """Payments go on while the process is killed; every one it confirmed is told in the end."""
    side = launch(tmp_path, mall.url("/webhooks/none"))
    try:
        till = Till(side, mall)
        for _ in range(3):
            codes = [till.gateway.create(till.order()) for _ in range(15)]
            confirmed = threading.Event()
            paying = threading.Thread(target=_pay_all, args=(side, codes, confirmed), daemon=True)
            paying.start()
            confirmed.wait(30)
            time.sleep(0.01)
            side.kill()
            paying.join(10)
            side = launch(tmp_path, mall.url("/webhooks/none"), port=side.port, smtp_port=side.smtp_port)
        paid = {one["out_trade_no"] for one in _trades(tmp_path) if one["state"] == "SUCCESS"}
        assert paid

        def told() -> bool:
            return {till.payment(one).out_trade_no for one in mall.at(till.path)} >= paid

        until(told)
    finally:
        side.stop()


def _pay_all(side: Side, codes: list[str], confirmed: threading.Event) -> None:
    for code_url in codes:
        try:
            side.post("/wechatpay/scan", code_url=code_url)
        except httpx.HTTPError:
            return
        confirmed.set()


def _trades(directory: Path) -> list[dict[str, Any]]:
    path = f"file:{directory / 'counterparts.sqlite3'}?mode=ro"
    with sqlite3.connect(path, uri=True) as found:
        found.row_factory = sqlite3.Row
        return [dict(row) for row in found.execute("SELECT * FROM trade")]


def test_a_second_process_on_the_same_state_is_refused(side: Side):
    command = [sys.executable, "-m", "mingpu.adapters.counterparts", "--directory", str(side.directory)]
    command += ["--port", str(free_port()), "--smtp-port", str(free_port())]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode != 0
    assert "other counterparts are running" in done.stderr + done.stdout


def test_a_port_that_is_taken_is_told(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "mingpu.adapters.counterparts", "--directory", str(tmp_path)]
        for more in (
            ["--port", port, "--smtp-port", str(free_port())],
            ["--port", str(free_port()), "--smtp-port", port],
        ):
            done = subprocess.run(
                command + more, cwd=ROOT, capture_output=True, check=False, text=True, timeout=60,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            assert done.returncode != 0
            assert "in use" in done.stderr + done.stdout
