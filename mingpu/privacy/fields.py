"""Model fields for what the register seals."""

from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from mingpu.privacy.purposes import seal_value, unseal_value

if TYPE_CHECKING:  # Field is generic for the type checker only
    _Text = models.Field[str | None, str | None]
else:
    _Text = models.Field


class SealedText(_Text):
    """Text that lies sealed in the database; written and read only inside `processing` of its owner.

    Its class of key is the register's. None stays NULL: a field left blank stores nothing.
    """

    @property
    def _table(self) -> str:
        return self.model._meta.db_table  # noqa: SLF001 -- Django's own name for public metadata

    def get_internal_type(self) -> str:
        """Return the kind of column: bytes."""
        return "BinaryField"

    def get_db_prep_value(self, value: str | None, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002, ARG002 -- Django's signature
        """Seal on the way in; an already sealed value passes."""
        if value is None or isinstance(value, bytes | memoryview):
            return value
        return seal_value(self._table, str(self.column), value.encode())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:  # noqa: ARG002 -- Django's signature
        """Open on the way out."""
        if value is None:
            return None
        return unseal_value(self._table, str(self.column), bytes(value)).decode()


def blind_index(place: str, value: str) -> bytes:
    """Return 16 bytes by which `value` can be found in `place` (table.column) without being readable.

    The key stays outside the database, so its holder alone can try guesses.
    """
    key = digest(bytes.fromhex(settings.BLIND_INDEX_KEY), place.encode(), sha256)
    return digest(key, value.encode(), sha256)[:16]
