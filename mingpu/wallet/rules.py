"""Names of accounts, days of the books, codes of cards. Pure values, no database."""

import re
import secrets
from datetime import UTC, date, datetime, time, timedelta, timezone
from types import MappingProxyType
from typing import Final

from mingpu.lib.ids import ALPHABET
from mingpu.lib.text import Text
from mingpu.merchants.rules import OWN_SHOP

RECEIVABLE, DEPOSITS, REFUNDS = "receivable", "deposits", "refunds"
BALANCE, ECARD, COUPON_COST = "balance", "ecard", "coupon_cost"
COMMISSION, SALES, SHIPPING = "commission", "sales", "shipping"
BANK: Final = "bank"
INSTITUTIONS: Final = ("wechatpay", "alipay", "unionpay")
COURIERS: Final = ("sf", "yto")
STORED: Final = (BALANCE, ECARD)  # money of persons that lies with us
# What an order leaves at zero when it has come to its end.
PASSING: Final = (RECEIVABLE, DEPOSITS, REFUNDS)

PLAIN: Final = (*PASSING, *STORED, COUPON_COST, COMMISSION, SALES, SHIPPING)
CLEARING: Final = (*INSTITUTIONS, BANK, *COURIERS)
ACCOUNT: Final = f"^({'|'.join(PLAIN)}|clearing:({'|'.join(CLEARING)})|payable:[a-z][a-z0-9-]{{1,31}})$"
ACCOUNT_LABELS: Final = MappingProxyType(
    {
        RECEIVABLE: Text("应收货款", "Owed by buyers"),
        DEPOSITS: Text("预收货款", "Taken for orders not completed"),
        REFUNDS: Text("应退货款", "On its way back to buyers"),
        BALANCE: Text("用户余额", "Buyers' balances"),
        ECARD: Text("E 卡", "E-cards"),
        COUPON_COST: Text("平台承担的优惠", "Discounts the mall bears"),
        COMMISSION: Text("佣金", "Commission"),
        SALES: Text("自营销售", "Sales of the mall's own shop"),
        SHIPPING: Text("自营运费", "Delivery fees of the mall's own shop"),
        "clearing": Text("待清算", "With institution, courier or bank"),
        "payable": Text("应付商家", "Owed to merchants"),
    }
)

TRIES: Final = 5  # wrong codes, within
TRIES_WITHIN: Final = timedelta(minutes=15)
CODE_LENGTH: Final = 16
TAIL: Final = 4
MOST_FACE_FEN: Final = 100_000  # the law's limit for a card that carries no name: 1,000 yuan
BEIJING: Final = timezone(timedelta(hours=8))  # institutions close their day there


def is_account(name: str) -> bool:
    """Tell whether there is such an account in the chart."""
    return re.fullmatch(ACCOUNT, name) is not None


def clearing(party: str) -> str:
    """Return the account of money that lies with an institution, a courier or the bank; raises ValueError."""
    if party not in CLEARING:
        raise ValueError(party)
    return f"clearing:{party}"


def payable(merchant: str) -> str:
    """Return the account of what is owed to a merchant; raises ValueError for a code that cannot be one's."""
    name = f"payable:{merchant}"
    if merchant == OWN_SHOP or not is_account(name):
        raise ValueError(merchant)
    return name


def account_label(account: str) -> Text:
    """Return an account's name in words, with whose it is."""
    kind, _, whose = account.partition(":")
    label = ACCOUNT_LABELS[kind]
    return Text(f"{label.zh}：{whose}", f"{label.en}: {whose}") if whose else label


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return when a day of the books begins and ends, in UTC; it is a day in Beijing, as institutions count."""
    start = datetime.combine(day, time(), BEIJING).astimezone(UTC)
    return start, start + timedelta(days=1)


def new_code() -> str:
    """Return a random card code of 79 bits in groups of four, such as `M7K2-…`."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))


def grouped(code: str) -> str:
    """Write a code in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def bare(code: str) -> str:
    """Return a code as it is counted, however it was typed: capitals, without blanks and dashes."""
    return re.sub(r"[\s\-—–_]+", "", code).upper()
