"""Imports as rows: checked, agreed to, taken in, called off, killed and gone on with."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from mingpu.catalog import errors, import_rules
from mingpu.catalog.feed import read_feed
from mingpu.catalog.models import Brand, Category, Import, ImportRemark, Product, Sku
from mingpu.catalog.queries import number
from mingpu.catalog.queries.imports import import_of, imports_of, remarks_of
from mingpu.catalog.services import importing, imports
from mingpu.catalog.services.imports import (
    agree,
    call_off,
    import_path,
    run_imports,
    sweep_imports,
    take_upload,
)
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from tests.catalog.feeding import lines
from tests.catalog.shop import item, source, stored, take
from tests.jobs import waiting
from tests.merchants.examples import make_merchant
from tests.support import zone


@pytest.fixture(autouse=True)
def _nothing_open():
    """Each test begins with no import of another one open."""
    with zone("worker"):
        Import.objects.filter(state__in=import_rules.OPEN).update(state=import_rules.CANCELLED)


@pytest.fixture
def origin() -> str:
    return source()


@pytest.fixture
def small(monkeypatch):
    """Batches of ten, so that few rows make several."""
    monkeypatch.setattr(importing, "BATCH", 10)


def rows(origin: str, count: int, **more: object) -> list[dict[str, object]]:
    """So many items; every seventh has no title, every fifth no price."""
    return [
        {"id": str(n), "source": origin, "title": f"壶 {n}" if n % 7 else "", "price": 9 if n % 5 else None, **more}
        for n in range(1, count + 1)
    ]  # fmt: skip


def send(content: bytes, *, merchant: str = "", by: str = "kf1", name: str = "shop.jsonl") -> UUID:
    with zone("desk"):
        return take_upload(by=by, merchant=merchant, name=name, content=[content[:100], content[100:]])


def say_yes(import_id: UUID, merchant: str = "") -> None:
    with zone("desk"):
        agree(import_id=import_id, merchant=merchant)


def work() -> None:
    with zone("worker"):
        run_imports()


def seen(import_id: UUID, merchant: str = ""):
    with zone("desk"):
        return import_of(import_id=import_id, merchant=merchant)


def kept(import_id: UUID) -> bool:
    return (settings.HOME / "imports" / import_id.hex).exists()


def articles(origin: str) -> list[tuple]:
    """All that was stored of a source, but for what differs from one mall to the next."""
    found = Product.objects.filter(source=origin).order_by("external_id")
    return [
        (it.external_id, it.title, it.price_fen, it.for_sale, [sku.stock for sku in it.skus.all()])
        for it in found
    ]


# ---- a file from the desk ----


def test_a_file_is_checked_first_and_taken_after_a_yes(origin):
    it = send(lines(*rows(origin, 20)))
    assert waiting("catalog.imports") >= 1
    before = number()
    work()
    view = seen(it)
    assert (view.state, view.report.rows, view.report.new, view.to_write) == ("checked", 20, 18, 18)
    assert (view.report.refused, view.report.not_for_sale) == ({"missing_title": 2}, {"no_price": 4})
    assert (number(), articles(origin), kept(it)) == (before, [], True)
    say_yes(it)
    assert seen(it).report.rows == 0
    work()
    view = seen(it)
    assert (view.state, view.report.new, view.report.taken, view.said) == ("done", 18, 18, 6)
    assert (len(articles(origin)), kept(it)) == (18, False)
    assert number() > before


def test_remarks_name_the_row_and_come_once_though_it_was_checked_before(origin):
    it = send(lines(*rows(origin, 7)))
    work()
    checked = list(remarks_of_desk(it))
    say_yes(it)
    work()
    assert list(remarks_of_desk(it)) == checked
    assert [(r.file, r.line, r.external_id, r.code, r.kind, r.text.en) for r in checked] == [
        ("shop.jsonl", 5, "5", "no_price", "not_for_sale", "no price, so not for sale"),
        ("shop.jsonl", 7, "7", "missing_title", "refused", "the title is missing"),
    ]


def remarks_of_desk(it, most=None):
    with zone("desk"):
        yield from list(remarks_of(it, most))


def test_remarks_are_read_page_by_page_and_no_more_than_wanted(origin):
    it = send(lines(*({"id": str(n)} for n in range(2_100))))
    work()
    assert [r.line for r in remarks_of_desk(it)] == list(range(1, 2_101))
    assert len(list(remarks_of_desk(it, 50))) == 50
    assert len(list(remarks_of_desk(it, 1_500))) == 1_500


def test_of_endless_remarks_a_bounded_number_is_kept_and_all_are_counted(monkeypatch, origin):
    monkeypatch.setattr(imports, "MAX_REMARKS", 15)
    monkeypatch.setattr(importing, "BATCH", 10)
    it = send(lines(*({"id": str(n)} for n in range(40))))
    work()
    assert seen(it).report.refused == {"missing_title": 40}
    assert len(list(remarks_of_desk(it))) == 15


def test_a_yes_counts_once_and_only_after_the_check(origin):
    it = send(lines(*rows(origin, 3)))
    for _ in range(2):
        with pytest.raises(errors.ImportOver):
            say_yes(it)
        work()
        say_yes(it) if seen(it).waits else None
    assert seen(it).state == "done"


def test_a_shop_sees_and_moves_its_own_imports_alone(origin):
    shop, other = make_merchant(), make_merchant()
    it = send(lines(*rows(shop, 3)), merchant=shop)
    work()
    for act in (say_yes, seen):
        with pytest.raises(NotFound):
            act(it, other)
    with zone("desk"), pytest.raises(NotFound):
        call_off(import_id=it, merchant=other)
    with zone("desk"):
        assert [view.id for view in imports_of(merchant=shop)] == [it]
        assert imports_of(merchant=other) == []
        assert it in [view.id for view in imports_of(merchant="")]
    assert seen(it).state == "checked"
    say_yes(it)  # the operator may


def test_what_begins_at_the_command_line_is_nothing_of_the_desks(tmp_path, origin):
    (tmp_path / "shop.jsonl").write_bytes(lines(*rows(origin, 3)))
    it, _ = by_hand(tmp_path / "shop.jsonl")
    for act in (seen, say_yes):
        with pytest.raises(NotFound):
            act(it)


def test_one_import_of_a_shop_at_a_time(origin):
    shop = make_merchant()
    it = send(lines(*rows(shop, 3)), merchant=shop)
    with pytest.raises(errors.ImportOpen) as refused:
        send(lines(*rows(shop, 3)), merchant=shop)
    assert "shop.jsonl" in refused.value.message
    other = send(lines(*rows(origin, 3)), merchant=make_merchant())
    with zone("desk"):
        call_off(import_id=it, merchant=shop)
    assert not kept(it)
    assert send(lines(*rows(shop, 3)), merchant=shop) not in {it, other}


@pytest.mark.parametrize(("name", "kept_as"), [
    ("shop.jsonl", "shop.jsonl"), ("../../etc/商品 1.CSV", "商品 1.csv"), ("C:\\x\\a b.xlsx", "a b.xlsx"), ("....tsv", "catalogue.tsv"),
    ("a\x00b/\nc.csv", "_c.csv"), ("x" * 300 + ".csv", "x" * 60 + ".csv"), ("shop.pdf", ""), ("jsonl", ""), ("", ""), ("a.csv/..", ""),
])  # fmt: skip
def test_a_file_is_kept_under_a_harmless_name(name, kept_as):
    assert import_rules.file_name(name) == kept_as


def test_what_is_no_catalogue_or_too_large_is_refused_and_leaves_nothing(monkeypatch):
    folders = set((settings.HOME / "imports").glob("*"))
    with pytest.raises(errors.NotACatalogue):
        send(b"x", name="shop.exe")
    monkeypatch.setattr(imports, "MAX_UPLOAD", 1 << 20)
    with pytest.raises(errors.CatalogueTooLarge):
        send(bytes(2 << 20))
    assert set((settings.HOME / "imports").glob("*")) == folders


# ---- a merchant's file touches the merchant's goods alone ----


def test_goods_of_a_shops_file_are_its_own_and_named_under_its_code():
    shop = make_merchant()
    it = send(
        lines({"id": "1", "title": "壶", "price": 9}, {"id": "2", "title": "杯", "merchant": shop}),
        merchant=shop,
    )
    work()
    say_yes(it, shop)
    work()
    found = Product.objects.filter(source=shop).order_by("external_id")
    assert [(row.external_id, row.merchant) for row in found] == [("1", shop), ("2", shop)]


def test_nobody_takes_over_anothers_goods_or_name(origin):
    shop, other = make_merchant(), make_merchant()
    take(
        item(origin, "1", merchant=other), item(origin, "2", merchant=shop), item(other, "3", merchant=other)
    )
    goods = [
        {"id": "1", "source": origin, "title": "抢来的", "price": 1},
        {"id": "2", "source": origin, "title": "自己的", "price": 1},
        {"id": "3", "source": other, "title": "抢来的", "price": 1},
        {"id": "4", "source": origin, "title": "占名字", "price": 1},
        {"id": "5", "title": "送人的", "merchant": other, "price": 1},
        {"id": "6", "title": "卡", "kind": "ecard", "face": 100, "price": 1},
    ]
    it = send(lines(*goods), merchant=shop)
    work()
    say_yes(it, shop)
    work()
    said = {r.external_id: r.code for r in remarks_of_desk(it)}
    assert said == {
        "1": "not_yours", "3": "not_yours", "4": "not_your_source", "5": "not_yours", "6": "not_own_shop",
    }  # fmt: skip
    assert seen(it).report.changed == 1
    assert (stored(origin, "2").title, stored(origin, "1").title) == ("自己的", "细口壶 1")
    assert not Product.objects.filter(source=origin, external_id="4").exists()


# ---- called off, broken, killed ----


def test_what_was_called_off_half_way_stays_whole_batches(small, monkeypatch, origin):
    it = send(lines(*rows(origin, 40, title="壶", price=9)))
    work()
    say_yes(it)
    through = importing.write

    def write(batch):
        through(batch)
        if Product.objects.filter(source=origin).count() == 20:
            call_off_elsewhere(it)

    monkeypatch.setattr(importing, "write", write)
    work()
    view = seen(it)
    assert (view.state, view.report.rows) == ("cancelled", 10)  # the batch under way was undone
    assert len(articles(origin)) == 10
    assert not kept(it)
    with zone("desk"), pytest.raises(errors.ImportOver):
        call_off(import_id=it, merchant="")


def call_off_elsewhere(import_id: UUID) -> None:
    """Call it off from another connection, as the desk's process does."""
    done = subprocess.run(
        [sys.executable, "-c", CALL_OFF, str(import_id)], env={**os.environ, "MINGPU_ZONE": "desk"}, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


CALL_OFF = """
import sys, uuid, django
django.setup()
from mingpu.catalog.services.imports import call_off
call_off(import_id=uuid.UUID(sys.argv[1]), merchant="")
"""


def test_a_file_that_is_lost_or_changed_ends_its_import_and_holds_up_no_other(origin):
    shop = make_merchant()
    lost, changed = send(lines(*rows(origin, 3))), send(lines(*rows(shop, 3)), merchant=shop)
    good = send(lines(*rows("x", 3)), merchant=make_merchant())
    shutil.rmtree(settings.HOME / "imports" / lost.hex)
    (settings.HOME / "imports" / changed.hex / "shop.jsonl").write_bytes(b"other")
    work()
    assert [seen(it).state for it in (lost, changed, good)] == ["failed", "failed", "checked"]
    assert not kept(changed)


def test_a_file_no_row_of_which_can_be_read_says_so(origin):
    it = send(b"\xff\xfe\x00", name="shop.xlsx")
    work()
    assert (seen(it).state, seen(it).report.refused) == ("checked", {"broken_workbook": 1})


def by_hand(path, progress=lambda _: None):
    with zone("worker"):
        return import_path(path, lambda: read_feed(path), lines=0, progress=progress)


class Stop(Exception):
    pass


def test_an_import_that_broke_off_goes_on_after_its_last_batch(small, tmp_path, origin):
    path = tmp_path / "shop.jsonl"
    path.write_bytes(lines(*rows(origin, 45)))
    told = []

    def stop(rows):
        told.append(rows)
        if rows == 20:
            raise Stop

    with pytest.raises(Stop):
        by_hand(path, stop)
    with zone("worker"):
        broken = Import.objects.order_by("-at").first()
        assert (broken.state, broken.rows) == ("taking", 20)
    it, report = by_hand(path, told.append)
    assert told == [10, 20, 30, 40, 45]
    assert it == broken.id
    whole = source()
    path.write_bytes(lines(*rows(whole, 45)))
    other, unbroken = by_hand(path)
    assert report == unbroken
    assert articles(origin) == articles(whole)
    with zone("worker"):
        assert [(r.line, r.code) for r in remarks_of(it)] == [(r.line, r.code) for r in remarks_of(other)]


def test_another_file_or_another_import_since_begins_anew(small, tmp_path, origin):
    path = tmp_path / "shop.jsonl"

    def stop(_):
        raise Stop

    path.write_bytes(lines(*rows(origin, 25)))
    with pytest.raises(Stop):
        by_hand(path, stop)
    path.write_bytes(lines(*rows(origin, 24)))
    first, report = by_hand(path)
    assert (report.rows, report.unchanged) == (24, 9)  # the first batch is there already
    path.write_bytes(lines(*rows(origin, 25)))
    second, report = by_hand(path)  # what broke off was of this content, but another import came between
    assert (second != first, report.rows) == (True, 25)


def test_two_at_the_same_import_count_nothing_twice(small, tmp_path, origin):
    path = tmp_path / "shop.jsonl"
    path.write_bytes(lines(*rows(origin, 35)))
    inner = []

    def overtake(rows):
        if rows == 10 and not inner:
            inner.append(by_hand(path))

    with pytest.raises(errors.ImportOvertaken):
        by_hand(path, overtake)
    [(it, report)] = inner
    assert (report.rows, report.taken, sum(report.refused.values())) == (35, 30, 5)
    with zone("worker"):
        assert Import.objects.get(id=it).state == "done"


WORK = """
import time, django
django.setup()
from mingpu.catalog.services import importing, imports
from mingpu.catalog.services.imports import run_imports
importing.BATCH = 20
through = importing._take  # of what is only checked, too
def slowly(*batch, **more):
    through(*batch, **more)
    time.sleep(0.3)
importing._take = slowly
run_imports()
"""


def killed_at(it: UUID, rows: int) -> None:
    """Let a worker process go on until so many rows are committed, and kill it in the middle of what comes next."""
    process = subprocess.Popen([sys.executable, "-c", WORK], env={**os.environ, "MINGPU_ZONE": "worker"})
    end = time.monotonic() + 60
    while seen(it).report.rows < rows and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    time.sleep(random.random() * 0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_worker_killed_again_and_again_ends_as_if_it_had_not_been(origin):
    whole = source()
    unbroken = send(lines(*rows(whole, 200)))
    work()
    say_yes(unbroken)
    work()
    it = send(lines(*rows(origin, 200)))
    killed_at(it, 40)
    assert (seen(it).state, articles(origin)) == ("checking", [])
    work()
    assert seen(it).report == seen(unbroken).report
    say_yes(it)
    stops = []
    for at in (20, 80, 140):
        killed_at(it, at)
        stops.append(seen(it).report.rows)
        assert len(articles(origin)) == sum(n % 7 > 0 for n in range(1, stops[-1] + 1))  # whole batches
    assert seen(it).state == "taking"
    work()
    assert stops == sorted(set(stops))  # each time it was further
    assert seen(it).state == "done"
    assert seen(it).report == seen(unbroken).report
    assert articles(origin) == articles(whole)
    here, there = ([(r.line, r.code, r.kind) for r in remarks_of_desk(which)] for which in (it, unbroken))
    assert here == there
    assert not kept(it)


def test_while_one_worker_takes_files_in_another_leaves_them_alone(origin):
    it = send(lines(*rows(origin, 5)))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], env={**os.environ, "MINGPU_ZONE": "worker"}, stdout=subprocess.PIPE
    )
    holder.stdout.readline()
    work()
    assert seen(it).report.rows == 0
    holder.kill()
    holder.wait()
    end = time.monotonic() + 30
    while seen(it).state == "checking" and time.monotonic() < end:  # the server takes the turn back by itself
        work()
    assert seen(it).state == "checked"


HOLD = """
import time, django
django.setup()
from mingpu.catalog.services import imports
with imports._alone() as alone:
    print(alone, flush=True)
    time.sleep(60)
"""


def test_what_nobody_went_on_with_is_called_off_and_old_ones_are_forgotten(origin):
    it = send(lines(*rows(origin, 3)))
    work()
    stray, coming = (settings.HOME / "imports" / uuid4().hex for _ in range(2))
    for folder in (stray, coming):
        folder.mkdir()
    os.utime(stray, (0, 0))
    with zone("worker"):
        sweep_imports()
        assert seen(it).state == "checked"
        assert kept(it)
        assert (stray.exists(), coming.exists()) == (False, True)
        Import.objects.filter(id=it).update(at=now() - timedelta(days=2))
        sweep_imports()
        assert seen(it).state == "cancelled"
        assert not kept(it)
    with zone("worker"):
        assert ImportRemark.objects.filter(of_id=it).count() == 0
        Import.objects.filter(id=it).update(at=now() - timedelta(days=91))
        assert sweep_imports() >= 1
        assert not Import.objects.filter(id=it).exists()


def test_the_shop_window_knows_nothing_of_imports():
    with pytest.raises(Exception, match="permission denied"):
        Import.objects.count()


def test_the_desk_may_not_write_goods_itself(origin):
    with zone("desk"), pytest.raises(Exception, match="permission denied"):
        importing.import_feed([item(origin)])
    assert not Sku.objects.filter(product__source=origin).exists()


def test_a_folder_is_one_import_by_all_it_holds(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        (folder / "a.jsonl").write_text(json.dumps({"id": 1, "title": "壶"}))
    assert imports._measure(one) == imports._measure(two)
    (two / "a.jsonl").rename(two / "b.jsonl")  # a name is a source
    assert imports._measure(one)[1] != imports._measure(two)[1]
    assert imports._measure(tmp_path / "nothing")[0] == 0


def test_a_shop_window_does_not_load_what_reads_workbooks():
    loaded = "import sys, django; django.setup(); import mingpu.urls; print('openpyxl' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], check=True, capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "False"


# ---- what is everybody's ----


def test_a_shops_file_names_categories_that_are_there_and_adds_none(origin):
    shop, top = make_merchant(), f"厨房{origin}"
    take(item(origin, category_path=(top, "茶具")))
    paths = {"1": (top, "茶具"), "2": (top, "酒具", "杯"), "3": (f"别处{origin}",), "4": ()}
    content = [{"id": key, "title": "壶", "price": 9, "category_path": path} for key, path in paths.items()]
    it = send(lines(*content), merchant=shop)
    work()
    assert seen(it, shop).report.notes == {"unknown_category": 2}
    say_yes(it, shop)
    work()
    stands = dict(Product.objects.filter(merchant=shop).values_list("external_id", "category"))
    assert stands == {"1": [top, "茶具"], "2": [top], "3": [], "4": []}
    assert not Category.objects.filter(zh__in=(f"别处{origin}", "酒具"), parent__zh=top).exists()
    assert not Category.objects.filter(zh=f"别处{origin}").exists()
    take(item(origin, "2", category_path=(top, "酒具", "杯")))
    again = send(lines(*content), merchant=shop)
    work()
    assert (seen(again, shop).report.changed, seen(again, shop).report.notes) == (1, {"unknown_category": 1})


def test_what_a_shop_says_it_sold_is_not_taken(origin):
    shop = make_merchant()
    take(item(shop, merchant=shop, sales=7))
    content = [{"id": key, "title": "壶", "price": 9, "sales": 2_000_000} for key in ("1", "2")]
    it = send(lines(*content), merchant=shop)
    work()
    assert seen(it, shop).report.notes == {"own_sales": 2}
    say_yes(it, shop)
    work()
    sold = Product.objects.filter(merchant=shop).values_list("external_id", "sales")
    assert dict(sold) == {"1": 7, "2": 0}


def test_a_shops_file_teaches_no_brand_of_others_another_name(origin):
    shop, name = make_merchant(), f"山泉{origin}"
    take(item(origin, brand=name))
    brands = {"1": f"{name}/Fake{origin}", "2": f"New{origin}/新{origin}"}
    it = send(
        lines(*({"id": key, "title": "壶", "price": 9, "brand": said} for key, said in brands.items())),
        merchant=shop,
    )
    work()
    say_yes(it, shop)
    work()
    kept = Brand.objects.get(name=name)
    assert (kept.en, kept.aliases) == ("", [])
    stands = dict(Product.objects.filter(merchant=shop).values_list("external_id", "brand"))
    assert stands == {"1": name, "2": f"新{origin}"}
    assert Brand.objects.get(name=f"新{origin}").en == f"New{origin}"
    take(item(origin, "2", brand=f"{name}/Spring{origin}"))
    assert Brand.objects.get(name=name).en == f"Spring{origin}"
