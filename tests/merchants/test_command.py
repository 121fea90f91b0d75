"""`mingpu merchants`, and the files it reads."""

import argparse
import json
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.merchants.files import MOST_FEN, WORDS, read
from mingpu.merchants.queries import merchant, merchants, template_of
from mingpu.ops.commands.merchants import arguments, run
from tests.support import zone

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "merchants.md"
DOCUMENTED = json.loads(DOCUMENT.read_text().partition("```json\n")[2].partition("```")[0])


@pytest.fixture
def mingpu(capsys):
    def call(*words):
        parser = argparse.ArgumentParser()
        arguments(parser)
        with zone("worker"):
            status = run(parser.parse_args(list(words)))
        return status, capsys.readouterr().out

    return call


@pytest.fixture
def written(tmp_path):
    def write(*rows):
        path = tmp_path / "merchants.json"
        path.write_text(json.dumps(rows[0] if len(rows) == 1 else rows), encoding="utf-8")
        return str(path)

    return write


def fresh(**more):
    return {**DOCUMENTED, "code": f"t{secrets.token_hex(5)}", **more}


def test_the_documented_file_is_taken(mingpu, written):
    row = fresh()
    assert mingpu("add", written(row))[0] == 0
    it, terms = merchant(row["code"]), template_of([row["code"]])[row["code"]]
    assert (it.commission, it.couriers, it.sender.city, it.own) == (500, ("sf", "yto"), "景德镇市", False)
    assert (terms.free.from_fen, terms.no_delivery, terms.rates[0].first_fen) == (
        19900,
        ("西藏", "新疆"),
        700,
    )


def test_a_dry_run_writes_nothing(mingpu, written):
    row = fresh()
    status, said = mingpu("add", written(row), "--dry")
    assert (status, merchants([row["code"]])) == (0, {})
    assert "not written" in said


def test_adding_again_changes_and_opens_again(mingpu, written):
    row = fresh()
    mingpu("add", written(row))
    assert mingpu("close", row["code"]) == (0, f"  已关闭 / closed: {row['code']}\n")
    assert merchant(row["code"]).active is False
    status, said = mingpu("add", written({**row, "commission": 7, "couriers": ["yto"]}))
    assert (status, "changed" in said) == (0, True)
    assert (merchant(row["code"]).commission, merchant(row["code"]).active) == (7, True)


def test_one_that_is_wrong_is_named_value_by_value_and_the_others_are_taken(mingpu, written):
    good, bad = fresh(), fresh(commission=-1, colour="red", couriers=["dhl"])
    status, said = mingpu("add", written(bad, good))
    assert (status, list(merchants([good["code"], bad["code"]]))) == (1, [good["code"]])
    for place in ("commission", "colour", "couriers[0]"):
        assert f"1 {bad['code']} {place}: " in said


def test_a_file_that_is_not_there_and_a_merchant_nobody_knows(mingpu, tmp_path):
    assert mingpu("add", str(tmp_path / "none.json"))[0] == 1
    assert mingpu("close", "nobody")[0] == 1


def test_the_own_shop_takes_a_file_but_is_not_closed_by_one(mingpu, written):
    status, said = mingpu("add", written({**DOCUMENTED, "code": "mingpu", "active": False}), "--dry")
    assert (status, "own_shop_stays" in said) == (1, True)
    assert mingpu("close", "mingpu")[0] == 1


def test_the_list_names_everybody_and_the_demo_can_be_added(mingpu):
    assert mingpu("add", "demo")[0] == 0
    said = mingpu("list")[1]
    for part in ("mingpu", "qinglan", "beishan", "青岚陶社 / Qinglan Pottery", "8 %"):
        assert part in said


RATE = {"first": 1, "first_fen": 1, "next": 1, "next_fen": 1}


def with_template(**more):
    return fresh(templates=[{**DOCUMENTED["templates"][0], **more}])


@pytest.mark.parametrize(
    ("row", "where", "code"),
    [
        (fresh(code="Not a code"), "code", "bad_form"),
        (fresh(name=" "), "name", "too_short"),
        (fresh(name="a\nb"), "name", "bad_form"),
        (fresh(name="x" * 61), "name", "too_long"),
        (fresh(commission="500"), "commission", "bad_value"),
        (fresh(commission=True), "commission", "bad_value"),
        (fresh(commission=10_001), "commission", "too_large"),
        (fresh(couriers=["sf", "sf"]), "couriers", "twice"),
        (fresh(couriers=[]), "couriers", "too_short"),
        (fresh(sender={**DOCUMENTED["sender"], "phone": "call us"}), "sender.phone", "bad_form"),
        (fresh(templates=[]), "templates", "too_short"),
        (fresh(templates=DOCUMENTED["templates"] * 2), "templates", "twice"),
        (with_template(basis="volume"), "templates[0].basis", "unknown_word"),
        (with_template(free={}), "templates[0].free", "no_threshold"),
        (with_template(no_delivery=["a/b/c"]), "templates[0].no_delivery", "bad_region"),
        (with_template(no_delivery=["江西"]), "templates[0]", "twice"),
        (with_template(default={**RATE, "next": 0}), "templates[0].default.next", "too_small"),
        (with_template(default={**RATE, "first_fen": MOST_FEN + 1}), "templates[0].default.first_fen", "too_large"),
        (with_template(rules=[RATE]), "templates[0].rules[0].regions", "missing"),
    ],
)  # fmt: skip
def test_each_trouble_has_its_place_and_code(row, where, code):
    (entry,) = read(json.dumps(row))
    assert [(it.where, it.code) for it in entry.troubles] == [(where, code)]
    assert entry.merchant is None


def test_a_merchant_is_in_a_file_once():
    row = fresh()
    first, second = read(json.dumps([row, row]))
    assert (first.troubles, second.troubles[0].code) == ((), "twice")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda it: (
        st.lists(it, max_size=3) | st.dictionaries(st.sampled_from([*DOCUMENTED, "x"]), it, max_size=4)
    ),
    max_leaves=12,
)


@given(st.text(max_size=20) | anything.map(json.dumps))
def test_whatever_is_in_a_file_it_is_answered(text):
    for entry in read(text):
        assert all(it.code in WORDS for it in entry.troubles)
        assert (entry.merchant is None) == bool(entry.troubles)


@given(st.sampled_from(sorted(DOCUMENTED)), anything)
def test_whatever_one_value_is_it_is_answered(key, value):
    (entry,) = read(json.dumps({**DOCUMENTED, key: value}))
    assert (entry.merchant is None) == bool(entry.troubles)
