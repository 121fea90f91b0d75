"""Arranging the shop by what a person chose to say about themselves or have kept; off unless they agree."""
