"""Pasted lines to measure with: an address, a made-up name and number, put together as people do."""

import random
from dataclasses import dataclass
from itertools import permutations
from typing import Final

SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
    "汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
RARE: Final = ("欧阳", "上官", "司马", "诸葛", "令狐", "慕容", "仝", "阚", "撖", "揣", "卞", "缪", "佘", "占", "岑", "晏")  # fmt: skip
GIVEN: Final = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华建文玲辉力斌宇浩凯帅鑫婷雪梅琳晨阳欣怡佳宁子涵梓萱雨轩思远嘉琪志国"
    "海燕春红晓东小龙云飞金凤玉珍永康新民德胜立群一诺可心安然若曦博瀚泽"
)
MINORITY: Final = ("买买提·吐尔逊", "阿依古丽·艾山", "扎西·次仁", "热依汗·依明")
LATIN: Final = ("Zhang Wei", "Li Na", "Anna Chen", "Wang Xiaoming")
TITLES: Final = ("先生", "女士", "小姐", "老师")
SEPARATORS: Final = (" ", ",", "，", "\n", ";", "；", "、", "\t", "  ", " ，")
LABELS: Final = (
    ("收货人：", "电话：", "地址："), ("姓名:", "手机号:", "收货地址:"), ("收件人: ", "联系电话: ", "详细地址: "),
    ("联系人 ", "手机 ", "地址 "), ("收货人", "手机号码", "收货地址"), ("【收货人】", "【手机】", "【地址】"),
)  # fmt: skip
STYLES: Final = ("labelled", "separated", "glued")
AREAS: Final = ("010", "021", "0571", "0577", "0755", "0898")


@dataclass(frozen=True, slots=True)
class Line:
    """A line and what is in it. style: of `STYLES`. landline: "" for none."""

    text: str
    address: str
    name: str
    phone: str
    landline: str
    style: str


def line(address: str, chance: random.Random) -> Line:
    """Return an address with a name and a number, in one of the ways people write them."""
    name, phone = _name(chance), f"1{chance.choice('3456789')}{chance.randrange(10**9):09d}"
    landline = (
        f"{chance.choice(AREAS)}-{chance.randrange(2, 9)}{chance.randrange(10**7):07d}"
        if _now_and_then(chance, 10)
        else ""
    )
    style = chance.choices(STYLES, (3, 5, 2))[0]
    order = chance.choice(list(permutations(range(3))))
    words = [name, _number(phone, chance), address]
    if style == "labelled":
        labels = chance.choice(LABELS)
        words = [f"{labels[one]}{words[one]}" for one in range(3)]
    parts = [words[one] for one in order]
    between = "" if style == "glued" else chance.choice(SEPARATORS)
    if landline:
        parts.append(landline if _now_and_then(chance, 2) else f"电话:{landline}")
        between = between or " "
    if _now_and_then(chance, 12) and style != "glued":
        parts.insert(chance.randrange(len(parts) + 1), f"{chance.randrange(100000, 859999)}")
    text = between.join(parts)
    return Line(_wide(text, chance), address, name, phone, landline, style)


def _now_and_then(chance: random.Random, times: int) -> bool:
    """Once in so many times."""
    return not chance.randrange(times)


def _name(chance: random.Random) -> str:
    if _now_and_then(chance, 25):
        return chance.choice((*MINORITY, *LATIN))
    surname = chance.choice(RARE) if _now_and_then(chance, 16) else chance.choice(SURNAMES)
    if _now_and_then(chance, 20):
        return f"{surname}{chance.choice(TITLES)}"
    return surname + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2))))


def _number(phone: str, chance: random.Random) -> str:
    parts = (phone[:3], phone[3:7], phone[7:])
    before = chance.choice(("+86", "+86 ", "86-", "0086"))
    return chance.choices((phone, " ".join(parts), "-".join(parts), f"{before}{phone}"), (6, 1, 1, 2))[0]


def _wide(text: str, chance: random.Random) -> str:
    """Return the text, now and then with full-width digits."""
    if not _now_and_then(chance, 10):
        return text
    return text.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789"})
