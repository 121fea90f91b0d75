"""Taking over what a package from another mall brings: checked, shown, and then only what its owner picks."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from mingpu.accounts import rules as accounts_rules
from mingpu.accounts.errors import BadField
from mingpu.accounts.services import change_profile, save_address
from mingpu.adapters.providers import handlers
from mingpu.cart.services import add_favourite
from mingpu.catalog.queries import cards
from mingpu.lib.clock import now
from mingpu.lib.errors import MallError, NotFound
from mingpu.lib.ids import as_uuid
from mingpu.privacy import certificate
from mingpu.privacy.forgetting import forget
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.rights.models import Intake
from mingpu.rights.package import read_package

OWN: Final = "mingpu"
ADDRESS, FAVOURITE, PROFILE = "accounts_address", "cart_favourite", "accounts_profile"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that could be taken over. id: for picking; lines: (label, value as it is shown); problem: why not."""

    id: str
    kind: str
    title: str
    lines: tuple[tuple[str, str], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one pick. code: "" when it was taken, else why not."""

    id: str
    code: str = ""


def bring(*, person_id: UUID, content: bytes) -> UUID:
    """Check an uploaded package and keep, for a day and sealed, what of it could be taken over; returns its id.

    Whoever calls has made sure that it is the person. Raises PackageRefused, each fault with a code of its own.
    """
    known = {it.public_key: it.code for it in handlers().values() if it.public_key}
    brought = read_package(content, {**known, certificate.public_key(): OWN})
    row = Intake(
        person_id=person_id,
        source=brought.source,
        at=now(),
        content=json.dumps(brought.rows, ensure_ascii=False),
    )
    with processing(Purpose.RIGHTS, subject=person_id):
        forget(Intake.objects.filter(person_id=person_id))  # one at a time: the newest
        row.save(force_insert=True)
    return row.id


def offers_of(person_id: UUID, intake_id: UUID) -> tuple[str, list[Offer]]:
    """Return where a package is from and what could be taken over; raises NotFound for another's or one that is gone."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        row = Intake.objects.filter(person_id=person_id, id=intake_id).values("source", "content").first()
    if row is None:
        raise NotFound
    return row["source"], [_offer(*it) for it in _listed(json.loads(row["content"] or "{}"))]


def take_items(*, person_id: UUID, intake_id: UUID, chosen: Collection[str]) -> list[Taken]:
    """Take over what was picked, and drop the rest; returns what became of each pick. Raises NotFound.

    The package is gone afterwards, whatever happened, so that nothing is taken twice.
    """
    with processing(Purpose.RIGHTS, subject=person_id):
        rows = Intake.objects.filter(person_id=person_id, id=intake_id)
        content = rows.values_list("content", flat=True).first()
        if content is None or not forget(rows):
            raise NotFound
    picked = [it for it in _listed(json.loads(content)) if it[0] in chosen]
    return [_take(person_id, *it) for it in picked]


def _listed(rows: Mapping[str, list[dict[str, Any]]]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return every offer as (id, table, values): a profile's details one by one, everything else row by row."""
    found = [
        (f"{table}:{n}", table, row)
        for table in (ADDRESS, FAVOURITE)
        for n, row in enumerate(rows.get(table, ()))
    ]
    for row in rows.get(PROFILE, [])[:1]:
        found += [(f"{PROFILE}:{name}", PROFILE, {name: value}) for name, value in row.items() if value]
    return found


def _offer(offer_id: str, table: str, values: Mapping[str, Any]) -> Offer:
    title = str(REGISTER.tables[table].label)
    if table == FAVOURITE:
        it = as_uuid(str(values.get("product_id")))
        known = cards([it]) if it else []
        if not known:
            return Offer(offer_id, table, title, (), problem="not_sold_here")
        return Offer(offer_id, table, title, ((str(REGISTER.tables[table].label), known[0].title),))
    columns = REGISTER.tables[table].columns
    lines = tuple(
        (str(columns[name].label), mask(columns[name].mask, str(value)) if columns[name].mask else str(value))
        for name, value in values.items()
        if value
    )
    return Offer(offer_id, table, title, lines, problem=_problem(table, values))


def _problem(table: str, values: Mapping[str, Any]) -> str:
    """Say whether our own rules would refuse it, without writing anything."""
    try:
        if table == ADDRESS:
            accounts_rules.consignee({name: str(value) for name, value in values.items() if value})
    except BadField:
        return "not_valid_here"
    return ""


def _take(person_id: UUID, offer_id: str, table: str, values: Mapping[str, Any]) -> Taken:
    given: dict[str, Any] = {name: str(value) for name, value in values.items() if value}
    try:
        if table == ADDRESS:
            save_address(person_id=person_id, **given)
        elif table == FAVOURITE:
            it = as_uuid(given.get("product_id", ""))
            if it is None:
                raise NotFound
            add_favourite(owner_id=person_id, product_id=it)
        else:
            change_profile(person_id=person_id, **given)
    except MallError as refused:
        return Taken(offer_id, refused.code)
    return Taken(offer_id)
