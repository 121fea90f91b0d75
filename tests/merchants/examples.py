"""Merchants for tests."""

import secrets

from mingpu.adapters.courier import Contact
from mingpu.lib.text import Text
from mingpu.merchants.rules import MerchantInfo
from mingpu.merchants.services import open_merchant
from mingpu.merchants.shipping import PIECE, Free, Rate, Template
from tests.support import zone

SENDER = Contact(
    name="木森仓库", phone="+8651200000000", province="江苏省", city="苏州市", district="吴中区", street="木森路 0 号"
)  # fmt: skip
FLAT = Template(name="标准", basis=PIECE, default=Rate((), 1, 800, 1, 0), free=Free(from_fen=9900))


def some_merchant(**facts):
    """Return a merchant nobody has opened."""
    usual = {"code": f"t{secrets.token_hex(5)}", "name": Text("木森", "Musen"), "commission": 500}
    return MerchantInfo(**{**usual, "sender": SENDER, "couriers": ("sf", "yto"), **facts})


def make_merchant(*, template=FLAT, **facts):
    """Open a merchant and return its code."""
    it = some_merchant(**facts)
    with zone("worker"):
        open_merchant(merchant=it, templates=[template])
    return it.code
