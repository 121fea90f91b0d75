"""What measures is heavy; pages, desk and worker do without it."""

import os
import subprocess
import sys

import pytest

# numpy alone is taken by openpyxl where it finds it, in the processes that read workbooks.
HEAVY = ("pandas", "opendp", "anonymeter", "pycanon", "sklearn", "polars", "pyarrow")


@pytest.mark.parametrize(
    ("where", "module"),
    [
        ("storefront", "mingpu.urls"),
        ("desk", "mingpu.desk.urls"),
        ("worker", "mingpu.ops.commands.worker"),
        ("worker", "mingpu.ops.commands.statistics"),
    ],
    ids=["storefront", "desk", "worker", "command"],
)
def test_no_process_loads_what_measures(where, module):
    code = (
        f"import sys, django; django.setup(); import {module}; "
        f"print([it for it in {HEAVY!r} if it in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        env={**os.environ, "MINGPU_ZONE": where},
    )  # fmt: skip
    assert told.stdout.strip() == "[]"
