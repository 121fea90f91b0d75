"""What is printed on a parcel: it lies where anybody can read it, so the person on it is masked.

The courier has the full address from the booking; the label is read by people, the sorting code by machines.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mingpu.adapters.courier import Contact
from mingpu.lib.text import Text
from mingpu.merchants.rules import COURIERS
from mingpu.privacy.masks import STAR, waybill

_SHOWN_FROM: Final = 8  # a number with fewer digits shows none: six are to be hidden at least
_NUMBER: Final = "〇零一二两三四五六七八九十百千甲乙丙丁壹贰叁肆伍陆柒捌玖拾"
_NAMED: Final = "号弄栋幢座楼层室单元院户房门排组队铺柜期区库"
# Where a house, unit or door begins to be told, in digits, letters or characters.
_HOUSE: Final = re.compile(rf"[\d#＃№]|[A-Za-zＡ-Ｚａ-ｚ{_NUMBER}]+[\s\-—－]*[{_NAMED}]|[A-Za-z]+[-—－]")
_ROAD_NAMED_SO: Final = re.compile(rf"[{_NUMBER}]+(?:大道|路|街|道|巷|胡同|里|村|乡|镇)")


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends or receives, as it may be read by anybody."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Label:
    """One label. cod_fen: to be collected at the door, None for nothing; nothing of the goods is on it."""

    parcel_no: str
    courier: str
    waybill_no: str
    sorting_code: str
    sender: Party
    to: Party
    cod_fen: int | None = None
    real_name: bool = False

    @property
    def courier_label(self) -> Text:
        """The courier's name."""
        return COURIERS[self.courier]


def label(shipment: Mapping[str, Any], *, consignee: Mapping[str, str], sender: Contact) -> Label:
    """Return the label of a parcel to the buyer.

    shipment: parcel_no, courier, waybill_no, sorting_code, cod_fen, real_name. consignee: name, phone, province,
    city, district, street as they are; they leave masked. sender: the merchant's contact, a company's.
    """
    return Label(
        parcel_no=shipment["parcel_no"],
        courier=shipment["courier"],
        waybill_no=shipment["waybill_no"] or "",
        sorting_code=shipment["sorting_code"],
        cod_fen=shipment["cod_fen"],
        real_name=shipment["real_name"],
        sender=Party(
            sender.name, sender.phone, _area(sender.province, sender.city, sender.district) + sender.street
        ),
        to=Party(
            name(consignee["name"]),
            phone(consignee["phone"]),
            _area(consignee["province"], consignee["city"], consignee["district"])
            + street(consignee["street"]),
        ),
    )


def name(value: str) -> str:
    """Return 林**: the first character, whatever the length; nothing of a name of one."""
    value = value.strip()
    return f"{value[0] if len(value) > 1 else ''}{STAR * 2}"


def phone(value: str) -> str:
    """Return 138******42: six digits hidden at least; all of a number of seven or fewer."""
    if len(re.sub(r"\D", "", value)) < _SHOWN_FROM:
        return STAR * 6
    return waybill("phone", value)


def street(value: str) -> str:
    """Return a street without house number, building, unit or door: 文三路***."""
    value = value.strip()
    for found in _HOUSE.finditer(value):
        if not _ROAD_NAMED_SO.match(value, found.start()):
            return waybill(
                "street", value[: found.start()] + "0"
            )  # a number begins here, however it is written
    return waybill("street", value)


def _area(province: str, city: str, district: str) -> str:
    return province + ("" if city == province else city) + district
