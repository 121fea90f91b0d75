"""How the tests of pages read a page, and count what it asks."""

import re
from html import unescape

from mingpu.merchants.queries import shops
from mingpu.promotions import queries as promotions
from tests.statements import counted


def words(answer):
    """The text of a page, as it is read."""
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(text))


def close(answer):
    """The text of a page without blanks, as sums are split over small marks."""
    return words(answer).replace(" ", "")


def field(answer, name):
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, name
    return unescape(found[1])


def to(answer, status=303):
    assert answer.status_code == status, words(answer)[:400]
    return answer["Location"]


def ask_anew():
    """Let what every process keeps for a second be asked for by the next page, so that it lasts for the one after."""
    promotions.forget()
    shops.forget()


def statements(browser, path):
    """How many statements a page takes, with what every process keeps for a second just asked for."""
    browser.get(path)
    ask_anew()
    browser.get(path)
    with counted() as asked:
        assert browser.get(path).status_code == 200
    return len(asked)
