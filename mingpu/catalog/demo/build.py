"""Write the demo catalogue: `python -m mingpu.catalog.demo.build`.

Writes products.jsonl and images/*.svg beside this file from source/*.toml. Nothing is drawn by chance: what
looks random (stock, sales, SKU codes) is a hash of the product's name, so every run writes identical bytes.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import blake2b
from itertools import product
from pathlib import Path

from mingpu.catalog.demo.draw.library import picture
from mingpu.catalog.demo.source import Good, read_goods
from mingpu.catalog.demo.trade import face_fen
from mingpu.catalog.rules import GOODS

HERE = Path(__file__).parent
MAX_BYTES = 6000  # of one picture; a page shows two dozen
MAX_SKUS = 12
_CODE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # letters and digits that are not taken for each other
_COLOUR = "颜色"
_ENOUGH = 100_000  # of what is made when it is sold
Row = dict[str, object]


def chance(*names: str) -> int:
    """Return a number 0..2**40 fixed by `names`."""
    return int.from_bytes(blake2b("|".join(names).encode(), digest_size=5, person=b"mingpu-demo").digest())


def sku_code(*names: str) -> str:
    """Return eight letters and digits fixed by `names`."""
    number = chance("sku", *names)
    return "".join(_CODE[(number >> (5 * i)) % 32] for i in range(8))


def stock_of(slug: str, code: str) -> int:
    """Return how many there are: of all products about 4 in 100 are sold out, of all SKUs some are low."""
    if chance("sold out", slug) % 27 == 0 or chance("gone", code) % 60 == 0:
        return 0
    roll = chance("stock", code)
    low = roll % 12 == 0
    return 1 + roll // 12 % 4 if low else 8 + roll // 12 % 190


def skus(good: Good) -> list[Row]:
    """Return every combination of the product's options, each with code, price in fen and stock."""
    axes: list[list[tuple[str, str, int]]] = []
    if len(good.colours) > 1:
        axes.append([(_COLOUR, colour, 0) for colour in good.colours])
    axes += [[(name, choice.label, choice.extra_fen) for choice in choices] for name, choices in good.options]
    virtual = good.trade.kind(good.path) != GOODS
    told = (*good.attributes.get("净含量", ()), good.title)
    rows: list[Row] = []
    for chosen in product(*axes):
        extra = sum(fen for _, _, fen in chosen)
        options = {name: label for name, label, _ in chosen}
        code = sku_code(good.slug, *options.values())
        row: Row = {"sku": code, "options": options, "price_fen": good.price_fen + extra}
        if virtual:
            rows.append({**row, "face_fen": face_fen(options), "stock": _ENOUGH})
            continue
        row["grams"] = good.trade.weight(good.path, tuple(options.values()), told)
        if good.list_price_fen:
            row["list_price_fen"] = good.list_price_fen + extra
        rows.append({**row, "stock": stock_of(good.slug, code)})
    return rows


def pictures(good: Good) -> Iterator[str]:
    """Yield the product's two or three pictures as SVG: whole, another colour, then two together or closer."""
    turn = chance("scene", good.slug)
    yield picture(good.kind, good.look(), turn=turn)
    if len(good.colours) > 1:
        other = good.look(good.colours[1])
        yield picture(good.kind, other, turn=turn + 1)
        both = picture(good.kind, good.look(), view="pair", turn=turn + 2, beside=other)
        if len(both.encode()) <= MAX_BYTES:
            yield both
            return
    yield picture(good.kind, good.look(), view="detail", turn=turn + 2)


def row_of(good: Good, images: list[str]) -> Row:
    """Return the product as one line of products.jsonl."""
    attributes = {name: list(values) for name, values in good.attributes.items()}
    if good.colours:
        attributes[_COLOUR] = list(good.colours)
    heat = chance("sales", good.slug)
    return {
        "external_id": f"demo-{good.slug}",
        "title": good.title,
        "title_en": good.title_en,
        "subtitle": good.subtitle,
        "description": good.description,
        "description_en": good.description_en,
        "brand": good.brand.zh,
        "category_path": list(good.path),
        "merchant": good.trade.merchant(good.path),
        "kind": good.trade.kind(good.path),
        "real_name": good.trade.checked(good.path),
        "attributes": attributes,
        "skus": skus(good),
        "images": images,
        "sales": 3 + 4200 * (heat % 1000) ** 3 // 1000**3 + heat // 1000 % 90,
    }


def build(target: Path) -> int:
    """Write the catalogue into `target` and return how many products it has.

    Pictures that no product uses any more are removed. Raises ValueError, before anything is written, for a
    product whose name another one has, with too many SKUs or too large a picture.
    """
    rows: list[Row] = []
    files: dict[str, str] = {}
    for good in read_goods():
        drawn = {f"{good.slug}-{i}.svg": svg for i, svg in enumerate(pictures(good), 1)}
        row = row_of(good, list(drawn))
        heavy = [name for name, svg in drawn.items() if len(svg.encode()) > MAX_BYTES]
        if heavy or len(skus(good)) > MAX_SKUS or files.keys() & drawn.keys():
            raise ValueError(f"{good.title}: {len(skus(good))} SKUs, too large: {heavy}, or not the only one")
        rows.append(row)
        files |= drawn
    images = target / "images"
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.svg"):
        if old.name not in files:
            old.unlink()
    for name, svg in files.items():
        (images / name).write_text(svg, encoding="utf-8", newline="\n")
    lines = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    (target / "products.jsonl").write_text(lines, encoding="utf-8", newline="\n")
    return len(rows)


if __name__ == "__main__":
    sys.stdout.write(f"{build(HERE)} products\n")
