"""Reading a pasted line: consignee, phone, landline, e-mail and address run together in any order. Pure, keeps nothing.

Numbers and labels are found by their shape and cut out; what is left falls into pieces, of which at most one is the
name; the rest, put together again, is the address.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mingpu.accounts import rules
from mingpu.accounts.address_divisions import find_divisions
from mingpu.accounts.errors import BadField
from mingpu.lib.divisions import atlas
from mingpu.lib.text import Text

LONGEST: Final = 500
_CUT: Final = "\x1f"  # where something was taken out: the end of one piece, the beginning of another
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎雷龙史陶黎贺顾毛郝龚邵万覃武钱戴严莫孔向常汤康易乔赖庞樊殷施洪翟安颜"
    "倪牛温芦葛俞章鲁柯岳梅华凌骆管祝左涂霍耿关兰焦时伍戚柴褚娄尚舒项卫游欧阮裴甘单包司柳柏宁解桂霞盛闵季鲍尤费艾穆古池"
    "纪詹喻谷党苗景原谈查郎冉辛瞿鹿荣植席位候麦宗卓成聂臧路蓝简喬晏应宫邢齐屈丛连申冷代计郁水窦虞支滕全阳衣练宿储"
    "明蒲国储操佟苟仇隋幸栾揭巫苍双闻莘翁谌伏成戎邬燕冀浦农别庄晋楚都耳扈冼敖融越夔隆师巩厍晁勾鞠奚厉阙那殳沃利蔚诸"
)
_COMPOUND: Final = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "长孙", "宇文", "司徒", "夏侯", "轩辕", "端木", "南宫",
     "百里", "呼延", "独孤", "申屠", "闾丘", "拓跋", "赫连", "澹台", "淳于", "公羊", "太史", "钟离", "东郭", "西门", "完颜", "纳兰")
)  # fmt: skip
_TITLES: Final = "先生|女士|小姐|太太|老师|同学|师傅|阿姨|大姐|经理|老板|医生"
_NAME: Final = re.compile(
    rf"([一-鿿]{{2,4}}|[一-鿿]{{1,8}}(?:·[一-鿿]{{1,10}})+|[一-鿿](?={_TITLES}))({_TITLES})?\(?收?\)?"
)
_LATIN_NAME: Final = re.compile(r"[A-Za-z][A-Za-z.'-]+(?: [A-Za-z][A-Za-z.'-]*){1,3}")
# What an address ends a word in, and a name hardly ever.
_PLACE_ENDS: Final = re.compile(
    r".*(?:[省市区县旗镇乡村路街巷弄号楼室幢栋座层院苑厦厂店馆园站场库部处所局科台柜房铺门桥校行社组队屯庄堂]|街道|小区|公寓|"
    r"广场|单元|公司|中心|大道|家园|驿站|丰巢|宿舍|花园|新村|前台|仓库)"
)
# Words that stand for nothing but a label, and those that are one only with a colon behind them.
_LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "name": (
        "收货人姓名|收件人姓名|收货人|收件人|收货姓名|联系人姓名",
        "联系人|姓名|名字|客户|买家|consignee|recipient|name",
    ),
    "phone": (
        "手机号码|手机号|联系电话|联系方式|电话号码|收货电话|移动电话|固定电话",
        "手机|固话|座机|电话|mobile|phone|tel",
    ),
    "postcode": ("邮政编码|邮编", "邮码|postcode|zip"),
    "email": ("电子邮箱|电子邮件", "邮箱|e-?mail"),
    "region": ("所在地区|收货地区|省市区", "所在地|地区"),
    "address": (
        "详细收货地址|收货地址|收件地址|详细地址|邮寄地址|配送地址",
        "家庭地址|公司地址|街道地址|地址|address",
    ),
}
_LABEL: Final = re.compile(
    r"[\[(<]?(?:"
    + "|".join(
        f"(?P<{kind}>{sure})|(?P<{kind}_>{maybe})(?=[])>]?\\s*[:=]|[ \x1f])"
        for kind, (sure, maybe) in _LABELS.items()
    )
    + r")[\])>]?\s*(?:[:=是为]\s*)?",
    re.IGNORECASE,
)
_MOBILE: Final = re.compile(
    r"(?<![\d])(?:\(?(?:\+|00)?86\)?[\s-]?)?(1[3-9]\d)[\s-]?(\d{4})[\s-]?(\d{4})(?!\d)(?:(?:转|-)(?:\d{3,4})(?!\d))?"
)
_RUN: Final = re.compile(r"\d{12,18}")
_LANDLINE: Final = re.compile(
    r"(?<![\d-])(?:\(?(?:\+|00)86\)?[\s-]?)?\(?(0(?:10|2\d|[3-9]\d\d))\)?[\s-]{0,2}([2-9]\d{6,7})(?:\s?(?:-|转|分机|ext\.?)\s?(\d{1,6}))?(?![\d])",
    re.IGNORECASE,
)
_LOCAL: Final = re.compile(r"(?<![\d-])([2-9]\d{6,7})(?:\s?(?:-|转|分机)\s?(\d{1,6}))?(?!\d)")
_POSTCODE: Final = re.compile(
    r"(?:^|(?<=[\s,;:\x1f]))([0-8]\d{5})(?=$|[\s,;\x1f]|[一-鿿])(?![号室弄幢栋楼座期单])"
)
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)
_BREAKS: Final = re.compile(r"[\s,;|、。\x1f]+|(?<=[一-鿿\d])[/](?=[一-鿿])")
_HOUSE_ENDS: Final = re.compile(r"[\dA-Za-z号室楼层幢栋座户元苑园厦店部厅院村司区城场家]$")
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z.'-]*")
_COURTESY: Final = re.compile(r"\(?(?:收|亲收|签收|敬启|谢谢|麻烦|请)\)?$")


_THANKS: Final = frozenset({"谢谢", "多谢", "谢谢您", "麻烦了", "收", "亲收", "急", "尽快", "拜托"})
_LIKELY: Final = 0.3  # from here on a piece is taken for the name
_USUAL: Final = 3  # characters of a name at most, but for surnames of two
_PLACES: Final = frozenset({"region", "address"})


@dataclass(frozen=True, slots=True)
class ReadLine:
    """What a line says, "" for what it does not. phone as dialled; street without the divisions and the town.

    confidence: 0 to 1, of every field that is not blank. spans: what of the text the province, city, district and town
    were read from.
    """

    name: str
    phone: str
    landline: str
    email: str
    postcode: str
    province: str
    city: str
    district: str
    town: str
    street: str
    confidence: Mapping[str, float]
    written: Mapping[str, str]


@dataclass(slots=True)
class _Sheet:
    """A line being read: what is left of it, and what was found."""

    text: str
    found: dict[str, str]
    confidence: dict[str, float]

    def take(self, name: str, pattern: re.Pattern[str], sure: float = 1.0) -> None:
        """Cut the first match out; its groups, joined, are the field unless it has one."""
        if (it := pattern.search(self.text)) and name not in self.found:
            self.found[name] = "-".join(one for one in it.groups() if one) if it.groups() else it[0]
            self.confidence[name] = sure
            self.text = f"{self.text[: it.start()]}{_CUT}{self.text[it.end() :]}"


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str  # of `_LABELS`, "" where nothing says
    text: str


def read_line(text: str) -> ReadLine:
    """Return what a pasted line says. Raises BadField for more than 500 characters; never repeats them."""
    if len(text) > LONGEST:
        raise BadField(
            "text",
            field=Text("粘贴的内容", "The text"),
            problem=Text(f"最多 {LONGEST} 个字", f"{LONGEST} characters at most"),
        )
    sheet = _Sheet(_plain(text), {}, {})
    _take_numbers(sheet)
    pieces = _pieces(sheet.text)
    name, sure, rest = _name(pieces)
    return _with_address(sheet, name, sure, rest)


def _plain(text: str) -> str:
    kept = "".join(
        sign if unicodedata.category(sign)[0] != "C" else "" if unicodedata.category(sign) == "Cf" else " "
        for sign in unicodedata.normalize("NFKC", text)
    )
    return re.sub(r"[\u2010-\u2015\u2212]", "-", kept.replace("【", " ").replace("】", " "))


def _take_numbers(sheet: _Sheet) -> None:
    sheet.take("email", _EMAIL)
    if it := _MOBILE.search(sheet.text):
        sheet.found["phone"], sheet.confidence["phone"] = "".join(it.groups()), 1.0
        sheet.text = f"{sheet.text[: it.start()]}{_CUT}{sheet.text[it.end() :]}"
    elif it := _RUN.search(sheet.text):
        _split_run(sheet, it)
    sheet.take("landline", _LANDLINE)
    labelled = re.search(r"(?:电话|固话|座机|tel)\S{0,2}[:\s]\s*" + _LOCAL.pattern, sheet.text, re.IGNORECASE)
    if labelled and "landline" not in sheet.found:
        sheet.found["landline"] = "-".join(one for one in labelled.groups() if one)
        sheet.confidence["landline"] = 0.8
        sheet.text = f"{sheet.text[: labelled.start(1)]}{_CUT}{sheet.text[labelled.end() :]}"
    sheet.take("postcode", _POSTCODE, 0.9)


def _split_run(sheet: _Sheet, run: re.Match[str]) -> None:
    """Take a mobile number out of digits it runs together with: a room before it, or one behind it."""
    digits = run[0]
    for start in (len(digits) - 11, 0):
        if re.fullmatch(r"1[3-9]\d{9}", digits[start : start + 11]):
            sheet.found["phone"], sheet.confidence["phone"] = digits[start : start + 11], 0.7
            at = run.start() + start
            sheet.text = f"{sheet.text[:at]}{_CUT}{sheet.text[at + 11 :]}"
            return


def _pieces(text: str) -> list[_Piece]:
    """Return a text in pieces; a label holds for the first piece behind it, those of places until the next label."""
    found: list[_Piece] = []
    at, kind = 0, ""
    for label in (*_LABEL.finditer(text), None):
        for one in _BREAKS.split(text[at : label.start() if label else None]):
            piece = one.strip(" :.-·")
            if not piece or piece in _THANKS:
                continue
            if not kind and _LATIN.fullmatch(piece) and found and _goes_on_in_latin(found[-1]):
                found[-1] = _Piece(found[-1].kind, f"{found[-1].text} {piece}")
                continue
            found.append(_Piece(kind, piece))
            kind = kind if kind in _PLACES else ""
        if label:
            at, kind = label.end(), (label.lastgroup or "").rstrip("_")
    return found


def _goes_on_in_latin(it: _Piece) -> bool:
    """Whether a piece may be the first words of a name in Latin letters."""
    return it.kind not in _PLACES and all(_LATIN.fullmatch(word) for word in it.text.split())


def _name(pieces: list[_Piece]) -> tuple[str, float, list[_Piece]]:
    """Return the name among pieces, how sure it is, and the others; "" where none is one."""
    for index, it in enumerate(pieces):
        if it.kind == "name":
            return _COURTESY.sub("", it.text), 1.0, pieces[:index] + pieces[index + 1 :]
    weighed = [(_likeness(it, index in {0, len(pieces) - 1}), -index) for index, it in enumerate(pieces)]
    best = max(weighed, default=(0.0, 0))
    if best[0] < _LIKELY:
        return "", 0.0, pieces
    index = -best[1]
    return _bare(pieces[index].text), best[0], pieces[:index] + pieces[index + 1 :]


def _likeness(it: _Piece, at_end: bool) -> float:  # noqa: FBT001 -- of one function only
    """Return how likely a piece is a consignee's name, 0 to 1."""
    if it.kind:
        return 0.0
    if len(it.text) == 1:
        return 0.5 if it.text in _SURNAMES else 0.0
    named = _NAME.fullmatch(it.text)
    if not named:
        return 0.6 if at_end and _LATIN_NAME.fullmatch(it.text) else 0.0
    if named[2] or "·" in it.text or it.text.endswith("收"):
        return 0.95
    name = named[1]
    if _PLACE_ENDS.fullmatch(name) and not (_surname(name) and at_end and len(name) <= _USUAL):
        return 0.0
    likely = 0.8 if _surname(name) else 0.4
    if name in atlas().names:
        likely -= 0.5
    if _PLACE_ENDS.fullmatch(name):
        likely -= 0.45
    likely += 0.1 if at_end else -0.25
    likely -= 0.1 if len(name) > _USUAL and name[:2] not in _COMPOUND else 0
    return max(0.0, likely)


def _may_be_glued(text: str) -> bool:
    """Whether what stands before an address can be the name of its consignee."""
    return (
        bool(_NAME.fullmatch(text))
        and not _PLACE_ENDS.fullmatch(text)
        and text not in atlas().names
        and text != "中国"
    )


def _tail(text: str) -> str:
    """Return the name that is glued to the end of an address; "" where what ends it is none."""
    text = _COURTESY.sub("", text)
    for length in range(min(len(text) - 1, 12), 1, -1):
        tail = text[-length:]
        named = _NAME.fullmatch(tail)
        if not named or not _HOUSE_ENDS.search(text[:-length]) or _PLACE_ENDS.fullmatch(tail):
            continue
        short = named[2] or length <= _USUAL or tail[:2] in _COMPOUND
        if "·" in tail or (_surname(tail) and short):
            return tail
    return ""


def _surname(name: str) -> bool:
    return name[0] in _SURNAMES or name[:2] in _COMPOUND


def _bare(text: str) -> str:
    """Return a name without what is put behind it for the courier; a title stays where there is but a surname."""
    found = _NAME.fullmatch(text)
    if not found:
        return text
    return f"{found[1]}{found[2] or ''}" if len(found[1]) == 1 else found[1]


def _with_address(sheet: _Sheet, name: str, sure: float, rest: list[_Piece]) -> ReadLine:
    """Read the address out of what is left; a name may still be glued to its beginning or its end."""
    text = " ".join(it.text for it in sorted(rest, key=lambda it: it.kind != "region"))
    found = find_divisions(text, atlas())
    before, after = (
        re.sub(r"中国\s*$", "", text[: found.start]).strip(" ,.-"),
        text[found.end :].strip(" ,.-"),
    )
    if not name and found.mentions and _may_be_glued(before):
        name, sure, before = _bare(before), 0.8 if _surname(before) else 0.5, ""
    if not name and (tail := _tail(after)):
        name, sure, after = _bare(tail), 0.6, after.removesuffix(tail).strip(" ,.-")
    place = found.place
    values = {
        "name": name, "phone": sheet.found.get("phone", ""), "landline": _landline(sheet.found.get("landline", "")),
        "email": sheet.found.get("email", ""), "postcode": sheet.found.get("postcode", ""), "province": place.province,
        "city": place.city, "district": place.district, "town": place.town,
        "street": _COURTESY.sub("", f"{before} {after}".strip()),
    }  # fmt: skip
    street_sure = min([0.9, *found.confidence.values()]) if found.mentions else 0.5
    confidence = {**found.confidence, **sheet.confidence, "name": round(sure, 2), "street": street_sure}
    return ReadLine(
        **values,
        confidence={field: value for field, value in confidence.items() if values[field]},
        written=found.written(text),
    )


def _landline(typed: str) -> str:
    try:
        return rules.landline(typed) if typed else ""
    except BadField:
        return ""
