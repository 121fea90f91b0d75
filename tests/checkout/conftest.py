"""The outside world, and what checking out keeps for a second."""

import pytest

from mingpu.merchants.queries import shops
from mingpu.promotions.queries import activities, special_skus
from tests.counterparts import _outside  # noqa: F401 -- a fixture


@pytest.fixture
def kept(monkeypatch):
    """Ask what is kept for a second, and let it stand for the test: the statements counted are those of the order."""
    asked = (shops, special_skus, activities)

    def ask():
        for it in asked:
            it.forget()
            monkeypatch.setattr(it, "_seconds", 3600.0)
        shops(), special_skus(), activities(("mingpu",))

    yield ask
    for it in asked:
        it.forget()
