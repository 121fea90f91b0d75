"""Close relatives of the dead, and what the dead arranged themselves (PIPL 49).

Anybody can ask, about any name, and is answered alike: whether there is such an account is never said. The matter is
sealed under a key of its own. Two members of staff decide; then word goes to every channel of the account, and a week
passes in which signing in ends the matter.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import connection

from mingpu.accounts.errors import BadField, TooMany
from mingpu.accounts.models import Session
from mingpu.accounts.queries import find, login_key, network_index
from mingpu.accounts.rules import phone as phone_rule
from mingpu.accounts.services import warn
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.ids import public_number, token
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.privacy import cancellation, export
from mingpu.privacy.fields import blind_index
from mingpu.privacy.forgetting import forget
from mingpu.privacy.models import Standing
from mingpu.privacy.purposes import Purpose, processing
from mingpu.rights import rules
from mingpu.rights.calendar import due_by
from mingpu.rights.errors import ReasonNeeded, SameHands, WrongState
from mingpu.rights.models import Kin, Wish
from mingpu.rights.queries import case_of
from mingpu.rights.services.requests import ask

PLACE: Final = "rights_kin.token_hash"
A_DAY: Final = 5  # requests from one network address
DAY: Final = timedelta(days=1)
LONGEST: Final = {"applicant": 64, "relation": 32, "about": 254, "documents": 1000, "words": 2000}
NEEDED: Final = {
    "applicant": Text("您的姓名", "Your name"), "relation": Text("与逝者的关系", "Relation"),
    "about": Text("逝者的手机号或账户名", "The dead's phone or username"),
    "documents": Text("证明文件说明", "The documents"),
}  # fmt: skip


def set_wish(*, person_id: UUID, choice: str, contact: str = "") -> None:
    """Arrange for after one's death. choice: nobody | delete | contact, which needs a name; "" takes it back.

    Raises Invalid.
    """
    name = contact.strip()[: LONGEST["applicant"]]
    if (choice and choice not in rules.WISHES) or (choice == rules.CONTACT and not name):
        raise Invalid(field=Text("身后安排", "After my death"), problem=Text("请选择，并填写联系人", "please choose, and name the contact"))  # fmt: skip
    with processing(Purpose.RIGHTS, subject=person_id):
        forget(Wish.objects.filter(person_id=person_id))
        if choice:
            kept = name if choice == rules.CONTACT else None
            Wish.objects.create(person_id=person_id, choice=choice, contact=kept, set_at=now())


def wish_of(person_id: UUID) -> tuple[str, str]:
    """Return what somebody arranged, and whom they named; "" for nothing."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        row = Wish.objects.filter(person_id=person_id).values_list("choice", "contact").first()
    return (row[0], row[1] or "") if row else ("", "")


def ask_as_kin(*, wanted: str, address: str, phone: str, **told: str) -> tuple[str, str]:
    """Make a request about somebody dead; returns its number and the token to follow it with, shown this once.

    wanted: copy | correct | delete; told: applicant, relation, about (the dead's phone or username), documents
    described in words, words. address: of the network. Raises BadField, Invalid, TooMany.
    """
    kept = {name: told.get(name, "").strip()[:most] for name, most in LONGEST.items()}
    if missing := next((label for name, label in NEEDED.items() if not kept[name]), None):
        raise Invalid(field=missing, problem=Text("请填写", "please fill this in"))
    if wanted not in rules.WANTED:
        raise Invalid(field=Text("要求", "What you ask"), problem=Text("请选择", "please choose"))
    number, secret, case_id = public_number("K"), token(), uuid4()
    source, moment = network_index(address), now()
    account = _account(kept["about"])
    with processing(Purpose.RIGHTS, subject=case_id, reference=number):
        _count(source)
        Kin.objects.create(
            no=number, case_id=case_id, token_hash=blind_index(PLACE, secret), state=rules.RECEIVED, sought=wanted,
            phone=phone_rule(phone), account=str(account) if account else "", address_index=source,
            opened_at=moment, due_at=due_by(moment).at, **{**kept, "words": kept["words"] or None},
        )  # fmt: skip
    return number, secret


def approve_kin(*, no: str, staff: str) -> str:
    """Say yes as one of two members of staff; returns the new state. Raises NotFound, WrongState, SameHands."""
    case_id = case_of(no)
    with processing(Purpose.RIGHTS_CASE, subject=case_id, reference=no):
        row = _held(case_id)
        if row["state"] == rules.RECEIVED:
            _move(case_id, state=rules.ONCE, first_by=staff)
            return rules.ONCE
        if row["state"] != rules.ONCE:
            raise WrongState(status=rules.KIN_LABELS[row["state"]])
        if row["first_by"] == staff:
            raise SameHands
        effect = now() + rules.KIN_WAIT
        _move(case_id, state=rules.APPROVED, second_by=staff, decided_at=now(), effect_at=effect)
        enqueue("rights.kin_warn", case_id=str(case_id))
        enqueue("rights.kin_effect", at=effect, case_id=str(case_id))
    return rules.APPROVED


def refuse_kin(*, no: str, staff: str, reason: str) -> None:
    """Say no, with one of rules.KIN_REASONS. Raises NotFound, WrongState, ReasonNeeded."""
    if reason not in rules.KIN_REASONS:
        raise ReasonNeeded
    case_id = case_of(no)
    with processing(Purpose.RIGHTS_CASE, subject=case_id, reference=no):
        row = _held(case_id)
        if row["state"] not in {rules.RECEIVED, rules.ONCE}:
            raise WrongState(status=rules.KIN_LABELS[row["state"]])
        which = {"second_by": staff} if row["first_by"] and row["first_by"] != staff else {"first_by": staff}
        _move(case_id, state=rules.REFUSED, reason=reason, decided_at=now(), closed_at=now(), **which)


def warn_account(*, case_id: UUID) -> None:
    """Send word to every channel of the account a matter is about, if there is one; in the worker."""
    account = _read(case_id)["account"]
    if account:
        with processing(Purpose.RIGHTS, subject=UUID(account)):
            warn(UUID(account), "notice_kin", "zh-hans")


def take_effect(*, case_id: UUID) -> None:
    """Do what two members of staff agreed to, once the wait is over; in the worker. Safe to repeat.

    What the dead arranged goes first, and somebody who signed in meanwhile is not dead.
    """
    row = _read(case_id)
    if row["state"] != rules.APPROVED:
        return
    account = UUID(row["account"]) if row["account"] else None
    reason = _against(account, row) if account else "not_here"
    done: dict[str, Any] = {"state": rules.REFUSED, "reason": reason}
    if account and not reason:
        done = {"state": rules.GRANTED, **_carried_out(account, row)}
    with processing(Purpose.RIGHTS, subject=case_id, reference=row["no"]):
        Kin.objects.filter(case_id=case_id, state=rules.APPROVED).update(**done, closed_at=now())


def kin_status(secret: str) -> dict[str, Any]:
    """Return how far a relative's request has come, by the token they were given. Raises NotFound."""
    row = _read(_by_token(secret))
    open_until = row["closed_at"] + rules.KIN_RESULT_OPEN if row["export_id"] and row["closed_at"] else None
    return {
        "no": row["no"], "wanted": row["sought"], "wanted_label": rules.WANTED[row["sought"]], "state": row["state"],
        "state_label": rules.KIN_LABELS[row["state"]], "opened_at": row["opened_at"], "due_at": row["due_at"],
        "effect_at": row["effect_at"], "reason_label": rules.KIN_REASONS.get(row["reason"], ""),
        "has_copy": bool(open_until and open_until > now()),
    }  # fmt: skip


def kin_copy(secret: str) -> bytes:
    """Return the copy that was granted, for three days. Raises NotFound, NotReady."""
    row = _read(_by_token(secret))
    late = row["closed_at"] is None or row["closed_at"] + rules.KIN_RESULT_OPEN < now()
    if row["state"] != rules.GRANTED or row["export_id"] is None or late:
        raise NotFound
    return export.open_file(UUID(row["account"]), row["export_id"])


def _against(account: UUID, row: dict[str, Any]) -> str:
    """Return why a matter may not go on: what the dead arranged, a life sign, an account that is leaving; "" for nothing."""
    with processing(Purpose.RIGHTS, subject=account, reference=row["no"]):
        alive = Session.objects.filter(person_id=account, created_at__gt=row["decided_at"]).exists()
        active = Standing.objects.filter(person_id=account, state="active").exists()
        wish = Wish.objects.filter(person_id=account).values_list("choice", "contact").first()
    if alive:
        return "alive"
    if not active:
        return "not_here"
    choice, contact = wish or ("", "")
    other = choice == rules.NOBODY or (choice == rules.ERASE and row["sought"] != rules.DELETE)
    named = choice == rules.CONTACT and contact != row["applicant"]
    return "arranged_otherwise" if other or named else ""


def _carried_out(account: UUID, row: dict[str, Any]) -> dict[str, Any]:
    if row["sought"] == rules.COPY:
        return {"export_id": export.request(account)}
    if row["sought"] == rules.CORRECT:
        ask(
            person_id=account,
            kind=rules.CORRECT,
            about="table:accounts_person",
            words=row["words"] or row["documents"],
        )
    else:
        cancellation.request(
            account
        )  # with its own time to think it over; what is still open is finished first
    return {}


def _account(about: str) -> UUID | None:
    """Return whose a phone, username or e-mail is; one statement, whatever it is."""
    try:
        what, key = login_key(about)
    except BadField:
        what, key = "username", blind_index("accounts_credential.username_index", about)
    return find(what, key)


def _count(source: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT total FROM mingpu.count_kin_from(%s, %s)", [source, now() - DAY])
        if cursor.fetchone()[0] >= A_DAY:
            raise TooMany(retry_after=int(DAY.total_seconds()))


def _held(case_id: UUID) -> dict[str, Any]:
    row = Kin.objects.select_for_update().filter(case_id=case_id).values("state", "first_by").first()
    if row is None:
        raise NotFound
    return dict(row)


def _move(case_id: UUID, **columns: object) -> None:
    Kin.objects.filter(case_id=case_id).update(**columns)


def _read(case_id: UUID) -> dict[str, Any]:
    fields = (
        "no", "state", "sought", "account", "applicant", "words", "documents", "opened_at", "due_at", "decided_at",
        "effect_at", "reason", "export_id", "closed_at",
    )  # fmt: skip
    with processing(Purpose.RIGHTS, subject=case_id, reading=True):
        row = Kin.objects.filter(case_id=case_id).values(*fields).first()
    if row is None:
        raise NotFound
    return dict(row)


def _by_token(secret: str) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_rights_kin_token(%s)", [blind_index(PLACE, secret)])
        found: UUID | None = cursor.fetchone()[0]
    if found is None:
        raise NotFound
    return found
