"""Models, database and register have one shape: the same columns, sealed where the register seals, empty where it empties."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import models

from mingpu.privacy.fields import SealedText
from mingpu.privacy.register import REGISTER, Column, Register, Table


def problems(register: Register = REGISTER) -> Iterator[str]:
    """Yield where a model or a table's own rules differ from what the register says of its columns."""
    known = _models()
    for table in register.tables.values():
        fields = known.get(table.name)
        if fields is not None:
            yield from _fields(table, fields)
        if table.subject:
            yield from _leaving(table)


def _models() -> dict[str, dict[str, Any]]:
    """Return the fields of every table that has a model, by column; a Field is generic for the type checker only."""
    return {
        model._meta.db_table: {str(it.column): it for it in model._meta.concrete_fields}  # noqa: SLF001 -- Django's documented name
        for model in apps.get_models(include_auto_created=True)
    }


def _fields(table: Table, fields: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(fields.keys() - table.columns.keys()):
        yield f"the model of {table.name} has {name}, which is not in the register"
    for name in sorted(table.columns.keys() - fields.keys()):
        yield f"the register has {table.name}.{name}, its model does not"
    for name, column in table.columns.items():
        it = fields.get(name)
        if it is not None and bool(column.sealed) != isinstance(it, SealedText):
            how = (
                "sealed in the register and not by its model"
                if column.sealed
                else "sealed by its model alone"
            )
            yield f"{table.name}.{name} is {how}"
        if it is not None and column.index_of and not isinstance(it, models.BinaryField):
            yield f"{table.name}.{name} is a blind index and its model keeps something else"


def _leaving(table: Table) -> Iterator[str]:
    """Yield what everybody would see, what would stay readable, or be lost, when its person leaves."""
    if table.public:
        yield f"{table.name} holds persons' rows and is open to everybody"
    for column in table.columns.values():
        if table.erase == "detach" and (column.sensitive or column.sealed) and not column.blank:
            yield f"{table.name}.{column.name} would stay behind when the row loses its person"
        if table.erase == "freeze" and column.sealed not in ("", "order"):
            yield f"{table.name}.{column.name} is frozen under a key that goes with the account"
        if column.blank and table.erase != "detach":
            yield f"{table.name}.{column.name} would be emptied, but its row never loses its person"


def sealed_columns(register: Register = REGISTER) -> set[str]:
    """Return the columns that hold bytes and nothing else: sealed values and blind indexes, as table.column."""
    return {
        f"{table.name}.{column.name}"
        for table in register.tables.values()
        for column in table.columns.values()
        if _bytes(column)
    }


def _bytes(column: Column) -> bool:
    return bool(column.sealed or column.index_of)
