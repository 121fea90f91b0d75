"""Making offers: the JSON shape, what is refused, the command, and the demo."""

import argparse
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from mingpu.catalog import demo
from mingpu.catalog.models import Product
from mingpu.catalog.queries import brands
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.ops.commands import offers as command
from mingpu.promotions.demo import OFFERS, ensure_demo_offers
from mingpu.promotions.errors import FlashOverlaps, OfferExists
from mingpu.promotions.models import Offer
from mingpu.promotions.queries import all_offers, ends_of
from mingpu.promotions.rules import Offer as OfferOfRules
from mingpu.promotions.services import make_offer, renew_offer, stop_offer
from mingpu.promotions.specs import read_spec
from tests.people import from_owner
from tests.promotions.shop import goods, sale, spec
from tests.support import zone

FLASH_PRICE = {"price_fen": 100, "stock": 1, "per_person": 1}


@pytest.fixture(autouse=True)
def _worker():
    with zone("worker"):
        yield


def test_an_offer_comes_out_as_it_was_written():
    [sku] = goods()
    key = make_offer(
        spec(
            "coupon", merchant="mingpu", form="percentage", cap_fen=5_000, total=10, per_person=2, valid_days=7,
            steps=[{"threshold_fen": 0, "off": 5}, {"threshold_fen": 10_000, "off": 10}],
            scope={"categories": [["家电", "风扇"]], "brands": ["甲"], "skus": [sku]},
        )
    )  # fmt: skip
    [it] = [it for it in all_offers() if it.offer.id == key]
    assert it.offer == OfferOfRules(
        key, "coupon", it.offer.title, "mingpu", it.offer.scope, "percentage", it.offer.steps, 5_000
    )
    assert (it.offer.scope.categories, it.offer.scope.brands, it.offer.scope.skus) == (
        (("家电", "风扇"),), ("甲",), (sku,),
    )  # fmt: skip
    assert [(step.threshold_fen, step.off) for step in it.offer.steps] == [(0, 5), (10_000, 10)]
    assert (it.claimed, it.total, it.active) == (0, 10, True)


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("coupon", {"id": "UPPER"}, "id"),
        ("coupon", {"kind": "gift"}, "kind"),
        ("coupon", {"colour": 1}, "colour"),
        ("full_reduction", {"per_person": 1}, "per_person"),
        ("coupon", {"title": {"zh": "一"}}, "title"),
        ("coupon", {"title": {"zh": "一" * 61, "en": "a"}}, "title"),
        ("coupon", {"starts_at": "2026-11-01"}, "starts_at"),
        ("coupon", {"ends_at": "soon"}, "ends_at"),
        ("coupon", {"ends_at": "2020-01-01T00:00:00Z"}, "ends_at"),
        ("coupon", {"steps": []}, "steps"),
        ("coupon", {"steps": [{"threshold_fen": 1}]}, "steps"),
        ("coupon", {"steps": [{"threshold_fen": 1, "off": 0}]}, "off"),
        ("coupon", {"steps": [{"threshold_fen": 1, "off": True}]}, "off"),
        ("coupon", {"steps": [{"threshold_fen": 5, "off": 1}, {"threshold_fen": 4, "off": 2}]}, "steps"),
        ("coupon", {"form": "percentage", "steps": [{"threshold_fen": 0, "off": 101}]}, "off"),
        ("coupon", {"cap_fen": 100}, "cap_fen"),
        ("coupon", {"total": 0}, "total"),
        ("coupon", {"scope": {"colours": []}}, "scope"),
        ("coupon", {"scope": {"categories": ["家电"]}}, "scope"),
        ("coupon", {"scope": {"brands": [1]}}, "scope"),
        ("coupon", {"scope": {"skus": ["no-such-sku"]}}, "no-such-sku"),
        ("coupon", {"merchant": "nobody"}, "merchant"),
        ("free_shipping", {"steps": [{"threshold_fen": 1, "off": 1}]}, "steps"),
        ("flash", {"prices": {}}, "prices"),
        ("flash", {"prices": {"x": {"price_fen": 1}}}, "prices"),
        ("flash", {"prices": {"x": FLASH_PRICE}}, "x"),
        ("flash", {"prices": {"x": FLASH_PRICE}, "ends_at": "2030-01-01T00:00:00Z"}, "ends_at"),
        ("member_price", {"prices": {"x": {"price_fen": 0}}}, "price_fen"),
    ],
)
def test_what_is_wrong_is_named(kind, change, field):
    before = Offer.objects.count()
    with pytest.raises(Invalid) as refused:
        make_offer({**spec(kind), **change})
    assert refused.value.facts["field"] == field
    assert Offer.objects.count() == before


def test_an_id_is_given_once_and_only_a_known_offer_is_stopped():
    given = spec("coupon")
    make_offer(given)
    with pytest.raises(OfferExists):
        make_offer(given)
    with pytest.raises(NotFound):
        stop_offer("t-nothing")


def test_a_sku_is_in_one_flash_sale_at_a_time():
    [sku] = sale(stock=4)
    with pytest.raises(FlashOverlaps):
        make_offer(spec("flash", prices={sku: FLASH_PRICE}))
    later = {
        "starts_at": (now() + timedelta(days=2)).isoformat(),
        "ends_at": (now() + timedelta(days=3)).isoformat(),
    }
    make_offer(spec("flash", prices={sku: FLASH_PRICE}, **later))
    [first] = (
        Offer.objects.filter(kind="flash", id__in=[it.offer.id for it in all_offers() if it.prices])
        .filter(starts_at__lt=now())
        .order_by("-starts_at")
        .values_list("id", flat=True)[:1]
    )
    with pytest.raises(FlashOverlaps):
        renew_offer(first, ends_at=now() + timedelta(days=9))
    with pytest.raises(NotFound):
        renew_offer("t-nothing", ends_at=now())


def test_the_command_makes_what_it_can_lists_and_stops(tmp_path, capsys):
    good, bad = spec("full_reduction"), spec("coupon", colour="red")
    path = tmp_path / "offers.json"
    path.write_text(json.dumps([good, bad]), encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        status = command.run(parser.parse_args(words))
        return status, capsys.readouterr().out

    status, out = run("add", str(path))
    assert status == 1
    assert f"added: {good['id']}" in out
    assert "#2" in out
    assert "colour" in out
    status, out = run("list")
    assert status == 0
    assert good["id"] in out
    assert "满 ¥99 减 ¥10" in out
    assert run("stop", good["id"])[0] == 0
    assert "stopped" in next(line for line in run("list")[1].splitlines() if good["id"] in line)
    assert run("stop", "nothing")[0] == 1
    assert run("add", str(tmp_path / "none.json"))[0] == 1


@pytest.fixture
def _no_demo():
    yield
    Product.objects.filter(source="demo", title="壶").delete()
    for table in ("flash", "memberprice"):
        from_owner(f"DELETE FROM promotions_{table} WHERE offer_id = ANY(%s)", [[it["id"] for it in OFFERS]])
    from_owner("DELETE FROM promotions_offer WHERE id = ANY(%s)", [[it["id"] for it in OFFERS]])


@pytest.mark.usefixtures("_no_demo")
def test_the_demo_can_be_made_again_and_goes_on():
    ensure_demo_offers()
    if not brands("demo"):  # it holds for goods of the demo alone, so there must be some
        assert not ends_of(["demo-welcome-10"])
        moment = now()
        Product.objects.create(
            source="demo",
            external_id=uuid4().hex,
            title="壶",
            brand="槐序里",
            listed_at=moment,
            for_sale=False,
        )
        ensure_demo_offers()
    made_once = ends_of(it["id"] for it in OFFERS)
    assert "demo-welcome-10" in made_once
    ensure_demo_offers()
    assert ends_of(it["id"] for it in OFFERS) == made_once
    past = now() - timedelta(seconds=5)
    Offer.objects.filter(id="demo-300-40").update(ends_at=past, starts_at=past - timedelta(days=9))
    ensure_demo_offers()
    assert ends_of(["demo-300-40"])["demo-300-40"] > now()


def test_every_demo_offer_is_a_correct_one_over_demo_goods():
    codes = {sku["sku"]: sku["price_fen"] for it in read_demo_rows() for sku in it["skus"]}
    for it in OFFERS:
        times = {"starts_at": now().isoformat(), "ends_at": (now() + timedelta(days=60)).isoformat()}
        read = read_spec({**it, **times})
        assert read.offer.id == it["id"]
        assert all(price.price_fen < codes[sku] for sku, price in read.prices.items())


def read_demo_rows() -> list[dict[str, Any]]:
    rows = (Path(demo.__file__).parent / "products.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in rows.splitlines()]
