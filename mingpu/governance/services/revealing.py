"""One value in full, at the desk: asked for with a reason, looked at for ten minutes, written down for the person.

Asking writes the act in the register of openings, where no person is seen; looking enters a purpose that has no right
on any table and gets one gate's columns while the act stands.
"""

from dataclasses import dataclass
from uuid import UUID

from mingpu.governance import gate
from mingpu.governance.errors import NotOpen, SamePerson
from mingpu.governance.models import Opening
from mingpu.governance.rules import LONGEST_NOTE, REASONS, REVEAL_MINUTES
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.text import Text
from mingpu.privacy.gates import gates_of
from mingpu.privacy.purposes import Purpose, processing


@dataclass(frozen=True, slots=True)
class Asked:
    """An act that was written. open: whether it can be looked at now; else a second person is needed."""

    number: str
    open: bool


def ask_look(
    *, person_id: UUID, item: str, order_no: str, reference: str, reason: str, note: str, staff: str
) -> Asked:
    """Write down that a member of staff wants to see one value in full, for the open case they have in hand.

    item: a gate of the purpose `reveal`; order_no: of the case, which the act is bound to; reference: the case's
    number; reason: of `rules.REASONS`; note: in words, needed for "other". The first ten of a day are open at once.
    Raises Invalid. That the case is open is for the caller to see to, who has just read it.
    """
    if item not in {it.id for it in gates_of(Purpose.REVEAL)}:
        raise Invalid(field=Text("项目", "item"), problem=Text("不可查看", "cannot be shown"))
    if reason not in REASONS:
        raise Invalid(field=Text("理由", "reason"), problem=Text("请选择", "please choose"))
    if reason == "other" and not note.strip():
        raise Invalid(field=Text("说明", "words"), problem=Text("请写明", "please say why"))
    act = Opening(
        number=public_number("V"), person_id=person_id, purpose="reveal", item=item, order_no=order_no,
        reference=reference, reason=reason, note=note.strip()[:LONGEST_NOTE], staff=staff, at=now(),
    )  # fmt: skip
    with processing(Purpose.GATE_DESK, subject=None, reference=reference):
        at_once = Opening.objects.put(act)
    return Asked(act.number, at_once)


def approve_look(*, number: str, by: str) -> None:
    """Open a look that waits, as the second person. Raises NotFound, SamePerson."""
    with processing(Purpose.GATE_DESK, subject=None, reference=number):
        waiting = Opening.objects.filter(number=number, purpose="reveal", approved_at=None)
        staff = waiting.values_list("staff", flat=True).first()
        if staff is None:
            raise NotFound
        if staff == by:
            raise SamePerson
        moment = now()
        waiting.update(approved_by=by, approved_at=moment, until=moment + REVEAL_MINUTES)


def look(*, number: str, staff: str) -> str:
    """Return the value of an act that stands, in clear, for the one who asked; the person reads of it.

    Raises NotFound for another's act, NotOpen for one that waits or is over, or that the database shows nothing of.
    """
    with processing(Purpose.GATE_DESK, subject=None, reference=number, reading=True):
        columns = ("staff", "item", "reference", "until")
        act = Opening.objects.filter(number=number, purpose="reveal").values(*columns).first()
    if act is None or act["staff"] != staff:
        raise NotFound
    if act["until"] is None or act["until"] <= now():
        raise NotOpen
    with processing(Purpose.REVEAL, subject=gate.person_of(number), reference=act["reference"]):
        rows = gate.read(act["item"], number)
    if not rows:
        raise NotOpen
    return "".join(str(value) for value in rows[0].values() if value)
