"""`python -m bench.clerk`: staff at the desk who decide whatever waits for them, until killed; one line a decision.

They come back after whatever failed: the database may be killed under them.
"""

import os
import random
import sys
import time

import django

django.setup()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402 -- after setup

from mingpu.lib.errors import MallError  # noqa: E402 -- after setup
from mingpu.payments.queries import cod_reviews  # noqa: E402 -- after setup
from mingpu.payments.services import decide_cod  # noqa: E402 -- after setup
from mingpu.privacy.purposes import acting  # noqa: E402 -- after setup
from mingpu.service.queries import person_of_case, queue  # noqa: E402 -- after setup
from mingpu.service.services import decide  # noqa: E402 -- after setup

STAFF, PAUSE = "kefu", 0.5
DECIDED = ("seller_reviewing", "awaiting_inspection")


def round_of(dice: random.Random) -> None:
    """Decide everything that waits now, mostly for the buyer."""
    for case in queue():
        if case["status"] in DECIDED:
            decide_case(case["case_no"], approve=dice.random() < 0.9, status=case["status"])
    for review in cod_reviews():
        decide_cod(order_no=review.order_no, accept=dice.random() < 0.7, staff=STAFF)


def decide_case(case_no: str, *, approve: bool, status: str) -> None:
    """Decide one case, unless it moved meanwhile."""
    person_id = person_of_case(case_no)
    with acting("staff", STAFF):
        after = decide(
            person_id=person_id, case_no=case_no, approve=approve, staff=STAFF, seen=(status,), answer="好的"
        )
    print(case_no, after, flush=True)


def main() -> None:
    """Work until killed, or until nobody is there any more who asked for it."""
    employer = os.getppid()
    dice = random.Random(int(sys.argv[1]) if sys.argv[1:] else 0)  # noqa: S311 -- no secret
    while os.getppid() == employer:
        try:
            round_of(dice)
        except MallError as refused:
            print("refused", refused.code, flush=True)
        except (DatabaseError, InterfaceError) as error:
            print("failed", type(error).__name__, flush=True)
            connection.close()
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
