"""What the desk reads: who sits there, and what a merchant's staff see of their own shop."""

from mingpu.desk.queries.staff import OnDuty, staff_of, token_hash

__all__ = ["OnDuty", "staff_of", "token_hash"]
