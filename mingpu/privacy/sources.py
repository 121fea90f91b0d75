"""What comes in from affiliates and partners: with source, basis and consent, or not at all.

    with processing(purpose, subject=person_id):
        accept("source", basis="consent", consent_id=…, payload={…})
        …   # only now is what it brought written where it belongs, in the same transaction

The line it leaves holds names and a keyed fingerprint, never the content.
"""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.db import ProgrammingError, transaction

from mingpu.lib.clock import now
from mingpu.lib.errors import MallError
from mingpu.privacy import models
from mingpu.privacy.parties import Source, parties, sources
from mingpu.privacy.purposes import Purpose, current_subject
from mingpu.privacy.register import REGISTER, Register
from mingpu.privacy.sharing import Payload, canonical, fingerprint


class InboundRefused(MallError):
    """Data from outside was refused."""

    zh = "外来信息被拒收。"
    code = "inbound_refused"
    status = 403


class UnknownSource(InboundRefused):
    """This source is not in the privacy statement."""

    zh = "隐私声明里没有这个来源。"
    code = "source_unknown"


class ContractOver(InboundRefused):
    """There is no contract in force with this source."""

    zh = "与这个来源没有有效的合同。"
    code = "source_contract_over"


class ItemNotListed(InboundRefused):
    """The source may not give these items: {items}."""

    zh = "这个来源不能提供这些项目：{items}。"
    code = "source_item_not_listed"


class BasisMissing(InboundRefused):
    """It comes without the basis that the purpose rests on."""

    zh = "没有附上这一用途所要求的依据。"
    code = "source_basis_missing"


class ConsentMissing(InboundRefused):
    """It comes without the number of a consent."""

    zh = "没有附上同意的编号。"
    code = "source_consent_missing"


class ConsentNotStanding(InboundRefused):
    """The consent it names is not the person's, or does not stand."""

    zh = "所附的同意不是本人的，或已不再有效。"
    code = "source_consent_not_standing"


def check(
    source: str, purpose: Purpose, payload: Mapping[str, object], *, register: Register = REGISTER
) -> Source:
    """Hold what a source brings against the register, before anything is opened; return the source.

    payload: flat, values text or whole numbers. Raises UnknownSource (also for one that only answers us, and for
    another purpose than its own), ContractOver, ItemNotListed.
    """
    known = sources(register).get(source)
    if known is None or known.answers or purpose.value not in known.purposes:
        raise UnknownSource
    party = parties(register).get(source)
    if party is None or party.contract is None or party.contract.over(now().date()):
        raise ContractOver
    wrong = sorted(
        key for key, value in payload.items() if key not in known.items or type(value) not in {str, int}
    )
    if wrong or not payload:
        raise ItemNotListed(items=" ".join(key if key in known.items else "?" for key in wrong))
    return known


def accept(
    source: str,
    *,
    purpose: Purpose,
    basis: str,
    consent_id: UUID | None,
    payload: Payload,
    register: Register = REGISTER,
) -> UUID:
    """Take in what a source brings about the running block's person and write the line; return its id.

    Inside the running `processing` of `purpose`. basis: the one the purpose rests on. consent_id: of the person's own
    yes to that purpose, where consent is the basis. Raises InboundRefused and writes nothing otherwise.
    """
    check(source, purpose, payload, register=register)
    if basis != register.purposes[purpose.value].basis:
        raise BasisMissing
    if basis == "consent":
        _standing(purpose, consent_id)
    contract = parties(register)[source].contract
    line = models.Inbound(
        id=uuid4(), person_id=current_subject(), at=now(), source=source, purpose=purpose.value, basis=basis,
        consent_id=consent_id, contract=contract.reference if contract else "", items=" ".join(sorted(payload)),
        digest=fingerprint(canonical(payload)),
    )  # fmt: skip
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except ProgrammingError as error:
        raise ConsentNotStanding from error  # the row policy asks the standing in that very statement
    return line.id


def _standing(purpose: Purpose, consent_id: UUID | None) -> None:
    """Hold the consent named against the person's own last word on the purpose."""
    if consent_id is None:
        raise ConsentMissing
    events = models.ConsentEvent.objects.filter(person_id=current_subject(), name=purpose.value)
    last = events.order_by("-at").values_list("id", "granted").first()
    if last != (consent_id, True):
        raise ConsentNotStanding
