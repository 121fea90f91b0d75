"""What was said of rows, as a table for spreadsheets."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from mingpu.catalog.feed_files import guarded
from mingpu.catalog.tally import NOTED, OFF_SALE, REFUSED, Remark
from mingpu.lib.text import Text

MARK = "\ufeff"  # spreadsheets know UTF-8 by it
_HEADINGS = (
    Text("文件", "File"), Text("行", "Line"), Text("商品编号", "Id"), Text("结果", "Outcome"), Text("代码", "Code"),
    Text("说明", "What"),
)  # fmt: skip
KINDS = {
    REFUSED: Text("拒收", "refused"),
    OFF_SALE: Text("收录，不出售", "taken, not for sale"),
    NOTED: Text("收录，有提示", "taken, with a note"),
}


def remark_lines(remarks: Iterable[Remark], language: str) -> Iterator[str]:
    """Yield the lines of a CSV file in a language; no cell of it is a formula."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow([_in(heading, language) for heading in _HEADINGS])
    yield MARK + out.getvalue()
    for it in remarks:
        out.seek(0)
        out.truncate()
        kind, said = _in(KINDS[it.kind], language), _in(it.text, language)
        table.writerow(
            [guarded(it.file), it.line, guarded(it.external_id or ""), kind, it.code, guarded(said)]
        )
        yield out.getvalue()


def _in(text: Text, language: str) -> str:
    return text.en if language == "en" else text.zh
