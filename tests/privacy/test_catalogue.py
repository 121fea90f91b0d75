"""The catalogue of items: all that the source names, each with its class, its place or the reason for having none."""

import copy

import pytest

from mingpu.lib.text import speaking
from mingpu.privacy import catalogue, check, items
from mingpu.privacy.register import REGISTER, Register

# What the source names, by the kinds it falls into.
NAMED = {
    "F1": "name birthday gender home_address personal_phone mobile email",
    "F2": "id_card officer_card passport driving_licence household_register real_name_data",
    "F3": "face face_template",
    "F4": "account username nickname avatar ip_address email_account password passphrase protection_question third_party_account",
    "F5": "transactions order_info balance coupons ecard virtual_assets",
    "F6": "address_book",
    "F7": "browsing software_use clicks keywords search_history",
    "F8": "device_name device_model mac imei android_id idfa openudid guid imsi os app_version software_list language "
    "resolution plmn browser",
    "F9": "precise_location coordinates itinerary lodging",
    "F10": "order_no goods_bought amount payment_method consignee delivery_address consignee_mobile consignee_landline "
    "consignee_email cart",
    "F11": "photo_for_search review_photo case_media video scanned_code voice service_talk changed_contact questionnaire "
    "fault_report risky_url",
    "F12": "interests profile_tags account_risk device_links service_joins deidentified statistics",
}
KNOWN = catalogue.items()


def changed(change) -> Register:
    raw = copy.deepcopy(dict(REGISTER.raw))
    change(raw)
    return Register(raw, REGISTER.digest)


def problems(change) -> str:
    return "\n".join(catalogue.problems(changed(change)))


def test_the_catalogue_is_in_order():
    assert list(catalogue.problems()) == []


@pytest.mark.parametrize("group", NAMED)
def test_every_field_the_source_names_is_an_item_of_its_kind(group):
    named = set(NAMED[group].split())
    assert named <= {it.id for it in KNOWN.values() if it.group == group}
    assert all(KNOWN[name].source for name in named)


def test_the_stricter_class_is_carried_out_or_the_reason_is_told():
    for it in KNOWN.values():
        if it.source in ("sensitive", "both") and not it.sensitive:
            assert it.differs is not None, it.id
        if it.source == "ordinary" and it.sensitive:
            assert it.differs is not None, it.id


def test_what_is_sensitive_and_held_is_sealed_hashed_or_says_why():
    for it in KNOWN.values():
        if it.sensitive and it.collected:
            careful = [c for _, c in it.held if c.sensitive or c.index_of]
            assert all(c.sealed or c.index_of or c.mask == "secret" or c.clear for c in careful), it.id


@pytest.mark.parametrize("it", [it for it in KNOWN.values() if not it.collected], ids=lambda it: it.id)
def test_what_is_not_collected_has_no_place_and_a_reason(it):
    assert it.held == ()
    assert catalogue.facts(it).purposes == ()
    reason = it.reason
    assert reason.zh
    assert reason.en


@pytest.mark.parametrize("it", [it for it in KNOWN.values() if it.collected], ids=lambda it: it.id)
def test_what_is_held_has_purpose_basis_and_end(it):
    known = catalogue.facts(it)
    assert known.purposes
    assert set(known.bases) <= set(catalogue.ARTICLES)
    assert known.retention
    assert set(known.recipients) <= set(REGISTER.recipients)


def test_facts_follow_the_columns():
    mobile = catalogue.facts(KNOWN["mobile"])
    assert mobile.required
    assert mobile.keys == ("account", "order")
    assert mobile.masks == ("phone",)
    assert mobile.recipients == ("sms_gateway", "topup_supplier")
    assert not catalogue.facts(KNOWN["email"]).required
    assert not catalogue.facts(KNOWN["consignee_landline"]).required


def put(value, *path):
    def change(raw):
        at = raw
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


def drop(*path):
    def change(raw):
        at = raw
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]

    return change


LABEL = {"zh": "某", "en": "it"}
COLUMN = {"label": LABEL, "category": "F1", "clauses": ["1.1.1a"]}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (drop("items", "gender"), "accounts_profile.gender belongs to no item"),
        (put(COLUMN, "tables", "accounts_profile", "columns", "shoe_size"), "shoe_size belongs to no item"),
        (put("F1", "recipients", "sf", "fields", "gift_note"), "field gift_note carries no item"),
        (drop("items", "mobile", "sent"), "field PhoneNumbers carries no item"),
        (put([], "items", "gender", "columns"), "gender is neither held anywhere"),
        (put(["accounts_profile.sex"], "items", "gender", "columns"), "names accounts_profile.sex"),
        (
            put(["accounts_profile.gender"], "items", "passport", "columns"),
            "passport is said not to be collected",
        ),
        (drop("items", "mobile", "sensitive"), "mobile is ordinary and holds a sensitive column"),
        (put(True, "items", "gender", "sensitive"), "gender is ordinary to the source and sensitive to us"),
        (drop("items", "mobile", "differs"), "nothing says why"),
        (put("secret", "items", "gender", "source"), "has no class"),
        (put("F13", "items", "gender", "group"), "no known category"),
        (put("ordering", "items", "voice", "purpose"), "voice comes later and no purpose waits"),
        (put(LABEL, "items", "voice", "refused"), "cannot both"),
        (put(LABEL, "items", "statistics", "refused"), "be made all the same"),
        (put({"moon": ["x"]}, "items", "gender", "sent"), "moon, which is no recipient"),
        (put({"sf": ["x"]}, "items", "gender", "sent"), "receives no field x"),
        (put({"sf": ["orderId"]}, "items", "gender", "sent"), "for a purpose that cannot read it"),
        (drop("items", "address_book"), "category F6 has no item"),
    ],
    ids=range(19),
)
def test_what_is_left_out_is_named(change, word):
    assert word in problems(change)


def test_the_build_reads_it():
    found = list(check.register_findings(changed(drop("items", "gender"))))
    assert [it.kind for it in found] == ["item"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_statement_shows_every_item_in_the_readers_language(language):
    with speaking(language):
        groups = items.item_groups()
    shown = {it.id: it for group in groups for it in group.items}
    assert shown.keys() == KNOWN.keys()
    for it in shown.values():
        assert bool(it.reason) == (it.state != "held")
        assert it.label
    assert shown["email"].differs
    assert shown["id_card"].state == "refused"
    assert shown["statistics"].state == shown["deidentified"].state == "made"


def test_programs_get_every_item():
    there = {it["id"]: it for it in items.published_items()}
    assert there.keys() == KNOWN.keys()
    assert there["mobile"]["columns"][0] == "accounts_contact.phone"
    assert there["voice"]["waits_for"] == "voice"
    assert there["gender"]["bases"] == ["PIPL 13(1)(2)"]
