"""Promotions of a mall set up for trying out, one of each kind, over goods of the demo catalogue."""

from datetime import datetime, timedelta
from typing import Any, Final

from mingpu.catalog.demo_feed import SOURCE as DEMO
from mingpu.catalog.queries import brands, skus
from mingpu.lib.clock import now
from mingpu.promotions.queries import ends_of
from mingpu.promotions.rules import COUPON, FLASH, FREE_SHIPPING, FULL_REDUCTION, MEMBER_PRICE, PERCENTAGE
from mingpu.promotions.services import make_offer, renew_offer

LAST: Final = timedelta(days=60)
OFFERS: Final[tuple[dict[str, Any], ...]] = (
    {
        "id": "demo-welcome-10", "kind": COUPON, "title": {"zh": "新人券", "en": "Welcome coupon"},
        "steps": [{"threshold_fen": 9_900, "off": 1_000}], "per_person": 1, "valid_days": 30,
    },
    {
        "id": "demo-appliances-9", "kind": COUPON,
        "title": {"zh": "家电 9 折券", "en": "10 % off appliances"}, "scope": {"categories": [["家电"]]},
        "form": PERCENTAGE, "steps": [{"threshold_fen": 0, "off": 10}], "cap_fen": 5_000, "per_person": 2,
        "total": 10_000,
    },
    {
        "id": "demo-300-40", "kind": FULL_REDUCTION, "title": {"zh": "满 300 减 40", "en": "¥40 off ¥300"},
        "steps": [{"threshold_fen": 30_000, "off": 4_000}],
    },
    {
        "id": "demo-flash", "kind": FLASH, "title": {"zh": "限时抢购", "en": "Flash sale"},
        "prices": {
            "CSPA4HD6": {"price_fen": 5_900, "stock": 60, "per_person": 2},
            "TMAKRATN": {"price_fen": 9_900, "stock": 40, "per_person": 1},
            "4SRZNBJA": {"price_fen": 19_900, "stock": 30, "per_person": 1},
            "PCLL3J8J": {"price_fen": 3_900, "stock": 80, "per_person": 3},
        },
    },
    {
        "id": "demo-members", "kind": MEMBER_PRICE, "title": {"zh": "会员价", "en": "Member prices"},
        "prices": {
            "AR9643EX": {"price_fen": 3_500}, "PLL9NYPP": {"price_fen": 7_900},
            "QN497LUF": {"price_fen": 5_300}, "3PUSFS2P": {"price_fen": 6_200},
        },
    },
    {
        "id": "demo-free-59", "kind": FREE_SHIPPING, "title": {"zh": "自营满 59 包邮", "en": "Free delivery from ¥59"},
        "merchant": "mingpu", "steps": [{"threshold_fen": 5_900}],
    },
)  # fmt: skip


def ensure_demo_offers() -> None:
    """Make what is missing, and let what has ended go on; safe to repeat. Runs in the worker's zone.

    They hold for the demo's own brands, so that they leave a shop owner's goods beside them alone. Prices of goods
    that are not in the catalogue are left out.
    """
    moment = now()
    known = ends_of(it["id"] for it in OFFERS)
    for it in OFFERS:
        if it["id"] not in known:
            _make(it, moment)
        elif known[it["id"]] <= moment:
            renew_offer(it["id"], ends_at=moment + LAST)


def _make(it: dict[str, Any], moment: datetime) -> None:
    spec = {**it, "starts_at": moment.isoformat(), "ends_at": (moment + LAST).isoformat()}
    if it["kind"] in (COUPON, FULL_REDUCTION, FREE_SHIPPING):
        spec["scope"] = {**it.get("scope", {}), "brands": brands(DEMO)}
        if not spec["scope"]["brands"]:
            return
    if "prices" in it:
        spec["prices"] = {code: it["prices"][code] for code in skus(list(it["prices"]))}
        if not spec["prices"]:
            return
    make_offer(spec)
