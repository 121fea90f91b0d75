"""What is like a product: by what it is, never by who bought it."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.models import Sku
from mingpu.catalog.queries import Card, product
from mingpu.catalog.rules import product_id
from mingpu.catalog.services import mark_changed
from mingpu.catalog.views import ProductPage
from mingpu.lib.text import Text
from mingpu.search.related import choose, likeness, related_to
from tests.catalog.shop import index_now, item, look, source, take
from tests.support import zone


def page(title="手冲咖啡壶 细口 600ml", *, brand="山泉", category=("居家", "咖啡具"), fen=12900):
    return ProductPage(
        id=uuid4(), title=title, subtitle="", description="", brand=brand, category=category, attributes={},
        images=(), skus=(), price_from_fen=fen, price_to_fen=fen, sales=0, listed_at=datetime.now(UTC),
        for_sale=True, not_for_sale=None, names=Text(title, title),
    )  # fmt: skip


def card(title, *, brand="", category=("居家", "咖啡具"), fen=12900, there=True, for_sale=True):
    return Card(
        id=uuid4(), title=title, subtitle="", brand=brand, category=category, sku="x", price_fen=fen,
        list_price_fen=None, image="", in_stock=there, for_sale=for_sale,
    )  # fmt: skip


def test_words_brand_category_and_price_all_count():
    it = page()
    plain = card("马克杯", category=("居家", "杯"), fen=900)
    for closer in (
        replace(plain, title="咖啡马克杯"),
        replace(plain, brand="山泉"),
        replace(plain, category=("居家", "咖啡具")),
        replace(plain, price_fen=10000),
    ):
        assert likeness(it, closer) > likeness(it, plain)
    assert likeness(it, card("狗粮", category=("宠物",), fen=1_000_000)) == 0


def test_itself_is_never_like_it_nor_itself_in_other_words():
    it = page()
    own = replace(card(it.title), id=it.id)
    again = card("手冲咖啡壶 细口 600ML")
    other = card("手冲咖啡滤杯 陶瓷")
    twin = replace(other, id=uuid4())
    found = choose(it, [own, again, other, twin, card("不卖的手冲壶", for_sale=False)])
    assert [one.title for one in found] == [other.title]


def test_what_can_be_had_comes_first():
    it = page()
    sold_out, there = (
        card("手冲咖啡壶 长嘴 铜", brand="山泉", there=False),
        card("茶巾", category=("居家", "布")),
    )
    assert choose(it, [sold_out, there]) == [there, sold_out]


CARDS = st.lists(
    st.builds(
        card,
        st.text("壶杯巾盘碗ab ", min_size=1, max_size=8),
        brand=st.sampled_from(["", "山泉"]),
        fen=st.integers(1, 10**7),
        there=st.booleans(),
    ),
    max_size=12,
)


@given(CARDS)
def test_the_choice_is_the_same_however_they_come(found):
    it = page()
    once = choose(it, found)
    assert once == choose(it, list(reversed(found)))
    assert len({one.id for one in once}) == len(once)
    states = [one.in_stock for one in once]
    assert states == sorted(states, reverse=True)


def test_a_product_of_the_catalogue_finds_its_like_at_bounded_cost():
    origin, word = source(), secrets.token_hex(3)
    category = ("相似", word)
    take(
        item(origin, "1", title=f"手冲咖啡壶 {word} 细口", category_path=category, price_fen=12900),
        item(origin, "2", title=f"手冲咖啡壶 {word} 长嘴 铜", category_path=category, price_fen=13900),
        item(origin, "3", title="桌布", category_path=category, price_fen=990_000),
        item(origin, "4", title=f"手冲咖啡壶 {word} 细口 ", category_path=category, price_fen=12900),
    )
    index_now()
    it = product(product_id(origin, "1"))
    assert [one.id for one in related_to(it, most=5)] == [product_id(origin, "2"), product_id(origin, "3")]
    # What sells out is shown behind, at once; what is not published any more, not at all.
    with zone("worker"):
        Sku.objects.filter(product_id=product_id(origin, "2")).update(stock=0)
        mark_changed(product_ids=[product_id(origin, "2")])
    look()
    assert [one.id for one in related_to(it, most=5)] == [product_id(origin, "3"), product_id(origin, "2")]
