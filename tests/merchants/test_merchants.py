"""Merchants in the database: opened, changed, closed; read by everybody."""

from dataclasses import replace

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from psycopg.errors import CheckViolation

from mingpu.lib.text import Text, speaking
from mingpu.merchants.demo import PANTRY, POTTERY, ensure_demo_merchants
from mingpu.merchants.errors import MerchantExists, OwnShopStays, UnknownMerchant
from mingpu.merchants.queries import merchant, merchants, template_of
from mingpu.merchants.rules import OWN_SHOP, commission_of
from mingpu.merchants.services import change_merchant, open_merchant, set_template
from mingpu.merchants.shipping import WEIGHT, Free, Rate, Template
from mingpu.privacy.purposes import Purpose, processing
from tests.merchants.examples import FLAT, SENDER, make_merchant, some_merchant
from tests.people import from_owner
from tests.support import zone

RICH = Template(
    name="按重量", basis=WEIGHT, default=Rate((), 1000, 1000, 500, 300), no_delivery=("西藏",),
    rates=(Rate(("浙江", "江苏/苏州"), 1000, 600, 1000, 200),), free=Free(from_pieces=3, regions=("浙江",)),
)  # fmt: skip


def test_the_own_shop_is_a_merchant_from_the_start():
    it = merchant(OWN_SHOP)
    assert (it.own, it.active, it.commission, it.couriers[0]) == (True, True, 0, "sf")
    assert it.sender.city == "杭州市"
    assert template_of([OWN_SHOP])[OWN_SHOP].free == FLAT.free


def test_what_is_written_is_read_back():
    wanted = some_merchant(cod=True)
    with zone("worker"):
        open_merchant(merchant=wanted, templates=[RICH, FLAT])
    assert merchant(wanted.code) == wanted
    assert template_of([wanted.code, "nobody"]) == {wanted.code: RICH}


def test_a_name_is_told_in_the_readers_language():
    it = merchant(make_merchant())
    with speaking("en"):
        assert str(it.name) == "Musen"
    assert str(it.name) == "木森"


def test_many_are_read_in_one_statement():
    codes = [make_merchant() for _ in range(3)]
    for read in (merchants, template_of):
        with CaptureQueriesContext(connection) as queries:
            assert set(read([*codes, "nobody"])) == set(codes)
        assert len(queries) == 1


def test_a_code_is_taken_once_and_nothing_is_written_for_the_second():
    code = make_merchant()
    with zone("worker"), pytest.raises(MerchantExists):
        open_merchant(merchant=some_merchant(code=code, commission=1), templates=[RICH])
    assert merchant(code).commission == 500
    assert template_of([code])[code] == FLAT


def test_only_what_is_named_changes():
    code = make_merchant()
    before = merchant(code)
    with zone("worker"):
        change_merchant(code=code, commission=0, cod=True, name=Text("木森", "Wood"))
        change_merchant(code=code, sender=replace(SENDER, city="无锡市"), couriers=["yto"])
    after = replace(before, commission=0, cod=True, name=Text("木森", "Wood"), couriers=("yto",))
    assert merchant(code) == replace(after, sender=replace(SENDER, city="无锡市"))


def test_a_closed_merchant_is_still_there():
    code = make_merchant()
    with zone("worker"):
        change_merchant(code=code, active=False)
    assert merchant(code).active is False
    assert code in template_of([code])


def test_the_own_shop_is_never_closed():
    with zone("worker"), pytest.raises(OwnShopStays):
        change_merchant(code=OWN_SHOP, active=False)
    with pytest.raises(CheckViolation):
        from_owner("UPDATE merchants_merchant SET active = false WHERE code = %s", [OWN_SHOP])


def test_one_template_is_in_use_at_a_time():
    code = make_merchant()
    kept = template_of([code])[code].id
    with zone("worker"):
        set_template(merchant=code, template=RICH, in_use=False)
        assert template_of([code])[code] == FLAT
        set_template(merchant=code, template=RICH)
        assert template_of([code])[code] == RICH
        set_template(merchant=code, template=replace(FLAT, free=None))
    assert template_of([code])[code] == replace(FLAT, free=None)
    assert template_of([code])[code].id == kept


def test_an_unknown_merchant_is_told_as_such():
    with pytest.raises(UnknownMerchant):
        merchant("nobody")
    with zone("worker"):
        for change in (
            lambda: change_merchant(code="nobody", cod=True),
            lambda: set_template(merchant="nobody", template=FLAT),
        ):
            with pytest.raises(UnknownMerchant):
                change()


@pytest.mark.parametrize(
    "wrong", [{"commission": 10_001}, {"couriers": ()}, {"couriers": ("dhl",)}, {"code": "A"}]
)
def test_what_cannot_be_a_merchant_is_refused(wrong):
    with pytest.raises(ValueError, match=r".*"):
        some_merchant(**wrong)


@pytest.mark.parametrize("login", ["storefront", "desk"])
def test_every_zone_reads_merchants_and_only_the_worker_writes(login):
    code = make_merchant()
    with zone(login):
        assert merchant(code).code == code
        with pytest.raises(ProgrammingError):
            change_merchant(code=code, commission=9)


def test_a_purpose_reads_merchants_and_writes_none():
    code = make_merchant()
    with zone("worker"):
        with processing(Purpose.RETENTION, subject=None):
            assert template_of([code])
        with pytest.raises(ProgrammingError), processing(Purpose.RETENTION, subject=None):
            change_merchant(code=code, commission=9)


def test_the_demo_merchants_are_opened_once_and_left_as_they_were_changed():
    with zone("worker"):
        ensure_demo_merchants()
        change_merchant(code=POTTERY, commission=501)
        ensure_demo_merchants()
    found = merchants([POTTERY, PANTRY])
    assert [found[code].commission for code in (POTTERY, PANTRY)] == [501, 800]
    assert {found[code].sender.city for code in found} == {"景德镇市", "哈尔滨市"}


def test_the_odd_fen_of_a_commission_is_the_merchants():
    assert [commission_of(fen=fen, commission=500) for fen in (0, 19, 20, 39, 9999)] == [0, 0, 1, 1, 499]
