"""The demo catalogue is whole, honest in its form, and written the same by every run."""

import json
import re
import struct
from collections import Counter, defaultdict
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.demo import banners, build
from mingpu.catalog.demo.draw.canvas import Look
from mingpu.catalog.demo.draw.colour import NAMED, distance, is_dark, lit, mix
from mingpu.catalog.demo.draw.library import KINDS, picture
from mingpu.catalog.demo.draw.marks import EMBLEMS
from mingpu.catalog.demo.draw.patterns import TILES
from mingpu.catalog.demo.draw.scene import FAR_ENOUGH, TONES, tone_for
from mingpu.catalog.demo.draw.shorten import bounds, shorten
from mingpu.catalog.demo.source import read_brands, read_goods
from mingpu.catalog.demo.trade import read_trade
from mingpu.merchants.demo import MERCHANTS

HERE = build.HERE
BRAND = HERE.parents[1] / "web" / "static" / "brand"
ROWS = [json.loads(line) for line in (HERE / "products.jsonl").read_text(encoding="utf-8").splitlines()]
SKUS = [sku for row in ROWS for sku in row["skus"]]
IMAGES = sorted((HERE / "images").iterdir())
FIELDS = {
    "external_id", "title", "title_en", "subtitle", "description", "description_en", "brand", "category_path",
    "attributes", "skus", "images", "sales", "merchant", "kind", "real_name",
}  # fmt: skip
# Names a customer knows from elsewhere, and promises that goods like ours must not make.
FOREIGN = re.compile(
    "苹果手机|华为|小米|耐克|阿迪|优衣库|宜家|无印|戴森|索尼|佳能|兰蔻|雀巢|乐高|飞利浦|美的集团|海尔|格力|iPhone|Nike|IKEA|Sony|Dyson",
    re.IGNORECASE,
)
CLAIMS = re.compile(
    "治疗|疗效|药用|抗癌|降血压|降血糖|减肥|瘦身|祛斑|祛痘|(?<!北)美白|抗衰|生发|壮阳|排毒|杀菌率|预防疾病|助眠|护眼效果|国家级|最佳|全网最|第一品牌|销量第一"
)
ACTIVE = re.compile(
    r"<\s*(script|foreignobject|iframe|image|use|animate|style|a)\b|href|javascript:|\son\w+\s*=|url\((?!#)|<!|<\?|@import|<text",
    re.IGNORECASE,
)


def each(things, name):
    """Run the test on every one of `things` and tell all that fail, as thousands of tests would be slow."""

    def wrap(check):
        def test():
            troubles = []
            for thing in things:
                try:
                    check(thing)
                except AssertionError as error:
                    troubles.append(f"{name(thing)}: {str(error).splitlines()[0]}")
            assert not troubles, "\n".join(troubles)

        test.__name__ = check.__name__
        return test

    return wrap


each_row = each(ROWS, lambda row: row["external_id"])
each_picture = each(IMAGES, lambda path: path.stem)


def by(key):
    found = defaultdict(list)
    for row in ROWS:
        found[row[key]].append(row)
    return found


def test_it_is_a_shop_and_not_a_stall():
    assert len(ROWS) >= 320
    assert len({row["category_path"][0] for row in ROWS}) >= 11
    assert len({tuple(row["category_path"][:2]) for row in ROWS}) >= 45
    assert 12 <= len({row["brand"] for row in ROWS}) <= 21
    assert len(KINDS) >= 45
    assert {good.kind for good in read_goods()} == set(KINDS)


@each_row
def test_a_product_has_everything_a_page_shows(row):
    assert set(row) == FIELDS
    assert re.fullmatch(r"demo-[a-z0-9]+(-[a-z0-9]+)*", row["external_id"])
    assert len(row["external_id"]) <= 100
    assert 12 <= len(row["title"]) <= 30
    assert row["title"].startswith(f"{row['brand']} ")
    assert 5 <= len(row["subtitle"]) <= 24
    assert re.sub("[é×]", "", row["title_en"]).isascii()
    assert 2 <= len(row["category_path"]) <= 3
    assert row["attributes"]
    assert all(values and len(set(values)) == len(values) for values in row["attributes"].values())
    assert 2 <= len(row["images"]) <= 3
    assert isinstance(row["sales"], int)
    assert row["sales"] > 0


@each_row
def test_a_description_is_two_to_four_plain_sentences(row):
    zh, en = row["description"], row["description_en"]
    assert 2 <= len(re.findall("[。！？]", zh)) <= 4
    assert zh.endswith("。")
    assert 2 <= len(re.findall(r"[.!?](?= |$)", en)) <= 4
    assert not re.search("[一-鿿]", en)
    text = " ".join((row["title"], row["title_en"], row["subtitle"], zh, en))
    assert not FOREIGN.search(text)
    assert not CLAIMS.search(text)
    assert not re.search(r"\s{2}|\s$|^\s", text)
    assert not re.search("[一-鿿][,;:!?()]|[,;:!?()][一-鿿]", text)


@pytest.mark.parametrize("key", ["external_id", "title", "title_en", "subtitle"])
def test_nothing_is_called_like_another(key):
    assert not [value for value, rows in by(key).items() if len(rows) > 1]


def test_codes_are_short_and_nobodys_twice():
    codes = [sku["sku"] for sku in SKUS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[A-Z0-9]{8}", code) for code in codes)


@each_row
def test_variants_are_complete_and_prices_plausible(row):
    skus = row["skus"]
    assert 1 <= len(skus) <= 12
    names = {tuple(sku["options"]) for sku in skus}
    assert len(names) == 1
    values = [tuple(sku["options"].values()) for sku in skus]
    assert len(set(values)) == len(values)
    combinations = 1
    for axis in zip(*values, strict=True):
        combinations *= len(set(axis))
    assert combinations == len(skus)
    for sku in skus:
        weighed = {"grams"} if row["kind"] == "goods" else {"face_fen"}
        assert set(sku) - {"list_price_fen"} == {"sku", "options", "price_fen", "stock"} | weighed
        assert 1_000 <= sku["price_fen"] <= 500_000
        assert sku["price_fen"] % 100 == 0
        assert 0 <= sku["stock"] <= 200 or row["kind"] != "goods"
        if "list_price_fen" in sku:
            assert sku["price_fen"] < sku["list_price_fen"] <= sku["price_fen"] * 1.4


@each_row
def test_a_parcel_has_a_weight_a_courier_would_believe(row):
    if row["kind"] == "goods":
        assert all(50 <= sku["grams"] <= 50_000 for sku in row["skus"])


def test_three_shops_sell_and_each_sells_enough_to_fill_an_order():
    shops = Counter(row["merchant"] for row in ROWS)
    assert set(shops) == {"mingpu", *(merchant.code for merchant, _ in MERCHANTS)}
    assert min(shops.values()) >= 12
    assert shops["mingpu"] > len(ROWS) / 2


def test_one_category_is_sold_to_known_persons_only():
    assert {tuple(row["category_path"]) for row in ROWS if row["real_name"]} == {
        ("运动户外", "露营", "刀具工具")
    }


def test_the_mall_itself_sells_top_ups_cards_and_balance_at_their_face_value():
    virtual = {row["kind"]: row for row in ROWS if row["kind"] != "goods"}
    assert {kind: [sku["face_fen"] // 100 for sku in row["skus"]] for kind, row in virtual.items()} == {
        "topup": [10, 30, 50, 100, 200], "ecard": [100, 200, 500, 1000], "balance": [100, 500],
    }  # fmt: skip
    for row in virtual.values():
        assert row["merchant"] == "mingpu"
        assert all(sku["price_fen"] == sku["face_fen"] and sku["stock"] > 10_000 for sku in row["skus"])


def test_every_category_that_is_traded_specially_has_goods():
    trade = read_trade(HERE / "source")
    paths = {"/".join(row["category_path"][:depth]) for row in ROWS for depth in (1, 2, 3)}
    for table in (trade.grams, trade.packing, trade.merchants, trade.kinds, trade.real_name):
        assert set(table) <= paths


def test_some_things_are_sold_out_and_some_nearly():
    gone = [row for row in ROWS if not any(sku["stock"] for sku in row["skus"])]
    assert 0.02 <= len(gone) / len(ROWS) <= 0.06
    assert 0.02 <= sum(sku["stock"] == 0 for sku in SKUS) / len(SKUS) <= 0.06
    assert 0.04 <= sum(0 < sku["stock"] < 5 for sku in SKUS) / len(SKUS) <= 0.15


def test_sales_have_a_head_and_a_long_tail():
    sales = sorted((row["sales"] for row in ROWS), reverse=True)
    assert sum(sales[: len(sales) // 5]) > 0.4 * sum(sales)


def test_a_name_of_a_category_has_one_place_in_the_tree():
    parents = defaultdict(set)
    for row in ROWS:
        for depth, name in enumerate(row["category_path"][:2]):
            parents[name].add(tuple(row["category_path"][:depth]))
    assert all(len(places) == 1 for places in parents.values())


def test_every_picture_is_used_and_every_used_one_is_there():
    named = [name for row in ROWS for name in row["images"]]
    assert Counter(named) == Counter(path.name for path in IMAGES)
    assert sum(path.stat().st_size for path in IMAGES) < 6_000_000


def test_no_two_products_have_the_same_first_picture():
    first = Counter((HERE / "images" / row["images"][0]).read_bytes() for row in ROWS)
    assert max(first.values()) == 1


@each_picture
def test_a_picture_only_draws(path):
    text = path.read_text(encoding="utf-8")
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == "0 0 800 800"
    assert len(text.encode()) < 6_144
    assert not ACTIVE.search(text)
    named = {element.get("id") for element in root.iter()} - {None}
    assert set(re.findall(r"url\(#(\w+)\)", text)) == named
    assert "nan" not in text
    assert "inf" not in text


def test_every_run_writes_the_same_bytes(tmp_path):
    assert build.build(tmp_path) == len(ROWS)
    assert (tmp_path / "products.jsonl").read_bytes() == (HERE / "products.jsonl").read_bytes()
    written = {path.name: path.read_bytes() for path in (tmp_path / "images").iterdir()}
    assert written == {path.name: path.read_bytes() for path in IMAGES}


def test_a_picture_nobody_uses_any_more_is_removed(tmp_path):
    stale = tmp_path / "images" / "stale.svg"
    stale.parent.mkdir()
    stale.write_text("<svg/>")
    build.build(tmp_path)
    assert not stale.exists()


def test_banners_are_written_the_same(tmp_path):
    banners.build(tmp_path)
    assert len(list(tmp_path.iterdir())) == 6
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (BRAND / "banners" / path.name).read_bytes()


DRAWN = sorted(path for folder in ("banners", "categories", ".") for path in (BRAND / folder).glob("*.svg"))


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_brand_drawings_only_draw(path):
    text = path.read_text(encoding="utf-8")
    ET.fromstring(text)
    assert not re.search(r"<script|foreignObject|href|\son\w+=|<text|font", text)
    sizes = {"banners": '"0 0 1200 480"', "categories": '"0 0 96 96"'}
    assert f"viewBox={sizes.get(path.parent.name, '')}" in text
    assert len(text) < 30_000


@pytest.mark.parametrize(
    ("name", "side"),
    [("icon-192", 192), ("icon-512", 512), ("icon-maskable-512", 512), ("apple-touch-icon-180", 180)],
)
def test_app_icons_have_their_size(name, side):
    head = (BRAND / f"{name}.png").read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert struct.unpack(">II", head[16:]) == (side, side)


def test_every_brand_has_an_emblem_of_its_own_or_shares_it_rarely():
    brands = read_brands()
    assert (
        len({brand.zh for brand in brands.values()})
        == len({brand.en for brand in brands.values()})
        == len(brands)
    )
    assert {brand.mark for brand in brands.values()} <= set(EMBLEMS)
    assert max(Counter(brand.mark for brand in brands.values()).values()) <= 2


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_can_be_drawn_in_every_view(name):
    look, other = Look("#a3b09c", "#cf4a33"), Look("#2b3a55", "#efe7d8")
    seen = {picture(name, look, view=view, turn=3, beside=other) for view in ("whole", "detail", "pair")}
    assert len(seen) == 3
    for svg in seen:
        ET.fromstring(svg)


def test_an_unknown_kind_is_an_error():
    with pytest.raises(KeyError):
        picture("spaceship", Look("#a3b09c", "#cf4a33"))


COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS, st.integers(0, 2**40))
def test_a_product_stands_out_from_its_backdrop_wherever_one_is_far_enough(colour, turn):
    tone = tone_for(colour, turn)
    assert re.fullmatch("#[0-9a-f]{6}", tone)
    if max(distance(colour, it) for it in TONES.values()) > FAR_ENOUGH:
        assert distance(colour, tone) > FAR_ENOUGH / 2


@given(COLOURS, st.floats(-1, 1))
def test_light_lightens_and_shade_darkens(colour, amount):
    changed = lit(colour, amount)
    assert re.fullmatch("#[0-9a-f]{6}", changed)
    if is_dark(colour) and amount < -0.1:
        assert is_dark(changed)
    assert mix(colour, colour, 0.5) == mix(colour, colour, 0.1)


POINT = st.tuples(st.integers(0, 800), st.integers(0, 800))
STEP = st.one_of(
    POINT.map(lambda p: f"L{p[0]} {p[1]}"),
    st.tuples(POINT, POINT).map(lambda p: f"Q{p[0][0]} {p[0][1]} {p[1][0]} {p[1][1]}"),
    st.tuples(POINT, POINT, POINT).map(lambda p: "C" + " ".join(f"{x}.4 {y}.6" for x, y in p)),
    st.integers(0, 800).map(lambda x: f"H{x}"),
    st.integers(0, 800).map(lambda y: f"V{y}"),
    st.tuples(st.integers(1, 300), POINT).map(lambda p: f"A{p[0]} {p[0]} 0 0 1 {p[1][0]} {p[1][1]}"),
    POINT.map(lambda p: f"M{p[0]} {p[1]}"),
    st.just("Z"),
)


@given(POINT, st.lists(STEP, min_size=1, max_size=12))
def test_a_path_written_shorter_goes_where_it_went(start, steps):
    d = f"M{start[0]} {start[1]}" + "".join(steps)
    short = shorten(d)
    assert all(abs(a - b) <= 1 for a, b in zip(bounds(d), bounds(short), strict=True))
    assert bounds(shorten(short)) == bounds(short)


def test_patterns_and_colours_are_as_the_drawings_need_them():
    assert all("@" in tile for tile in TILES.values())
    for tile in TILES.values():
        ET.fromstring(f"<g>{tile}</g>")
    assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in NAMED.values())
