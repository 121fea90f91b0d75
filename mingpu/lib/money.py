"""Money is integer fen; a yuan is 100 fen."""

from decimal import Decimal

FREE_SHIPPING_FROM_FEN = 9_900
SHIPPING_FEN = 800


def yuan(fen: int) -> str:
    """Write fen as yuan: 129900 -> `1,299.00`; negative amounts keep their sign."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def to_fen(amount: Decimal) -> int:
    """Turn yuan into fen exactly; raises ValueError when there is less than a fen in it."""
    fen = amount * 100
    if fen != fen.to_integral_value():
        raise ValueError(amount)
    return int(fen)


def shipping(goods_fen: int) -> int:
    """Return the delivery fee in fen for goods worth `goods_fen`."""
    return 0 if goods_fen >= FREE_SHIPPING_FROM_FEN else SHIPPING_FEN
