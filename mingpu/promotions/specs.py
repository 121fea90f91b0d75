"""Reading an operator's offer from JSON (docs/offers.md has the shape): checked whole, no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.promotions.rules import (
    COUPON,
    FIXED,
    FLASH,
    FREE_SHIPPING,
    FULL_REDUCTION,
    KINDS,
    MEMBER_PRICE,
    PERCENTAGE,
    Offer,
    Scope,
    Step,
)

ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{2,47}")
LONGEST_FLASH: Final = timedelta(days=90)  # the limit of one person is known no longer than twice that
MOST_FEN: Final = 10**11
MOST_PIECES: Final = 10**6
_ALWAYS: Final = frozenset({"id", "kind", "title", "merchant", "starts_at", "ends_at"})
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    COUPON: frozenset({"scope", "form", "steps", "cap_fen", "per_person", "total", "valid_days"}),
    FULL_REDUCTION: frozenset({"scope", "form", "steps", "cap_fen"}),
    FREE_SHIPPING: frozenset({"scope", "steps"}),
    FLASH: frozenset({"prices"}),
    MEMBER_PRICE: frozenset({"prices"}),
}


@dataclass(frozen=True, slots=True)
class Price:
    """A price of its own for one SKU; stock and limit only for a flash sale."""

    price_fen: int
    stock: int = 0
    per_person: int = 1


@dataclass(frozen=True, slots=True)
class Spec:
    """An offer as an operator wants it, with its time and limits; prices by SKU for flash and member prices."""

    offer: Offer
    starts_at: datetime
    ends_at: datetime
    per_person: int = 1
    total: int | None = None
    valid_days: int | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)


def read_spec(given: object) -> Spec:
    """Return a checked offer. Raises Invalid for the first thing that is wrong, an unknown field included."""
    if not isinstance(given, Mapping):
        raise _wrong("offer", "应为对象", "must be an object")
    kind = str(given.get("kind"))
    if kind not in KINDS:
        raise _wrong("kind", f"应为 {'、'.join(KINDS)} 之一", f"must be one of {', '.join(KINDS)}")
    if unknown := sorted(map(str, given.keys() - _ALWAYS - _FIELDS[kind])):
        raise _wrong(unknown[0], f"{kind} 没有此项", f"{kind} has no such field")
    starts_at, ends_at = _time(given, "starts_at"), _time(given, "ends_at")
    if starts_at >= ends_at:
        raise _wrong("ends_at", "应晚于 starts_at", "must be after starts_at")
    if kind == FLASH and ends_at - starts_at > LONGEST_FLASH:
        raise _wrong("ends_at", "抢购最长 90 天", "a flash sale lasts 90 days at most")
    return Spec(
        _offer(given, kind), starts_at, ends_at,
        per_person=_number(given, "per_person", 1, 1, 1000) or 1,
        total=_number(given, "total", None, 1, 10**9),
        valid_days=_number(given, "valid_days", None, 1, 3660),
        prices=_prices(given, kind) if "prices" in _FIELDS[kind] else {},
    )  # fmt: skip


def _offer(given: Mapping[str, Any], kind: str) -> Offer:
    key, merchant = given.get("id"), given.get("merchant", "")
    if not isinstance(key, str) or not ID.fullmatch(key):
        raise _wrong("id", "应为 3–48 个小写字母、数字或连字符", "must be 3–48 of a–z, 0–9 and -")
    if not isinstance(merchant, str):
        raise _wrong("merchant", "应为商家代码，平台为空", "must be a merchant's code, empty for the mall")
    form = given.get("form", FIXED)
    if form not in (FIXED, PERCENTAGE):
        raise _wrong("form", "应为 fixed 或 percentage", "must be fixed or percentage")
    cap = _number(given, "cap_fen", None, 1, MOST_FEN)
    if cap is not None and form == FIXED:
        raise _wrong("cap_fen", "只用于 percentage", "is for percentage only")
    steps = _steps(given, kind, form) if "steps" in _FIELDS[kind] else (Step(0),)
    try:
        return Offer(key, kind, _title(given), merchant, _scope(given), form, steps, cap)
    except ValueError:
        raise _wrong("steps", "门槛与优惠应逐级递增", "thresholds and reductions must rise") from None


def _title(given: Mapping[str, Any]) -> Text:
    it = given.get("title")
    if not isinstance(it, Mapping) or it.keys() != {"zh", "en"} or not all(map(_is_name, it.values())):
        raise _wrong(
            "title", "应为 {zh, en}，各不超过 60 字", "must be {zh, en} of at most 60 characters each"
        )
    return Text(it["zh"], it["en"])


def _is_name(it: object) -> bool:
    return isinstance(it, str) and bool(it.strip()) and len(it) <= 60  # noqa: PLR2004 -- as the message says


def _scope(given: Mapping[str, Any]) -> Scope:
    it = given.get("scope", {})
    lists = {"categories", "brands", "products", "skus"}
    if not isinstance(it, Mapping) or it.keys() - lists or not all(isinstance(v, list) for v in it.values()):
        raise _wrong(
            "scope",
            "只含 categories、brands、products、skus 列表",
            "holds lists: " + ", ".join(sorted(lists)),
        )
    paths = it.get("categories", [])
    names = [name for key in lists - {"categories"} for name in it.get(key, [])]
    if not all(isinstance(path, list) and path for path in paths):
        raise _wrong("scope", "类目应为由大到小的路径", "a category is a path, widest first")
    if not all(
        isinstance(name, str) and name for name in (*names, *(name for path in paths for name in path))
    ):
        raise _wrong("scope", "应为文字", "must be text")
    return Scope(
        tuple(tuple(path) for path in paths), tuple(it.get("brands", [])), tuple(it.get("products", [])),
        tuple(it.get("skus", [])),
    )  # fmt: skip


def _steps(given: Mapping[str, Any], kind: str, form: str) -> tuple[Step, ...]:
    rows = given.get("steps")
    wanted = {"threshold_fen"} if kind == FREE_SHIPPING else {"threshold_fen", "off"}
    if not isinstance(rows, list) or not rows:
        raise _wrong("steps", "至少一级", "needs at least one")
    if not all(isinstance(row, Mapping) and row.keys() == wanted for row in rows):
        raise _wrong("steps", f"每级应为 {sorted(wanted)}", f"each must be {sorted(wanted)}")
    most = MOST_FEN if form == FIXED else 100
    return tuple(
        Step(
            _number(row, "threshold_fen", None, 0, MOST_FEN) or 0,
            (_number(row, "off", None, 1, most) or 0) if "off" in wanted else 0,
        )
        for row in rows
    )


def _prices(given: Mapping[str, Any], kind: str) -> dict[str, Price]:
    rows = given.get("prices")
    wanted = {"price_fen", "stock", "per_person"} if kind == FLASH else {"price_fen"}
    if not isinstance(rows, Mapping) or not rows:
        raise _wrong("prices", "至少一个规格", "needs at least one SKU")
    found = {}
    for sku, row in rows.items():
        if not isinstance(row, Mapping) or row.keys() != wanted:
            raise _wrong("prices", f"{sku} 应为 {sorted(wanted)}", f"{sku} must be {sorted(wanted)}")
        fen = _number(row, "price_fen", None, 1, MOST_FEN)
        stock = _number(row, "stock", 0, 0, MOST_PIECES)
        each = _number(row, "per_person", 1, 1, MOST_PIECES)
        if fen is None or stock is None or each is None:
            raise _wrong("prices", f"{sku} 缺少数值", f"{sku} lacks a number")
        found[str(sku)] = Price(fen, stock, each)
    return found


def _number(given: Mapping[str, Any], name: str, default: int | None, least: int, most: int) -> int | None:
    it = given.get(name, default)
    if it is None:
        return None
    if not isinstance(it, int) or isinstance(it, bool) or not least <= it <= most:
        raise _wrong(name, f"应为 {least}–{most} 的整数", f"must be a whole number {least}–{most}")
    return it


def _time(given: Mapping[str, Any], name: str) -> datetime:
    try:
        it = datetime.fromisoformat(str(given.get(name)))
    except ValueError:
        it = None
    if it is None or it.tzinfo is None:
        raise _wrong(
            name, "应为带时区的时间，如 2026-11-01T00:00:00+08:00", "must be a time with its zone"
        ) from None
    return it


def _wrong(name: str, zh: str, en: str) -> Invalid:
    return Invalid(field=name, problem=Text(zh, en))
