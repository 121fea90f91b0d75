"""What accounts can be asked: who is this, what do they say about themselves, where do they live."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Any, Final
from uuid import UUID
from weakref import WeakSet

from django.db import OperationalError, connection
from psycopg import Connection
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

from mingpu.accounts import rules
from mingpu.accounts.address_lines import ReadLine, read_line
from mingpu.accounts.device_rules import DeviceView, Screen, SignInView, hour_of
from mingpu.accounts.errors import TooManyAddresses
from mingpu.accounts.models import Address as AddressRow
from mingpu.accounts.models import (
    Contact,
    Credential,
    Device,
    DeviceLink,
    Passkey,
    RealName,
    SafetyMark,
    Session,
)
from mingpu.accounts.models import Profile as ProfileRow
from mingpu.accounts.real_name_rules import NameChecked
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.wire import send
from mingpu.privacy.fields import blind_index
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.standing import agrees

LOOKUPS = {name: f"SELECT mingpu.lookup_{name}(%s)" for name in REGISTER.lookups}
# One statement: the functions of the three lookups, which take a sign-in's key each.
SEEN: Final = "SELECT mingpu.lookup_session($1), mingpu.lookup_recovering($1), mingpu.lookup_resting($1)"
MOST_ADDRESSES: Final = 50
_SESSION = b"mingpu_session"  # the prepared statement's name
_NOT_PREPARED = b"26000"  # the driver gives up all prepared statements after some of its own commands
_prepared: WeakSet[Connection] = WeakSet()  # the connections that have it
_TOLD = ("model", "os", "os_version", "app_version", "language", "resolution", "plmn", "browser")
_ENTRY = ("id", "name", "phone", "province", "city", "district", "town", "street", "landline", "email",
          "is_default")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person sees of their account, in clear; phone as dialled, birthday as YYYY-MM-DD."""

    person_id: UUID
    username: str
    phone: str
    email: str | None
    nickname: str
    gender: str | None
    birthday: str | None
    interests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """An entry of the address book; phone as dialled. Masked ones are for showing only. town: None where none is said."""

    id: UUID
    name: str
    phone: str
    province: str
    city: str
    district: str
    town: str | None
    street: str
    landline: str | None
    email: str | None
    is_default: bool

    def masked(self) -> "Address":
        """Return the entry as it is shown in a list."""
        shown = {
            name: mask(REGISTER.column("accounts_address", name).mask, getattr(self, name))
            for name in ("name", "phone", "street", "landline", "email")
        }
        return Address(
            id=self.id, name=shown["name"], phone=shown["phone"], province=self.province, city=self.city,
            district=self.district, town=self.town, street=shown["street"], landline=shown["landline"] or None,
            email=shown["email"] or None, is_default=self.is_default,
        )  # fmt: skip


# ---- from a key to a person ----


def find(what: str, key: bytes) -> UUID | None:
    """Return whose a key is: what is one of the register's lookups. One statement, outside `processing`."""
    with connection.cursor() as cursor:
        cursor.execute(LOOKUPS[what], [key])
        row: tuple[UUID | None] = cursor.fetchone()
    return row[0]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a token leads to. recovering: somebody recovers this person's password, which can be stopped still.

    resting: the sign-in was not used for an hour, as far as is written down.
    """

    person_id: UUID
    recovering: bool = False
    resting: bool = False


def person_of(token: str) -> UUID | None:
    """Return whose sign-in a token is, or None for an unknown, ended or empty one. Raises OperationalError."""
    seen = seen_by(token)
    return seen.person_id if seen else None


def seen_by(token: str) -> Seen | None:
    """Return whose sign-in a token is and how it stands, or None for an unknown, ended or empty one.

    Every page of a signed-in person begins here, so it is one statement, and prepared once a connection: 30 µs in
    place of 110. Raises OperationalError when the database does not answer.
    """
    if not token or len(token) > 200:  # noqa: PLR2004 -- ours have 43
        return None
    key = token_hash(token)
    result = send(lambda it: _ask_session(it, key))
    if result.status != ExecStatus.TUPLES_OK:
        state = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
        raise OperationalError(f"could not look up a sign-in: {state}")
    found, recovering, resting = (result.get_value(0, place) for place in range(3))
    if not found:
        return None
    return Seen(UUID(bytes=found), recovering=recovering is not None, resting=resting is not None)


def _ask_session(connection: Connection, key: bytes) -> PGresult:
    if connection in _prepared:
        result = _execute(connection, key)
        if result.error_field(DiagnosticField.SQLSTATE) != _NOT_PREPARED:
            return result
    connection.pgconn.prepare(_SESSION, SEEN.encode())
    _prepared.add(connection)
    return _execute(connection, key)


def _execute(connection: Connection, key: bytes) -> PGresult:
    return connection.pgconn.exec_prepared(_SESSION, [key], param_formats=[1], result_format=1)


def person_by_login(login: str) -> UUID | None:
    """Return the person who signs in by a name, number or e-mail as typed; None when there is none."""
    return find(*login_key(login))


def token_hash(token: str) -> bytes:
    """Return what is kept of a session's token, 32 bytes."""
    return sha256(token.encode("utf-8", "replace")).digest()


def username_index(name: str) -> bytes:
    """Return the blind index of a username."""
    return blind_index("accounts_credential.username_index", rules.username_key(name))


def phone_index(number: str) -> bytes:
    """Return the blind index of a number in E.164."""
    return blind_index("accounts_contact.phone_index", number)


def email_index(address: str) -> bytes:
    """Return the blind index of an e-mail address; small and large letters are one."""
    return blind_index("accounts_contact.email_index", address.casefold())


def destination_index(to: str) -> bytes:
    """Return the blind index of where a code goes, number or e-mail."""
    return blind_index("accounts_code.to_index", to.casefold())


def network_index(address: str) -> bytes:
    """Return the blind index of a network address; of IPv6 the first 64 bits count, which one home holds."""
    try:
        ip = ip_address(address)
    except ValueError:
        return blind_index("network_address", address)
    network = ip_network((ip, 64), strict=False) if ip.version == 6 else ip  # noqa: PLR2004
    return blind_index("network_address", str(network))


def login_key(login: str) -> tuple[str, bytes]:
    """Return which lookup a login name is for, and its key. No username reads as a number or has an @."""
    from_phone = rules.is_phone(login)
    if from_phone:
        return "phone", phone_index(rules.phone(login))
    if "@" in login:
        return "email", email_index(login.strip())
    return "username", username_index(login)


# ---- what a person sees ----


def profile_of(person_id: UUID) -> Profile:
    """Return a person's own details; raises NotFound without an account, AccountFrozen while leaving."""
    with processing(Purpose.PROFILE, subject=person_id, reading=True):
        mine = Credential.objects.filter(person_id=person_id).values_list("username", flat=True).first()
        if mine is None:
            raise NotFound
        contact = Contact.objects.filter(person_id=person_id).values("phone", "email").get()
        said = ProfileRow.objects.filter(person_id=person_id)
        profile = said.values("nickname", "gender", "birthday", "interests").get()
    return Profile(
        person_id=person_id, username=mine, phone=(contact["phone"] or "").removeprefix("+86"),
        email=contact["email"], nickname=profile["nickname"] or "", gender=profile["gender"],
        birthday=profile["birthday"], interests=tuple((profile["interests"] or "").splitlines()),
    )  # fmt: skip


def nickname_of(person_id: UUID) -> str:
    """Return what a person likes to be called; '' without an account."""
    with processing(Purpose.PROFILE, subject=person_id, reading=True):
        return ProfileRow.objects.filter(person_id=person_id).values_list("nickname", flat=True).first() or ""


def name_checked(person_id: UUID) -> NameChecked | None:
    """Return what became of a person's last real-name check; None for none, or while they do not agree to any."""
    if not agrees(person_id, Purpose.REAL_NAME):
        return None
    with processing(Purpose.REAL_NAME, subject=person_id, reading=True):
        rows = RealName.objects.filter(person_id=person_id)
        row = rows.values("state", "name", "at", "checked_by").first()
    if row is None:
        return None
    shown = mask(REGISTER.column("accounts_realname", "name").mask, row["name"])
    return NameChecked(state=row["state"], name=shown or "", at=row["at"], checked_by=row["checked_by"])


def phone_of(person_id: UUID) -> str:
    """Return the number codes for a signed-in person go to, in E.164; raises NotFound without an account."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        number = Contact.objects.filter(person_id=person_id).values_list("phone", flat=True).first()
    if number is None:
        raise NotFound
    return number


def addresses_of(person_id: UUID, *, masked: bool = True) -> list[Address]:
    """Return the address book, the default entry first, then the newest. masked: as shown in a list."""
    with processing(Purpose.PROFILE, subject=person_id, reading=True):
        rows = AddressRow.objects.filter(person_id=person_id).order_by("-is_default", "-created_at", "id")
        book = [Address(**row) for row in rows.values(*_ENTRY)]
    return [it.masked() for it in book] if masked else book


def address_entry(person_id: UUID, address_id: UUID) -> Address:
    """Return one entry in clear, for its owner to change; raises NotFound for anybody else's."""
    with processing(Purpose.PROFILE, subject=person_id, reading=True):
        return _entry(person_id, address_id)


def read_address(person_id: UUID, text: str) -> ReadLine:
    """Return what a pasted line says, for its owner to look over; nothing of it is kept before they save it.

    Raises BadField for more than 500 characters, TooManyAddresses where no entry could be added, AccountFrozen.
    """
    with processing(Purpose.PROFILE, subject=person_id, reading=True):
        if AddressRow.objects.filter(person_id=person_id).count() >= MOST_ADDRESSES:
            raise TooManyAddresses(most=MOST_ADDRESSES)
    return read_line(text)


def address_of(person_id: UUID, address_id: UUID) -> Address:
    """Return one entry in clear, for an order; raises NotFound for anybody else's."""
    with processing(Purpose.ORDERING, subject=person_id, reading=True):
        return _entry(person_id, address_id)


def _entry(person_id: UUID, address_id: UUID) -> Address:
    row = AddressRow.objects.filter(id=address_id, person_id=person_id).values(*_ENTRY).first()
    if row is None:
        raise NotFound
    return Address(**row)


def display_of(person_id: UUID, token: str) -> Screen | None:
    """Return what the app of this very sign-in told of its screen; None where it told nothing.

    Another sign-in's is never read, and none after its end. Raises AccountFrozen while leaving.
    """
    with processing(Purpose.DISPLAY, subject=person_id, reading=True):
        mine = Device.objects.filter(person_id=person_id, token_hash=token_hash(token))
        row = mine.values(*Screen.__dataclass_fields__).first()
    return Screen(**row) if row else None


def session_id(key: bytes) -> UUID:
    """Return what a sign-in is called in lists: half of what is kept of its token, which leads nowhere."""
    return UUID(bytes=key[:16])


def sessions_of(person_id: UUID, token: str) -> list[SignInView]:
    """Return every sign-in that lasts, the newest first. token: of the one that asks."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        rows = Session.objects.filter(person_id=person_id, expires_at__gt=now()).order_by("-created_at")
        lasting = list(rows.values("token_hash", "kind", "name", "created_at", "expires_at", "used_at"))
        told = Device.objects.filter(person_id=person_id).values_list("token_hash", "id")
        devices = {bytes(key): device for key, device in told}
    here = token_hash(token)
    return [
        SignInView(
            id=session_id(key), kind=row["kind"], name=row["name"] or "", device=devices.get(key), current=key == here,
            created_at=row["created_at"], expires_at=row["expires_at"],
            used_at=row["used_at"] or hour_of(row["created_at"]),
        )
        for row in lasting if (key := bytes(row["token_hash"]))
    ]  # fmt: skip


def devices_of(person_id: UUID) -> list[DeviceView]:
    """Return every device of which anything is kept, the last seen first: signed in, linked, or marked for safety."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = Device.objects.filter(person_id=person_id).values("id", "name", *_TOLD, "seen_at")
        here = {row["id"]: row for row in rows}
        links = DeviceLink.objects.filter(person_id=person_id).values(
            "device_id", "name", "linked_at", "seen_at"
        )
        linked = {row["device_id"]: row for row in links}
        seen = SafetyMark.objects.filter(person_id=person_id).values_list("device_id", "seen_at")
        marked = dict(seen)
    views = [_device(it, here.get(it), linked.get(it), marked.get(it)) for it in {**here, **linked, **marked}]
    return sorted(views, key=lambda it: (it.seen_at, it.id), reverse=True)


def _device(
    device_id: UUID, row: Mapping[str, Any] | None, link: Mapping[str, Any] | None, marked: datetime | None
) -> DeviceView:
    times = (row and row["seen_at"], link and link["seen_at"], marked)
    return DeviceView(
        id=device_id, name=(row and row["name"]) or (link and link["name"]) or "",
        told={name: row[name] for name in _TOLD if row[name]} if row else {}, signed_in=row is not None,
        linked_at=link["linked_at"] if link else None, seen_at=max(it for it in times if it),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey as its person sees it; name "" where they gave none."""

    id: UUID
    name: str
    added_at: datetime
    used_at: datetime | None


def passkeys_of(person_id: UUID) -> list[PasskeyView]:
    """Return a person's passkeys, the newest first. One query."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        rows = Passkey.objects.filter(person_id=person_id).order_by("-added_at", "id")
        kept = list(rows.values_list("id", "name", "added_at", "used_at"))
    return [PasskeyView(pk, name or "", added, used) for pk, name, added, used in kept]


def device_of_mark(person_id: UUID, table: str, row_id: UUID) -> UUID:
    """Return the device that a mark or a link of a person's belongs to; raises NotFound for another's.

    table: accounts_safetymark | accounts_devicelink.
    """
    model = {"accounts_safetymark": SafetyMark, "accounts_devicelink": DeviceLink}[table]
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = model._default_manager.filter(person_id=person_id, id=row_id)  # noqa: SLF001 -- Django's documented name
        device_id: UUID | None = rows.values_list("device_id", flat=True).first()
    if device_id is None:
        raise NotFound
    return device_id
