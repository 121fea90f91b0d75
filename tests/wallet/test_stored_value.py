"""Balance and cards: never below zero, never more than there was, whoever asks at the same time."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction

from mingpu.lib.ids import ALPHABET
from mingpu.ops.commands import cards as cards_command
from mingpu.ops.commands import ledger as ledger_command
from mingpu.privacy import cancellation, erasure, export
from mingpu.privacy.purposes import Purpose, processing
from mingpu.wallet import books
from mingpu.wallet.errors import TooManyCodes, WrongCardCode
from mingpu.wallet.models import Balance, Card, Transfer, Voucher
from mingpu.wallet.queries import verify, wallet_of
from mingpu.wallet.services import bind, issue_cards
from tests.factories import make_person
from tests.people import from_owner
from tests.support import zone
from tests.wallet.conftest import new_card, new_codes, number, spend, top_up


def all_at_once(count, verb):
    """Run `verb(place)` on so many connections, started together; return the answers in order."""
    start = Barrier(count)

    def run(place):
        try:
            start.wait(60)
            return verb(place)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def agree():
    with zone("worker"):
        return verify() == []


def test_takes_at_the_same_time_never_take_more_than_there_is():
    it = make_person().id
    top_up(it, 1_000)
    new_card(it, 700)
    new_card(it, 300)
    done = all_at_once(8, lambda _: [spend(it, 170) for _ in range(3)])
    assert sum(map(sum, done)) == 2_000 // 170
    wallet = wallet_of(person_id=it)
    assert wallet.balance_fen + wallet.cards_fen == 2_000 - 170 * (2_000 // 170)
    assert wallet.cards_fen == 0 or wallet.balance_fen == 1_000
    assert agree()


def test_the_same_payment_said_at_the_same_time_is_taken_once():
    it, order_no = make_person().id, number()
    top_up(it, 1_000)

    def pay(_):
        with processing(Purpose.SETTLEMENT, subject=it):
            new = Transfer.objects.post(
                person_id=it, order_no=order_no, moves=books.charged("balance", 400), kind="charged",
                reference=order_no,
            )  # fmt: skip
            if new:
                assert Balance.objects.take(it, 400)
            return new

    assert sorted(all_at_once(6, pay)) == [False] * 5 + [True]
    assert wallet_of(person_id=it).balance_fen == 600
    assert agree()


def test_a_code_is_bound_once_whoever_is_first():
    people = [make_person().id for _ in range(6)]
    (code,) = new_codes(5_000)

    def race(place):
        try:
            return bind(person_id=people[place], code=code)
        except WrongCardCode:
            return None

    bound = [card for card in all_at_once(6, race) if card]
    assert len(bound) == 1
    assert sum(wallet_of(person_id=it).cards_fen for it in people) == 5_000
    assert agree()


def test_cards_are_used_oldest_first_or_as_chosen_and_take_back_what_came_off_them():
    it = make_person().id
    first, second, third = (new_card(it, 300) for _ in range(3))
    with processing(Purpose.SETTLEMENT, subject=it):
        assert Card.objects.take(it, 350) == [(first, 300), (second, 50)]
        assert Card.objects.take(it, 400, only=[third]) == [(third, 300)]
        assert Card.objects.take(it, 999) == [(second, 250)]
        assert Card.objects.take(it, 1) == []
        assert Card.objects.give(second, 250)
        with pytest.raises(IntegrityError), transaction.atomic():
            Card.objects.give(second, 51)
        assert not Card.objects.give(uuid4(), 1)
        Card.objects.give(first, 300)
        Card.objects.give(second, 50)
        Card.objects.give(third, 300)
    assert wallet_of(person_id=it).cards_fen == 900
    assert agree()


def test_nobody_takes_from_another_person():
    it, thief = make_person().id, make_person().id
    top_up(it, 500)
    card = new_card(it, 500)
    with processing(Purpose.SETTLEMENT, subject=thief):
        assert not Balance.objects.take(it, 1)
        assert Card.objects.take(it, 1) == []
        assert not Card.objects.give(card, 1)
    with pytest.raises(ProgrammingError), processing(Purpose.SETTLEMENT, subject=thief):
        Balance.objects.give(it, 1)
    with pytest.raises(ProgrammingError), processing(Purpose.WALLET, subject=it):
        Balance.objects.give(it, 1)  # looking is not paying


@pytest.mark.parametrize("fen", [0, -1])
def test_an_amount_is_more_than_nothing(fen):
    it = make_person().id
    with processing(Purpose.SETTLEMENT, subject=it):
        for verb in (Balance.objects.take, Balance.objects.give, Card.objects.take):
            with pytest.raises(ValueError, match=r"."):
                verb(it, fen)
        with pytest.raises(ValueError, match=r"."):
            Card.objects.give(uuid4(), fen)


def test_a_code_is_read_however_it_is_typed_and_kept_nowhere():
    it = make_person().id
    (code,) = new_codes(8_800)
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", code)
    bind(person_id=it, code=f"  {code.replace('-', ' ').lower()} ")
    (card,) = wallet_of(person_id=it).cards
    assert (card.tail, card.face_fen, card.balance_fen) == (code[-4:], 8_800, 8_800)
    (stored,) = from_owner("SELECT string_agg(v::text, ' ') FROM wallet_voucher v", [])[0]
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_wrong_and_used_codes_are_refused_alike_and_five_of_them_make_one_wait():
    it, other = make_person().id, make_person().id
    used, good = new_codes(100, 2)
    bind(person_id=other, code=used)
    seen = set()
    for code in (used, "AAAA-BBBB-CCCC-DDDD", "", "x" * 500, used):
        with pytest.raises(WrongCardCode) as refused:
            bind(person_id=it, code=code)
        seen.add((refused.value.code, refused.value.message, refused.value.status))
    assert len(seen) == 1
    with pytest.raises(TooManyCodes) as wait:
        bind(person_id=it, code=good)
    assert 890 <= wait.value.facts["retry_after"] <= 900
    from_owner("UPDATE wallet_try SET at = at - interval '15 minutes' WHERE person_id = %s", [it])
    bind(person_id=it, code=good)
    assert wallet_of(person_id=it).cards_fen == 100


def test_many_wrong_codes_at_once_are_still_counted():
    it = make_person().id

    def guess(_):
        try:
            bind(person_id=it, code="AAAA-BBBB-CCCC-DDDD")
        except (WrongCardCode, TooManyCodes) as refused:
            return refused.code

    answers = all_at_once(8, guess)
    assert answers.count("wrong_card_code") == 5
    assert answers.count("too_many_codes") == 3


def test_who_sells_cards_can_make_codes_and_read_none():
    it = make_person().id
    with zone("worker"):
        with processing(Purpose.VIRTUAL_GOODS, subject=it):
            code = Voucher.objects.issue(2_000, "sold")
        with pytest.raises(ProgrammingError), processing(Purpose.VIRTUAL_GOODS, subject=it):
            Voucher.objects.count()
        for face in (0, 100_001):
            with pytest.raises(ValueError, match=r"."), processing(Purpose.VIRTUAL_GOODS, subject=it):
                Voucher.objects.issue(face, "sold")
    bind(person_id=it, code=code)
    assert wallet_of(person_id=it).cards_fen == 2_000


def test_a_wallet_shows_what_came_and_went():
    it = make_person().id
    first = top_up(it, 5_000)
    card = new_card(it, 1_000)
    order_no = number()
    spend(it, 1_700, order_no)
    with processing(Purpose.SETTLEMENT, subject=it):
        Card.objects.give(card, 600)
        Transfer.objects.post(
            person_id=it, order_no=order_no, moves=books.refunded("ecard", 600, card_id=card), kind="refunded",
            reference=number("R"),
        )  # fmt: skip
    wallet = wallet_of(person_id=it, page_size=3)
    assert (wallet.balance_fen, wallet.cards_fen, wallet.total) == (4_300, 600, 4)
    tail = wallet.cards[0].tail
    assert [(m.amount_fen, m.order_no, m.card, m.text.en) for m in wallet.movements[:1]] == [
        (600, order_no, tail, "Refund")
    ]
    assert {(m.amount_fen, m.order_no, m.card, m.text.en) for m in wallet.movements[1:]} == {
        (-1_000, order_no, tail, "Paid for an order"), (-700, order_no, "", "Paid for an order"),
    }  # fmt: skip
    (last,) = wallet_of(person_id=it, page=2, page_size=3).movements
    assert (last.amount_fen, last.order_no, last.text.en) == (5_000, first, "Topped up")
    assert agree()
    nobody = wallet_of(person_id=make_person().id)
    assert (nobody.balance_fen, nobody.cards, nobody.movements) == (0, (), ())


def test_an_account_with_money_in_it_cannot_be_cancelled():
    it = make_person().id
    top_up(it, 1_205)
    new_card(it, 300)
    known = cancellation.request(it)
    assert known.state == "active"
    labels = {blocker.label for blocker in known.blockers}
    assert any("12.05" in label for label in labels)
    assert {blocker.kind for blocker in known.blockers} == {"wallet_balance", "wallet_card"}
    assert spend(it, 1_505)
    assert cancellation.request(it).state == "cooling_off"


def test_a_person_gets_a_copy_and_leaves_books_that_still_agree(monkeypatch):
    """After erasure the movements lie under the vault's name, balance and cards are gone, and nothing differs."""
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 0)
    it = make_person().id
    top_up(it, 400)
    new_card(it, 300)
    assert spend(it, 700)
    with processing(Purpose.RIGHTS, subject=it):
        found = export.gather(it)
    assert sorted(row["amount_fen"] for row in found["wallet_transfer"]) == [300, 400, 400]
    assert found["wallet_balance"][0]["balance_fen"] == 0
    assert found["wallet_card"][0]["face_fen"] == 300
    cancellation.request(it)
    with zone("worker"):
        assert erasure.erase(it)
        assert verify() == []
    for table in ("wallet_transfer", "wallet_balance", "wallet_card"):
        assert from_owner(f"SELECT count(*) FROM {table} WHERE person_id = %s", [it]) == [(0,)]


def test_the_commands_issue_and_hold_against_the_books(capsys):
    def run(command, *words):
        parser = cards_command.argparse.ArgumentParser()
        command.arguments(parser)
        with zone("worker"):
            return command.run(parser.parse_args(words)), capsys.readouterr().out

    status, out = run(cards_command, "issue", "--face", "100.00", "--count", "3")
    assert status == 0
    codes = out.split()
    assert len(set(codes)) == 3
    it = make_person().id
    for code in codes:
        bind(person_id=it, code=code)
    assert wallet_of(person_id=it).cards_fen == 30_000
    status, out = run(ledger_command, "trial")
    assert status == 0
    assert re.search(r"^ecard\s", out, re.MULTILINE)
    assert re.search(r"^sum .* 0\.00$", out, re.MULTILINE)
    assert run(ledger_command, "verify") == (0, "the books agree\n")
    from_owner("UPDATE wallet_card SET balance_fen = 9999 WHERE person_id = %s", [it])
    status, out = run(ledger_command, "verify")
    assert status == 1
    assert out.count("99.99 stored, 100.00 by the books") == 3
    from_owner("UPDATE wallet_card SET balance_fen = 10000 WHERE person_id = %s", [it])
    for face in ("0", "1000.01", "1.001", "ten"):
        with pytest.raises(SystemExit):
            run(cards_command, "issue", "--face", face)
    with zone("worker"), pytest.raises(ValueError, match=r"."):
        issue_cards(face_fen=100, count=0, batch="x")


def test_tries_are_forgotten_within_a_day():
    it = make_person().id
    with pytest.raises(WrongCardCode):
        bind(person_id=it, code="wrong")
    from_owner("UPDATE wallet_try SET at = at - %s WHERE person_id = %s", [timedelta(days=1), it])
    with zone("worker"), processing(Purpose.RETENTION, subject=None), connection.cursor() as cursor:
        cursor.execute("DELETE FROM wallet_try")
    assert from_owner("SELECT count(*) FROM wallet_try WHERE person_id = %s", [it]) == [(0,)]
