"""Telling recipients to delete: the wire between `privacy.notices`, which knows what is due, and who got the data."""
