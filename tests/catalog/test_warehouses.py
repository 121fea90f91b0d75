"""Stock by warehouse: from where a parcel leaves, and that nothing is ever lost between counter and shelves."""

import secrets

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from mingpu.catalog.errors import WarehouseExists
from mingpu.catalog.models import Shelf, Sku
from mingpu.catalog.places import FAR, SEATS, kilometres, known_province
from mingpu.catalog.queries import shelves_of, warehouses_of
from mingpu.catalog.services import begin_opening, ensure_demo_warehouses, open_warehouse
from mingpu.catalog.warehouses import WarehouseInfo, nearest_first, pick
from mingpu.lib.text import Text
from tests.catalog.shop import item, source, take
from tests.catalog.shop import skus as skus_of
from tests.delivery.parcels import article
from tests.factories import stock_of
from tests.merchants.examples import make_merchant
from tests.support import zone

CODES = ("hz", "gz", "cd")
PROVINCES = {"hz": "浙江省", "gz": "广东", "cd": "四川省"}


def info(code, merchant="m", province="浙江省", position=0, *, active=True):
    return WarehouseInfo(code, merchant, Text(code, code), province, position, active)


def opened(merchant, *provinces, promised=None):
    """Open warehouses of a merchant and return their codes."""
    codes = []
    with zone("worker"):
        for position, province in enumerate(provinces):
            code = f"w{secrets.token_hex(5)}"
            with transaction.atomic():
                begin_opening(merchant)
                open_warehouse(warehouse=info(code, merchant, province, position), promised=promised or {})
            codes.append(code)
    return codes


def on_shelves(sku):
    return sum(shelves_of([sku]).get(sku, {}).values())


# ---- places ----


def test_every_province_is_known_however_it_is_spelt():
    assert len(SEATS) == 34
    assert known_province("新疆维吾尔自治区")
    assert known_province("浙江省")
    assert not known_province("浙江省杭州市")
    assert not known_province("")


@given(st.sampled_from(sorted(SEATS)), st.sampled_from(sorted(SEATS)))
def test_distances_are_distances(one, other):
    assert kilometres(one, one) == 0
    assert kilometres(one, other) == pytest.approx(kilometres(other, one))
    assert kilometres(one, other) < 5000


@pytest.mark.parametrize(
    ("province", "first"),
    [("上海市", "hz"), ("广西壮族自治区", "gz"), ("西藏自治区", "cd"), ("湖南省", "gz")],
)
def test_the_nearest_comes_first(province, first):
    known = [info(code, province=PROVINCES[code]) for code in CODES]
    assert nearest_first(known, province)[0] == first


def test_an_unknown_place_is_near_to_none_so_the_merchants_order_counts():
    assert kilometres("火星", "浙江") == FAR
    known = [info("bb", position=1), info("aa", province="广东", position=0)]
    assert nearest_first(known, "") == ["aa", "bb"]


@pytest.mark.parametrize(
    "wrong", [{"code": "A"}, {"code": "仓"}, {"province": "火星"}, {"name": Text("", "x")}]
)
def test_what_cannot_be_a_warehouse(wrong):
    given_ = {
        "code": "wuhan-1",
        "merchant": "m",
        "name": Text("武汉仓", "Wuhan"),
        "province": "湖北",
        **wrong,
    }
    with pytest.raises(ValueError, match=given_["code"]):
        WarehouseInfo(**given_)


# ---- the choice ----

HELD = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.dictionaries(st.sampled_from(CODES), st.integers(-3, 9)), max_size=3
)
LINES = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(1, 9), min_size=1)


@given(LINES, HELD, st.permutations(CODES), st.integers(0, 3))
def test_a_pick_takes_all_that_lies_anywhere_and_nothing_else(lines, held, order, used):
    found = pick(lines, held, order[:used])
    lying = {sku for sku in lines if held.get(sku)}
    if not lying:
        assert found is None
        return
    taken = dict.fromkeys(lying, 0)
    for (sku, _), pieces in found.moves.items():
        assert pieces < 0
        taken[sku] -= pieces
    assert taken == {sku: lines[sku] for sku in lying}
    for (sku, code), pieces in found.moves.items():  # only what is nowhere is owed, by who packs
        assert held[sku].get(code, 0) + pieces >= 0 or code == found.warehouse


@given(LINES, HELD, st.permutations(CODES))
def test_it_is_the_nearest_that_has_all_of_it(lines, held, order):
    wanted = {sku: pieces for sku, pieces in lines.items() if held.get(sku)}
    whole = [
        code for code in order if wanted and all(held[sku].get(code, 0) >= n for sku, n in wanted.items())
    ]
    if whole:
        found = pick(lines, held, order)
        assert found.warehouse == whole[0]
        assert {code for _, code in found.moves} == {whole[0]}


def test_where_none_has_all_the_rest_is_brought_to_the_one_that_has_most():
    held = {"a": {"hz": 1, "gz": 5}, "b": {"hz": 1, "cd": 4}}
    found = pick({"a": 4, "b": 1}, held, ["hz", "cd", "gz"])
    assert found.warehouse == "gz"
    assert found.moves == {("a", "gz"): -4, ("b", "hz"): -1}


# ---- opening ----


def test_the_first_warehouse_takes_in_what_there_is_and_the_next_one_nothing():
    shop = make_merchant()
    sku, empty = article(merchant=shop, stock=7), article(merchant=shop, stock=0)
    first, second = opened(shop, "浙江省", "广东省", promised={sku: 2})
    assert shelves_of([sku, empty]) == {sku: {first: 9}, empty: {first: 0}}
    assert [it.code for it in warehouses_of(shop)] == [first, second]
    with zone("worker"), pytest.raises(WarehouseExists), transaction.atomic():
        open_warehouse(warehouse=info(first, shop), promised={})


def test_a_merchant_without_warehouses_has_no_shelves():
    shop = make_merchant()
    sku = article(merchant=shop)
    assert warehouses_of(shop) == []
    assert shelves_of([sku]) == {}


def test_an_import_changes_counter_and_first_warehouse_together():
    shop, origin = make_merchant(), source()
    first, second = opened(shop, "浙江省", "广东省")
    take(item(origin, merchant=shop, stock=10), item(origin, "2", merchant=shop, stock=0))
    [sku], [empty] = skus_of(origin), skus_of(origin, "2")
    assert shelves_of([sku, empty]) == {sku: {first: 10}, empty: {first: 0}}
    with zone("worker"), transaction.atomic():
        Sku.objects.take({sku: 4})  # sold, and not yet packed
        Shelf.objects.add({(sku, first): -3, (sku, second): 3})
    take(item(origin, merchant=shop, stock=25))
    assert (stock_of(sku), on_shelves(sku)) == (25, 29)
    take(item(origin, merchant=shop, stock=25, title="又一个名字"))  # the figure stays, so does the stock
    assert (stock_of(sku), on_shelves(sku)) == (25, 29)


def test_what_leaves_the_catalogue_leaves_its_shelves():
    shop, origin = make_merchant(), source()
    opened(shop, "浙江省")
    take(item(origin, merchant=shop, stock=10))
    [sku] = skus_of(origin)
    with zone("worker"):
        Sku.objects.filter(code=sku).update(code=f"{sku}-old")
        Shelf.objects.filter(sku=sku).update(sku=f"{sku}-old")
    take(item(origin, merchant=shop, stock=3, title="换了编号"))
    assert shelves_of([f"{sku}-old"]) == {}
    assert on_shelves(sku) == 3


def test_the_demo_opens_warehouses_for_a_shop_without_goods_alone():
    shop = make_merchant()
    article(merchant=shop)
    with zone("worker"):
        ensure_demo_warehouses(shop)
    assert warehouses_of(shop) == []


# ---- nothing is ever lost ----


class Shelves(RuleBasedStateMachine):
    """Selling, packing, calling off, coming back, losing, counting: in any order."""

    orders = Bundle("orders")
    parcels = Bundle("parcels")

    @initialize(stock=st.integers(0, 12))
    def open(self, stock):
        self.shop = make_merchant()
        self.skus = [article(merchant=self.shop, stock=stock), article(merchant=self.shop, stock=stock)]
        self.codes = opened(self.shop, "浙江省", "广东省")
        self.promised = dict.fromkeys(self.skus, 0)

    def _move(self, pieces, code, sign):
        Shelf.objects.hold(list(pieces))
        Shelf.objects.add({(sku, code): sign * number for sku, number in pieces.items()})

    def _promise(self, pieces, sign):
        for sku, number in pieces.items():
            self.promised[sku] += sign * number

    @rule(target=orders, one=st.integers(0, 4), other=st.integers(0, 4))
    def sell(self, one, other):
        wanted = {sku: n for sku, n in zip(self.skus, (one, other), strict=True) if n}
        with zone("worker"), transaction.atomic():
            if not wanted or len(Sku.objects.take(wanted)) < len(wanted):
                transaction.set_rollback(True)
                return multiple()
        self._promise(wanted, 1)
        return wanted

    @rule(pieces=consumes(orders))
    def cancel(self, pieces):
        with zone("worker"), transaction.atomic():
            Sku.objects.give_back(pieces)
        self._promise(pieces, -1)

    @rule(target=parcels, pieces=consumes(orders), turned=st.booleans())
    def pack(self, pieces, turned):
        order = self.codes[::-1] if turned else self.codes
        with zone("worker"), transaction.atomic():
            found = pick(pieces, Shelf.objects.hold(list(pieces)), order)
            Shelf.objects.add(found.moves)
        self._promise(pieces, -1)
        return pieces, found.warehouse

    @rule(target=orders, parcel=consumes(parcels))
    def call_off(self, parcel):
        with zone("worker"), transaction.atomic():
            self._move(*parcel, 1)
        self._promise(parcel[0], 1)
        return parcel[0]

    @rule(parcel=consumes(parcels))
    def come_back(self, parcel):
        with zone("worker"), transaction.atomic():
            Sku.objects.give_back(parcel[0])
            self._move(*parcel, 1)

    @rule(parcel=consumes(parcels))
    def lose(self, parcel):
        """Nothing lies anywhere any more, and nothing is promised."""

    @rule(at=st.integers(0, 1), pieces=st.integers(0, 15))
    def count_again(self, at, pieces):
        sku = self.skus[0]
        by = pieces - shelves_of([sku])[sku].get(self.codes[at], 0)
        with zone("worker"), transaction.atomic():
            if Sku.objects.recount(sku, self.shop, by) is not None:
                self._move({sku: by}, self.codes[at], 1)

    @invariant()
    def shelves_less_what_is_promised_are_the_stock(self):
        for sku in getattr(self, "skus", ()):
            assert on_shelves(sku) - self.promised[sku] == stock_of(sku)
            assert all(pieces >= 0 for pieces in shelves_of([sku])[sku].values())


Shelves.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.reuse, Phase.generate],  # each step is real work: what fails is told as it was found
)
TestShelves = Shelves.TestCase
