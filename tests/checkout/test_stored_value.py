"""Balance and E-cards are money: never sold below what they are, never bought with themselves."""

import secrets

import pytest

from mingpu.checkout.queries import estimate
from mingpu.checkout.services import check_out
from mingpu.checkout.stored import cover
from mingpu.checkout.wish import asked_for
from mingpu.payments.errors import NotByStoredValue
from mingpu.payments.services import charge_stored
from mingpu.promotions.services import make_offer, stop_offer
from tests.factories import make_person, make_product
from tests.payments.trading import fund
from tests.support import zone
from tests.virtual.shop import virtual


@pytest.fixture
def everything_less():
    """An offer on everything: 400 yuan off from 500."""
    code = f"all-{secrets.token_hex(4)}"
    given = {
        "id": code, "kind": "full_reduction", "title": {"zh": "满减", "en": "Off"}, "form": "fixed",
        "steps": [{"threshold_fen": 50_000, "off": 40_000}], "starts_at": "2020-01-01T00:00:00Z",
        "ends_at": "2099-01-01T00:00:00Z",
    }  # fmt: skip
    with zone("worker"):
        make_offer(given)
    yield code
    with zone("worker"):
        stop_offer(code)


@pytest.mark.parametrize("kind", ["ecard", "balance"])
def test_no_offer_reduces_money(everything_less, kind):
    buyer, card = make_person(), virtual(kind, price_fen=100_000, face_fen=100_000)
    assert estimate(person_id=buyer.id, wanted={card: 1}).bill.total_fen == 100_000
    goods = make_product(price_fen=100_000)
    assert estimate(person_id=buyer.id, wanted={goods: 1}).bill.discount_fen == 40_000


@pytest.mark.parametrize("kind", ["ecard", "balance"])
def test_money_is_not_bought_with_stored_value(kind):
    buyer, card = make_person(), virtual(kind)
    fund(buyer, balance=10_000)
    with pytest.raises(NotByStoredValue):
        check_out(person_id=buyer.id, key="k" * 8, payment="wallet", lines={card: 1})
    placed = check_out(person_id=buyer.id, key="k" * 8, payment="wechatpay", lines={card: 1})
    with pytest.raises(NotByStoredValue):
        charge_stored(person_id=buyer.id, order_no=placed.order_no, use_balance=True, use_cards=True)
    asked = asked_for("wechatpay", use_balance=True, use_cards=True)
    assert cover(person_id=buyer.id, placed=placed, asked=asked).left_fen == 5000
