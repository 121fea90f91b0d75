"""What a person sees of the use of their data."""

from uuid import uuid4

import pytest

from mingpu.lib.errors import NotFound
from mingpu.lib.text import speaking
from mingpu.privacy import keys, uses
from mingpu.privacy.grants import readable
from mingpu.privacy.purposes import Purpose, acting, processing
from mingpu.privacy.register import REGISTER
from tests.privacy.canaries import live
from tests.support import zone


def test_every_use_is_seen_with_who_why_and_on_what_ground():
    it = uuid4()
    with acting("person"), processing(Purpose.SHOPPING, subject=it, reading=True):
        pass
    with (
        zone("desk"),
        acting("staff", "li"),
        processing(Purpose.SERVICE, subject=it, reference="C1", reading=True),
    ):
        pass
    with speaking("en"):
        listing = uses.uses_of(it)
    assert [(row.purpose, row.actor_kind, row.actor, row.reference) for row in listing.items] == [
        ("rights", "system", "", ""), ("service", "staff", "li", "C1"), ("shopping", "person", "", ""),
    ]  # fmt: skip
    service = listing.items[1]
    assert service.purpose_label == REGISTER.purposes["service"].title.en
    assert service.basis == "contract"
    assert service.basis_label == "Needed for what you asked of us"
    assert "Mobile number" in service.items
    assert "Order and delivery details" in service.items_label


def test_a_failed_use_is_not_a_use():
    it = uuid4()
    with pytest.raises(RuntimeError), processing(Purpose.SHOPPING, subject=it):
        raise RuntimeError
    assert [row.purpose for row in uses.uses_of(it).items] == ["rights"]


def test_pages_and_the_filter():
    it = uuid4()
    for _ in range(5):
        with processing(Purpose.SHOPPING, subject=it, reading=True):
            pass
    page = uses.uses_of(it, purpose="shopping", page=2, page_size=2)
    assert (page.total, len(page.items), page.page, page.page_size) == (5, 2, 2, 2)
    assert uses.uses_of(it, page=10_000).items == []
    assert uses.uses_of(it, page=-3, page_size=5_000).page_size == uses.LARGEST_PAGE
    assert uses.uses_of(it, purpose="' OR true").total == 0


def test_others_uses_are_not_seen():
    it = uuid4()
    with processing(Purpose.SHOPPING, subject=it, reading=True):
        pass
    assert all(row.purpose == "rights" for row in uses.uses_of(uuid4()).items)


def test_what_a_purpose_touches_is_what_it_may_read_or_write():
    for purpose in REGISTER.purposes.values():
        named = {label for labels in uses.touched(purpose.id).values() for label in labels}
        for table in REGISTER.tables.values():
            for name in readable(table, purpose):
                column = table.columns[name]
                if column.personal and not column.index_of:
                    assert any(label.zh == column.label.zh for label in named), (purpose.id, table.name, name)
    assert uses.touched("no such purpose") == {}
    assert uses.purpose_label("no such purpose") == "no such purpose"


def test_shares_show_exactly_what_was_sent():
    it = live()
    (sent,) = uses.shares_of(it.id).items
    assert sent.payload == {"orderId": f"canary-{it.tag}-privacy_share-payload"}
    assert (sent.recipient, sent.items) == ("sf", ["orderId"])
    with speaking("en"):
        (sent,) = uses.shares_of(it.id).items
    assert sent.recipient_label == "SF Express"
    assert sent.items_label == ["Order and delivery details"]
    assert uses.shares_of(uuid4()).total == 0


def test_a_share_whose_key_is_gone_is_still_listed():
    it = live()
    keys.erase(it.id, ("share",))
    (sent,) = uses.shares_of(it.id).items
    assert sent.payload is None
    assert sent.recipient == "sf"


def test_the_summary():
    it = live(privacy_standing__consents=0b101)
    summary = uses.summary_of(it.id)
    names = list(REGISTER.consents())
    assert summary.allowed == (names[0], names[2])
    assert (summary.shares_total, summary.state, summary.cancellation_until) == (1, "active", None)
    assert summary.last_export_at is not None
    with pytest.raises(NotFound):
        uses.summary_of(uuid4())
