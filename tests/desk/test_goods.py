"""A merchant's staff keep their own articles: how many there are, on sale or off."""

import secrets

import pytest

from mingpu.catalog.models import Product
from mingpu.catalog.queries import skus
from tests.catalog.shop import item, source, take
from tests.delivery.parcels import article
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
