"""Whether a person agrees to something, without any use of their data: asked before a purpose is entered."""

from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.privacy.optout import refused_flags
from mingpu.privacy.register import REGISTER

# The very functions the row policies go by. The settings are made for this one statement alone.
_ASK = """
SELECT mingpu.consented(%s) AND asked.subject <> ''
FROM (SELECT set_config('app.subject', %s, true) AS subject, set_config('app.refused', %s, true) OFFSET 0) AS asked
"""
_TURN = """
SELECT mingpu.turn(%s), asked.subject
FROM (SELECT set_config('app.subject', %s, true) AS subject, set_config('app.refused', %s, true) OFFSET 0) AS asked
"""


def agrees(person_id: UUID, name: str) -> bool:
    """Tell whether a consent or permission stands right now; one statement, outside `processing`.

    Nothing stands for somebody who is leaving; should they stay, all is as before.

    So that nothing is entered in the record of uses for a purpose the person declined. The row policies
    remain what decides. Raises KeyError for a name that cannot be agreed to.
    """
    return bool(_asked(_ASK, person_id, name))


def turn(person_id: UUID, name: str) -> int | None:
    """Return how often the person has said yes or no up to the yes that stands now; None while it is a no.

    What was made under an earlier yes has an earlier number: nothing kept is served across a no.
    """
    found: int | None = _asked(_TURN, person_id, name)
    return found


def _asked(statement: str, person_id: UUID, name: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, [REGISTER.flags()[name], str(person_id), str(refused_flags())])
        return cursor.fetchone()[0]
