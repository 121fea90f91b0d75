"""The tree as a value: paths that are followed, what is missing."""

from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.naming import brand_key, brand_names, free_slug, path_value, slug_of
from mingpu.catalog.tree import CategoryRow, Tree

HOME, POTS, LONG, FOOD = (
    CategoryRow(1, None, "home", "居家", "Home", 2),
    CategoryRow(2, 1, "pots", "壶", "Pots", 1, former=("厨房/茶壶", "厨房")),
    CategoryRow(3, 2, "long", "长嘴/细口", "", 1),
    CategoryRow(4, None, "food", "饮食", "Food", 1, former=("食品",)),
)
TREE = Tree([HOME, POTS, LONG, FOOD])


def test_every_category_knows_its_place():
    assert [it.row.id for it in TREE.roots] == [4, 1]
    assert TREE.by_id(3).path == ("居家", "壶", "长嘴/细口")
    assert TREE.by_value("居家/壶/长嘴／细口").row.id == 3
    assert TREE.by_slug("pots").path == ("居家", "壶")
    assert (TREE.at(("居家",)).levels, TREE.at(("饮食",)).levels) == (3, 1)
    assert (TREE.at(("无",)), TREE.by_id(9), TREE.by_value("无"), TREE.by_slug("无")) == (
        None,
        None,
        None,
        None,
    )
    assert len(TREE) == 4
    assert TREE.slugs == {"home", "pots", "long", "food"}


def test_a_former_path_leads_to_where_it_went():
    assert TREE.resolve(("食品", "茶")) == ("饮食", "茶")
    assert TREE.resolve(("厨房", "茶壶")) == ("居家", "壶")
    assert TREE.resolve(("厨房", "长嘴/细口")) == ("居家", "壶", "长嘴/细口")
    assert TREE.resolve(("厨房", "长嘴/细口", "大")) == ("居家", "壶", "长嘴/细口")
    assert TREE.resolve(()) == ()


def test_what_is_there_comes_before_what_was():
    again = Tree([HOME, POTS, CategoryRow(5, None, "kitchen", "厨房")])
    assert again.resolve(("厨房", "茶壶")) == ("居家", "壶")
    assert again.resolve(("厨房", "锅")) == ("厨房", "锅")


def test_what_is_missing_begins_above():
    assert TREE.missing([("居家", "锅", "铁"), ("居家", "锅"), ("居家",), ()]) == [
        ("居家", "锅"),
        ("居家", "锅", "铁"),
    ]


names = st.lists(st.sampled_from(["居家", "厨房", "壶", "茶壶", "食品", "饮食", "新"]), max_size=5)


@given(names)
def test_resolving_is_done_once(path):
    found = TREE.resolve(path)
    assert len(found) <= 3
    assert TREE.resolve(found) == found or path_value(found) in {"厨房", "食品", "厨房/茶壶"}


@given(st.lists(names, max_size=6))
def test_adding_what_is_missing_leaves_nothing_missing(paths):
    wanted = [TREE.resolve(path) for path in paths]
    rows, ids = [HOME, POTS, LONG, FOOD], {it.path: it.row.id for it in TREE}
    for place, path in enumerate(TREE.missing(wanted), 10):
        rows.append(CategoryRow(place, ids.get(path[:-1]), f"s{place}", path[-1]))
        ids[path] = place
    assert Tree(rows).missing(wanted) == []


def test_a_name_for_addresses_is_english_or_pinyin():
    assert slug_of("壶", "Jars & pots, children's") == "jars-pots-childrens"
    assert slug_of("咖啡器具") == "ka-fei-qi-ju"
    assert slug_of("T恤") == "t-xu"
    assert slug_of("Café", "Café") == "cafe"
    assert slug_of("！") == "x"
    assert free_slug("a", {"a", "a-2"}) == "a-3"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_has_an_address(zh, en):
    slug = slug_of(zh, en)
    assert 0 < len(slug) <= 60
    assert all(char.isascii() and (char.isalnum() or char == "-") and char == char.lower() for char in slug)


def test_a_brand_is_read_as_its_names():
    both = brand_names("Laneige/兰芝")
    assert (both.name, both.en, both.aliases) == ("兰芝", "Laneige", ("Laneige/兰芝",))
    assert brand_names("扬子（电器）").name == "扬子（电器）"
    assert brand_names("AC/DC").aliases == ()
    assert brand_names("拙石记").en == "Zhuoshi"
    assert brand_key("ＬＡ neige®") == brand_key("la-Neige")
    assert brand_key("®") == "®"


@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_every_brand_has_a_key(written):
    assert brand_names(written).name
    assert brand_names(written).keys or not brand_key(written)
