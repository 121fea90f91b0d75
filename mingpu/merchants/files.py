"""Reading merchants from a file somebody wrote. `docs/merchants.md` has the shape. Pure, no database."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from mingpu.adapters.courier import Contact
from mingpu.lib.text import Text
from mingpu.merchants.rules import CODE, WHOLE, MerchantInfo
from mingpu.merchants.shipping import Free, Rate, Template, region_name

LONGEST = 60  # characters of a name, a region or a part of an address
MOST_FEN, MOST_STEP = 1_000_000, 1_000_000  # ¥10,000 a step; a million pieces, or a ton
MOST_RATES, MOST_REGIONS, MOST_TEMPLATES = 100, 400, 20
# What is wrong, by code; facts are the library's. Codes that are not here are told as `bad_value`.
WORDS: Final = {
    "broken_json": Text("不是完整的 JSON", "this is not valid JSON"),
    "empty": Text("文件里没有商家", "there is no merchant in the file"),
    "bad_value": Text("类型不对", "it is of the wrong type"),
    "missing": Text("缺少这一项", "it is missing"),
    "unknown_key": Text("没有这一项", "there is no such key"),
    "too_small": Text("不能小于 {least}", "{least} is the least"),
    "too_large": Text("不能大于 {most}", "{most} is the most"),
    "too_short": Text("至少 {min_length} 个", "{min_length} at least"),
    "too_long": Text("最多 {max_length} 个", "{max_length} at most"),
    "bad_form": Text("格式不对", "it is not of the right form"),
    "unknown_word": Text("应为：{expected}", "{expected} is expected"),
    "twice": Text("“{it}”出现了两次", "“{it}” is there twice"),
    "bad_region": Text("“{it}”应为“省”或“省/市”", "“{it}” should be `province` or `province/city`"),
    "no_threshold": Text("写明满多少分或多少件包邮", "say from how many fen or pieces delivery is free"),
    "own_shop_stays": Text("自营店不能关闭", "the mall's own shop cannot be closed"),
}
_CODES: Final = {
    "missing": "missing", "extra_forbidden": "unknown_key", "greater_than_equal": "too_small",
    "less_than_equal": "too_large", "string_too_short": "too_short", "string_too_long": "too_long",
    "string_pattern_mismatch": "bad_form", "literal_error": "unknown_word",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one value. where: as in `sender.phone` or `templates[0].rules[2].first`; code: stable."""

    where: str
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One merchant of a file with its templates, the one in use first; or, with troubles, nothing but its code.

    row: its place in the file, from 1; 0 for the whole file. code: "" when it could not be read.
    """

    row: int
    code: str
    troubles: tuple[Trouble, ...] = ()
    merchant: MerchantInfo | None = None
    templates: tuple[Template, ...] = ()


def trouble(code: str, where: str = "", /, **facts: object) -> Trouble:
    """Return a trouble with its sentence. Raises KeyError for an unknown code."""
    words = WORDS[code]
    return Trouble(where, code, Text(words.zh.format(**facts), words.en.format(**facts)))


def read(text: str) -> list[Entry]:
    """Return every merchant of a file: JSON, one object or a list of them. Nothing in it makes it raise."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return [Entry(0, "", (trouble("broken_json"),))]
    rows = found if isinstance(found, list) else [found]
    seen: set[str] = set()
    return [_entry(place, row, seen) for place, row in enumerate(rows, 1)] or [
        Entry(0, "", (trouble("empty"),))
    ]


def _entry(place: int, row: object, seen: set[str]) -> Entry:
    named = row.get("code") if isinstance(row, dict) else None
    code = named if isinstance(named, str) and CODE.fullmatch(named) else ""
    try:
        it = _Merchant.model_validate(row)
    except ValidationError as refused:
        return Entry(place, code, tuple(_told(error) for error in refused.errors(include_url=False)))
    if code in seen:
        return Entry(place, code, (trouble("twice", "code", it=code),))
    seen.add(code)
    return Entry(place, code, merchant=it.info(), templates=tuple(inner.value() for inner in it.templates))


def _told(error: ErrorDetails) -> Trouble:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    facts: dict[str, Any] = dict(error.get("ctx", {}))
    code = error["type"] if error["type"] in WORDS else _CODES.get(error["type"], "bad_value")
    where = "".join(sign if sign.isprintable() else "?" for sign in where)
    return trouble(code, where.removeprefix("."), least=facts.get("ge"), most=facts.get("le"), **facts)


def _once(regions: list[str]) -> list[str]:
    """Let regions through that are a province or a province and a city, each named once."""
    for region in regions:
        parts = region_name(region).split("/")
        if not all(parts) or len(parts) > 2:  # noqa: PLR2004 -- province/city
            raise PydanticCustomError("bad_region", "bad_region", {"it": region})
    _distinct(regions, map(region_name, regions))
    return regions


def _distinct(words: list[str], names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    for word, name in zip(words, names, strict=True):
        if name in seen:
            raise PydanticCustomError("twice", "twice", {"it": word})
        seen.add(name)
    return words


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST, pattern=r"^\P{C}+$")
]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9][0-9-]{4,18}[0-9]$")]
Fen = Annotated[int, Field(ge=0, le=MOST_FEN)]
Step = Annotated[int, Field(ge=1, le=MOST_STEP)]
Regions = Annotated[list[Line], Field(max_length=MOST_REGIONS), AfterValidator(_once)]


class _Strict(BaseModel):
    """Keys nobody knows are refused; a number is a number and text is text."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Default(_Strict):
    first: Step
    first_fen: Fen
    next: Step
    next_fen: Fen

    def value(self, regions: Iterable[str] = ()) -> Rate:
        return Rate(tuple(regions), self.first, self.first_fen, self.next, self.next_fen)


class _Rate(_Default):
    regions: Annotated[Regions, Field(min_length=1)]


def _some(it: "_Free") -> "_Free":
    if it.from_fen is None and it.from_pieces is None:
        raise PydanticCustomError("no_threshold", "no_threshold")
    return it


class _Free(_Strict):
    from_fen: Annotated[int, Field(ge=1, le=MOST_FEN * 100)] | None = None
    from_pieces: Step | None = None
    regions: Regions = []

    def value(self) -> Free:
        return Free(self.from_fen, self.from_pieces, tuple(self.regions))


def _named_once(it: "_Template") -> "_Template":
    """A region belongs to one rule or is not delivered to, so that the order of rules means nothing."""
    regions = [*it.no_delivery, *(region for rule in it.rules for region in rule.regions)]
    _distinct(regions, map(region_name, regions))
    return it


class _Template(_Strict):
    name: Line
    basis: Literal["piece", "weight"]
    default: _Default
    rules: Annotated[list[_Rate], Field(max_length=MOST_RATES)] = []
    free: Annotated[_Free, AfterValidator(_some)] | None = None
    no_delivery: Regions = []

    def value(self) -> Template:
        return Template(
            name=self.name, basis=self.basis, default=self.default.value(), no_delivery=tuple(self.no_delivery),
            rates=tuple(rule.value(rule.regions) for rule in self.rules),
            free=self.free.value() if self.free else None,
        )  # fmt: skip


class _Sender(_Strict):
    name: Line
    phone: Phone
    province: Line
    city: Line
    district: Line
    street: Line


def _all_named_once(templates: list[_Template]) -> list[_Template]:
    names = [it.name for it in templates]
    _distinct(names, names)
    return templates


class _Merchant(_Strict):
    code: Annotated[str, StringConstraints(pattern=rf"^{CODE.pattern}$")]
    name: Line
    name_en: Line | None = None
    commission: Annotated[int, Field(ge=0, le=WHOLE)]
    sender: _Sender
    couriers: Annotated[
        list[Literal["sf", "yto"]], Field(min_length=1), AfterValidator(lambda it: _distinct(it, it))
    ]
    cod: bool = False
    active: bool = True
    templates: Annotated[
        list[Annotated[_Template, AfterValidator(_named_once)]],
        Field(min_length=1, max_length=MOST_TEMPLATES),
        AfterValidator(_all_named_once),
    ]

    def info(self) -> MerchantInfo:
        return MerchantInfo(
            code=self.code, name=Text(self.name, self.name_en or self.name), commission=self.commission,
            sender=Contact(**self.sender.model_dump()), couriers=tuple(self.couriers), cod=self.cod,
            active=self.active,
        )  # fmt: skip
