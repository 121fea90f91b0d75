"""Details and address book: their owner's alone, blank where they like."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.accounts import services
from mingpu.accounts.errors import BadField, TooManyAddresses
from mingpu.accounts.queries import address_entry, address_of, addresses_of, nickname_of, phone_of, profile_of
from mingpu.lib.errors import NotFound
from mingpu.privacy.models import Standing
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from tests.factories import make_person
from tests.people import App, from_owner, name

TO: Any = {
    "name": "张三丰", "phone": "138 1234 5678", "province": "浙江省", "city": "杭州市", "district": "西湖区",
    "street": "文三路 188 号 3 幢 502",
}  # fmt: skip


@pytest.fixture
def somebody():
    return make_person().id


def test_details_change_one_by_one(somebody):
    services.change_profile(
        person_id=somebody, gender="女", birthday="1990-05-17", interests=["居家", "数码"]
    )
    services.change_profile(person_id=somebody, nickname=" 知夏 ")
    it = profile_of(somebody)
    assert (it.nickname, it.gender, it.birthday, it.interests) == (
        "知夏",
        "female",
        "1990-05-17",
        ("居家", "数码"),
    )
    assert nickname_of(somebody) == "知夏"


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_blank_empties_a_detail_and_the_nickname_falls_back_to_the_name(somebody, blank):
    username = profile_of(somebody).username
    services.change_profile(
        person_id=somebody, nickname="知夏", gender="male", birthday="1990-05-17", interests="a,b"
    )
    services.change_profile(
        person_id=somebody,
        nickname=blank,
        gender=blank,
        birthday=blank,
        interests=[] if blank is None else blank,
    )
    it = profile_of(somebody)
    assert (it.nickname, it.gender, it.birthday, it.interests) == (username, None, None, ())


def test_nothing_named_changes_nothing(somebody):
    before = profile_of(somebody)
    services.change_profile(person_id=somebody)
    assert profile_of(somebody) == before


def test_only_what_there_is_can_be_changed(somebody):
    with pytest.raises(TypeError):
        services.change_profile(person_id=somebody, username="x")
    with pytest.raises(NotFound):
        services.change_profile(person_id=uuid4(), nickname="x")
    with pytest.raises(NotFound):
        profile_of(uuid4())
    with pytest.raises(BadField):
        services.change_profile(person_id=somebody, nickname="x" * 33)


def test_the_address_book(somebody):
    first = services.save_address(person_id=somebody, **TO)
    second = services.save_address(
        person_id=somebody, **TO | {"name": "李四", "landline": "", "email": "z@x.com"}
    )
    assert [it.id for it in addresses_of(somebody)] == [first, second]
    services.change_address(person_id=somebody, address_id=second, is_default=True)
    assert [(it.id, it.is_default) for it in addresses_of(somebody)] == [(second, True), (first, False)]
    services.change_address(person_id=somebody, address_id=second, street="文一西路 969 号", email=None)
    it = address_of(somebody, second)
    assert (it.name, it.phone, it.street, it.email, it.landline) == (
        "李四",
        "13812345678",
        "文一西路 969 号",
        None,
        None,
    )
    services.delete_address(person_id=somebody, address_id=second)
    assert [(it.id, it.is_default) for it in addresses_of(somebody)] == [(first, True)]


def test_a_list_shows_masks_and_an_entry_the_clear(somebody):
    address_id = services.save_address(person_id=somebody, **TO, landline="010-62345678", email="zhang@x.com")
    (shown,) = addresses_of(somebody)
    assert (shown.name, shown.phone, shown.street) == ("张**", "138****5678", "文三路***")
    assert (shown.landline, shown.email, shown.district) == ("010-****5678", "z***@x.com", "西湖区")
    (clear,) = addresses_of(somebody, masked=False)
    assert clear == address_entry(somebody, address_id)
    assert (clear.name, clear.phone, clear.street) == ("张三丰", "13812345678", "文三路 188 号 3 幢 502")


def test_another_persons_entry_is_as_one_that_does_not_exist(somebody):
    address_id, other = services.save_address(person_id=somebody, **TO), make_person().id
    for act in (
        lambda: address_entry(other, address_id),
        lambda: address_of(other, address_id),
        lambda: services.change_address(person_id=other, address_id=address_id, name="x"),
        lambda: services.delete_address(person_id=other, address_id=address_id),
        lambda: services.delete_address(person_id=other, address_id=uuid4()),
    ):
        with pytest.raises(NotFound):
            act()
    assert address_entry(somebody, address_id).name == "张三丰"
    assert addresses_of(other) == []


def test_the_book_has_an_end(somebody):
    for _ in range(50):
        services.save_address(person_id=somebody, **TO)
    with pytest.raises(TooManyAddresses):
        services.save_address(person_id=somebody, **TO)


@pytest.mark.parametrize("field", ["name", "phone", "province", "city", "street"])
def test_what_delivery_needs_cannot_be_blank(somebody, field):
    with pytest.raises(BadField) as bad:
        services.save_address(person_id=somebody, **TO | {field: ""})
    assert bad.value.name == field
    assert addresses_of(somebody) == []


def test_a_field_that_does_not_exist_is_a_mistake_of_ours(somebody):
    with pytest.raises(TypeError):
        services.save_address(person_id=somebody, **TO, person="x")


def test_nothing_of_an_address_lies_in_the_clear(somebody):
    address_id = services.save_address(person_id=somebody, **TO, email="zhang@x.com")
    ((row,),) = from_owner("SELECT to_jsonb(a)::text FROM accounts_address a WHERE id = %s", [address_id])
    for value in (*TO.values(), "13812345678", "zhang@x.com"):
        assert value not in row
        assert value.encode().hex() not in row


def test_while_leaving_the_profile_rests(somebody):
    with processing(Purpose.CANCELLATION, subject=somebody):
        Standing.objects.filter(person_id=somebody).update(state="cooling_off")
    with pytest.raises(AccountFrozen):
        profile_of(somebody)
    with pytest.raises(AccountFrozen):
        services.save_address(person_id=somebody, **TO)
    assert phone_of(somebody).startswith("+86")


STEPS = st.tuples(
    st.sampled_from(["add", "add default", "default", "delete", "undefault"]), st.integers(0, 9)
)


@settings(max_examples=30, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_there_is_one_default_at_most(steps):
    somebody = make_person().id
    for step, place in steps:
        book = addresses_of(somebody)
        one = book[place % len(book)].id if book else None
        if step.startswith("add"):
            services.save_address(person_id=somebody, **TO, is_default=step == "add default")
        elif one and step == "delete":
            services.delete_address(person_id=somebody, address_id=one)
        elif one:
            services.change_address(person_id=somebody, address_id=one, is_default=step == "default")
        assert sum(it.is_default for it in addresses_of(somebody)) <= 1


def test_the_e_mail_comes_with_a_code_and_goes_without(person: App, outside):
    email = f"{uuid4().hex}@example.com"
    code = person.code(email, "register", "email")
    services.change_email(person_id=person.person_id, email=email, email_code=code)
    assert profile_of(person.person_id).email == email
    services.change_email(person_id=person.person_id, email=" ")
    assert profile_of(person.person_id).email is None
    assert name()
