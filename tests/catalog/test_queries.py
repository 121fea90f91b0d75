"""Reading the catalogue: what is shown, in which language, in how many statements, how fresh."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingpu.catalog import queries
from mingpu.catalog.cache import News
from mingpu.catalog.feed_values import FeedItem, FeedSku, note
from mingpu.catalog.models import Sku
from mingpu.catalog.rules import offered, product_id
from mingpu.catalog.services import announce, mark_changed
from mingpu.lib.text import speaking
from mingpu.merchants.demo import POTTERY, ensure_demo_merchants
from mingpu.privacy.purposes import Purpose, processing
from tests.catalog.shop import item, look, source, stored, take
from tests.support import zone


@pytest.fixture
def origin() -> str:
    return source()


def own(origin: str, **fields: object) -> FeedItem:
    return item(origin, **{"title_en": "Gooseneck kettle", "description_en": "Pours thin.", **fields})


def two_sizes(origin: str, small: int = 5, large: int = 5) -> FeedItem:
    skus = (
        FeedSku(f"{origin}-s", {"容量": "600 ml"}, 9900, small, list_price_fen=11900),
        FeedSku(f"{origin}-l", {"容量": "900 ml"}, 12900, large),
    )
    return own(origin, skus=skus, price_fen=9900)


def taken(it: FeedItem) -> UUID:
    take(it)
    look()
    return product_id(it.source, it.external_id)


def set_stock(code: str, stock: int) -> None:
    """Sell out or fill up, as a job of the worker tells it."""
    with zone("worker"):
        Sku.objects.filter(code=code).update(stock=stock)
        mark_changed(skus=[code])
    look()


def statements(work) -> int:
    with CaptureQueriesContext(
        connection,
    ) as done:
        work()
    return len(done)


# ---- cards ----


def test_a_card_shows_the_cheapest_that_can_be_had(origin):
    key = taken(two_sizes(origin))
    (card,) = queries.cards([key])
    assert (card.sku, card.price_fen, card.list_price_fen, card.in_stock) == (
        f"{origin}-s",
        9900,
        11900,
        True,
    )
    set_stock(f"{origin}-s", 0)
    (card,) = queries.cards([key])
    assert (card.sku, card.price_fen, card.list_price_fen, card.in_stock) == (
        f"{origin}-l",
        12900,
        None,
        True,
    )
    set_stock(f"{origin}-l", 0)
    (card,) = queries.cards([key])
    assert (card.sku, card.price_fen, card.in_stock) == (f"{origin}-s", 9900, False)


def test_cards_come_in_the_order_asked_for_without_unknown_ones(origin):
    take(*(item(origin, str(place)) for place in range(4)))
    ids = [product_id(origin, str(place)) for place in (2, 0, 3)]
    assert [card.id for card in queries.cards([ids[0], uuid4(), str(ids[1]), ids[2]])] == ids


def test_cards_speak_the_readers_language(origin):
    key = taken(own(origin))
    with speaking("en"):
        assert queries.cards([key])[0].title == "Gooseneck kettle"
    assert queries.cards([key])[0].title == "细口壶 1"
    assert queries.cards([key], "en")[0].title == "Gooseneck kettle"


def test_where_there_is_no_english_the_chinese_stands(origin):
    take(item(origin))
    assert queries.cards([product_id(origin, "1")], "en")[0].title == "细口壶 1"


def test_what_is_not_for_sale_has_neither_sku_nor_price(origin):
    take(item(origin, price_fen=None, notes=(note("no_price"),)))
    (card,) = queries.cards([product_id(origin, "1")])
    assert (card.sku, card.price_fen, card.for_sale, card.in_stock) == ("", None, False, False)


def test_a_list_takes_one_statement_and_none_when_seen_before(origin):
    take(*(item(origin, str(place)) for place in range(24)))
    ids = [product_id(origin, str(place)) for place in range(24)]
    look()
    assert statements(lambda: queries.cards(ids)) == 1
    assert statements(lambda: queries.cards(ids)) == 0


def test_a_card_goes_by_the_same_rule_as_the_index(origin):
    key = taken(two_sizes(origin, small=0))
    rows = Sku.objects.filter(product_id=key).values_list("price_fen", "stock", "position", "code")
    chosen = offered(rows)
    assert chosen
    assert queries.cards([key])[0].sku == chosen[3] == f"{origin}-l"
    assert next(queries.listings([key])).price_fen == 12900


def test_a_card_says_whose_it_is_and_what_kind(origin):
    with zone("worker"):
        ensure_demo_merchants()
    take(item(origin, merchant=POTTERY), item(origin, "2", kind="ecard", face_fen=100_00))
    pot, card = queries.cards([product_id(origin, "1"), product_id(origin, "2")])
    assert (pot.merchant, pot.kind) == (POTTERY, "goods")
    assert (card.merchant, card.kind) == ("mingpu", "ecard")


# ---- one product ----


def test_a_products_page_shows_everything(origin):
    key = taken(two_sizes(origin, large=0))
    page = queries.product(key, "en")
    assert page
    assert (page.title, page.description) == ("Gooseneck kettle", "Pours thin.")
    assert (page.price_from_fen, page.price_to_fen) == (9900, 12900)
    assert [(sku.sku, sku.left, sku.in_stock) for sku in page.skus] == [
        (f"{origin}-s", 5, True), (f"{origin}-l", 0, False),
    ]  # fmt: skip
    assert page.in_stock
    assert page.not_for_sale is None


def test_a_products_page_says_whose_it_is_and_what_is_checked_and_worth(origin):
    with zone("worker"):
        ensure_demo_merchants()
    take(
        item(origin, merchant=POTTERY, real_name=True, grams=900), item(origin, "2", kind="ecard", face_fen=100_00)
    )  # fmt: skip
    pot, card = (queries.product(product_id(origin, name)) for name in ("1", "2"))
    assert pot
    assert card
    assert (pot.merchant, pot.kind, pot.real_name) == (POTTERY, "goods", True)
    assert (pot.skus[0].grams, pot.skus[0].face_fen) == (900, None)
    assert (card.merchant, card.kind, card.real_name) == ("mingpu", "ecard", False)
    assert (card.skus[0].grams, card.skus[0].face_fen) == (0, 100_00)
    (sku,) = queries.skus([card.skus[0].sku]).values()
    assert (sku.merchant, sku.kind, sku.grams, sku.face_fen) == ("mingpu", "ecard", 0, 100_00)


def test_the_index_is_told_whose_it_is(origin):
    with zone("worker"):
        ensure_demo_merchants()
    take(item(origin, merchant=POTTERY))
    assert next(queries.listings([product_id(origin, "1")])).merchant == POTTERY


def test_stock_on_a_products_page_is_of_this_moment(origin):
    key = taken(two_sizes(origin))
    queries.product(key)
    with zone("worker"):
        Sku.objects.filter(code=f"{origin}-s").update(stock=2)  # and nobody is told
    page = queries.product(key)
    assert page
    assert page.skus[0].left == 2


def test_a_products_page_takes_two_statements_then_one(origin):
    key = taken(two_sizes(origin))
    assert statements(lambda: queries.product(key)) == 2
    assert statements(lambda: queries.product(key)) == 1
    assert statements(lambda: queries.product(key, "en")) == 1


def test_why_it_is_not_for_sale_is_said(origin):
    take(item(origin, price_fen=None, notes=(note("zero_price"),)))
    page = queries.product(product_id(origin, "1"))
    assert page
    assert page.not_for_sale
    assert (str(page.not_for_sale), page.skus) == ("价格为零", ())


def test_an_unknown_product_is_none():
    assert queries.product(uuid4()) is None


# ---- what cart and checkout go by ----


def test_skus_are_of_this_moment_in_one_statement(origin):
    taken(two_sizes(origin))
    codes = [f"{origin}-s", f"{origin}-l", "unknown"]
    queries.skus(codes)
    with zone("worker"):
        Sku.objects.filter(code=f"{origin}-s").update(stock=1, price_fen=8800)
    with CaptureQueriesContext(connection) as done:
        found = queries.skus(codes)
    assert len(done) == 1
    assert set(found) == set(codes) - {"unknown"}
    it = found[f"{origin}-s"]
    assert (it.price_fen, it.stock, it.for_sale, it.options) == (8800, 1, True, {"容量": "600 ml"})
    assert (it.title, it.product_id, it.image) == ("细口壶 1", product_id(origin, "1"), "")


def test_skus_can_be_read_inside_any_purpose(origin):
    taken(two_sizes(origin))
    with processing(Purpose.ORDERING, subject=uuid4()):
        assert queries.skus([f"{origin}-s"])[f"{origin}-s"].stock == 5


def test_of_no_codes_there_are_no_skus():
    assert queries.skus([]) == {}


# ---- freshness ----


def test_news_name_the_changed_products(origin):
    take(item(origin), item(origin, "2"))
    before = queries.number()
    assert queries.news(before) == News(before, frozenset())
    with zone("worker"):
        mark_changed(product_ids=[stored(origin).id])
    assert queries.news(before) == News(before + 1, frozenset({stored(origin).id}))


def test_news_of_very_many_products_name_none(origin, monkeypatch):
    monkeypatch.setattr(queries.watching, "FEW_CHANGES", 1)
    before = queries.number()
    take(item(origin), item(origin, "2"))
    assert queries.news(before).changed is None


def test_a_catalogue_put_back_from_a_backup_is_news_of_everything():
    assert queries.news(queries.number() + 100).changed is None


def test_without_news_one_statement_suffices():
    assert statements(lambda: queries.news(queries.number())) == 2  # ours, and the one inside


def test_a_change_leaves_other_products_where_they_are(origin):
    take(item(origin), item(origin, "2"))
    ids = [product_id(origin, name) for name in ("1", "2")]
    look()
    queries.cards(ids)
    set_stock(stored(origin).skus.get().code, 0)
    assert statements(lambda: queries.cards(ids[1:])) == 0
    assert statements(lambda: queries.cards(ids[:1])) == 1


def test_an_announcement_changes_no_product(origin):
    take(item(origin))
    look()
    queries.cards([stored(origin).id])
    with zone("worker"):
        announce()
    look()
    assert statements(lambda: queries.cards([product_id(origin, "1")])) == 0


def test_the_shop_window_cannot_mark_or_change(origin):
    take(item(origin))
    with pytest.raises(Exception, match="permission denied"):
        mark_changed(product_ids=[stored(origin).id])
