"""What delivery costs: a merchant's template, a place and an amount of goods give a fee. Pure, no database."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from mingpu.lib.money import yuan
from mingpu.lib.text import Text
from mingpu.merchants.errors import NotDelivered

PIECE, WEIGHT = "piece", "weight"
BASES: Final = {PIECE: Text("按件", "By piece"), WEIGHT: Text("按重量", "By weight")}
FREE: Final = Text("包邮", "Free delivery")
# Peoples whose names stand in the full names of autonomous regions and prefectures, as in 恩施土家族苗族自治州.
_PEOPLES: Final = (
    "蒙古族|蒙古|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|侗族|白族|土家族|哈尼族|哈萨克|傣族|傈僳族|"
    "景颇族|柯尔克孜|羌族"
)
_AUTONOMOUS: Final = re.compile(rf"(.{{2,}}?)(?:{_PEOPLES})*自治[区州]")
_ENDING: Final = re.compile(r"(.{2,}?)(?:特别行政区|地区|省|市|州|盟)")


@dataclass(frozen=True, slots=True)
class Rate:
    """What delivery to some regions costs, in fen: `first_fen` up to `first`, then `next_fen` each begun `next`.

    regions: a province, or `province/city`. first and next: pieces or grams, >= 1, as the template counts.
    """

    regions: tuple[str, ...]
    first: int
    first_fen: int
    next: int
    next_fen: int

    def __post_init__(self) -> None:
        if min(self.first, self.next) < 1 or min(self.first_fen, self.next_fen) < 0:
            raise ValueError(self)

    def steps(self, amount: int) -> int:
        """Return how many steps beyond the first `amount` takes; one that is begun counts whole."""
        return max(0, -(-(amount - self.first) // self.next))


@dataclass(frozen=True, slots=True)
class Free:
    """When delivery costs nothing: from an amount payable in fen, or from so many pieces; either is enough.

    regions: where it holds; () means wherever is delivered to.
    """

    from_fen: int | None = None
    from_pieces: int | None = None
    regions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.from_fen is None and self.from_pieces is None:
            raise ValueError(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A merchant's terms of delivery. basis: `piece` or `weight`, which `first` and `next` then count.

    A rate for the city comes before one for its province, and that before `default`. id: None until it is kept.
    """

    name: str
    basis: str
    default: Rate
    rates: tuple[Rate, ...] = ()
    free: Free | None = None
    no_delivery: tuple[str, ...] = ()
    id: UUID | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.basis not in BASES:
            raise ValueError(self.basis)


@dataclass(frozen=True, slots=True)
class Fee:
    """What one merchant's share of an order costs to deliver. reason: how it came about, for the buyer."""

    fen: int
    reason: Text
    free: bool


def fee(
    template: Template,
    *,
    province: str,
    city: str,
    pieces: int,
    grams: int,
    payable_fen: int,
) -> Fee:
    """Return the fee for goods of one merchant going to one place.

    pieces: >= 1. grams: of all of them together, 0 when unknown. payable_fen: for the goods, after discounts.
    Raises NotDelivered with the region, and ValueError for amounts that cannot be.
    """
    if pieces < 1 or min(grams, payable_fen) < 0:
        raise ValueError((pieces, grams, payable_fen))
    names = _names(province, city)
    if region := not_delivered(template, province=province, city=city):
        raise NotDelivered(region=region)
    if (reason := _free(template.free, names, pieces, payable_fen)) is not None:
        return Fee(0, reason, free=True)
    rate = _rate(template, names)
    steps = rate.steps(pieces if template.basis == PIECE else grams)
    fen = rate.first_fen + steps * rate.next_fen
    return Fee(fen, _reason(template.basis, rate, steps) if fen else FREE, free=fen == 0)


def not_delivered(template: Template, *, province: str, city: str) -> str:
    """Return the region of a place that a merchant does not deliver to, as its terms name it; "" where it does."""
    return (_first(_names(province, city), template.no_delivery) or "").replace("/", "")


def region_name(name: str) -> str:
    """Return what two spellings of a province, city or `province/city` have in common.

    `浙江省` and `浙江`, `新疆维吾尔自治区` and `新疆`, `浙江省/杭州市` and `浙江/杭州` are the same.
    """
    return "/".join(_short(part) for part in name.split("/"))


def _short(name: str) -> str:
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    found = _AUTONOMOUS.fullmatch(text) or _ENDING.fullmatch(text)
    return found[1] if found else text


def _names(province: str, city: str) -> tuple[str, ...]:
    """Return what a place is called in templates, the narrowest name first."""
    wide = _short(province.replace("/", ""))
    return (f"{wide}/{_short(city.replace('/', ''))}", wide)


def _first(names: tuple[str, ...], regions: Iterable[str]) -> str | None:
    """Return the region that a place lies in, as the template writes it; None when it is in none."""
    written = {region_name(region): region for region in regions}
    return next((written[name] for name in names if name in written), None)


def _rate(template: Template, names: tuple[str, ...]) -> Rate:
    for name in names:
        for rate in template.rates:
            if _first((name,), rate.regions) is not None:
                return rate
    return template.default


def _free(it: Free | None, names: tuple[str, ...], pieces: int, payable_fen: int) -> Text | None:
    """Return why delivery is free; None when it is not."""
    if it is None or (it.regions and _first(names, it.regions) is None):
        return None
    if it.from_fen is not None and payable_fen >= it.from_fen:
        return Text(f"满 {yuan(it.from_fen)} 元包邮", f"Free delivery from ¥{yuan(it.from_fen)}")
    if it.from_pieces is not None and pieces >= it.from_pieces:
        return Text(f"满 {it.from_pieces} 件包邮", f"Free delivery from {it.from_pieces} pieces")
    return None


def _reason(basis: str, rate: Rate, steps: int) -> Text:
    """Say how a fee adds up: what the first part costs, and what each further step adds."""
    first, more = _amount(basis, rate.first), _amount(basis, rate.next * steps)
    zh = f"{first.zh}以内 {yuan(rate.first_fen)} 元"
    en = f"¥{yuan(rate.first_fen)} up to {first.en}"
    if steps and rate.next_fen:
        zh += f"，续 {more.zh} {yuan(steps * rate.next_fen)} 元"
        en += f", ¥{yuan(steps * rate.next_fen)} for {more.en} more"
    elif steps:
        return Text(f"每单 {yuan(rate.first_fen)} 元", f"¥{yuan(rate.first_fen)} an order")
    return Text(zh, en)


def _amount(basis: str, amount: int) -> Text:
    if basis == PIECE:
        return Text(f"{amount} 件", f"{amount} piece{'' if amount == 1 else 's'}")
    kilos = f"{amount / 1000:.3f}".rstrip("0").rstrip(".")
    return Text(f"{kilos} 公斤", f"{kilos} kg")
