"""One throw-away mall for the whole run: its own home, its own PostgreSQL server, the real roles.

Tests never clean up after each other: each makes its own persons and products, as a mall's life does.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOME = Path(tempfile.mkdtemp(prefix="mingpu-test-"))
os.environ["MINGPU_HOME"] = str(HOME)
os.environ["MINGPU_ZONE"] = "storefront"
os.environ["DJANGO_SETTINGS_MODULE"] = "mingpu.settings"
os.environ.pop("MINGPU_DATABASE", None)

# The administrator's work happens in a process of its own: this one only ever holds a zone's login.
subprocess.run(
    [sys.executable, "-m", "mingpu.ops.fresh"],
    check=True,
    cwd=ROOT,
    env={**os.environ, "MINGPU_ZONE": "owner"},
)

import django  # noqa: E402 -- settings need the home above
import hypothesis  # noqa: E402
import pytest  # noqa: E402
from django.utils.module_loading import autodiscover_modules  # noqa: E402

from mingpu.ops import postgres  # noqa: E402

# No example is judged by the clock. Where `CI` is set, hypothesis draws the same examples each time: the gate judges
# the change, `make test` goes on looking.
hypothesis.settings.register_profile("mall", parent=hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("mall")

django.setup()
autodiscover_modules("jobs")  # tests run jobs themselves, as the worker would


DAY, BEIJINGS = 86_400, 16 * 3600  # in seconds of UTC: how long it is, and when one ends in Beijing
LAST_MINUTE = 60


def pytest_runtest_setup() -> None:
    """Begin no test in the last minute of a day, here or in Beijing: it would ask for today and mean yesterday."""
    left = min(-time.time() % DAY, (BEIJINGS - time.time()) % DAY)
    if left < LAST_MINUTE:
        time.sleep(left + 0.1)


@pytest.fixture(scope="session", autouse=True)
def _the_mall() -> Iterator[None]:
    yield
    if not os.environ.get("DATABASE_URL"):
        postgres.stop()
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of measuring data beside the checkout; tests that need it are skipped without it."""
    folder = Path(os.environ.get("MINGPU_DATA") or ROOT.parent / "shared" / "data")
    if not folder.exists():
        pytest.skip("no measuring data beside this checkout (MINGPU_DATA)")
    return folder
