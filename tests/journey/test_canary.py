"""A person with a mark in every field lives the journey; then every byte that is kept or left is searched.

What is sealed must not stand in the clear anywhere under MINGPU_HOME, not even in the write-ahead log. No
party may have received more than its list. After erasure a logical dump holds nothing of the person but the
frozen, sealed order record.
"""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.mall import Mall, mall
from mingpu.accounts.device_rules import HARDWARE
from mingpu.privacy.register import REGISTER
from tests.journey.client import PASSWORD, App, buyable, wait_until

MARK = uuid.uuid4().hex[:6]
PHONE, TO_PHONE = f"137{int(MARK, 16) % 10**8:08d}", f"136{(int(MARK, 16) + 7) % 10**8:08d}"
CANARIES = {
    "username": f"金丝雀{MARK}",
    "phone": PHONE,
    "email": f"canary-{MARK}@example.com",
    "nickname": f"昵称{MARK}",
    "interests": f"interest-{MARK}",
    "birthday": "1987-03-29",
    "name": f"收货人{MARK}",
    "to_phone": TO_PHONE,
    "street": f"金丝雀路{MARK}号",
    "landline": f"0571-8{int(MARK, 16) % 10**7:07d}",
    "to_email": f"parcel-{MARK}@example.com",
    "keywords": f"茶杯 {MARK}",
    "description": f"售后说明{MARK}",
    "density": f"2.{int(MARK, 16):08d}",
    "nonsense": f"screen-{MARK}",
    "device": f"手机{MARK}",
    "imei": f"49{int(MARK, 16):012d}7",
    "mac": ":".join((MARK + MARK)[at : at + 2] for at in range(0, 12, 2)),
    "android_id": f"c0ffee{MARK}{MARK[:4]}",
    "idfa": f"{MARK}cd-a667-48bc-b806-42ec{MARK}ab",
    "openudid": f"{MARK}{'5a' * 17}",
    "guid": f"{MARK}40-9dc0-11d1-b245-5ffd{MARK}d2",
    "imsi": f"4601{int(MARK, 16):011d}",
    "mac as it is hashed": MARK + MARK,
    "guid as it is hashed": f"{MARK}409dc011d1b2455ffd{MARK}d2",
}
TO = {
    "name": CANARIES["name"], "phone": TO_PHONE, "province": "浙江省", "city": "杭州市", "district": "西湖区",
    "street": CANARIES["street"], "landline": CANARIES["landline"], "email": CANARIES["to_email"],
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Iterator[Mall]:
    with mall("counterparts", "web", "worker", "desk", MINGPU_COOLING_OFF_DAYS="0") as it:
        yield it


@pytest.fixture(scope="module")
def lived(world: Mall) -> tuple[App, str, str]:
    """Live the journey once; return the app, the person's id and the order's number."""
    app = App(world)
    person = app.register(username=CANARIES["username"], phone=PHONE, email=CANARIES["email"])
    app.call(
        "PATCH",
        "/me/profile",
        {
            "nickname": CANARIES["nickname"],
            "gender": "female",
            "birthday": CANARIES["birthday"],
            "interests": [CANARIES["interests"]],
        },
        expect=200,
    )
    for consent in ("search_history", "browsing_history", "personalisation", "continuity"):
        app.call("PUT", f"/me/privacy/consents/{consent}", {"granted": True}, expect=200)
    hardware = {kind: CANARIES[kind] for kind in HARDWARE}
    app.call("PUT", "/me/device", {"name": CANARIES["device"], **hardware}, expect=200)
    app.http.get(f"{world.address}/api/v1/products", params={"q": CANARIES["keywords"]},
                 headers={"Authorization": f"Bearer {app.token}"})  # fmt: skip
    screen = {"Sec-CH-DPR": CANARIES["density"], "Save-Data": CANARIES["nonsense"]}
    for path in ("/", "/search", "/nowhere"):
        app.http.get(f"{world.address}{path}", headers={**screen, "Cookie": f"mingpu_session={app.token}"})
    app.call("POST", "/me/addresses", TO, expect=201)
    sku = next(it["sku"] for it in buyable(app)["skus"] if it["in_stock"])
    app.call("PUT", f"/cart/lines/{sku}", {"quantity": 2}, expect=200)
    order_no = app.order(None, TO)["order_no"]
    app.pay(order_no)
    app.deliver(order_no)
    app.call("POST", f"/orders/{order_no}/receipt", expect=200)
    return app, person, order_no


def files(home: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield what is kept on disk, but for the play world's own memory, which is not ours."""
    for path in home.rglob("*"):
        if path.is_file() and "counterparts" not in path.parts:
            yield path, path.read_bytes()


def test_nothing_sealed_stands_in_the_clear_anywhere(world, lived):
    app, _, _ = lived
    app.call("POST", "/me/privacy/exports", expect=202)
    world.command("-c", "from mingpu.ops.database import *; connect_admin('mingpu').execute('CHECKPOINT')")
    found = [
        (name, str(path.relative_to(world.home)))
        for path, content in files(world.home)
        for name, value in {**CANARIES, "password": PASSWORD}.items()
        if value.encode() in content
    ]
    assert found == []


def test_no_party_received_more_than_its_list(world, lived):
    app, _, order_no = lived
    received = {
        party: json.dumps(app.outside("GET", f"/received?party={party}"), ensure_ascii=False)
        for party in ("wechatpay", "sf", "sms", "mail")
    }
    may_know = {
        "wechatpay": set(),
        "sf": {"name", "to_phone", "street", "landline"},
        "sms": {"phone"},
        "mail": {"email"},
    }
    for party, text in received.items():
        assert text != "[]", f"{party} received nothing: the journey did not reach it"
        readable = text + json.dumps([_bodies(it) for it in json.loads(text)], ensure_ascii=False)
        knows = {name for name, value in CANARIES.items() if value in readable}
        assert knows <= may_know[party], party
    assert order_no in received["wechatpay"]
    title = buyable(app)["title"]
    assert title not in received["sf"] + received["wechatpay"]


def _bodies(request):
    """Read a form's or a JSON's inner text as well, as a curious party would."""
    from urllib.parse import unquote_plus

    body = request.get("body") or ""
    try:
        return json.loads(f'"{unquote_plus(body)}"') if "\\u" in body else unquote_plus(body)
    except json.JSONDecodeError:
        return unquote_plus(body).encode().decode("unicode_escape", "ignore")


def test_the_person_sees_what_left(lived):
    app, _, order_no = lived
    shares = app.call("GET", "/me/privacy/shares", expect=200)["items"]
    by = {share["recipient"] for share in shares}
    assert {"sms_gateway", "mail_gateway", "wechatpay", "sf"} <= by
    courier = next(share for share in shares if share["recipient"] == "sf")
    assert CANARIES["street"] in json.dumps(courier["payload"], ensure_ascii=False)
    assert all(
        set(share["payload"]) <= set(REGISTER.recipients[share["recipient"]].fields) for share in shares
    )
    assert any(
        order_no in json.dumps(share["payload"]) for share in shares if share["recipient"] == "wechatpay"
    )


def test_after_erasure_a_dump_holds_only_the_frozen_record(world, lived):
    app, person, order_no = lived
    leaving = app.call("POST", "/me/cancellation", {"password": PASSWORD}, expect=202)
    assert leaving["blockers"] == []
    certificate = wait_until(
        lambda: (
            it
            if (
                it := app.http.get(f"{world.address}/api/v1/certificates/{leaving['certificate_id']}")
            ).status_code
            == 200
            else None
        )
    )
    path = world.home / "certificate.json"
    path.write_bytes(certificate.content)
    checked = world.command("-m", "mingpu", "verify-certificate", str(path))
    assert checked.startswith("GENUINE")
    assert "no receipt yet" not in checked
    path.unlink()
    told = json.loads(certificate.content)["certificate"]["notices"]
    assert {it["recipient"]: it["state"] for it in told} == dict.fromkeys(
        ("mail_gateway", "sf", "sms_gateway", "wechatpay"), "acknowledged"
    )
    notices = json.dumps(app.outside("GET", "/received?party=deletion"), ensure_ascii=False)
    assert [name for name, value in CANARIES.items() if value in notices or person in notices] == []
    for typed in (CANARIES["keywords"], CANARIES["keywords"][:2], MARK):
        offered = app.http.get(f"{world.address}/api/v1/suggestions", params={"q": typed}).text
        offered = offered.replace(
            f'"q":"{typed}"', ""
        )  # numbers of products in it may hold six signs like the mark
        assert [name for name, value in CANARIES.items() if value in offered] == []
        assert f"茶杯{MARK}" not in offered.replace(" ", "")
    dump = world.command(
        "-c",
        "import os, subprocess; from mingpu.home import secret; from mingpu.ops.postgres import BINARIES, cluster;"
        "print(subprocess.run([str(BINARIES / 'pg_dump'), '-h', str(cluster().socket), '-U', 'postgres', '--inserts',"
        " 'mingpu'], check=True, capture_output=True, text=True,"
        " env={**os.environ, 'PGPASSWORD': secret('admin', 'password')}).stdout)",
    )
    assert person not in dump
    assert [name for name, value in CANARIES.items() if value in dump] == []
    tables = {line.split()[2] for line in dump.splitlines() if line.startswith("INSERT") and order_no in line}
    frozen = {f"public.{table.name}" for table in REGISTER.tables.values() if table.erase == "freeze"}
    assert tables
    assert tables <= frozen
    shown = world.command("-m", "mingpu", "legal", order_no, "--case", "2026-TEST-1", "--by", "测试")
    assert CANARIES["name"] in shown, "the frozen record must stay readable for a lawful case"
