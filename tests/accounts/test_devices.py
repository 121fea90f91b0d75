"""A device through its life: told, known again, linked by consent alone, forgotten; and who may see what of it."""

import secrets
from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection

from mingpu.accounts.models import DeviceLink
from mingpu.accounts.queries import devices_of, display_of
from mingpu.accounts.services import forget_device, note_device, sign_out
from mingpu.accounts.services.sessions import open_session
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy import export, matrix, retention
from mingpu.privacy.consent import give, sweep
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from tests.factories import Buyer, make_person
from tests.privacy.canaries import admin
from tests.support import zone

TABLES = ("accounts_device", "accounts_safetymark", "accounts_devicelink")
SCREEN = {"model", "os", "os_version", "language", "resolution", "plmn", "browser", "seen_at"}
# What each purpose may read of a device, written down by hand; every other purpose sees nothing of it.
READS = {
    "display": {"accounts_device": {"id", "token_hash", "person_id", *SCREEN}},
    "device_safety": {
        "accounts_device": {"id", "person_id", "os", "os_version", "app_version", "seen_at"},
        "accounts_safetymark": {"id", "person_id", "device_id", "kind", "mark", "seen_at"},
    },
    "continuity": {"accounts_devicelink": {"id", "person_id", "device_id", "name", "mark", "linked_at", "seen_at"}},
    "identity_check": {"accounts_device": {"id", "person_id", "token_hash"}},
    "rights": {
        "accounts_device": {"id", "person_id", "name", "app_version", *SCREEN},
        "accounts_safetymark": {"id", "person_id", "device_id", "kind", "seen_at"},
        "accounts_devicelink": {"id", "person_id", "device_id", "name", "linked_at", "seen_at"},
    },
}  # fmt: skip
CLEANERS = {"erasure", "retention"}


def hardware() -> dict[str, str]:
    """The identifiers of a device nobody else has."""
    return {
        "mac": ":".join(secrets.token_hex(1) for _ in range(6)), "imei": f"49{secrets.randbelow(10**13):013d}",
        "android_id": secrets.token_hex(8), "imsi": f"4600{secrets.randbelow(10**11):011d}",
    }  # fmt: skip


def phone() -> dict[str, str]:
    """All that an app tells of one phone."""
    return {
        "name": f"知夏的手机{secrets.token_hex(4)}", "model": "17 Ultra", "os": "HarmonyOS", "os_version": "6.0",
        "app_version": "1.4.2", "language": "zh-Hans", "resolution": "1200x2670", "plmn": "46000",
        "browser": "ArkWeb", **hardware(),
    }  # fmt: skip


def again(buyer: Buyer) -> Buyer:
    """The same person, signed in once more."""
    with processing(Purpose.IDENTITY_CHECK, subject=buyer.id):
        return Buyer(
            buyer.id, buyer.phone, open_session(buyer.id, "api", by="password", familiar=False).token
        )


def tell(buyer: Buyer, told: dict[str, str]):
    return note_device(person_id=buyer.id, token=buyer.token, **told)


def agree(buyer: Buyer, *, granted: bool = True) -> None:
    give(buyer.id, "continuity", granted, "zh-hans")


def kept(buyer: Buyer) -> dict[str, int]:
    """How many rows of each table there are of a person, as the administrator sees them."""
    with admin() as database:
        return {
            table: database.execute(
                f"SELECT count(*) FROM {table} WHERE person_id = %s", [buyer.id]
            ).fetchone()[0]
            for table in TABLES
        }


@pytest.fixture
def buyer() -> Buyer:
    return make_person()


# ---- told and shown ----


def test_what_an_app_tells_is_there_for_its_sign_in_alone(buyer):
    told, other = phone(), again(buyer)
    noted = tell(buyer, told)
    screen = display_of(buyer.id, buyer.token)
    assert screen is not None
    assert screen.id == noted.id
    assert {name: getattr(screen, name) for name in SCREEN - {"seen_at"}} == {
        name: told[name] for name in SCREEN - {"seen_at"}
    }
    assert display_of(buyer.id, other.token) is None
    (mine,) = devices_of(buyer.id)
    assert (mine.id, mine.name, mine.signed_in, mine.linked_at) == (noted.id, told["name"], True, None)
    assert mine.told["app_version"] == "1.4.2"


def test_what_is_told_again_takes_the_place_of_what_was_told_before(buyer):
    first, told = tell(buyer, phone()), phone()
    second = tell(buyer, {"resolution": "1080x2400", "model": told["model"]})
    assert second.id == first.id
    screen = display_of(buyer.id, buyer.token)
    assert screen is not None
    assert (screen.resolution, screen.os, screen.language) == ("1080x2400", "", "")
    (mine,) = devices_of(buyer.id)
    assert mine.name == ""


def test_a_name_lies_sealed_and_an_identifier_nowhere(buyer):
    told = phone()
    tell(buyer, told)
    agree(buyer)
    tell(buyer, told)
    with admin() as database:
        rows = [
            row for table in TABLES
            for row in database.execute(f"SELECT * FROM {table} WHERE person_id = %s", [buyer.id]).fetchall()
        ]  # fmt: skip
    stored = b" ".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )
    assert told["name"].encode() not in stored
    for kind in hardware():
        plain = told[kind].replace(":", "")
        assert plain.encode() not in stored
        assert bytes.fromhex(plain if len(plain) % 2 == 0 else f"0{plain}") not in stored


def test_identifiers_are_in_no_log_and_in_no_record_of_uses(buyer, caplog):
    caplog.set_level("DEBUG")
    told = phone()
    agree(buyer)
    tell(buyer, told)
    with admin() as database:
        uses = database.execute("SELECT * FROM privacy_accesslog WHERE subject = %s", [buyer.id]).fetchall()
    assert {"display", "device_safety", "continuity"} <= {word for row in uses for word in map(str, row)}
    for value in (told["name"], *(told[kind] for kind in hardware())):
        assert value not in caplog.text
        assert value not in repr(uses)


# ---- known again ----


def test_a_device_is_known_by_any_of_its_identifiers_and_to_its_person_alone(buyer):
    told = phone()
    assert tell(buyer, told).known is False
    assert tell(buyer, told).known is True
    assert tell(again(buyer), {"imei": told["imei"], "mac": hardware()["mac"]}).known is True
    assert tell(again(buyer), hardware()).known is False
    assert tell(again(buyer), {"model": "17 Ultra"}).known is None
    assert tell(make_person(), told).known is False


def test_a_mark_is_kept_once_however_often_it_is_told(buyer):
    told = phone()
    for _ in range(3):
        tell(buyer, told)
        tell(again(buyer), told)
    assert kept(buyer)["accounts_safetymark"] == len(hardware())
    tell(buyer, {"model": "17 Ultra"})
    assert kept(buyer)["accounts_safetymark"] == len(hardware())


def test_a_device_that_changes_its_identifiers_leaves_no_heap_of_marks(buyer):
    for _ in range(4):
        tell(buyer, hardware())
    assert kept(buyer)["accounts_safetymark"] == len(hardware())


# ---- linked, by consent ----


def test_silence_means_no(buyer):
    assert tell(buyer, phone()).linked is False
    assert kept(buyer)["accounts_devicelink"] == 0
    with pytest.raises(ProgrammingError), processing(Purpose.CONTINUITY, subject=buyer.id):
        DeviceLink.objects.create(
            person_id=buyer.id, device_id=uuid4(), mark=b"m", linked_at=now(), seen_at=now()
        )


def test_with_consent_a_device_is_listed_once_over_all_its_sign_ins(buyer):
    agree(buyer)
    told = phone()
    assert tell(buyer, told).linked is True
    (first,) = devices_of(buyer.id)
    assert first.linked_at is not None
    sign_out(token=buyer.token)
    (gone,) = devices_of(buyer.id)
    assert (gone.signed_in, gone.name, gone.told) == (False, told["name"], {})
    noted = tell(again(buyer), told)
    (back,) = devices_of(buyer.id)
    assert (back.id, back.signed_in, back.linked_at) == (noted.id, True, first.linked_at)


def test_told_several_times_at_once_it_is_one_device(buyer):
    agree(buyer)
    told, found = phone(), []

    def telling() -> None:
        try:
            found.append(tell(buyer, told))
        finally:
            connection.close()

    threads = [Thread(target=telling) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [it.linked for it in found] == [True] * 4
    assert len({it.id for it in found}) == 1
    rows = kept(buyer)
    assert (rows["accounts_device"], rows["accounts_devicelink"]) == (1, 1)


def test_a_no_unlinks_all_and_nothing_is_linked_after_it(buyer):
    agree(buyer)
    told = phone()
    tell(buyer, told)
    agree(buyer, granted=False)
    assert kept(buyer)["accounts_devicelink"] == 0
    assert tell(buyer, told).linked is False
    with zone("worker"):
        sweep(buyer.id, "continuity")
    assert kept(buyer) == {
        "accounts_device": 1,
        "accounts_safetymark": len(hardware()),
        "accounts_devicelink": 0,
    }


def test_a_device_without_an_identifier_cannot_be_linked(buyer):
    agree(buyer)
    assert tell(buyer, {"name": "平板"}).linked is False


# ---- forgotten ----


@pytest.mark.parametrize("end", ["sign out", "new password", "past its time"])
def test_what_was_told_goes_with_the_sign_in_however_that_ends(buyer, end):
    tell(buyer, phone())
    if end == "sign out":
        sign_out(token=buyer.token)
    elif end == "new password":
        with processing(Purpose.IDENTITY_CHECK, subject=buyer.id), connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_session WHERE person_id = %s", [buyer.id])
    else:
        with admin() as database:
            database.execute(
                "UPDATE accounts_session SET expires_at = now() - interval '1 minute' WHERE person_id = %s",
                [buyer.id],
            )
        with zone("worker"):
            retention.clear()
    assert kept(buyer)["accounts_device"] == 0
    assert display_of(buyer.id, buyer.token) is None


def test_marks_and_links_end_by_themselves(buyer):
    agree(buyer)
    tell(buyer, phone())
    for days, left in ((29, (1, 1)), (31, (0, 1)), (179, (0, 1)), (181, (0, 0))):
        with admin() as database:
            for table in TABLES[1:]:
                database.execute(
                    f"UPDATE {table} SET seen_at = now() - %s WHERE person_id = %s",
                    [timedelta(days=days), buyer.id],
                )
        with zone("worker"):
            retention.clear()
        found = kept(buyer)
        assert (found["accounts_safetymark"] > 0, found["accounts_devicelink"]) == (bool(left[0]), left[1])


def test_a_removed_device_leaves_nothing_and_is_signed_out(buyer):
    agree(buyer)
    told, other = phone(), again(buyer)
    noted = tell(other, told)
    tell(buyer, hardware())
    forget_device(person_id=buyer.id, device_id=noted.id)
    assert display_of(buyer.id, other.token) is None
    with pytest.raises(NotFound):
        tell(other, told)  # its sign-in has ended
    assert [it.id for it in devices_of(buyer.id)] != [noted.id]
    assert len(devices_of(buyer.id)) == 1
    assert tell(buyer, told).known is False
    with pytest.raises(NotFound):
        forget_device(person_id=buyer.id, device_id=noted.id)


def test_one_that_signed_out_long_ago_can_be_removed_too(buyer):
    agree(buyer)
    noted = tell(buyer, phone())
    sign_out(token=buyer.token)
    forget_device(person_id=buyer.id, device_id=noted.id)
    assert devices_of(buyer.id) == []
    assert set(kept(buyer).values()) == {0}


def test_nobody_removes_or_sees_another_persons_device(buyer):
    noted, thief = tell(buyer, phone()), make_person()
    for device_id in (noted.id, uuid4()):
        with pytest.raises(NotFound):
            forget_device(person_id=thief.id, device_id=device_id)
    assert devices_of(thief.id) == []
    assert display_of(thief.id, buyer.token) is None
    with pytest.raises(NotFound):  # telling under somebody else's token
        note_device(person_id=thief.id, token=secrets.token_urlsafe(32), model="x")
    assert len(devices_of(buyer.id)) == 1


# ---- the person's rights ----


def test_a_copy_shows_what_is_kept_and_no_hash(buyer):
    agree(buyer)
    told = phone()
    tell(buyer, told)
    with processing(Purpose.RIGHTS, subject=buyer.id, reading=True):
        found = export.gather(buyer.id)
    (device,) = found["accounts_device"]
    assert {device["name"], device["model"], device["plmn"]} == {told["name"], told["model"], told["plmn"]}
    assert {it["kind"] for it in found["accounts_safetymark"]} == hardware().keys()
    assert found["accounts_devicelink"][0]["name"] == told["name"]
    for table in TABLES:
        assert not [row for row in found[table] if {"mark", "token_hash"} & row.keys()]
    withheld = export.manifest(found, {})["withheld"]["columns"]
    assert {"accounts_safetymark.mark", "accounts_devicelink.mark"} <= set(withheld)


# ---- who may see what ----


def test_each_purpose_reads_what_the_table_says_and_no_other_reads_anything():
    read: dict[str, dict[str, set[str]]] = {}
    for cell in matrix.cells():
        if cell.verb == "s" and cell.allowed and cell.table in TABLES and cell.purpose not in CLEANERS:
            read.setdefault(cell.purpose, {}).setdefault(cell.table, set()).add(cell.column)
    assert read == READS


@pytest.mark.parametrize(
    "purpose", sorted(it.value for it in Purpose if "storefront" in REGISTER.purposes[it.value].zones)
)
def test_the_database_refuses_every_other_column(buyer, purpose):
    agree(buyer)
    tell(buyer, phone())
    for table in TABLES:
        for column in REGISTER.tables[table].columns:
            may = column in READS.get(purpose, {}).get(table, set())
            try:
                with processing(Purpose(purpose), subject=buyer.id), connection.cursor() as cursor:
                    cursor.execute(f"SELECT {column} FROM {table}")
                    assert len(cursor.fetchall()) >= 1
            except ProgrammingError:
                assert not may, (table, column)
            else:
                assert may, (table, column)


def test_no_purpose_sees_the_device_of_another_person(buyer):
    agree(buyer)
    tell(buyer, phone())
    stranger = make_person()
    give(stranger.id, "continuity", True, "zh-hans")
    for purpose, tables in READS.items():
        for table, columns in tables.items():
            with processing(Purpose(purpose), subject=stranger.id), connection.cursor() as cursor:
                cursor.execute(f"SELECT {', '.join(sorted(columns))} FROM {table}")
                assert cursor.fetchall() == []


def test_two_purposes_cannot_be_joined(buyer):
    agree(buyer)
    tell(buyer, phone())
    for purpose, other in ((Purpose.DEVICE_SAFETY, TABLES[2]), (Purpose.CONTINUITY, TABLES[1])):
        with (
            pytest.raises(ProgrammingError),
            processing(purpose, subject=buyer.id),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT l.id FROM {other} l")
    with admin() as database:
        same = database.execute(
            "SELECT count(*) FROM accounts_safetymark m JOIN accounts_devicelink l USING (mark)"
        ).fetchone()
    assert same == (0,)


def test_a_device_is_linked_once_by_whatever_identifier_it_tells(buyer):
    agree(buyer)
    told = phone()
    first = tell(buyer, told)
    tell(buyer, {**told, "guid": secrets.token_hex(16)})  # one that goes before those told until now
    tell(buyer, {**told, "android_id": secrets.token_hex(8)})
    assert kept(buyer)["accounts_devicelink"] == 1
    (it,) = (one for one in devices_of(buyer.id) if one.linked_at)
    assert it.id == first.id
    other = again(buyer)
    tell(other, phone())
    assert kept(buyer)["accounts_devicelink"] == 2  # another device stays beside it
