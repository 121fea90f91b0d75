"""Reading merchants and their terms: nobody's data, so no purpose is needed. One statement each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mingpu.adapters.courier import Contact
from mingpu.lib.kept import kept
from mingpu.lib.text import Text
from mingpu.merchants import models
from mingpu.merchants.errors import UnknownMerchant
from mingpu.merchants.rules import MerchantInfo
from mingpu.merchants.shipping import Free, Rate, Template

STALE: Final = 1.0  # seconds for which buyers may see yesterday's terms


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant with its terms of delivery."""

    merchant: MerchantInfo
    terms: Template


@kept(STALE)
def shops() -> dict[str, Shop]:
    """Return every merchant with its terms, by code; what another process changed shows within a second."""
    rows = models.Template.objects.filter(in_use=True).select_related("merchant").order_by("merchant_id")
    return {row.merchant_id: Shop(_info(row.merchant), _template(row)) for row in rows}


def shop(code: str) -> Shop:
    """Return one of `shops`, asking anew for one that has just been opened. Raises UnknownMerchant."""
    if code not in shops():
        shops.forget()
    try:
        return shops()[code]
    except KeyError:
        raise UnknownMerchant(merchant=code) from None


def merchant(code: str) -> MerchantInfo:
    """Return one merchant, whether it sells or not. Raises UnknownMerchant."""
    found = merchants([code])
    if code not in found:
        raise UnknownMerchant(merchant=code)
    return found[code]


def merchants(codes: Iterable[str] | None = None) -> dict[str, MerchantInfo]:
    """Return merchants by code, sorted, whether they sell or not: those named, or all; unknown ones are left out."""
    rows = models.Merchant.objects.order_by("code")
    if codes is not None:
        rows = rows.filter(code__in=set(codes))
    return {row.code: _info(row) for row in rows}


def template_of(codes: Iterable[str]) -> dict[str, Template]:
    """Return the terms of delivery in use by merchant; every merchant has them, unknown ones are left out."""
    rows = models.Template.objects.filter(merchant_id__in=set(codes), in_use=True)
    return {row.merchant_id: _template(row) for row in rows}


def _info(row: models.Merchant) -> MerchantInfo:
    return MerchantInfo(
        code=row.code, name=Text(row.name, row.name_en or row.name), kind=row.kind, commission=row.commission,
        sender=Contact(**row.sender), couriers=tuple(row.couriers), cod=row.cod, active=row.active,
        joined_at=row.joined_at,
    )  # fmt: skip


def _template(row: models.Template) -> Template:
    return Template(
        id=row.id, name=row.name, basis=row.basis, default=_rate(row.default_rule),
        rates=tuple(_rate(it) for it in row.rules), no_delivery=tuple(row.no_delivery),
        free=Free(**{**row.free, "regions": tuple(row.free["regions"])}) if row.free else None,
    )  # fmt: skip


def _rate(it: Mapping[str, Any]) -> Rate:
    return Rate(**{**it, "regions": tuple(it["regions"])})
