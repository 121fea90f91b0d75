"""One change of every kind that `scripts.measure_omissions` makes 200 of, each for real, each noticed by the build."""

import shutil
from random import Random

import pytest

from mingpu.privacy.register import REGISTER
from scripts import omissions
from scripts.measure_omissions import Outcome, plan
from scripts.omission_kinds import CODE, DATABASE, draw
from scripts.omission_kinds import REGISTER as IN_REGISTER
from tests.privacy.canaries import admin

SEED = 2026


def test_before_anything_is_changed_the_statement_holds():
    with admin() as database:
        omissions.nothing_is_found_at_first(database, None)


def test_the_register_written_anew_says_the_same(tmp_path):
    again = omissions.rewritten(dict(REGISTER.raw), tmp_path)
    assert again.raw == REGISTER.raw


@pytest.mark.parametrize("name", DATABASE)
def test_a_change_of_the_database_is_noticed(name):
    made = draw(DATABASE, name, Random(SEED))
    with admin() as database:
        it = omissions.in_database(database, name, made)
        assert it.caught, made
        after = database.execute("SELECT count(*) FROM pg_policies WHERE policyname LIKE 'more%'").fetchone()
    assert after == (0,)


@pytest.mark.parametrize("name", IN_REGISTER)
def test_a_change_of_the_register_is_noticed(name):
    made = draw(IN_REGISTER, name, Random(SEED))
    with admin() as database:
        assert omissions.in_register(database, name, made, all_of_it=False).caught, made.what


@pytest.fixture(scope="module")
def project():
    folder = omissions.copied()
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", CODE)
def test_a_change_of_the_code_is_noticed(project, name):
    made = draw(CODE, name, Random(SEED))
    before = (project / made.file).read_text()
    assert omissions.in_code(project, name, made).caught, made.what
    assert (project / made.file).read_text() == before


def test_two_hundred_are_spread_over_every_kind():
    kinds = {ground: list(it) for ground, it in omissions.KINDS.items()}
    made = plan(200, kinds)
    assert len(made) == 200
    assert set(made) == {(ground, name) for ground, names in kinds.items() for name in names}


def test_a_draw_can_be_made_again_and_one_without_a_place_says_so():
    assert draw(DATABASE, "policy_widened", Random(1)) == draw(DATABASE, "policy_widened", Random(1))
    with pytest.raises(LookupError):
        draw({"never": lambda _: None}, "never", Random(1))


def test_nothing_said_is_missed():
    assert not Outcome("code", "x", "", [], None).caught
