"""What may be opened, why, how often and for how long. Pure values, no database."""

from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Final

from mingpu.lib.text import Text

REVEAL_MINUTES: Final = timedelta(minutes=10)  # how long a look stays open
REVEALS_A_DAY: Final = 10  # by one member of staff; more need a second person each
LONGEST_NOTE: Final = 200
MOST_PERSONS: Final = 50  # under one request
BEIJING: Final = timezone(timedelta(hours=8))

REASONS: Final = MappingProxyType(
    {
        "call_back": Text("需要致电顾客", "To call the customer"),
        "courier_asks": Text("快递联系不上收件人", "The courier cannot reach the consignee"),
        "wrong_address": Text("核对或更正收货信息", "To check or correct the delivery details"),
        "proof": Text("核实是否本人", "To make sure it is the customer"),
        "other": Text("其他（须写明）", "Something else (say what)"),
    }
)


def beginning_of_day(moment: datetime) -> datetime:
    """Return when the day of `moment` began, in Beijing."""
    local = moment.astimezone(BEIJING)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


REPORT_HOURS: Final = timedelta(hours=4)  # after it was noticed: 国家网络安全事件报告管理办法, art. 4
LEVELS: Final = MappingProxyType(
    {
        "general": Text("一般", "Ordinary"),
        "larger": Text("较大", "Larger"),
        "major": Text("重大", "Major"),
        "severe": Text("特别重大", "Severe"),
    }
)
REPORTED: Final = (
    "larger",
    "major",
    "severe",
)  # within four hours; ordinary ones are reported as well, later
