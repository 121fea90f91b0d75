"""From a hand-written article of the demo catalogue to its line: what it costs, weighs and is worth; mistakes named."""

import json
from pathlib import Path

import pytest

from mingpu.catalog.demo import build
from mingpu.catalog.demo.draw.colour import NAMED
from mingpu.catalog.demo.source import read_goods
from mingpu.catalog.demo.trade import Trade

HERE = build.HERE


def write_source(folder: Path, **changes: object) -> None:
    item = {
        "brand": "wupo", "name": "试写的一只杯子", "en": "Trial Mug", "sub": "试写", "say": "一句。", "say_en": "One.",
        "price": 10, "draw": "米白 陶土",
    } | changes  # fmt: skip
    lines = [
        '[[family]]\npath = ["厨房", "杯具"]\nkind = "mug"\ntext = "二句。"\ntext_en = "Two."\nattributes = {}'
    ]
    lines.append("[[family.item]]\n" + "\n".join(f"{key} = {_toml(value)}" for key, value in item.items()))
    (folder / "trial.toml").write_text("\n".join(lines), encoding="utf-8")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(name)} = {json.dumps(it)}' for name, it in value.items())} }}"
    return json.dumps(value)


@pytest.fixture
def source(tmp_path, monkeypatch):
    folder = tmp_path / "source"
    folder.mkdir()
    for name in ("brands.toml", "trade.toml"):
        (folder / name).write_bytes((HERE / "source" / name).read_bytes())
    monkeypatch.setattr("mingpu.catalog.demo.source.SOURCE", folder)
    return folder


def test_a_hand_written_item_becomes_a_product(source, tmp_path):
    write_source(source, colours=["米白", "陶土"], options={}, was=12.5)
    assert build.build(tmp_path / "out") == 1
    row = json.loads((tmp_path / "out" / "products.jsonl").read_text(encoding="utf-8"))
    assert row["external_id"] == "demo-wupo-trial-mug"
    assert [(sku["options"], sku["price_fen"], sku["list_price_fen"]) for sku in row["skus"]] == [
        ({"颜色": "米白"}, 1000, 1250),
        ({"颜色": "陶土"}, 1000, 1250),
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"colour": "红"}, "unknown key"),
        ({"draw": "彩虹 陶土"}, "unknown colour"),
        ({"colours": ["陶土"]}, "the first colour"),
    ],
)
def test_a_mistake_in_the_source_names_the_item(source, changes, problem):
    write_source(source, **changes)
    with pytest.raises(ValueError, match=f"试写的一只杯子: {problem}"):
        list(read_goods())


def test_too_many_variants_stop_the_build_before_it_writes(source, tmp_path):
    write_source(source, colours=[*list(NAMED)[:13]], draw="米白 陶土")
    with pytest.raises(ValueError, match="13 SKUs"):
        build.build(tmp_path / "out")
    assert not (tmp_path / "out").exists()


TRADE = Trade(
    grams={"厨房": 500, "厨房/茶具": 900}, packing={"食品": 200, "厨房/茶具/茶叶": 50}, pieces={"六瓶": 6},
    merchants={}, kinds={}, real_name={},
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "labels", "told", "grams"),
    [
        ("厨房/杯具", (), ("杯 330 ml",), 500),
        ("厨房/茶具/茶壶", (), (), 900),
        ("厨房/茶具/茶叶", (), ("绿茶 100 g",), 150),
        ("食品/米", ("5 kg",), ("米 1 kg",), 5200),
        ("食品/米", (), ("小砖 1 kg × 2",), 2200),
        ("食品/油", (), ("1.5 L",), 1700),
        ("食品/饮品", ("六瓶",), ("橙汁 300 ml",), 3000),
        ("食品/糕点", ("四只",), ("礼盒",), 200),
    ],
)
def test_a_weight_is_the_packing_and_what_is_in_it(path, labels, told, grams):
    assert TRADE.weight(path.split("/"), labels, told) == grams


def test_what_nobody_weighed_stops_the_build(source, tmp_path):
    write_source(source)
    text = (source / "trial.toml").read_text(encoding="utf-8")
    (source / "trial.toml").write_text(text.replace("厨房", "书房"), encoding="utf-8")
    with pytest.raises(ValueError, match="no weight: 书房/杯具"):
        build.build(tmp_path / "out")


def test_a_card_without_a_face_value_stops_the_build(source, tmp_path):
    write_source(source, options={"面值": ["大"]})
    text = (source / "trial.toml").read_text(encoding="utf-8")
    (source / "trial.toml").write_text(
        text.replace('"厨房", "杯具"', '"充值卡券", "电子卡"'), encoding="utf-8"
    )
    with pytest.raises(ValueError, match="no face value"):
        build.build(tmp_path / "out")
