"""The one door: what a purpose may touch, and for whom."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection

from mingpu.accounts.models import Contact, Person, Profile
from mingpu.lib.clock import now
from mingpu.privacy.fields import blind_index
from mingpu.privacy.models import Standing
from mingpu.privacy.purposes import Purpose, processing


@pytest.fixture
def person():
    it = uuid4()
    with processing(Purpose.REGISTRATION, subject=it):
        Person.objects.create(id=it, created_at=now())
        Standing.objects.create(person_id=it)
        Contact.objects.create(
            person_id=it, phone="+8613800001111", phone_index=blind_index("accounts_contact.phone", str(it))
        )
        Profile.objects.create(person_id=it, nickname="小明")
    return it


def test_a_purpose_reads_what_the_register_gives_it(person):
    with processing(Purpose.PROFILE, subject=person):
        assert Profile.objects.values_list("nickname", flat=True).get(person_id=person) == "小明"


def test_another_purpose_is_refused_by_the_database(person):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        processing(Purpose.SHOPPING, subject=person),
    ):
        Profile.objects.count()


def test_another_person_sees_no_row(person):
    with processing(Purpose.PROFILE, subject=uuid4()):
        assert not Profile.objects.filter(person_id=person).exists()


def test_without_a_purpose_nothing_is_readable(person):
    with pytest.raises(ProgrammingError, match="permission denied"):
        Profile.objects.filter(person_id=person).count()


def test_blocks_never_nest(person):
    with (
        processing(Purpose.PROFILE, subject=person),
        pytest.raises(RuntimeError),
        processing(Purpose.SHOPPING, subject=person),
    ):
        pass


def test_a_failed_block_leaves_nothing_behind(person):
    class Stop(Exception):
        pass

    with pytest.raises(Stop), processing(Purpose.PROFILE, subject=person):
        Profile.objects.filter(person_id=person).update(nickname="改了")
        raise Stop
    with processing(Purpose.PROFILE, subject=person):
        assert Profile.objects.values_list("nickname", flat=True).get(person_id=person) == "小明"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user, current_setting('app.subject', true)")
        assert cursor.fetchone() == (True, "")
