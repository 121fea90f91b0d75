"""What no two tests of a run may share: counted on from a chance beginning, so that nothing is drawn twice.

Numbers drawn at random meet sooner than one thinks: of 5000 telephone numbers two are the same once in 80 runs.
"""

import secrets
from itertools import count

# Without a common divisor: every number comes once before one comes again.
_PHONES, _STEP = 9 * 10**8, 618_033_989
_NETWORKS, _STRIDE = 2**24, 0x9E3779
_LETTERS = str.maketrans("0123456789abcdef", "ghjkmnpqrstuvwxy")
_turn = count(secrets.randbelow(_PHONES))


def phone() -> str:
    """A mobile number nobody had before. None begins with 138, as the fixed numbers of tests do."""
    rest = 0
    while rest % 10_000 == 0:  # the supplier of top-ups knows no number that ends in four noughts
        first, rest = divmod(next(_turn) * _STEP % _PHONES, 10**8)
    return f"13{'012345679'[first]}{rest:08d}"


def network() -> str:
    """A network address nobody counted before."""
    it = next(_turn) * _STRIDE % _NETWORKS
    return f"10.{it >> 16}.{it >> 8 & 255}.{it & 255}"


def tag() -> str:
    """Eight letters nobody used before, none of them a digit of a hash."""
    return f"{next(_turn) * _STEP % 16**8:08x}".translate(_LETTERS)
