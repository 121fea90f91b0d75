"""The operator ends sign-ins: of one person, of the staff. Whoever it was signs in again, and nothing else is gone."""

import subprocess
import sys

from mingpu.accounts.queries import person_of
from mingpu.desk.queries import staff_of
from tests.conftest import ROOT
from tests.desk.conftest import desk, hire, sign_in  # noqa: F401 -- desk is a fixture
from tests.factories import make_person


def end(*words):
    done = subprocess.run(
        [sys.executable, "-m", "mingpu", "sign-ins", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return done.returncode, done.stdout.strip()


def test_an_operator_ends_the_sign_ins_of_one_person():
    person, other = make_person(), make_person()
    assert end("end", person.phone) == (0, "1 sign-ins ended")
    assert person_of(person.token) is None
    assert person_of(other.token) == other.id
    assert person.browser().get("/account").status_code in {302, 404}
    assert end("end", person.phone) == (0, "0 sign-ins ended")
    assert end("end", "nobody-is-called-so") == (1, "nobody is called so")


def test_an_operator_ends_those_of_the_staff(desk):  # noqa: F811 -- the fixture
    token = sign_in(desk, hire()).cookies["mingpu_desk"].value
    assert staff_of(token)
    assert end("staff")[0] == 0
    assert staff_of(token) is None
    assert desk.get("/cases").status_code == 302
