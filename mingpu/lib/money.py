"""Money is integer fen; a yuan is 100 fen."""

from decimal import Decimal


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


def plain_yuan(fen: int) -> str:
    """Write fen as yuan the way files and spreadsheets take it, without thousands: 129900 -> `1299.00`."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
