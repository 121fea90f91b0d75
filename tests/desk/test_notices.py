"""Recipients that do not answer, at the desk: seen without a name, sent again, settled with a word."""

from uuid import uuid4

from mingpu.deletion import services
from mingpu.privacy import consent, sharing
from mingpu.privacy.purposes import Purpose, processing
from tests.desk.shops import at_desk
from tests.jobs import waiting
from tests.people import from_owner
from tests.privacy.canaries import live
from tests.support import zone


def refused(outside):
    """A notice that its recipient refused; return the person and the notice's number."""
    it = live()
    with zone("storefront"):
        consent.give(it.id, "invoicing", True, "en")
        with processing(Purpose.INVOICING, subject=it.id):
            sharing.record(
                recipient="fapiao", purpose=Purpose.INVOICING, person_id=it.id,
                payload={"fapiao_apply_id": "M-DESK"}, reference="M-DESK",
            )  # fmt: skip
        consent.give(it.id, "invoicing", False, "en")
    ((notice_id,),) = from_owner(
        "SELECT id FROM privacy_deletionnotice WHERE person_id = %s AND state = 'waiting'", [it.id]
    )
    outside.side.fault("deletion", "refuse")
    with zone("worker"):
        assert services.send(notice_id) == "refused"
    return it, notice_id


def test_a_refused_notice_is_seen_without_a_name_and_sent_again(outside, desk):
    it, notice_id = refused(outside)
    at_desk(desk)
    page = desk.get("/notices").content.decode()
    assert str(notice_id) in page
    assert str(it.id) not in page
    assert "M-DESK" not in page
    assert desk.post(f"/notices/{notice_id}/again")["Location"] == "/notices?done=asked"
    assert waiting("deletion.send", notice_id=str(notice_id)) >= 1
    assert str(notice_id) not in desk.get("/notices").content.decode()


def test_one_settled_in_writing_needs_a_word_and_is_settled_once(outside, desk):
    _, notice_id = refused(outside)
    name = at_desk(desk)
    assert desk.post(f"/notices/{notice_id}/close", {"note": " "}).status_code == 422
    assert desk.post(f"/notices/{notice_id}/close", {"note": "by letter of 3 May"}).status_code == 303
    assert str(notice_id) not in desk.get("/notices").content.decode()
    again = desk.post(f"/notices/{notice_id}/close", {"note": "by letter of 3 May"})
    assert again.status_code == 404
    rows = from_owner(
        "SELECT state, closed_by, body IS NULL FROM privacy_deletionnotice WHERE id = %s", [notice_id]
    )
    assert [(state, name in by, gone) for state, by, gone in rows] == [("closed", True, True)]
    assert desk.post(f"/notices/{uuid4()}/again").status_code == 404


def test_a_shop_sees_none_of_it(outside, desk):
    _, notice_id = refused(outside)
    at_desk(desk, "qinglan")
    assert desk.get("/notices").status_code == 404
    assert desk.post(f"/notices/{notice_id}/again").status_code == 404
