"""What a merchant is. Pure values, no database."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mingpu.adapters.courier import Contact
from mingpu.lib.clock import now
from mingpu.lib.text import Text

OWN_SHOP: Final = "mingpu"  # the mall's own shop is a merchant like any other
SELF, THIRD_PARTY = "self", "third_party"
KINDS: Final = {SELF: Text("自营", "Mall's own"), THIRD_PARTY: Text("第三方商家", "Third party")}
COURIERS: Final = {"sf": Text("顺丰速运", "SF Express"), "yto": Text("圆通速递", "YTO Express")}
WHOLE: Final = 10_000  # a commission is counted in parts of this
CODE: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantInfo:
    """A company that sells on the mall.

    commission: what the mall keeps of its sales, in 1/10000. sender: who the courier collects parcels from.
    couriers: of `COURIERS`, the first is used unless another is asked for. cod: whether it takes cash at the
    door. active: whether it sells; one that does not still finishes its orders.
    Raises ValueError for what cannot be a merchant.
    """

    code: str
    name: Text
    commission: int
    sender: Contact
    couriers: tuple[str, ...]
    kind: str = THIRD_PARTY
    cod: bool = False
    active: bool = True
    joined_at: datetime = field(default_factory=now)

    def __post_init__(self) -> None:
        fits = CODE.fullmatch(self.code) and self.name.zh and self.kind in KINDS
        served = self.couriers and set(self.couriers) <= set(COURIERS)
        if not (fits and served and 0 <= self.commission <= WHOLE):
            raise ValueError(self.code)

    @property
    def own(self) -> bool:
        """Whether it is the mall's own shop."""
        return self.kind == SELF


def commission_of(*, fen: int, commission: int) -> int:
    """Return the mall's share of `fen`, rounded down: the odd fen is the merchant's."""
    return fen * commission // WHOLE
