"""Takings-in of files: the states one goes through, what a file may be called and weigh. No database."""

import re
import unicodedata
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Final

from mingpu.lib.text import Text

CHECKING: Final = "checking"  # read without writing, to say what would come of it
CHECKED: Final = "checked"  # waits for a yes
TAKING: Final = "taking"
DONE: Final = "done"
CANCELLED: Final = "cancelled"
FAILED: Final = "failed"
OPEN: Final = frozenset({CHECKING, CHECKED, TAKING})
GOING: Final = frozenset({CHECKING, TAKING})
LABELS: Final = {
    CHECKING: Text("正在检查", "Being checked"),
    CHECKED: Text("检查完毕，等您确认", "Checked, waiting for your word"),
    TAKING: Text("正在收录", "Being taken in"),
    DONE: Text("已完成", "Done"),
    CANCELLED: Text("已取消", "Called off"),
    FAILED: Text("未能完成", "Not finished"),
}
MAX_UPLOAD: Final = 200 << 20  # bytes
MAX_REMARKS: Final = 100_000  # kept of one import; the counts are whole
WAITS: Final = timedelta(days=1)  # then an import nobody went on with is called off
KEPT: Final = timedelta(days=90)  # what is known of one that has ended
ENDINGS: Final = frozenset({".jsonl", ".ndjson", ".csv", ".tsv", ".xlsx"})
_LONGEST_NAME = 60
_UNSAFE = re.compile(r"[^\w.\- ()（）]+")


def file_name(written: str) -> str:
    """Return a name to keep a file under: its last part, harmless and short; "" when it is no catalogue's.

    A file's name is where its items come from when it says no source, so as much of it as can be is kept.
    """
    last = PurePosixPath(unicodedata.normalize("NFC", written).replace("\\", "/")).name
    ending = PurePosixPath(last).suffix.lower()
    if ending not in ENDINGS:
        return ""
    stem = _UNSAFE.sub("_", last[: -len(ending)]).strip(" .")[:_LONGEST_NAME].strip(" .")
    return f"{stem or 'catalogue'}{ending}"
