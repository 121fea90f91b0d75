"""The search index: hold it against the catalogue, write it anew, teach it."""

import argparse
from pathlib import Path

from mingpu.adapters.embedding import EmbeddingFailed
from mingpu.lib.errors import MallError
from mingpu.search.labelled import read_labelled
from mingpu.search.learning import learn_meanings, verify_meanings
from mingpu.search.rules import Verified
from mingpu.search.services import rebuild, teach, verify

PRODUCTS = "索引中的商品 / products in the index"
VECTORS = "有向量的商品 / products with a vector"
SHOWN = 20  # products of each kind of difference


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to do."""
    parts = parser.add_subparsers(dest="part", required=True)
    check = parts.add_parser("verify", help="hold the index against the catalogue, product by product")
    check.add_argument("--mend", action="store_true", help="bring what differs up to the catalogue")
    parts.add_parser("rebuild", help="write the whole index anew from the catalogue")
    parts.add_parser(
        "vectors", help="make the vectors that titles lack, where an embedding model is configured"
    )
    lesson = parts.add_parser(
        "teach", help="learn to tell brands and product words from titles that people marked"
    )
    lesson.add_argument("path", type=Path, help="a file of JSON lines: title, spans (start, end, kind)")


def run(args: argparse.Namespace) -> int:
    """Do it; 1 when the index differs from the catalogue, or another process is writing it."""
    try:
        if args.part == "teach":
            print(
                f"已学习的标题 / titles learnt from: {teach(read_labelled(args.path.open(encoding='utf-8'))):,}"
            )
        if args.part in {"rebuild", "teach"}:
            print(f"已写入 / written: {rebuild():,}")
            return 0
        if args.part == "vectors":
            print(f"已生成的向量 / vectors made: {learn_meanings():,}")
            return 0
        found, meanings = verify(mend=args.mend), verify_meanings(mend=args.mend)
    except MallError as refused:
        print(refused.message)
        return 1
    except EmbeddingFailed as failed:
        print(f"向量模型没有给出结果 / the embedding model did not answer: {failed.code}")
        return 1
    except (OSError, UnicodeDecodeError):
        print(f"无法读取 / cannot be read: {args.path}")
        return 1
    for line in (*told(found), *(told(meanings, VECTORS) if meanings else ())):
        print(line)
    differences = found.differences + (meanings.differences if meanings else 0)
    return int(differences > 0 and not args.mend)


def told(found: Verified, of: str = PRODUCTS) -> list[str]:
    """Return the outcome in words. of: what was held against the catalogue."""
    lines = [f"{of}: {found.held:,}"]
    for what, ids in (
        ("缺少 / missing", found.missing), ("过时 / stale", found.stale), ("多余 / extra", found.extra),
    ):  # fmt: skip
        lines += [f"{what}: {len(ids):,}", *(f"  {it}" for it in ids[:SHOWN])] if ids else []
    return [*lines, *([] if found.differences else ["与商品目录一致 / the same as the catalogue"])]
