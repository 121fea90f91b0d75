"""Addresses that people read: short and to be read back, stable, without what follows a reader about."""

from collections.abc import Callable
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.queries.structure import brand_named, structure
from mingpu.catalog.rules import product_id
from mingpu.catalog.services import add_category, change_brand, rename_category
from mingpu.web import addresses
from tests.catalog.shop import index_now, item, source, take
from tests.jobs import run_jobs
from tests.support import zone

KEY = UUID("5f0a5c5e-5f0b-4f39-9d5b-3d1f6c1e7a42")


@given(st.uuids())
def test_a_short_id_is_read_back(key):
    short = addresses.short_id(key)
    assert len(short) == addresses.SHORT
    assert short.isalnum()
    assert addresses.long_id(short) == key


@given(st.text(max_size=30))
def test_what_is_no_short_id_is_nobodys(text):
    found = addresses.long_id(text)
    assert found is None or addresses.short_id(found) == text


def test_the_largest_numbers_are_no_ids():
    assert addresses.long_id("z" * addresses.SHORT) is None
    assert addresses.long_id(addresses.short_id(UUID(int=(1 << 128) - 1))) == UUID(int=(1 << 128) - 1)


@given(st.text(max_size=80))
def test_words_of_a_title_are_letters_and_digits(title):
    words = addresses.slug(title)
    assert len(words) <= addresses.LONGEST
    assert all(sign.isalnum() or sign == "-" for sign in words)
    assert not words.startswith("-")
    assert not words.endswith("-")
    assert "--" not in words
    assert addresses.slug(words) == words
    assert normalize("NFKC", words) == words


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("手冲壶 细口／600ml（白）", "手冲壶-细口-600ml-白"), ("Round Kettle, 2 L", "round-kettle-2-l"),
        ("ＡＢＣ　全角", "abc-全角"), ("!!!", ""), ("", ""), ("长" * 50, "长" * 32), ("../../etc/passwd", "etc-passwd"),
        ("Xingcha H5 Noise-Cancelling Headphones", "xingcha-h5-noise-cancelling"), ("a" * 40, "a" * 32),
        ("Abcdefghijklmnopqrstuvwxyz abcde fg", "abcdefghijklmnopqrstuvwxyz-abcde"),
    ],
)  # fmt: skip
def test_words_read_as_the_title_does(title, words):
    assert addresses.slug(title) == words


def test_an_address_is_a_path_of_this_shop():
    assert addresses.product_url(KEY, "手冲壶") == f"/p/{addresses.short_id(KEY)}/{quote('手冲壶')}"
    assert addresses.product_url(str(KEY), "…") == addresses.short_url(KEY)
    assert addresses.category_url("居家/床品 & 件套") == f"/c/{quote('居家')}/{quote('床品 & 件套', safe='')}"
    assert addresses.brand_url("A/B?#") == "/b/A%2FB%3F%23"


@pytest.mark.parametrize(
    ("query", "clean"),
    [
        ("q=a&utm_source=x&utm_medium=y", "q=a"), ("gclid=1", ""), ("fbclid=1&page=2", "page=2"), ("spm=a.b&q=spm", "q=spm"),
        ("q=utm_source", "q=utm_source"), ("a=1&&b=2", "a=1&&b=2"), ("UTM_Campaign=x&sku=1", "sku=1"), ("gclid", ""),
        ("spmx=1", "spmx=1"), ("q=%E5%A3%B6", "q=%E5%A3%B6"),
    ],
)  # fmt: skip
def test_what_follows_a_reader_is_taken_off(query, clean):
    assert addresses.without_trackers(query) == clean


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("/p/x?lang=en", "/p/x"), ("/p/x?sku=1&lang=en", "/p/x?sku=1"), ("/p/x", "/p/x"), ("/s?lang=en&q=lang", "/s?q=lang"),
        ("/s?slang=1", "/s?slang=1"),
    ],
)  # fmt: skip
def test_the_language_is_taken_off(path, clean):
    assert addresses.without_language(path) == clean


# ---- as the shop answers them ----


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def kettle() -> tuple[UUID, str]:
    """A kettle with names in both languages; its id and its brand."""
    origin = source()
    brand = f"牌 {origin[2:]}"
    path = ("厨房", f"茶具{origin[2:]}")
    take(item(origin, title="细口壶 0.6 L", title_en="Narrow kettle", brand=brand, category_path=path))
    index_now()
    return product_id(origin, "1"), brand


def lead(client: Client, path: str) -> str:
    """Where a path leads for good."""
    answer = client.get(path)
    assert answer.status_code == 301, answer.status_code
    return answer.headers["Location"]


def test_old_addresses_and_other_words_lead_to_the_right_ones(client, kettle):
    key, _ = kettle
    right = addresses.product_url(key, "细口壶 0.6 L")
    assert client.get(right).status_code == 200
    assert client.get(addresses.product_url(key, "Narrow kettle")).status_code == 200
    short = addresses.short_url(key)
    for path in (f"/products/{key}", short, f"{short}/", f"{short}/old-words", f"{short}/a/b"):
        assert lead(client, path) == right
    assert lead(client, f"/products/{key}?sku=X%201&gone=1") == f"{right}?sku=X+1"
    client.cookies["mingpu_language"] = "en"
    assert lead(client, short) == addresses.product_url(key, "Narrow kettle")


def test_a_category_and_a_brand_have_addresses_of_their_own(client, kettle):
    key, brand = kettle
    tea = f"茶具{brand[2:]}"
    assert lead(client, f"/search?category=厨房/{tea}") == addresses.category_url(f"厨房/{tea}")
    assert lead(client, f"/search?brand={quote(brand)}&page=2") == f"{addresses.brand_url(brand)}?page=2"
    both = lead(client, f"/search?brand={quote(brand)}&category=厨房&sort=price&colour=red")
    assert both == f"{addresses.category_url('厨房')}?brand={quote(brand).replace('%20', '+')}&sort=price"
    assert (
        lead(client, f"{addresses.category_url('厨房')}?q=壶")
        == f"/search?q={quote('壶')}&category={quote('厨房')}"
    )
    for path in (addresses.category_url(f"厨房/{tea}"), addresses.brand_url(brand), both):
        answer = client.get(path)
        assert answer.status_code == 200
        assert addresses.short_url(key) in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/c/没有这一类", "/b/没有这个牌子", "/c/厨房/没有这一类", "/c/%2e%2e", "/b/%00"]
)
def test_what_the_shop_has_not_is_not_found(client, kettle, path):
    assert client.get(path).status_code in {400, 404}


def changed(verb: Callable[..., object], **facts: object) -> None:
    """Change something as the operator does, and let the products and the index follow."""
    with zone("desk"):
        verb(**facts)
    run_jobs(names=("catalog.follow",))
    index_now()


def test_a_renamed_category_is_found_where_it_was(client, kettle):
    key, brand = kettle
    tea, new = f"茶具{brand[2:]}", f"壶{brand[2:]}"
    row = structure().tree.by_value(f"厨房/{tea}")
    assert row is not None
    changed(rename_category, category_id=row.row.id, zh=new, en="")
    there = addresses.category_url(f"厨房/{new}")
    assert addresses.short_url(key) in client.get(there).content.decode()
    old = addresses.category_url(f"厨房/{tea}")
    assert lead(client, f"{old}?sort=price&page=2") == f"{there}?sort=price&page=2"
    assert lead(client, f"/c/{row.row.slug}") == there
    assert lead(client, f"{there}/") == there


def test_a_brand_is_found_by_its_old_name_and_other_spellings(client, kettle):
    key, brand = kettle
    known = brand_named(brand)
    assert known is not None
    new = f"新 Kettle {brand[2:]}"
    changed(change_brand, brand_id=known.id, name=new, en="", aliases=[])
    there = addresses.brand_url(new)
    assert addresses.short_url(key) in client.get(there).content.decode()
    for written in (brand, new.upper(), new.replace(" ", ""), known.slug):
        assert lead(client, f"{addresses.brand_url(written)}?sort=price") == f"{there}?sort=price", written


def test_a_category_without_goods_is_still_one(client, kettle):
    name = f"空{kettle[1][2:]}"
    changed(add_category, zh=name, parent_id=None)
    answer = client.get(addresses.category_url(name))
    assert answer.status_code == 200
    assert "没有找到合适的商品" in answer.content.decode()
    assert 'content="noindex' in answer.content.decode()


def test_a_filter_that_leaves_nothing_is_still_a_list(client, kettle):
    _, brand = kettle
    assert client.get(f"{addresses.brand_url(brand)}?min_price=99999").status_code == 200


@pytest.mark.parametrize("path", ["/", "/search", "/help", "//elsewhere.test/x"])
def test_nobody_is_followed_onto_a_page(client, path):
    answer = client.get(f"{path}?utm_source=letter&page=1&gclid=7")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("?page=1")
    assert not urlsplit(answer.headers["Location"]).netloc


def test_programs_keep_their_parameters(client):
    assert client.get("/api/v1/products?utm_source=x").status_code == 422


def test_an_address_may_name_its_language(client, kettle):
    key, _ = kettle
    path = addresses.product_url(key, "细口壶 0.6 L")
    assert "Narrow kettle" in client.get(f"{path}?lang=en").content.decode()
    client.cookies["mingpu_language"] = "en"
    answer = client.get(f"{path}?lang=zh-Hans")
    assert answer.headers["Content-Language"] == "zh-Hans"
    assert "Narrow kettle" not in answer.content.decode()
    assert client.get(f"{path}?lang=fr").headers["Content-Language"] == "en"


def test_choosing_a_language_wins_over_the_address(client, kettle):
    key, _ = kettle
    path = unquote(addresses.product_url(key, "细口壶 0.6 L"))
    answer = client.post("/language", {"language": "zh-hans", "next": f"{path}?lang=en"})
    assert unquote(answer.headers["Location"]) == path
