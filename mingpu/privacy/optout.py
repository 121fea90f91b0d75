"""The browser's own no: `Sec-GPC: 1`, for as long as it is sent and without changing what a person chose.

Purposes that the register marks with `gpc` are then refused for the request: by `standing.agrees`, and by the row
policies themselves, which are told which flags do not count (`app.refused`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from mingpu.privacy.register import REGISTER

SINCE: Final = "2026-11-30"  # when what the signal does last changed
_sent: ContextVar[bool] = ContextVar("opted_out", default=False)


@contextmanager
def opting_out(sent: bool) -> Iterator[None]:  # noqa: FBT001 -- a header that was sent or not
    """Serve the block with the signal sent, or not."""
    mark = _sent.set(sent)
    try:
        yield
    finally:
        _sent.reset(mark)


def refused_now(name: str) -> bool:
    """Whether the signal of the request that is served refuses a purpose; False for a permission."""
    return _sent.get() and name in REGISTER.purposes and REGISTER.purposes[name].gpc


def refused_flags() -> int:
    """Return the bits of the consents that do not count for the request that is served; 0 without the signal."""
    return _MASK if _sent.get() else 0


def support() -> dict[str, Any]:
    """Return what `/.well-known/gpc.json` says."""
    return {"gpc": True, "lastUpdate": SINCE}


_MASK: Final = sum(
    bit for name, bit in REGISTER.flags().items() if name in REGISTER.purposes and REGISTER.purposes[name].gpc
)
