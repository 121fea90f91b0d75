"""A merchant's staff keep their own articles: how many there are, on sale or off."""

import secrets

import pytest

from mingpu.catalog.models import Product
from mingpu.catalog.queries import shelves_of, skus, warehouses_of
from tests.catalog.shop import item, source, take
from tests.catalog.test_warehouses import opened
from tests.delivery.parcels import article, buy, ship
from tests.desk.shops import at_desk
from tests.factories import stock_of
from tests.jobs import waiting
from tests.merchants.examples import make_merchant
from tests.support import zone


@pytest.fixture
def shop():
    return make_merchant()


@pytest.fixture
def sku(shop):
    return article(merchant=shop)


def shown(desk, path, **query):
    answer = desk.get(path, query)
    assert answer.status_code == 200, path
    return answer.content.decode()


def product_of(sku):
    return skus([sku])[sku].product_id


def test_a_merchant_sets_its_own_stock(shop, sku, desk):
    at_desk(desk, shop)
    left = stock_of(sku)
    assert str(left) in shown(desk, "/goods")
    answer = desk.post("/goods/stock", {"sku": sku, "seen": left, "pieces": 50, "q": "咖啡", "page": "2"})
    assert answer["Location"] == "/goods?q=%E5%92%96%E5%95%A1&page=2&done=stock"
    assert stock_of(sku) == 50
    # Two were sold while somebody counted 10 of the 12 they saw: those two are off as well.
    desk.post("/goods/stock", {"sku": sku, "seen": 52, "pieces": 10})
    assert stock_of(sku) == 8
    refused = desk.post("/goods/stock", {"sku": sku, "seen": 20, "pieces": 10})
    assert refused.status_code == 409
    assert "现有 8 件" in refused.content.decode()


@pytest.mark.parametrize("pieces", ["-1", "", "many", "1e9", "99999999"])
def test_nonsense_is_no_stock(shop, sku, desk, pieces):
    at_desk(desk, shop)
    before = stock_of(sku)
    assert desk.post("/goods/stock", {"sku": sku, "seen": before, "pieces": pieces}).status_code == 422
    assert stock_of(sku) == before


def test_goods_of_another_shop_are_not_there(shop, sku, desk):
    at_desk(desk, make_merchant())
    page = shown(desk, "/goods", q=sku)
    assert "没有找到商品" in page
    assert desk.post("/goods/stock", {"sku": sku, "seen": 1, "pieces": 2}).status_code == 404
    assert desk.post(f"/goods/{product_of(sku)}/sale", {"for_sale": "no"}).status_code == 404
    assert skus([sku])[sku].for_sale


def test_sold_out_and_back_again_is_told_to_the_lists(shop, sku, desk):
    at_desk(desk, shop)
    desk.post("/goods/stock", {"sku": sku, "seen": 20, "pieces": 10})
    assert waiting("search.refresh", skus=[sku]) == 0  # nothing that shows
    desk.post("/goods/stock", {"sku": sku, "seen": 10, "pieces": 0})
    assert waiting("search.refresh", skus=[sku]) == 1
    desk.post("/goods/stock", {"sku": sku, "seen": 0, "pieces": 5})
    assert waiting("search.refresh", skus=[sku]) == 2


def test_an_article_is_taken_off_and_put_back(shop, sku, desk):
    at_desk(desk, shop)
    product = product_of(sku)
    put_back = desk.post(f"/goods/{product}/sale", {"for_sale": "yes"})
    assert put_back.status_code == 409  # it is on sale
    assert desk.post(f"/goods/{product}/sale", {"for_sale": "no"})["Location"] == "/goods?done=sale"
    assert not skus([sku])[sku].for_sale
    assert "商家已下架" in shown(desk, "/goods", sale="off")
    assert sku not in shown(desk, "/goods", sale="on")
    desk.post(f"/goods/{product}/sale", {"for_sale": "yes"})
    assert skus([sku])[sku].for_sale
    assert waiting("search.refresh", product_ids=[str(product)]) == 2


def test_articles_are_found_by_title_and_by_sku(shop, sku, desk):
    other = article(merchant=shop)
    word = secrets.token_hex(4)
    with zone("worker"):
        Product.objects.filter(skus__code=other).update(title=f"茶壶 {word}")
    at_desk(desk, shop)
    for words, there, missing in ((sku, sku, other), (word, other, sku)):
        page = shown(desk, "/goods", q=words)
        assert there in page
        assert missing not in page
    assert "没有找到商品" in shown(desk, "/goods", q="%")


def test_what_was_taken_off_stays_off_when_its_file_is_read_again(shop, desk):
    origin = source()
    take(item(origin, merchant=shop))
    product = Product.objects.get(source=origin)
    at_desk(desk, shop)
    desk.post(f"/goods/{product.id}/sale", {"for_sale": "no"})
    take(item(origin, merchant=shop, title="新的标题"))
    product.refresh_from_db()
    assert (product.title, product.for_sale, product.not_for_sale) == ("新的标题", False, "taken_off")
    take(item(origin, merchant=shop, price_fen=None))
    assert desk.post(f"/goods/{product.id}/sale", {"for_sale": "yes"}).status_code == 409  # it has no price
    take(item(origin, merchant=shop, price_fen=100))
    assert desk.post(f"/goods/{product.id}/sale", {"for_sale": "yes"}).status_code == 303
    product.refresh_from_db()
    assert (product.for_sale, product.price_fen) == (True, 100)


def test_a_merchant_says_from_when_and_until_when_an_article_is_shown(shop, sku, desk):
    at_desk(desk, shop)
    product = product_of(sku)
    said = {"begin": "2099-11-11T20:00", "end": "2099-11-12T00:00"}
    assert desk.post(f"/goods/{product}/published", said)["Location"] == "/goods?done=sale"
    row = Product.objects.get(id=product)
    assert row.published_from.isoformat() == "2099-11-11T12:00:00+00:00"
    assert skus([sku])[sku].standing == "soon"
    page = shown(desk, "/goods", q=sku)
    assert "还没有开售" in page
    assert 'value="2099-11-11T20:00"' in page
    # At once for the lists, and once more at either moment.
    assert waiting("search.refresh", product_ids=[str(product)]) == 3
    desk.post(f"/goods/{product}/published", {"begin": "", "end": ""})
    assert skus([sku])[sku].for_sale


@pytest.mark.parametrize(
    "said", [{"begin": "soon"}, {"begin": "2026-11-12T00:00", "end": "2026-11-11T00:00"}, {"end": "9" * 50}]
)
def test_nonsense_is_no_moment(shop, sku, desk, said):
    at_desk(desk, shop)
    assert desk.post(f"/goods/{product_of(sku)}/published", said).status_code == 422
    assert skus([sku])[sku].for_sale


def test_nobody_schedules_what_another_shop_sells(shop, sku, desk):
    at_desk(desk, make_merchant())
    assert desk.post(f"/goods/{product_of(sku)}/published", {"end": "2020-01-01T00:00"}).status_code == 404
    assert skus([sku])[sku].for_sale


# ---- warehouses ----


def test_the_first_warehouse_takes_in_the_stock_and_what_is_sold_and_not_yet_sent(shop, sku, desk, outside):
    with zone("storefront"):
        it = buy({sku: 3}).pay(outside)
        ship(buy({sku: 2}).pay(outside), shop)
    at_desk(desk, shop)
    left = stock_of(sku)
    code = f"w{secrets.token_hex(4)}"
    said = {"code": code, "name": "苏州仓", "name_en": "Suzhou", "province": "江苏"}
    assert desk.post("/warehouses/open", said)["Location"] == "/warehouses?done=warehouse"
    assert shelves_of([sku]) == {sku: {code: left + 3}}
    assert "苏州仓" in shown(desk, "/warehouses")
    assert f'value="{code}"' in shown(desk, "/goods", q=sku)
    with zone("storefront"):
        ship(it, shop)
    assert shelves_of([sku]) == {sku: {code: left}}
    assert desk.post("/warehouses/open", said).status_code == 409


def test_counting_a_shelf_changes_it_and_the_stock_together(shop, sku, desk):
    at_desk(desk, shop)
    first, second = opened(shop, "江苏", "广东")
    left = stock_of(sku)
    desk.post("/goods/stock", {"sku": sku, "seen": 0, "pieces": 4, "warehouse": second})
    assert (stock_of(sku), shelves_of([sku])[sku]) == (left + 4, {first: left, second: 4})
    desk.post("/goods/stock", {"sku": sku, "seen": left + 4, "pieces": left})  # as a whole: the first follows
    assert (stock_of(sku), shelves_of([sku])[sku]) == (left, {first: left - 4, second: 4})
    assert desk.post("/goods/stock", {"sku": sku, "seen": 9999, "pieces": 0}).status_code == 409
    assert (stock_of(sku), shelves_of([sku])[sku]) == (left, {first: left - 4, second: 4})


def test_anothers_warehouse_is_not_there(shop, sku, desk):
    [theirs] = opened(make_merchant(), "江苏")
    [mine] = opened(shop, "江苏")
    at_desk(desk, shop)
    before = stock_of(sku)
    asked = {"sku": sku, "seen": before, "pieces": before + 1, "warehouse": theirs}
    assert desk.post("/goods/stock", asked).status_code == 404
    assert stock_of(sku) == before
    assert desk.post(f"/warehouses/{theirs}", {"active": "no"}).status_code == 404
    assert theirs not in shown(desk, "/warehouses")
    desk.post(f"/warehouses/{mine}", {"active": "no"})
    assert [it.active for it in warehouses_of(shop)] == [False]


@pytest.mark.parametrize("wrong", [{"code": "A B"}, {"name": ""}, {"province": "火星"}, {"code": ""}])
def test_nonsense_is_no_warehouse(shop, desk, wrong):
    at_desk(desk, shop)
    said = {"code": "wuhan-1", "name": "武汉仓", "province": "湖北", **wrong}
    assert desk.post("/warehouses/open", said).status_code == 422
    assert warehouses_of(shop) == []
