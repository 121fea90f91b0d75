"""`mingpu categories`: files of categories, read, taken in, listed."""

import argparse
import json
import secrets
import time

import pytest

from mingpu.catalog.category_file import read_categories
from mingpu.catalog.models import Category
from mingpu.catalog.queries.structure import read_tree
from mingpu.catalog.services import take_categories
from mingpu.ops.commands import categories
from tests.support import zone


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    categories.arguments(parser)
    with zone("worker"):
        return categories.run(parser.parse_args(words))


def file(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_levels_is_read(tmp_path):
    path = file(
        tmp_path,
        "tree.tsv",
        "level1\tlevel2\tlevel3\titems\n居家\t壶\t磨牙/洁齿\t41\n居家\t锅\t\t1\n\t壶\t细\t1\n居家\t\t细\t1\n",
    )
    assert list(read_categories(path)) == [(("居家", "壶", "磨牙/洁齿"), ""), (("居家", "锅"), ""), 4, 5]


def test_chinese_columns_and_commas_are_read(tmp_path):
    path = file(tmp_path, "tree.csv", "\ufeff一级类目,二级类目,en\n居家,壶,Pots\n")
    assert list(read_categories(path)) == [(("居家", "壶"), "Pots")]


def test_json_lines_are_read(tmp_path):
    rows = [
        {"path": ["居家", "壶", "细", "深"], "en": "Deep"},
        {"level1": "居家", "level2": "锅"},
        [1],
        {"path": [1]},
        {},
        {"path": []},
    ]
    path = file(tmp_path, "tree.jsonl", "\n".join([*map(json.dumps, rows), "{", ""]))
    assert list(read_categories(path)) == [
        (("居家", "壶", "细"), "Deep"),
        (("居家", "锅"), ""),
        3,
        4,
        5,
        6,
        7,
    ]


@pytest.mark.parametrize("content", [b"name\tx\n1\t2\n", b"", b"\xff\xfe\x00level1"])
def test_a_file_of_something_else_is_refused(tmp_path, content, capsys):
    (tmp_path / "tree.tsv").write_bytes(content)
    assert run("import", str(tmp_path / "tree.tsv")) == 1
    assert "level1" in capsys.readouterr().out
    assert run("import", str(tmp_path / "missing.tsv")) == 1


def test_categories_are_added_once_and_listed(tmp_path, capsys):
    top = f"类{secrets.token_hex(4)}"
    rows = [{"path": [top, "壶"], "en": "Pots"}, {"path": [top, "壶", "细"]}, {"path": [5]}]
    path = file(tmp_path, "tree.jsonl", "\n".join(map(json.dumps, rows)))
    assert run("import", str(path)) == 1
    out = capsys.readouterr().out
    assert "rows read: 3; 新增 / added: 3" in out
    assert "tree.jsonl:3" in out
    assert run("import", str(file(tmp_path, "good.jsonl", json.dumps(rows[0])))) == 0
    assert "added: 0" in capsys.readouterr().out
    run("list")
    out = capsys.readouterr().out
    assert f"\n{top}  (" in f"\n{out}"
    assert "\n  壶 / Pots  (pots" in out


def test_a_thousand_categories_load_in_a_second():
    tag = secrets.token_hex(4)
    rows = [((f"{tag}{n // 100}", f"{tag}{n // 10}", f"{tag}{n}"), "") for n in range(1258)]
    with zone("worker"):
        begun = time.process_time()
        added = take_categories(rows)
        taken = time.process_time() - begun
    assert added == 1258 + 126 + 13
    assert taken < 1
    assert len(read_tree().at((f"{tag}0",)).below) == 10
    assert Category.objects.filter(zh__startswith=tag).values("slug").distinct().count() == added
