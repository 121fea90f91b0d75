"""Texts as directions of meaning: the port to an embedding model on this machine, its values and its errors."""

from array import array
from collections.abc import Sequence
from typing import Protocol, TypeAlias

from mingpu.adapters.calls import CallFailed

Vector: TypeAlias = "array[float]"  # numbers of four bytes, as many as the model has dimensions


class EmbeddingFailed(CallFailed):
    """The model did not answer, or not with vectors of what was asked; see `CallFailed`."""


class Embedder(Protocol):
    """Turns texts into vectors that lie close to each other where the texts mean alike. Every call is safe to repeat."""

    @property
    def model(self) -> str:
        """Which model it is: vectors of two models cannot be compared."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """Return a vector for each text, in order; waits and tries again. Raises EmbeddingFailed."""
        ...

    def embed_within(self, text: str, *, seconds: float) -> Vector:
        """Return the vector of one text, tried once and given up after so long. Raises EmbeddingFailed."""
        ...
