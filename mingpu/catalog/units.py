"""Quantities as sellers write them: read exactly, converted within their kind, shown in the reader's language.

Everything is exact (`Fraction`) until it is shown. No database.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

LONGEST: Final = 60  # characters that are looked at as a quantity
LARGEST: Final = Fraction(10**15)
_PLACES = 3  # decimals that are shown
_QUANTITY = re.compile(
    r"(?:约|大约|≈|~)?\s*(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+)\s*(?P<unit>[^\d\s.,+\-×*/]\D*[23]?)?"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit. code: how it is stored and shown in English. kind: what it measures. factor: of the kind's base unit."""

    code: str
    zh: str
    kind: str
    factor: Fraction
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit it was written in, "" for none; folded, not yet looked up."""

    number: Fraction
    unit: str


def _of(kind: str, *rows: tuple[str, str, str, str]) -> list[Unit]:
    """Make the units of one kind. rows: (code, Chinese name, factor, further spellings by spaces)."""
    return [Unit(code, zh, kind, Fraction(factor), tuple(more.split())) for code, zh, factor, more in rows]


UNITS: Final = (
    *_of(
        "length", ("mm", "毫米", "0.001", "公厘"), ("cm", "厘米", "0.01", "公分"), ("dm", "分米", "0.1", ""),
        ("m", "米", "1", "公尺 meter meters metre metres"), ("km", "千米", "1000", "公里"),
        ("inch", "英寸", "0.0254", 'in inches 吋 寸 " ″ ”'), ("ft", "英尺", "0.3048", "feet foot 呎"),
    ),
    *_of(
        "mass", ("mg", "毫克", "0.000001", ""), ("g", "克", "0.001", "gram grams 公克"),
        ("kg", "千克", "1", "公斤 kgs"), ("斤", "斤", "0.5", "市斤"), ("两", "两", "0.05", ""), ("t", "吨", "1000", ""),
        ("oz", "盎司", "0.028349523125", ""), ("lb", "磅", "0.45359237", "lbs"),
    ),
    *_of(
        "volume", ("ml", "毫升", "0.001", "cc"), ("cl", "厘升", "0.01", ""),
        ("L", "升", "1", "公升 liter liters litre litres"), ("m³", "立方米", "1000", "立方"),
    ),
    *_of("area", ("cm²", "平方厘米", "0.0001", ""), ("m²", "平方米", "1", "平米 ㎡ 平方")),
    *_of(
        "time", ("s", "秒", "1", "秒钟 sec"), ("min", "分钟", "60", "分 minutes"), ("h", "小时", "3600", "时 hours hour hrs"),
        ("days", "天", "86400", "日 day d"), ("weeks", "周", "604800", "星期 week"),
    ),
    *_of("calendar", ("months", "个月", "1", "月 month"), ("years", "年", "12", "岁 year 周岁")),
    *_of("power", ("W", "瓦", "1", "瓦特 watt watts"), ("kW", "千瓦", "1000", "")),
    *_of("voltage", ("V", "伏", "1", "伏特 volt volts"), ("kV", "千伏", "1000", "")),
    *_of("current", ("mA", "毫安", "0.001", ""), ("A", "安", "1", "安培")),
    *_of("charge", ("mAh", "毫安时", "0.001", "毫安 ma"), ("Ah", "安时", "1", "")),
    *_of("energy", ("Wh", "瓦时", "1", ""), ("kWh", "千瓦时", "1000", "度")),
    *_of("frequency", ("Hz", "赫兹", "1", "赫"), ("kHz", "千赫", "1000", ""), ("MHz", "兆赫", "1000000", ""), ("GHz", "吉赫", "1000000000", "")),
    *_of("storage", ("MB", "MB", "1", "兆 m"), ("GB", "GB", "1024", "g"), ("TB", "TB", "1048576", "t")),
    *_of("warmth", ("K", "K", "1", "开 开尔文")),
    *_of("temperature", ("°C", "摄氏度", "1", "度 ℃ c")),
    *_of("sound", ("dB", "分贝", "1", "")),
    *_of("share", ("%", "%", "1", "％")),
)  # fmt: skip
# A quantity is shown in the largest of these, of its own unit's family, that it fills at least once.
_SHOWN_IN: Final = (("ml", "L"), ("g", "kg"), ("cm", "m"), ("GB", "TB"))


def fold(text: str) -> str:
    """Return a unit's spelling without what does not matter: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


_BY_CODE: Final = {unit.code: unit for unit in UNITS}
_SPELT: Final[dict[str, list[Unit]]] = {}
for _unit in UNITS:
    for _spelling in {_unit.code, _unit.zh, *_unit.spellings}:
        _SPELT.setdefault(fold(_spelling), []).append(_unit)


def read_quantity(text: str) -> Quantity | None:
    """Read a text that is one number, with or without a unit: `1.5kg`, `1,200 毫升`, `约 3 斤`; None for any other.

    Ranges, products (`2.5 kg × 2`) and sizes (`180 × 32 cm`) are not one number.
    """
    if len(text) > LONGEST:
        return None
    found = _QUANTITY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    number = Fraction(found["number"].replace(",", ""))
    return Quantity(number, fold(found["unit"] or "")) if abs(number) <= LARGEST else None


def in_unit(quantity: Quantity, unit: str, aliases: Collection[str] = ()) -> Fraction | None:
    """Return a quantity's number in `unit`; None when it was written in something else, or in nothing.

    unit: a code of `UNITS`, any other word (`件`), or "" for bare numbers. aliases: how else the unit is written.
    """
    if quantity.unit in {fold(unit), *map(fold, aliases)}:
        return quantity.number
    wanted = _BY_CODE.get(unit)
    if wanted is None:
        return None
    written = next((it for it in _SPELT.get(quantity.unit, ()) if it.kind == wanted.kind), None)
    return quantity.number * written.factor / wanted.factor if written else None


def known_unit(text: str) -> str:
    """Return the code of a unit however it is written; the text itself where it is none of ours."""
    found = _SPELT.get(fold(text))
    return found[0].code if found else text.strip()


def natural(number: Fraction, unit: str) -> tuple[Fraction, str]:
    """Return a quantity in the unit of its family that it is best read in: 0.5 L is 500 ml, 1000 ml is 1 L."""
    family = next((it for it in _SHOWN_IN if unit in it), None)
    if family is None:
        return number, unit
    base = number * _BY_CODE[unit].factor
    fitting = [code for code in family if abs(base) >= _BY_CODE[code].factor] or [family[0]]
    return base / _BY_CODE[fitting[-1]].factor, fitting[-1]


def shown(number: Fraction, unit: str, *, chinese: bool) -> str:
    """Return a quantity as one reads it: `500 毫升`, `500 ml`; at most three decimals."""
    value, code = natural(number, unit)
    known = _BY_CODE.get(code)
    word = known.zh if known and chinese else code
    return f"{_digits(value)} {word}".rstrip()


def exactly(number: float) -> Fraction:
    """Return a stored number as the decimal it was."""
    return Fraction(repr(number))


def _digits(value: Fraction) -> str:
    scaled = round(value * 10**_PLACES)
    if not scaled and value:
        return f"{float(value):.2g}"
    whole, rest = divmod(abs(scaled), 10**_PLACES)
    tail = f".{rest:0{_PLACES}d}".rstrip("0") if rest else ""
    return f"{'-' if scaled < 0 else ''}{whole}{tail}"
