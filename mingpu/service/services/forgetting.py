"""What a buyer may take back of a case that is over: their own words and pictures. The case itself is a record of trade."""

from uuid import UUID

from mingpu.lib.errors import NotFound
from mingpu.privacy.forgetting import forget, note_emptied
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import files, rules
from mingpu.service.errors import StillNeeded
from mingpu.service.models import Case, Evidence


def forget_words(*, person_id: UUID, case_no: str) -> None:
    """Delete what a buyer wrote about a case that is over. Raises NotFound, StillNeeded."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        _over(person_id, case_no)
        Case.objects.filter(case_no=case_no).update(description=None, appeal=None)
        note_emptied("service_case", case_no, "description", "appeal")


def forget_evidence(*, person_id: UUID, number: str) -> None:
    """Delete a photo or video of a case that is over. Raises NotFound, StillNeeded."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=number):
        mine = Evidence.objects.filter(number=number, person_id=person_id)
        case_no = mine.values_list("case_no", flat=True).first()
        if case_no is None:
            raise NotFound
        _over(person_id, case_no)
        forget(mine)
    files.remove(number)


def _over(person_id: UUID, case_no: str) -> None:
    if Case.objects.hold(person_id, case_no)["status"] not in rules.FINAL:
        raise StillNeeded
