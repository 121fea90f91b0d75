"""Deleting one item by itself: the register says which kinds can go alone, and each leads to the verb that does it."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from mingpu.accounts.queries import device_of_mark
from mingpu.accounts.services import delete_address, forget_device, remove_avatar, remove_passkey
from mingpu.cart.queries import favourite_product, line_sku
from mingpu.cart.services import remove_favourite, remove_line
from mingpu.invoices.services import delete_title
from mingpu.lib.errors import NotFound
from mingpu.lib.ids import as_uuid
from mingpu.notices.services import delete as delete_notice
from mingpu.personalise.services import forget_view
from mingpu.privacy import export
from mingpu.privacy.forgetting import forget
from mingpu.privacy.held import table_of
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.rights.errors import NotDeletable, ProofFirst
from mingpu.rights.models import Intake, Wish
from mingpu.search.services import forget_one
from mingpu.service.services import forget_evidence, forget_words

Verb = Callable[[UUID, str, str], None]  # whose, table, key


def delete_item(*, person_id: UUID, table: str, key: str, proven: bool = False) -> None:
    """Delete one item of a person by its kind's own verb. key: its primary key, as `held.rows_of` gives it.

    proven: the person showed of late that it is them, as `needs_proof` asks for. Raises NotFound for what is not
    theirs, NotDeletable where the account, an order or the law keeps it, ProofFirst, and what the verb raises.
    """
    it = table_of(table)
    if not it.alone:
        raise NotDeletable(why=str(REGISTER.retention[it.retention]))
    if needs_proof(table) and not proven:
        raise ProofFirst
    VERBS[it.alone](person_id, table, key)


def needs_proof(table: str) -> str:
    """Return for which act, of `proof_rules.ACTS`, proof is needed before an item of a table goes; "" for none."""
    return PROVEN.get(table_of(table).alone, "")


def _id(key: str) -> UUID:
    found = as_uuid(key)
    if found is None:
        raise NotFound
    return found


def _address(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    delete_address(person_id=person_id, address_id=_id(key))


def _search(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    forget_one(person_id=person_id, search_id=_id(key))


def _view(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    forget_view(person_id=person_id, view_id=_id(key))


def _favourite(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    remove_favourite(owner_id=person_id, product_id=favourite_product(person_id, _id(key)))


def _cart_line(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    remove_line(owner_id=person_id, sku=line_sku(person_id, _id(key)))


def _device(person_id: UUID, table: str, key: str) -> None:
    device_id = _id(key) if table == "accounts_device" else device_of_mark(person_id, table, _id(key))
    forget_device(person_id=person_id, device_id=device_id)


def _passkey(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    remove_passkey(person_id=person_id, passkey_id=_id(key))


def _title(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    delete_title(person_id=person_id, title_id=_id(key))


def _export(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    export.drop(person_id, _id(key))


def _words(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    forget_words(person_id=person_id, case_no=key)


def _evidence(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    forget_evidence(person_id=person_id, number=key)


def _wish(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    if key != str(person_id):
        raise NotFound
    _drop(Wish, person_id)


def _intake(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    _drop(Intake, person_id, id=_id(key))


def _drop(model: Any, person_id: UUID, **which: object) -> None:
    with processing(Purpose.RIGHTS, subject=person_id):
        if not forget(model.objects.filter(person_id=person_id, **which)):
            raise NotFound


def _avatar(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    if key != str(person_id):
        raise NotFound
    remove_avatar(person_id=person_id)


def _notice(person_id: UUID, table: str, key: str) -> None:  # noqa: ARG001 -- a verb's shape
    delete_notice(person_id=person_id, notice_id=_id(key))


# The register's `alone` -> what does it. A test holds the two together, both ways.
VERBS: Final[Mapping[str, Verb]] = {
    "address": _address, "search": _search, "view": _view, "favourite": _favourite, "cart_line": _cart_line,
    "device": _device, "invoice_title": _title, "export": _export, "case_words": _words, "evidence": _evidence,
    "wish": _wish, "intake": _intake, "passkey": _passkey, "notice": _notice, "avatar": _avatar,
}  # fmt: skip
# What opens the account must not go by the hand of a thief of a sign-in.
PROVEN: Final[Mapping[str, str]] = {"passkey": "passkeys"}
