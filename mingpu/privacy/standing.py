"""Whether a person agrees to something, without any use of their data: asked before a purpose is entered."""

from uuid import UUID

from django.db import connection

from mingpu.privacy.register import REGISTER

# The very function the row policies go by. The subject is set for this one statement alone.
_ASK = """
SELECT mingpu.consented(%s) AND asked.subject <> ''
FROM (SELECT set_config('app.subject', %s, true) AS subject OFFSET 0) AS asked
"""


def agrees(person_id: UUID, name: str) -> bool:
    """Tell whether a consent or permission stands right now; one statement, outside `processing`.

    So that nothing is entered in the record of uses for a purpose the person declined. The row policies
    remain what decides. Raises KeyError for a name that cannot be agreed to.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [REGISTER.flags()[name], str(person_id)])
        return bool(cursor.fetchone()[0])
