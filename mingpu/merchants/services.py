"""Changing who sells on the mall and on what terms. Nobody's data, so no purpose: only the worker's login."""

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction

from mingpu.adapters.courier import Contact
from mingpu.lib.text import Text
from mingpu.merchants import models
from mingpu.merchants.errors import MerchantExists, OwnShopStays, UnknownMerchant
from mingpu.merchants.queries import shops
from mingpu.merchants.rules import OWN_SHOP, MerchantInfo
from mingpu.merchants.shipping import Template


@transaction.atomic
def open_merchant(*, merchant: MerchantInfo, templates: Sequence[Template]) -> None:
    """Take a merchant in with its terms of delivery; the first template is put in use.

    Raises MerchantExists, and ValueError without a template.
    """
    if not templates:
        raise ValueError(merchant.code)
    _, new = models.Merchant.objects.get_or_create(
        code=merchant.code,
        defaults={
            "name": merchant.name.zh, "name_en": merchant.name.en, "kind": merchant.kind,
            "commission": merchant.commission, "sender": _sender(merchant.sender),
            "couriers": list(merchant.couriers), "cod": merchant.cod, "active": merchant.active,
            "joined_at": merchant.joined_at,
        },
    )  # fmt: skip
    if not new:
        raise MerchantExists(merchant=merchant.code)
    _put(merchant.code, templates)


@transaction.atomic
def change_merchant(
    *,
    code: str,
    name: Text | None = None,
    commission: int | None = None,
    sender: Contact | None = None,
    couriers: Sequence[str] | None = None,
    cod: bool | None = None,
    active: bool | None = None,
    templates: Sequence[Template] = (),
) -> None:
    """Change what is named of a merchant, and set these templates, the first in use, all or nothing.

    Orders placed keep what they were placed with. Raises UnknownMerchant, and OwnShopStays for closing the
    mall's own shop.
    """
    if code == OWN_SHOP and active is False:
        raise OwnShopStays
    row = models.Merchant.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise UnknownMerchant(merchant=code)
    told = {
        "name": name.zh if name else None, "name_en": name.en if name else None, "commission": commission,
        "sender": _sender(sender) if sender else None, "couriers": list(couriers) if couriers else None,
        "cod": cod, "active": active,
    }  # fmt: skip
    changed = {column: value for column, value in told.items() if value is not None}
    for column, value in changed.items():
        setattr(row, column, value)
    if changed:
        row.save(update_fields=changed)
    _put(code, templates)


@transaction.atomic
def set_template(*, merchant: str, template: Template, in_use: bool = True) -> None:
    """Set a merchant's terms of delivery of this name, new or changed, and put them in use.

    in_use: False keeps them aside, unless they are in use already. Raises UnknownMerchant.
    """
    if models.Merchant.objects.select_for_update().filter(code=merchant).first() is None:
        raise UnknownMerchant(merchant=merchant)
    _put(merchant, [template], in_use=in_use)


def _put(merchant: str, templates: Sequence[Template], *, in_use: bool = True) -> None:
    """Write templates by name; the first is put in use when asked for."""
    transaction.on_commit(shops.forget)
    for it in templates:
        terms = {
            "basis": it.basis, "rules": [asdict(rate) for rate in it.rates], "default_rule": asdict(it.default),
            "free": asdict(it.free) if it.free else {}, "no_delivery": list(it.no_delivery),
        }  # fmt: skip
        models.Template.objects.update_or_create(merchant_id=merchant, name=it.name, defaults=terms)
    if templates and in_use:
        rows = models.Template.objects.filter(merchant_id=merchant)
        rows.filter(in_use=True).exclude(name=templates[0].name).update(in_use=False)
        rows.filter(name=templates[0].name).update(in_use=True)


def _sender(it: Contact) -> dict[str, str]:
    return {key: value for key, value in asdict(it).items() if value is not None}
