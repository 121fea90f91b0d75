"""Taking a catalogue in: what is written, what is left alone, what is said."""

import json
from dataclasses import replace

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mingpu.catalog import services
from mingpu.catalog.demo_feed import read_demo
from mingpu.catalog.feed import read_feed
from mingpu.catalog.feed_values import FeedSku, Refusal, note, reason
from mingpu.catalog.models import CatalogVersion, Product, Sku
from mingpu.catalog.queries import changed_since, number
from mingpu.catalog.rules import DEFAULT_GRAMS, DEFAULT_STOCK, product_id, sku_code
from mingpu.merchants.demo import PANTRY, ensure_demo_merchants
from tests.catalog.shop import JPEG, file, item, photo, skus, source, stored, take, take_all
from tests.jobs import waiting
from tests.support import zone


def variants(origin: str, *named: tuple[str, int | None], price: int = 9900) -> tuple[FeedSku, ...]:
    """Variants whose codes no other test has."""
    return tuple(FeedSku(f"{origin}-{name}", {"颜色": name}, price, stock) for name, stock in named)


def left(origin: str) -> dict[str, int]:
    return {code.removeprefix(f"{origin}-"): sku.stock for code, sku in skus(origin).items()}


def sell(code: str, pieces: int) -> None:
    with zone("worker"):
        Sku.objects.filter(code=code).update(stock=Sku.objects.get(code=code).stock - pieces)


def test_an_item_without_variants_is_its_own_sku_with_a_stable_code_and_stock_to_buy():
    origin = source()
    report = take(item(origin))
    assert (report.new, report.changed, report.unchanged, report.taken) == (1, 0, 0, 1)
    (sku,) = skus(origin).values()
    assert (sku.code, sku.price_fen, sku.stock, sku.options) == (
        sku_code(origin, "1"),
        12900,
        DEFAULT_STOCK,
        {},
    )
    product = stored(origin)
    assert (product.id, product.for_sale, product.price_fen) == (product_id(origin, "1"), True, 12900)


def test_an_items_own_stock_figure_is_taken():
    origin = source()
    take(item(origin, stock=3))
    assert [sku.stock for sku in skus(origin).values()] == [3]


def test_a_second_import_changes_nothing_and_tells_nobody():
    origin = source()
    rows = [item(origin, str(place)) for place in range(5)]
    take(*rows)
    before, jobs = number(), waiting("search.refresh")
    report = take(*rows)
    assert (report.new, report.changed, report.unchanged) == (0, 0, 5)
    assert number() == before
    assert waiting("search.refresh") == jobs


def test_a_changed_line_is_written_and_told():
    origin = source()
    take(item(origin), item(origin, "2"))
    before = number()
    report = take(item(origin, title="长嘴壶"), item(origin, "2"))
    assert (report.changed, report.unchanged) == (1, 1)
    assert stored(origin).title == "长嘴壶"
    assert number() > before
    assert changed_since(before) == [stored(origin).id]


def test_every_batch_leaves_a_job_for_the_index():
    take(item(source()))
    assert waiting("search.refresh") >= 1


def test_what_was_sold_does_not_come_back_with_a_new_title():
    origin = source()
    take(item(origin, skus=variants(origin, ("red", 10))))
    sell(f"{origin}-red", 4)
    take(item(origin, title="新标题", skus=variants(origin, ("red", 10))))
    assert left(origin) == {"red": 6}


def test_a_new_figure_in_the_file_sets_the_stock():
    origin = source()
    take(item(origin, skus=variants(origin, ("red", 10))))
    sell(f"{origin}-red", 4)
    take(item(origin, skus=variants(origin, ("red", 25))))
    assert left(origin) == {"red": 25}


def test_a_file_that_stops_telling_stock_leaves_it_alone():
    origin = source()
    take(item(origin, skus=variants(origin, ("red", 10))))
    take(item(origin, title="新标题", skus=variants(origin, ("red", None))))
    assert left(origin) == {"red": 10}


@rules(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.none() | st.integers(0, 40), st.integers(0, 6)), min_size=1, max_size=5))
def test_stock_is_the_last_new_figure_less_what_was_sold_since(steps):
    origin = source()
    code, expected, told = f"{origin}-x", None, None
    for turn, (figure, sold) in enumerate(steps):
        take(item(origin, title=f"第 {turn} 次", skus=variants(origin, ("x", figure))))
        if expected is None:
            expected = DEFAULT_STOCK if figure is None else figure
        elif figure is not None and figure != told:
            expected = figure
        told = figure
        gone = min(sold, expected)
        sell(code, gone)
        expected -= gone
        assert left(origin) == {"x": expected}


def test_a_figure_counted_against_another_moves_the_stock_by_the_difference():
    origin = source()
    take(item(origin, skus=variants(origin, ("red", 10))))
    red = variants(origin, ("red", 10))[0]
    sell(red.code, 4)  # 6 are left when it is exported
    sell(red.code, 1)
    take(item(origin, title="改了标题", skus=(replace(red, stock=6, stock_seen=6),)))
    assert left(origin) == {"red": 5}  # what was sold meanwhile stays sold
    take(item(origin, skus=(replace(red, stock=26, stock_seen=6),)))
    assert left(origin) == {"red": 25}
    take(item(origin, title="再改", skus=(replace(red, stock=26, stock_seen=6),)))
    assert left(origin) == {"red": 25}  # once is enough
    sell(red.code, 15)
    take(item(origin, skus=(replace(red, stock=26, stock_seen=10),)))
    assert left(origin) == {"red": 26}  # the same figure as the last, but counted anew
    take(item(origin, skus=(replace(red, stock=0, stock_seen=90),)))
    assert left(origin) == {"red": 0}
    take(item(origin, "2", skus=(FeedSku(f"{origin}-new", {}, 100, 7, stock_seen=3),)))
    assert [it.stock for it in skus(origin, "2").values()] == [7]  # a new one has what it has


def test_what_a_file_keeps_from_sale_has_its_price_and_can_be_put_back():
    origin = source()
    take(item(origin, on_sale=False))
    product = stored(origin)
    assert (product.for_sale, product.not_for_sale, product.price_fen) == (False, "taken_off", 12900)
    take(item(origin, title="新标题"))
    assert not stored(origin).for_sale  # a file takes off; putting back is done by hand
    take(item(source()), item(origin, "2"))
    take(item(origin, "2", on_sale=False))
    assert stored(origin, "2").not_for_sale == "taken_off"


def test_a_variant_no_longer_named_goes_and_the_others_stay():
    origin = source()
    take(item(origin, skus=variants(origin, ("red", 1), ("blue", 2))))
    take(item(origin, skus=variants(origin, ("blue", 2), ("green", 3))))
    assert left(origin) == {"blue": 2, "green": 3}


def test_the_price_shown_is_the_cheapest_variants():
    origin = source()
    dear, cheap = (FeedSku(f"{origin}-{fen}", {"容量": str(fen)}, fen, 1) for fen in (9900, 4900))
    take(item(origin, price_fen=19900, skus=(dear, cheap)))
    assert stored(origin).price_fen == 4900


def test_a_variant_without_a_code_keeps_its_stock_whatever_its_place():
    origin = source()
    red, blue = FeedSku(None, {"颜色": "红"}, 100, 5), FeedSku(None, {"颜色": "蓝"}, 100, 6)
    take(item(origin, skus=(red, blue)))
    before = {sku.options["颜色"]: code for code, sku in skus(origin).items()}
    take(item(origin, skus=(blue, red)))
    assert {sku.options["颜色"]: code for code, sku in skus(origin).items()} == before


def test_another_products_code_is_never_taken_over():
    one, two = source(), source()
    shared = FeedSku(f"{one}-code", {}, 100, 7)
    take(item(one, skus=(shared,)))
    take(item(two, skus=(replace(shared, price_fen=1, stock=99),)))
    assert [(sku.code, sku.price_fen, sku.stock) for sku in skus(one).values()] == [(shared.code, 100, 7)]
    (other,) = skus(two)
    assert other != shared.code
    take(item(two, skus=(replace(shared, price_fen=2, stock=99),)))
    assert list(skus(two)) == [other]


@pytest.mark.parametrize("code", ["no_price", "zero_price"])
def test_what_has_no_price_is_taken_but_not_for_sale_and_the_reason_is_counted(code):
    origin = source()
    report = take(item(origin, price_fen=None, notes=(note(code),)))
    assert report.not_for_sale == {code: 1}
    assert report.texts[code].zh
    assert not skus(origin)
    product = stored(origin)
    assert (product.for_sale, product.not_for_sale, product.price_fen) == (False, code, None)


def test_a_product_that_loses_its_price_keeps_its_stock_for_later():
    origin = source()
    take(item(origin, skus=variants(origin, ("red", 10))))
    take(item(origin, price_fen=None, notes=(note("no_price"),)))
    assert not stored(origin).for_sale
    assert left(origin) == {"red": 10}


def test_refused_rows_are_counted_by_reason_and_hold_nothing_up():
    origin = source()
    refusals = [
        Refusal("a.csv", 7, None, code, reason(code)) for code in ("missing_id", "missing_id", "bad_price")
    ]
    report = take(refusals[0], item(origin), *refusals[1:])
    assert report.refused == {"missing_id": 2, "bad_price": 1}
    assert (report.rows, report.taken) == (4, 1)
    assert report.texts["bad_price"].en == "the price is not a number"


def test_an_older_sales_figure_never_lowers_the_shops_own():
    origin = source()
    take(item(origin, sales=10))
    with zone("worker"):
        Product.objects.filter(source=origin).update(sales=50)
    take(item(origin, title="新标题", sales=12))
    assert stored(origin).sales == 50


def test_progress_is_told_in_rows_read_also_where_all_are_refused():
    told: list[int] = []
    refusal = Refusal("a.csv", 1, None, "missing_id", reason("missing_id"))
    take_all((refusal for _ in range(2500)), progress=told.append)
    assert told == [1000, 2000, 2500]


def test_an_import_that_breaks_off_keeps_its_batches_and_goes_on_the_next_time():
    origin = source()

    def broken():
        for place in range(services.BATCH + 100):
            yield item(origin, str(place))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_all(broken())
    assert Product.objects.filter(source=origin).count() == services.BATCH
    report = take_all(item(origin, str(place)) for place in range(services.BATCH + 100))
    assert (report.new, report.unchanged) == (100, services.BATCH)


def test_the_shop_windows_zone_may_not_import():
    with pytest.raises(Exception, match="permission denied"):
        services.import_feed([item(source())])


def test_the_number_only_grows():
    numbers = []
    for _ in range(3):
        take(item(source()))
        numbers.append(CatalogVersion.objects.get().number)
    assert numbers == sorted(set(numbers))


# ---- whose it is, what it weighs, what it is worth ----


def test_what_a_file_does_not_say_is_the_malls_own_and_of_usual_weight():
    origin = source()
    take(item(origin))
    product, (sku,) = stored(origin), skus(origin).values()
    assert (product.merchant, product.kind, product.real_name) == ("mingpu", "goods", False)
    assert (sku.grams, sku.face_fen) == (DEFAULT_GRAMS, None)


def test_merchant_identity_check_and_weights_are_stored_and_a_change_is_told():
    with zone("worker"):
        ensure_demo_merchants()
    origin = source()
    both = (
        FeedSku(f"{origin}-a", {"规格": "a"}, 100, 1, grams=900),
        FeedSku(f"{origin}-b", {"规格": "b"}, 100, 1),
    )
    rows = item(origin, merchant=PANTRY, real_name=True, grams=700, skus=both)
    assert take(rows).new == 1
    assert (stored(origin).merchant, stored(origin).real_name) == (PANTRY, True)
    assert [it.grams for it in skus(origin).values()] == [900, 700]
    before = number()
    assert take(rows).unchanged == 1
    assert number() == before
    assert take(replace(rows, grams=800)).changed == 1
    assert [it.grams for it in skus(origin).values()] == [900, 800]
    assert take(replace(rows, merchant="mingpu", real_name=False, grams=None)).changed == 1
    assert (stored(origin).merchant, stored(origin).real_name) == ("mingpu", False)
    assert [it.grams for it in skus(origin).values()] == [900, DEFAULT_GRAMS]


def test_virtual_goods_weigh_nothing_and_have_a_face_value():
    origin = source()
    two = (FeedSku(f"{origin}-1", {}, 990, 5, face_fen=1000), FeedSku(f"{origin}-2", {}, 4990, 5))
    take(item(origin, kind="topup", face_fen=5000, grams=300, skus=two))
    assert stored(origin).kind == "topup"
    assert [(it.grams, it.face_fen) for it in skus(origin).values()] == [(0, 1000), (0, 5000)]


def test_goods_of_a_merchant_that_is_not_there_are_refused_and_told():
    origin, told = source(), []
    known, other = item(origin), item(origin, "2", line=7, merchant="nobody")
    report = take_all(
        [known, other, Refusal("shop.jsonl", 9, None, "broken_json", reason("broken_json"))],
        step=lambda _, remarks: told.extend(remarks),
    )
    assert (report.new, report.rows) == (1, 3)
    assert report.refused == {"unknown_merchant": 1, "broken_json": 1}
    assert "nobody" in report.texts["unknown_merchant"].en
    assert {(it.code, it.line, it.external_id) for it in told} == {
        ("unknown_merchant", 7, "2"), ("broken_json", 9, None),
    }  # fmt: skip
    assert not Product.objects.filter(source=origin, external_id="2").exists()


# ---- pictures ----


def images(origin: str) -> list[str]:
    return list(stored(origin).images)


def test_a_picture_is_kept_under_a_name_made_of_its_content(tmp_path):
    one, two = source(), source()
    take(
        item(one, images=(file(tmp_path, "a.jpg", JPEG),)), item(two, images=(file(tmp_path, "b.png", JPEG),))
    )
    assert images(one) == images(two)
    assert images(one)[0].endswith(".jpg")  # by what it is, whatever it is called
    assert (settings.MEDIA_ROOT / "catalog" / images(one)[0]).read_bytes() == JPEG


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a" + bytes(50), b"<html><script>alert(1)</script>", b"RIFF1234WAVE" + bytes(50),
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", JPEG + bytes(2 * 1024 * 1024),
    ],
    ids=["empty", "gif", "html", "riff of another kind", "a drawing not our own", "too large"],
)  # fmt: skip
def test_what_is_no_picture_we_show_is_left_out_and_noted(tmp_path, content):
    origin = source()
    report = take(item(origin, images=(file(tmp_path, "a.jpg", content),)))
    assert images(origin) == []
    assert report.notes == {"bad_picture": 1}
    assert report.taken == 1


def test_a_lost_picture_is_put_back_by_the_next_import(tmp_path):
    origin = source()
    row = item(origin, images=(file(tmp_path, "a.png", photo(kind="PNG", salt=origin)),))
    take(row)
    kept = settings.MEDIA_ROOT / "catalog" / images(origin)[0]
    kept.unlink()
    assert take(row).unchanged == 1
    assert kept.exists()


def test_a_picture_that_vanished_meanwhile_is_left_out(tmp_path):
    origin = source()
    assert take(item(origin, images=(tmp_path / "gone.jpg",))).notes == {"bad_picture": 1}


# ---- our own, and the measuring data ----


def test_the_demo_catalogue_is_taken_whole_with_pictures_and_english():
    rows = list(read_demo())
    with zone("worker"):
        ensure_demo_merchants()
    report = take(*rows)
    assert report.taken == len(rows) >= 300
    assert (report.refused, report.not_for_sale, report.notes) == ({}, {}, {})
    for row in rows[::25]:
        product = stored("demo", row.external_id)
        assert len(product.images) == len(row.images) > 0
        assert product.title_en == row.title_en
        assert set(skus("demo", row.external_id)) == {sku.code for sku in row.skus}
        assert (product.merchant, product.kind, product.real_name) == (row.merchant, row.kind, row.real_name)
        for sku in row.skus:
            kept = skus("demo", row.external_id)[sku.code or ""]
            assert (kept.grams, kept.face_fen) == (sku.grams or 0, sku.face_fen)


def test_a_reduced_variant_tells_its_price_before():
    origin = source()
    red, blue = variants(origin, ("red", 1), ("blue", 1))
    both = (replace(red, list_price_fen=12900), replace(blue, list_price_fen=1))
    take(item(origin, title_en="Kettle", skus=both))
    assert [sku.list_price_fen for sku in skus(origin).values()] == [12900, None]
    assert stored(origin).title_en == "Kettle"


@pytest.mark.data
def test_the_real_catalogue_is_taken_as_it_is_and_twice_changes_nothing(data):
    rows = list(read_feed(data / "zh_catalogue"))
    try:
        report = take(*rows)
        assert report.taken == 14_599
        assert report.not_for_sale == {"no_price": 14_599 - 4_311}
        assert report.refused == {"not_items": 2}
        assert (
            sum(bool(it.images) for it in Product.objects.filter(source="newbee-mall").only("images")) == 562
        )
        again = take(*rows)
        assert (again.unchanged, again.new, again.changed) == (14_599, 0, 0)
        assert json.dumps(again.texts["no_price"].en)
    finally:
        with zone("worker"):  # so many would slow every other test of the index down
            origins = {row.source for row in rows if not isinstance(row, Refusal)}
            Product.objects.filter(source__in=origins).delete()
