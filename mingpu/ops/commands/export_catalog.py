"""Write the catalogue, or a part of it, as a file that `import-catalog` takes."""

import argparse
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mingpu.catalog.feed_fields import category_field
from mingpu.catalog.feed_writing import KINDS, csv_lines, json_lines, write_book
from mingpu.catalog.pictures import folder
from mingpu.catalog.queries.exports import Selection, feed_rows
from mingpu.lib.errors import MallError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take where to write, and which products."""
    parser.add_argument("path", type=Path, help=f"a file ending in {', '.join(f'.{kind}' for kind in KINDS)}")
    parser.add_argument("--merchant", default="", metavar="CODE", help="one merchant's goods")
    parser.add_argument("--category", default="", metavar="PATH", help="what is below a category, `a > b`")
    parser.add_argument("--brand", default="", help="one brand's")
    parser.add_argument("--on-sale", action="store_true", help="only what can be bought")
    parser.add_argument(
        "--pictures", action="store_true", help="copy the pictures to `images` beside the file"
    )


def run(args: argparse.Namespace) -> int:
    """Write the file whole or not at all; 1 when it cannot be written."""
    kind = args.path.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        print(f"只能写成 / only as {', '.join(KINDS)}: {args.path.name}")
        return 1
    wanted = Selection(args.merchant, category_field(args.category or None, {}), args.brand, args.on_sale)
    images = args.path.parent / "images" if args.pictures else None
    count = _Count(feed_rows(wanted), images)
    part = args.path.with_name(f".{args.path.name}.part")
    try:
        _write(kind, count, part)
        part.replace(args.path)
    except (OSError, MallError) as reason:
        part.unlink(missing_ok=True)
        print(
            reason.message
            if isinstance(reason, MallError)
            else f"无法写入 / cannot be written: {reason.filename}"
        )
        return 1
    print(f"  已写出 / written: {count.items:,}")
    return 0


class _Count:
    """Items as they pass, counted, their pictures copied to a folder where one is given."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], images: Path | None) -> None:
        self.items = 0
        self._rows, self._images = rows, images

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self._rows:
            self.items += 1
            for name in row.get("images", ()) if self._images else ():
                self._copy(name, self._images)
            yield row

    @staticmethod
    def _copy(name: str, images: Path | None) -> None:
        if images and (folder() / name).is_file() and not (images / name).exists():
            images.mkdir(exist_ok=True)
            shutil.copyfile(folder() / name, images / name)


def _write(kind: str, rows: Iterable[Mapping[str, Any]], place: Path) -> None:
    if kind == "xlsx":
        write_book(rows, place)
        return
    with place.open("wb") as out:
        out.writelines((json_lines if kind == "jsonl" else csv_lines)(rows))
