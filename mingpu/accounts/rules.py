"""What may be typed into an account, and how it is written down. Pure functions, no database.

Each takes what somebody typed, returns how it is kept, and raises BadField with the field's name.
"""

import gzip
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from django.contrib.auth import password_validation
from zxcvbn import zxcvbn

from mingpu.accounts.errors import BadField
from mingpu.lib.clock import now
from mingpu.lib.text import Text

LABELS: Final = {
    "username": Text("账户名", "Username"),
    "password": Text("密码", "Password"),
    "phone": Text("手机号", "Mobile number"),
    "phone_code": Text("短信验证码", "SMS code"),
    "email": Text("邮箱", "E-mail"),
    "email_code": Text("邮箱验证码", "E-mail code"),
    "nickname": Text("昵称", "Nickname"),
    "passkey_name": Text("通行密钥的名称", "Name of the passkey"),
    "gender": Text("性别", "Gender"),
    "birthday": Text("生日", "Birthday"),
    "interests": Text("兴趣爱好", "Interests"),
    "name": Text("收货人姓名", "Consignee"),
    "province": Text("省份", "Province"),
    "city": Text("城市", "City"),
    "district": Text("区县", "District"),
    "town": Text("街道 / 乡镇", "Town or subdistrict"),
    "street": Text("详细地址", "Street address"),
    "landline": Text("固定电话", "Landline"),
}
GENDERS: Final = {
    "female": Text("女", "Female"),
    "male": Text("男", "Male"),
    "other": Text("其他", "Other"),
}
SHORTEST_NAME, LONGEST_NAME = 3, 32
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
LEAST_STRENGTH = 2  # of zxcvbn's 0-4: resists about 10^8 guesses
_LEAKED = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
_JUDGED = 40  # characters of a password that are judged; the judge is slow on longer ones
MOST_INTERESTS, LONGEST_INTEREST = 20, 30
LONGEST_NICKNAME = 32
_OLDEST = date(1900, 1, 1)
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})", re.ASCII)
_EMAIL = re.compile(
    r"[!-?A-~]{1,64}@(?:[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?\.)+[A-Za-z][0-9A-Za-z-]{1,62}"
)
_LANDLINE = re.compile(
    r"(?:(0(?:10|2\d|[3-9]\d\d)))?([2-9]\d{6,7})(?:(?:-|转|x|ext\.?)(\d{1,6}))?", re.IGNORECASE | re.ASCII
)
_GENDER_WORDS: Final = {
    "女": "female",
    "男": "male",
    "其他": "other",
    "f": "female",
    "m": "male",
    "x": "other",
}
# Consignee and address book: longest value of each field, and whether it may stay blank.
_ADDRESS: Final = {
    "name": (40, False),
    "province": (40, False),
    "city": (40, False),
    "district": (40, True),
    "town": (40, True),
    "street": (200, False),
}


def _bad(name: str, zh: str, en: str) -> BadField:
    return BadField(name, field=LABELS.get(name, Text(name, name)), problem=Text(zh, en))


def _plain(name: str, value: str, most: int, *, blank: bool = False) -> str:
    """One line of printable text, blanks at the ends cut off."""
    text = unicodedata.normalize("NFC", value).strip()
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in text):
        raise _bad(name, "含有无法使用的字符", "it has characters that cannot be used")
    if not text and not blank:
        raise _bad(name, "不能为空", "it is needed")
    if len(text) > most:
        raise _bad(name, f"最多 {most} 个字", f"{most} characters at most")
    return text


def _compact(value: str) -> str:
    """Full-width to half-width, and the marks people put into numbers taken out."""
    return re.sub(r"[\s()\u2010-\u2015.-]", "", unicodedata.normalize("NFKC", value))


def username(value: str) -> str:
    """3-32 letters of any script, digits, `_` and `-`, in NFKC; not something that reads as a phone number."""
    text = unicodedata.normalize("NFKC", value.strip())
    if not SHORTEST_NAME <= len(text) <= LONGEST_NAME:
        raise _bad(
            "username",
            f"应为 {SHORTEST_NAME}–{LONGEST_NAME} 个字",
            f"it takes {SHORTEST_NAME}–{LONGEST_NAME} characters",
        )
    if not all(unicodedata.category(sign)[0] == "L" or sign in "0123456789_-" for sign in text):
        raise _bad("username", "只能用文字、数字、_ 和 -", "only letters, digits, _ and - can be used")
    if _MOBILE.fullmatch(text):
        raise _bad("username", "不能是手机号", "it cannot be a phone number")
    return text


def username_key(value: str) -> str:
    """What two names have in common when they are the same name: case and width do not count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value.strip()).casefold())


def password(value: str, *, known: Iterable[str] = ()) -> str:
    """8-128 characters that are not easily guessed; known: the person's own words, worth nothing in it."""
    text = unicodedata.normalize("NFKC", value)
    if len(text) < SHORTEST_PASSWORD:
        raise _bad("password", f"至少 {SHORTEST_PASSWORD} 位", f"{SHORTEST_PASSWORD} characters at least")
    if len(text) > LONGEST_PASSWORD:
        raise _bad("password", f"最多 {LONGEST_PASSWORD} 位", f"{LONGEST_PASSWORD} characters at most")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text):
        raise _bad("password", "含有无法使用的字符", "it has characters that cannot be used")
    if zxcvbn(text[:_JUDGED], user_inputs=["mingpu", "明铺", *known])["score"] < LEAST_STRENGTH:
        raise _bad(
            "password",
            "太容易被猜到。换成几个不相干的词，或加长一些",
            "it is easily guessed. Use a few unrelated words, or make it longer",
        )
    if text.casefold() in _leaked():
        raise _bad(
            "password",
            "这个密码出现在泄露的密码表里，请换一个",
            "it is in a list of leaked passwords. Use another",
        )
    return text


@cache
def _leaked() -> frozenset[str]:
    """Return the passwords that are used most, out of leaks; Django's own list, read where it lies."""
    with gzip.open(_LEAKED, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip().casefold() for line in lines if len(line.strip()) >= SHORTEST_PASSWORD)


def typed_password(value: str) -> str:
    """A password as typed at sign-in: the same writing, nothing judged; too long ones are cut."""
    return unicodedata.normalize("NFKC", value[: 4 * LONGEST_PASSWORD])


def phone(value: str) -> str:
    """A mobile number of mainland China as E.164: `+86` and 11 digits. Blanks, 86, 0086, full width pass."""
    return f"+86{mobile('phone', value)}"


def mobile(name: str, value: str) -> str:
    """A mobile number of mainland China as dialled: 11 digits."""
    found = _MOBILE.fullmatch(_compact(value))
    if not found:
        raise _bad(name, "请填写 11 位手机号", "a mobile number of mainland China has 11 digits")
    return found[1]


def is_phone(value: str) -> bool:
    """Whether something typed reads as a mobile number."""
    return _MOBILE.fullmatch(_compact(value)) is not None


def email(value: str) -> str:
    """One e-mail address, its domain in small letters."""
    text = unicodedata.normalize("NFKC", value).strip()
    local, _, domain = text.rpartition("@")
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    if dots or len(text) > 254 or not _EMAIL.fullmatch(text) or local != local.strip('"<>(),:;'):  # noqa: PLR2004 -- RFC 5321
        raise _bad("email", "请填写完整的邮箱地址", "a whole address is needed, such as name@example.com")
    return f"{local}@{domain.lower()}"


def landline(value: str) -> str:
    """A landline as `010-12345678` or `010-12345678-123`; the area code may be missing."""
    text = re.sub(r"[\s()\u2010-\u2015]+", "-", unicodedata.normalize("NFKC", value)).strip("-")
    text = re.sub(r"^(?:\+|00)?86-?(?=0?[1-9])", "", text)
    found = _LANDLINE.fullmatch(re.sub(r"^(0\d{2,3})-", r"\1", text))
    if not found:
        raise _bad(
            "landline", "请写成 010-12345678，也可以不填", "write it as 010-12345678, or leave it blank"
        )
    return "-".join(part for part in found.groups() if part)


def nickname(value: str) -> str:
    """Up to 32 characters."""
    return _plain("nickname", value, LONGEST_NICKNAME)


def passkey_name(value: str) -> str:
    """What a person calls a passkey, up to 32 characters; may be blank."""
    return _plain("passkey_name", value, LONGEST_NICKNAME, blank=True)


def gender(value: str) -> str:
    """One of `GENDERS`."""
    text = value.strip().lower()
    text = _GENDER_WORDS.get(text, text)
    if text not in GENDERS:
        raise _bad("gender", "请选择女、男、其他，或留空", "choose female, male or other, or leave it blank")
    return text


def birthday(value: str | date) -> str:
    """A day as YYYY-MM-DD, neither before 1900 nor to come."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value.strip())
    except ValueError:
        day = None
    if day is None or not _OLDEST <= day <= now().date():
        raise _bad("birthday", "请写成 1990-05-17 这样的日期", "write a past day as 1990-05-17")
    return day.isoformat()


def interests(value: str | Iterable[str]) -> str:
    """Up to 20 words of up to 30 characters, kept one a line; a text is split at commas and lines."""
    words = re.split(r"[,，、;；\n]", value) if isinstance(value, str) else value
    kept = dict.fromkeys(_plain("interests", word, LONGEST_INTEREST, blank=True) for word in words)
    kept.pop("", None)
    if len(kept) > MOST_INTERESTS:
        raise _bad("interests", f"最多 {MOST_INTERESTS} 项", f"{MOST_INTERESTS} at most")
    return "\n".join(kept)


def address_field(name: str, value: str | None) -> str | None:
    """One field of an address as it is kept; None for an optional one left blank. Phones as dialled."""
    text = value or ""
    if name in _ADDRESS:
        most, blank = _ADDRESS[name]
        kept = _plain(name, text, most, blank=blank)
        return kept if kept or name != "town" else None
    if name == "phone":
        return mobile(name, text)
    if name not in {"landline", "email"}:
        raise KeyError(name)
    return None if not text.strip() else landline(text) if name == "landline" else email(text)


CONSIGNEE: Final = ("name", "phone", "province", "city", "district", "street", "landline", "email")
ENTRY: Final = (
    *CONSIGNEE[:5],
    "town",
    *CONSIGNEE[5:],
)  # what the address book keeps: a consignee, and the town apart


def consignee(fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return all fields of a consignee as they are kept; missing optional ones as None. Raises BadField."""
    return {name: address_field(name, fields.get(name)) for name in CONSIGNEE}


def entry(fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return all fields of an entry of the address book as they are kept. Raises BadField."""
    return {name: address_field(name, fields.get(name)) for name in ENTRY}


def street_of(town: str | None, street: str) -> str:
    """Return town and street as one, as an order and a parcel bear them; a town that is written twice once."""
    return street if not town or street.startswith(town) else f"{town}{street}"


def consignee_problems(fields: Mapping[str, str | None]) -> dict[str, Text]:
    """Return what is wrong with a consignee, by field; empty when it can be used."""
    found = {}
    for name in CONSIGNEE:
        try:
            address_field(name, fields.get(name))
        except BadField as bad:
            found[name] = bad.problem
    return found


def code(value: str) -> str | None:
    """Six digits as typed, blanks and full width allowed; None for anything else."""
    text = _compact(value)
    return text if re.fullmatch(r"[0-9]{6}", text) else None


# ---- guessing and sending: how often ----

CODE_MINUTES = 10
CODE_PAUSE = 60  # seconds between two codes to one destination
CODES_A_DAY = 8
CODES_MORE = 4  # to a browser its person signed in from before
CODES_AN_HOUR = 30  # from one network address
GUESSING_MINUTES = 15
FREE_GUESSES = 5  # on one name
FREE_GUESSES_FROM = 30  # from one network address: a household or an office sits behind it
LONGEST_WAIT = GUESSING_MINUTES * 60


def guessing_pause(failures: int, free: int) -> int:
    """Seconds to wait after the last failure: 0 up to `free` failures, then 15, 30, 60 … 900."""
    over = failures - free
    return 0 if over < 0 else min(15 * 2 ** min(over, 10), LONGEST_WAIT)
