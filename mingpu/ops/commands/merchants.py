"""The companies that sell on the mall: list them, take them in from a file, close one."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from mingpu.lib.errors import MallError
from mingpu.merchants.demo import MERCHANTS, ensure_demo_merchants
from mingpu.merchants.files import Entry, read, trouble
from mingpu.merchants.queries import merchants, template_of
from mingpu.merchants.rules import KINDS, OWN_SHOP, WHOLE, MerchantInfo
from mingpu.merchants.services import change_merchant, open_merchant
from mingpu.merchants.shipping import BASES, Template


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the three verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="show every merchant and its terms of delivery in use")
    add = verbs.add_parser("add", help="open the merchants of a file, or change those that are there")
    add.add_argument("path", help="a JSON file (docs/merchants.md has the shape), or `demo`")
    add.add_argument("--dry", action="store_true", help="say what would be done and do nothing")
    close = verbs.add_parser("close", help="stop a merchant from selling; its orders go on")
    close.add_argument("code")


def run(args: argparse.Namespace) -> int:
    """Run the verb; 1 when a merchant was refused."""
    if args.verb == "list":
        for line in table():
            print(line)
        return 0
    if args.verb == "close":
        return _close(args.code)
    if args.path == "demo":
        return _add_demo(dry=args.dry)
    try:
        text = Path(args.path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        print(f"无法读取 / cannot be read: {args.path}")
        return 1
    return _add(read(text), dry=args.dry)


def table() -> Iterator[str]:
    """Yield a line or two for each merchant, in both languages."""
    known = merchants()
    terms = template_of(known)
    for it in known.values():
        state = "" if it.active else "  已关闭 / closed"
        yield f"  {it.code:16} {it.name.zh} / {it.name.en}{state}"
        yield f"  {'':16} {_facts(it)}; {_terms(terms[it.code])}"


def _facts(it: MerchantInfo) -> str:
    kind = KINDS[it.kind]
    paid = "; 货到付款 / cash on delivery" if it.cod else ""
    share = f"佣金 / commission {100 * it.commission / WHOLE:g} %"
    return f"{kind.zh} / {kind.en}; {share}; {', '.join(it.couriers)}{paid}; {it.joined_at:%Y-%m-%d}"


def _terms(it: Template) -> str:
    basis = BASES[it.basis]
    return f"“{it.name}” {basis.zh} / {basis.en}"


def _add(entries: list[Entry], *, dry: bool) -> int:
    """Take in what can be taken and name what cannot, value by value."""
    known = merchants()
    refused = 0
    for entry in entries:
        checked = _checked(entry)
        if checked.merchant is None:
            refused += 1
            for it in checked.troubles:
                place = f"{entry.row} {entry.code} {it.where}".strip()
                print(f"  拒收 / refused: {place}: {it.text.zh} / {it.text.en} ({it.code})")
            continue
        if not dry:
            _put(checked.merchant, entry.templates, new=entry.code not in known)
        done = "更新 / changed" if entry.code in known else "新增 / new"
        print(f"  {done}: {entry.code}{' (未写入 / not written)' if dry else ''}")
    return int(refused > 0)


def _checked(entry: Entry) -> Entry:
    """Refuse what only the mall knows to be wrong."""
    it = entry.merchant
    if it is not None and it.code == OWN_SHOP and not it.active:
        return Entry(entry.row, entry.code, (trouble("own_shop_stays", "active"),))
    return entry


def _put(it: MerchantInfo, templates: tuple[Template, ...], *, new: bool) -> None:
    if new:
        open_merchant(merchant=it, templates=templates)
    else:
        change_merchant(
            code=it.code, name=it.name, commission=it.commission, sender=it.sender, couriers=it.couriers,
            cod=it.cod, active=it.active, templates=templates,
        )  # fmt: skip


def _add_demo(*, dry: bool) -> int:
    if not dry:
        ensure_demo_merchants()
    print(f"  demo: {', '.join(it.code for it, _ in MERCHANTS)}{' (未写入 / not written)' if dry else ''}")
    return 0


def _close(code: str) -> int:
    try:
        change_merchant(code=code, active=False)
    except MallError as reason:
        print(reason.message)
        return 1
    print(f"  已关闭 / closed: {code}")
    return 0
