"""A name as on an identity card, and an ID number as GB 11643 has it. Pure functions, no database."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from stdnum.cn import ric
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from mingpu.accounts.errors import BadField
from mingpu.lib.clock import now
from mingpu.lib.text import Text

CHECKING, VERIFIED, MISMATCH, UNANSWERED = "checking", "verified", "mismatch", "unanswered"
STATES: Final = {
    CHECKING: Text("核验中", "Being checked"),
    VERIFIED: Text("已验证", "Verified"),
    MISMATCH: Text("不一致", "Not a match"),
    UNANSWERED: Text("没有答复", "No answer"),
}
LABELS: Final = {"name": Text("真实姓名", "Real name"), "number": Text("身份证号", "ID number")}
MOST_TRIES: Final = 3  # a day: each is paid for, and nobody mistypes oftener
CHECKED_BY: Final = "tencent"
_NAME: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]{1,24}(?:·[\u3400-\u9fff]{1,24}){0,4}")
_OLDEST: Final = 150  # years


@dataclass(frozen=True, slots=True)
class NameChecked:
    """What became of a real-name check: never the number. name: masked, "" unless verified. state: of `STATES`."""

    state: str
    name: str
    at: datetime
    checked_by: str


def real_name(value: str) -> str:
    """2 to 50 Chinese characters, the parts of a longer name with · between them."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFC", value))
    text = re.sub(r"[•・‧●.．]", "·", text)
    if not 2 <= len(text) <= 50 or not _NAME.fullmatch(text):  # noqa: PLR2004 -- as cards have it
        raise _bad("name", "请按身份证填写中文姓名", "write your Chinese name as it stands on the card")
    return text


def id_number(value: str) -> str:
    """18 characters: a region that was one in the year of birth, a day that has been, and the check digit."""
    text = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", value[:60])).upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise _bad("number", "应为 18 位，最后一位可以是 X", "it has 18 characters, the last may be X")
    try:
        ric.validate(text)
    except InvalidChecksum:
        raise _bad(
            "number", "校验位不对，请检查有没有输错", "its check digit is wrong: please look for a slip"
        ) from None
    except InvalidComponent:
        raise _bad("number", "地区或出生日期不对", "its region or day of birth cannot be") from None
    except ValidationError:
        raise _bad("number", "格式不对", "it is not written as it should be") from None
    born, today = ric.get_birth_date(text), now().date()
    if not _years_before(today) <= born <= today:
        raise _bad("number", "出生日期不对", "its day of birth cannot be")
    return text


def _years_before(today: date) -> date:
    return date(today.year - _OLDEST, 1, 1)


def _bad(name: str, zh: str, en: str) -> BadField:
    return BadField(name, field=LABELS[name], problem=Text(zh, en))
