"""Arranging the shop by what a person chose to say about themselves; off unless they agree."""
