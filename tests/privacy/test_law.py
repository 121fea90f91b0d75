"""The law table: each need has code and tests, or a reason; where source and law part, both are told."""

import copy
import re

import pytest

from mingpu.lib.text import speaking
from mingpu.privacy import check, laws, statement
from mingpu.privacy.grants import readable
from mingpu.privacy.register import REGISTER, Register

# Clauses whose literal execution would now be unlawful or weak.
PARTING = {"1.1.1a", "1.2a", "1.1.2d", "5.2", "3.2", "3.8", "3.10", "5.3", "1.1.4c"}
PRICING = ("shopping", "ordering")


def changed(change) -> Register:
    raw = copy.deepcopy(dict(REGISTER.raw))
    change(raw)
    return Register(raw, REGISTER.digest)


def test_the_law_table_is_in_order():
    assert list(laws.problems()) == []
    assert len(laws.needs()) >= 40


def test_it_is_in_our_own_words_and_both_languages():
    for it in laws.needs().values():
        for text in filter(None, (it.says, it.later)):
            assert re.search("[\u4e00-\u9fff]", text.zh), it.id
            assert not re.search("[\u4e00-\u9fff]", text.en), it.id


def test_where_source_and_law_part_both_are_told_and_we_say_what_we_do():
    assert laws.partings().keys() >= PARTING
    for language in ("zh-hans", "en"):
        with speaking(language):
            found = {it.id: it for it in statement.statement().everything}
        for name in laws.partings():
            parting = found[name].parting
            assert parting.source
            assert parting.law
            assert parting.article
            assert found[name].says not in (parting.source, parting.law)


def test_programs_get_both_sides():
    there = {it["id"]: it for it in statement.published()["clauses"]}
    assert there["1.1.1a"]["source_says"]["en"]
    assert there["1.1.1a"]["law_says"]["zh"]
    assert "source_says" not in there["0.1"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda raw: raw["law"]["told"].update(article=""), "told names no article"),
        (lambda raw: raw["law"]["told"].update(tests=[]), "told has neither code and tests"),
        (
            lambda raw: raw["law"]["told"].update(later={"zh": "否", "en": "no"}),
            "told is carried out and said",
        ),
        (lambda raw: raw["law"]["joint"].pop("later"), "joint has neither"),
        (lambda raw: raw["differences"].update({"9.9": raw["differences"]["5.2"]}), "clause 9.9"),
    ],
    ids=range(5),
)
def test_what_is_left_out_is_named(change, word):
    assert any(word in text for text in laws.problems(changed(change)))


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("implemented", ["mingpu.nowhere:go"], "law-implementation"),
        ("tests", ["tests/nowhere.py"], "law-test"),
    ],
)
def test_the_build_follows_what_it_names(name, value, kind):
    register = changed(lambda raw: raw["law"]["told"].update({name: value}))
    assert [it.kind for it in check.code_findings(register)] == [kind]


# ---- what some of it rests on ----


def test_no_purpose_that_prices_can_read_what_a_person_likes_or_looked_at():
    """A price cannot depend on a profile where the role that works it out reads none."""
    for table in (
        "accounts_profile",
        "personalise_view",
        "search_search",
        "accounts_device",
        "accounts_devicelink",
    ):
        for name in PRICING:
            assert not readable(REGISTER.tables[table], REGISTER.purposes[name]), (table, name)


def test_marketing_rests_on_a_consent_of_its_own():
    words = re.compile(r"market|advert|promot|push|营销|广告|推送", re.IGNORECASE)
    found = [it for it in REGISTER.purposes.values() if words.search(f"{it.id} {it.title.en} {it.title.zh}")]
    assert [it.id for it in found] == ["marketing"]
    [it] = found
    assert (it.basis, it.minors, it.gpc, it.rows) == ("consent", "never", True, "own")
    read = {name: readable(table, it) for name, table in REGISTER.tables.items() if readable(table, it)}
    assert read == {"accounts_contact": ["person_id", "email"]}  # no order, no profile, nothing looked at
