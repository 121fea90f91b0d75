"""Categories, brands and attributes: added as goods come in, changed by the operator, followed by products."""

import secrets
import threading

import pytest
from django.db import connection

from mingpu.catalog.attributes import BOOLEAN, NUMBER, TEXT, Definition
from mingpu.catalog.errors import InUse, NameTaken, TooDeep, WithinItself
from mingpu.catalog.feed_values import FeedSku
from mingpu.catalog.labels import brand_label, category_label, name_label, value_label
from mingpu.catalog.models import Attribute, Brand, Category
from mingpu.catalog.naming import path_value
from mingpu.catalog.queries import changed_since, listings, number, product
from mingpu.catalog.queries.structure import (
    brand_aliases,
    brand_named,
    brand_page,
    brand_with_slug,
    read_tree,
    structure,
)
from mingpu.catalog.rules import product_id
from mingpu.catalog.services import (
    add_category,
    change_brand,
    follow,
    import_feed,
    move_category,
    remove_attribute,
    remove_category,
    rename_category,
    save_attribute,
    shift_category,
    take_categories,
)
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.text import speaking
from tests.catalog.shop import item, look, source, stored, take
from tests.jobs import run_jobs, waiting
from tests.support import zone

DESK = ("catalog.follow", "catalog.remeasure")


def word(start: str = "类") -> str:
    """A name nobody used before."""
    return start + secrets.token_hex(4)


def at(*path):
    found = read_tree().at(path)
    assert found is not None, path
    return found


def by_operator(verb, **facts):
    """Change something as the desk's process does, and let the worker follow."""
    with zone("desk"):
        done = verb(**facts)
    run_jobs(names=DESK)
    look()
    return done


def page(origin, name="1"):
    look()
    found = product(product_id(origin, name))
    assert found is not None
    return found


# ---- categories ----


def test_an_import_adds_the_categories_it_names():
    origin, top = source(), word()
    take(
        item(origin, category_path=(top, "厨房", "壶")), item(origin, "2", category_path=(top, "厨房", "锅"))
    )
    root = at(top)
    assert [it.path for it in root.all()] == [(top,), (top, "厨房"), (top, "厨房", "壶"), (top, "厨房", "锅")]
    assert [it.row.en for it in root.all()][1] == "Kitchen"
    assert len({it.row.slug for it in root.all()}) == 4
    before = Category.objects.count()
    take(item(origin, "3", category_path=(top, "厨房", "锅")))
    assert Category.objects.count() == before


def test_a_products_path_always_names_a_category():
    origin, top = source(), word()
    take(item(origin, category_path=(top, "一", "二", "三", "四")))
    assert stored(origin).category == [top, "一", "二"]
    assert at(*stored(origin).category).levels == 1


def test_a_renamed_category_takes_its_products_along_and_files_may_go_on_naming_it_as_before():
    origin, top, new = source(), word(), word()
    take(item(origin, category_path=(top, "壶")), item(origin, "2", category_path=(top,)))
    before = number()
    by_operator(rename_category, category_id=at(top).row.id, zh=new, en="Pots")
    assert [stored(origin, name).category for name in "12"] == [[new, "壶"], [new]]
    assert set(changed_since(before)) >= {product_id(origin, "1"), product_id(origin, "2")}
    assert waiting("search.refresh") >= 1
    with speaking("en"):
        assert category_label(path_value((new,))) == "Pots"
    take(
        item(origin, "1", title="别的", category_path=(top, "壶")),
        item(origin, "3", category_path=(top, "壶", "长嘴")),
    )
    assert stored(origin).category == [new, "壶"]
    assert stored(origin, "3").category == [new, "壶", "长嘴"]
    assert read_tree().at((top,)) is None


def test_a_moved_category_takes_everything_below_along():
    origin, here, there = source(), word(), word()
    take(item(origin, category_path=(here, "壶")), item(origin, "2", category_path=(there,)))
    by_operator(move_category, category_id=at(here).row.id, parent_id=at(there).row.id)
    assert stored(origin).category == [there, here, "壶"]
    take(item(origin, "3", category_path=(here, "壶")))
    assert stored(origin, "3").category == [there, here, "壶"]
    by_operator(move_category, category_id=at(there, here).row.id, parent_id=None)
    assert stored(origin).category == [here, "壶"]


def test_renamed_twice_before_anybody_followed_it_ends_under_the_last_name():
    origin, one, two, three = source(), word(), word(), word()
    take(item(origin, category_path=(one, "壶")))
    key = at(one).row.id
    with zone("desk"):
        rename_category(category_id=key, zh=two)
        rename_category(category_id=key, zh=three)
    run_jobs(names=DESK)
    assert stored(origin).category == [three, "壶"]


def test_following_again_moves_nothing():
    origin = source()
    take(item(origin, category_path=(word(), "壶"), brand=word("牌")))
    with zone("worker"):
        follow()
        assert follow() == 0


def test_siblings_change_places():
    top = word()
    with zone("worker"):
        take_categories([((top, it), "") for it in "甲乙丙"])

    def order():
        return [it.row.zh for it in at(top).below]

    by_operator(shift_category, category_id=at(top, "丙").row.id, up=True)
    assert order() == ["甲", "丙", "乙"]
    by_operator(shift_category, category_id=at(top, "甲").row.id, up=False)
    assert order() == ["丙", "甲", "乙"]
    by_operator(shift_category, category_id=at(top, "丙").row.id, up=True)
    assert order() == ["丙", "甲", "乙"]


def test_a_category_stays_within_three_levels_and_out_of_itself():
    top, other = word(), word()
    with zone("worker"):
        take_categories([((top, "一", "二"), ""), ((other, "三"), "")])
    with pytest.raises(TooDeep):
        by_operator(add_category, parent_id=at(top, "一", "二").row.id, zh="三")
    with pytest.raises(TooDeep):
        by_operator(move_category, category_id=at(other).row.id, parent_id=at(top, "一").row.id)
    with pytest.raises(WithinItself):
        by_operator(move_category, category_id=at(top).row.id, parent_id=at(top, "一").row.id)
    with pytest.raises(WithinItself):
        by_operator(move_category, category_id=at(top).row.id, parent_id=at(top).row.id)


def test_two_siblings_never_have_one_name():
    top = word()
    with zone("worker"):
        take_categories([((top, "甲"), ""), ((top, "乙"), "")])
    for verb, facts in (
        (add_category, {"parent_id": at(top).row.id, "zh": "甲"}),
        (rename_category, {"category_id": at(top, "乙").row.id, "zh": "甲"}),
        (add_category, {"parent_id": None, "zh": top}),
    ):
        with pytest.raises(NameTaken):
            by_operator(verb, **facts)


def test_only_an_empty_category_is_removed():
    origin, top = source(), word()
    take(item(origin, category_path=(top, "壶")))
    for path in ((top,), (top, "壶")):
        with pytest.raises(InUse):
            by_operator(remove_category, category_id=at(*path).row.id)
    empty = by_operator(add_category, parent_id=at(top).row.id, zh="空", en="Empty")
    by_operator(remove_category, category_id=empty)
    assert read_tree().at((top, "空")) is None
    with pytest.raises(NotFound):
        by_operator(remove_category, category_id=empty)


@pytest.mark.parametrize("name", ["", "  ", "长" * 61, "\x00"])
def test_a_category_needs_a_name(name):
    with pytest.raises(Invalid):
        by_operator(add_category, parent_id=None, zh=name)


def test_names_typed_are_plain_text():
    key = by_operator(add_category, parent_id=None, zh="<b>壶</b>" + (name := word()))
    assert Category.objects.get(id=key).zh == f"壶 {name}"


def test_two_imports_at_once_add_a_category_once():
    origin, top, brand = source(), word(), word("牌")
    failed = []

    def run(name):
        try:
            with zone("worker"):
                import_feed([item(origin, name, category_path=(top, "壶"), brand=brand)])
        except Exception as error:  # noqa: BLE001 -- told in the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(str(place),)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert Category.objects.filter(zh=top).count() == 1
    assert Brand.objects.filter(name=brand).count() == 1


def test_the_shop_window_may_not_change_the_tree():
    with pytest.raises(Exception, match="permission denied"):
        Category.objects.create(slug=word("s"), zh=word())


# ---- brands ----


def test_two_names_are_one_brand_with_an_alias():
    origin, tag = source(), secrets.token_hex(4)
    take(item(origin, brand=f"Laneige{tag}/兰芝{tag}"))
    brand = Brand.objects.get(name=f"兰芝{tag}")
    assert (brand.en, stored(origin).brand) == (f"Laneige{tag}", f"兰芝{tag}")
    take(
        *(
            item(origin, name, brand=it)
            for name, it in [("2", f"LANEIGE {tag}"), ("3", f"兰芝{tag}"), ("4", f"ｌａｎｅｉｇｅ{tag}")]
        )
    )
    assert {stored(origin, name).brand for name in "234"} == {brand.name}
    assert Brand.objects.filter(keys__overlap=brand.keys).count() == 1
    with speaking("en"):
        look()
        assert brand_label(brand.name) == f"Laneige{tag}"
    assert brand_label(brand.name) == brand.name


def test_a_known_brand_learns_its_other_name():
    origin, tag = source(), secrets.token_hex(4)
    take(item(origin, brand=f"爱立信{tag}"))
    take(item(origin, "2", brand=f"Ericsson{tag}/爱立信{tag}"))
    take(item(origin, "3", brand=f"ericsson {tag}"))
    assert {stored(origin, name).brand for name in "123"} == {f"爱立信{tag}"}
    assert f"Ericsson{tag}" in brand_aliases([f"爱立信{tag}"])[f"爱立信{tag}"]


def test_two_chinese_names_are_two_brands_though_they_share_a_foreign_one():
    origin, tag = source(), secrets.token_hex(4)
    take(item(origin, brand=f"Bear{tag}/小熊{tag}"), item(origin, "2", brand=f"Bear{tag}/大熊{tag}"))
    take(item(origin, "3", brand=f"bear {tag}"), item(origin, "4", brand=f"Bear{tag}/大熊{tag}"))
    assert [stored(origin, it).brand for it in "1234"] == [
        f"小熊{tag}", f"大熊{tag}", f"小熊{tag}", f"大熊{tag}",
    ]  # fmt: skip


def test_a_foreign_name_alone_becomes_the_brand_of_both():
    origin, tag = source(), secrets.token_hex(4)
    take(item(origin, brand=f"Laneige{tag}"))
    take(item(origin, "2", brand=f"Laneige{tag}/兰芝{tag}"), item(origin, "3", brand=f"兰芝{tag}"))
    assert {stored(origin, it).brand for it in "123"} == {f"Laneige{tag}"}


def test_a_slash_alone_makes_no_two_names():
    origin, tag = source(), secrets.token_hex(4)
    take(item(origin, brand=f"AC/DC {tag}"))
    assert stored(origin).brand == f"AC/DC {tag}"


def test_the_text_index_is_told_the_other_names():
    origin, tag = source(), secrets.token_hex(4)
    take(item(origin, brand=f"Nestle{tag}/雀巢{tag}"), item(origin, "2"))
    told = {it.brand: it.brand_aliases for it in listings([product_id(origin, name) for name in "12"])}
    assert set(told[f"雀巢{tag}"]) == {f"Nestle{tag}", f"Nestle{tag}/雀巢{tag}"}
    assert told[""] == ()


def test_a_renamed_brand_takes_its_products_along_and_is_found_by_its_old_name():
    origin, old, new = source(), word("牌"), word("新")
    take(item(origin, brand=old))
    key = brand_named(old).id
    by_operator(change_brand, brand_id=key, name=new, en=word("New"), aliases=["别名" + new, ""])
    assert stored(origin).brand == new
    assert brand_named(f" {old.upper()}").name == new
    assert set(brand_named(new).aliases) == {old, "别名" + new}
    take(item(origin, "2", brand=old))
    assert stored(origin, "2").brand == new


def test_one_spelling_is_not_two_brands():
    origin, one, two = source(), word("牌"), word("牌")
    take(item(origin, brand=one), item(origin, "2", brand=two))
    with pytest.raises(NameTaken):
        by_operator(change_brand, brand_id=brand_named(one).id, name=one, aliases=[two.upper()])
    with pytest.raises(NotFound):
        by_operator(change_brand, brand_id=2**40, name=one)


def test_brands_are_listed_and_found_by_their_address():
    origin, tag = source(), secrets.token_hex(4)
    take(*(item(origin, str(place), brand=f"{tag}{place}") for place in range(3)))
    found = brand_page(words=tag, page_size=2)
    assert (found.total, [it.name for it in found.items]) == (3, [f"{tag}0", f"{tag}1"])
    assert brand_page(words=tag, page=2, page_size=2).items[0].name == f"{tag}2"
    assert brand_with_slug(found.items[0].slug) == found.items[0]
    assert brand_with_slug("nothing-of-the-kind") is None
    assert brand_named(word("无")) is None


# ---- attributes ----


def attribute(name, **facts):
    return by_operator(save_attribute, definition=Definition(name, **facts))


def key_of(name):
    return Attribute.objects.get(name=name, category=None).pk


def test_numbers_are_kept_as_given_and_in_one_unit():
    origin, name = source(), word("量")
    attribute(name, en="Amount", kind=NUMBER, unit="升", facet=True)
    report = take(
        item(origin, attributes={name: ["0.5L"]}), item(origin, "2", attributes={name: ["500毫升", "大"]})
    )
    assert report.notes == {"strange_value": 1}
    assert name in report.texts["strange_value"].zh
    assert (stored(origin).attributes, stored(origin).measures) == ({name: ["0.5L"]}, {name: [0.5]})
    assert stored(origin, "2").measures == {name: [0.5, None]}
    (spec,) = page(origin, "2").specs
    assert (spec.label, spec.kind, spec.unit) == (name, NUMBER, "L")
    assert [(it.text, it.number) for it in spec.values] == [("500 毫升", 0.5), ("大", None)]
    with speaking("en"):
        (spec,) = page(origin).specs
        assert (spec.label, spec.values[0].text) == ("Amount", "500 ml")
    for found in listings([product_id(origin, it) for it in "12"]):
        assert found.facets == ((name, "500 ml"),)


def test_a_new_meaning_reaches_what_is_there_already():
    origin, name = source(), word("量")
    option = FeedSku(f"{origin}-x", {name: "2 米"}, 100, 1)
    take(item(origin, attributes={name: ["3斤"]}), item(origin, "2", skus=(option,)), item(origin, "3"))
    assert stored(origin).measures == {}
    before = number()
    attribute(name, kind=NUMBER, unit="公斤", facet=True)
    assert stored(origin).measures == {name: [1.5]}
    assert {product_id(origin, "1"), product_id(origin, "2")} <= set(changed_since(before))
    assert product_id(origin, "3") not in changed_since(before)
    key = key_of(name)
    by_operator(
        save_attribute, definition=Definition(name, kind=NUMBER, unit="米", facet=True), attribute_id=key
    )
    assert stored(origin).measures == {}
    assert next(listings([product_id(origin, "2")])).facets == ((name, "2 m"),)
    by_operator(remove_attribute, attribute_id=key)
    assert next(listings([product_id(origin, "2")])).facets == ()
    with pytest.raises(NotFound):
        by_operator(remove_attribute, attribute_id=key)


def test_the_index_is_told_what_attributes_mean_this_very_moment():
    origin, name = source(), word("量")
    take(item(origin, attributes={name: ["3斤"]}))
    ids = [product_id(origin, "1")]
    assert next(listings(ids)).facets == ()
    with zone("desk"):
        save_attribute(definition=Definition(name, kind=NUMBER, unit="g", facet=True))
    run_jobs(names=DESK)
    assert next(listings(ids)).facets == ((name, "1.5 kg"),)


def test_an_attribute_may_mean_something_of_its_own_in_a_category():
    origin, name, top = source(), word("量"), word()
    with zone("worker"):
        take_categories([((top, "电池"), "")])
    attribute(name, kind=NUMBER, unit="ml")
    by_operator(save_attribute, definition=Definition(name, kind=NUMBER, unit="mAh", category=(top, "电池")))
    report = take(
        item(origin, category_path=(top, "电池"), attributes={name: ["5Ah"]}),
        item(origin, "2", category_path=(top,), attributes={name: ["5 L"]}),
        item(origin, "3", category_path=(top,), attributes={name: ["5Ah"]}),
    )
    assert report.notes == {"strange_value": 1}
    assert [stored(origin, it).measures.get(name) for it in "123"] == [[5000.0], [5000.0], None]
    with pytest.raises(NotFound):
        by_operator(save_attribute, definition=Definition(name, category=(word(),)))


def test_an_attribute_is_defined_once_in_one_place():
    name = word("量")
    attribute(name)
    with pytest.raises(NameTaken):
        attribute(name, kind=BOOLEAN)
    with pytest.raises(Invalid):
        attribute(word("量"), kind="colour")
    with pytest.raises(Invalid):
        attribute("")
    with pytest.raises(NotFound):
        by_operator(save_attribute, definition=Definition(name), attribute_id=2**40)


def test_a_mall_begins_with_attributes_and_english_words():
    take(item(source()))
    look()
    known = structure().definitions
    assert (known.of("容量").kind, known.of("容量").unit) == (NUMBER, "ml")
    assert known.of("保质期").kind == TEXT
    with speaking("en"):
        assert [name_label("颜色"), value_label("米白"), value_label("500 毫升"), value_label("没译")] == [
            "Colour", "Off-white", "500 ml", "没译",
        ]  # fmt: skip
    assert [name_label("颜色"), value_label("米白"), value_label("500 毫升")] == ["颜色", "米白", "500 毫升"]


def test_what_the_operator_removed_does_not_come_back_with_an_import():
    name = word("量")
    key = attribute(name)
    by_operator(remove_attribute, attribute_id=key)
    take(item(source(), attributes={name: ["1"]}))
    assert not Attribute.objects.filter(name=name).exists()


# ---- variants ----


def test_a_page_has_its_axes_in_order_and_the_cells_that_are_missing():
    origin = source()
    skus = tuple(
        FeedSku(
            f"{origin}-{a}{b}", {"颜色": a, "尺码": b}, 100, 1, barcode="4006381333931" if a == "红" else ""
        )
        for a, b in (("红", "S"), ("红", "M"), ("蓝", "S"))
    )
    take(item(origin, skus=skus, axes={"尺码": ["S", "M", "L"]}))
    found = page(origin)
    assert [(it.name, it.values) for it in found.options] == [
        ("尺码", ("S", "M", "L")),
        ("颜色", ("红", "蓝")),
    ]
    assert all(list(sku.options) == ["尺码", "颜色"] for sku in found.skus)
    assert {sku.sku: sku.barcode for sku in found.skus}[f"{origin}-红S"] == "4006381333931"
    assert "4006381333931" in next(listings([found.id])).skus


def test_an_items_own_barcode_is_its_only_variants():
    origin = source()
    take(item(origin, barcode="036000291452"))
    (sku,) = page(origin).skus
    assert sku.barcode == "036000291452"
    assert set(next(listings([product_id(origin, "1")])).skus) == {sku.sku, "036000291452", "0036000291452"}


def test_a_description_is_shown_as_markup_whatever_it_was():
    origin = source()
    take(
        item(origin, description="一 < 二\n三"),
        item(origin, "2", description="一", description_html="<p><strong>一</strong></p>"),
    )
    assert page(origin).description_html == "<p>一 &lt; 二</p><p>三</p>"
    assert page(origin, "2").description_html == "<p><strong>一</strong></p>"
