"""The choices of a product: each axis with its values, and where there are two of them all combinations at a glance."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from mingpu.catalog.labels import name_label, value_label
from mingpu.catalog.options import OptionAxis
from mingpu.catalog.queries import ProductPage, SkuView

TWO = 2  # axes that make a table


def option_groups(it: ProductPage, chosen: SkuView | None) -> list[dict[str, Any]]:
    """Return each axis with its values.

    checked: the value is the chosen SKU's. available: some SKU with it can be had. fits: the one can that has it and
    is otherwise as chosen.
    """
    return [_group(axis, it.skus, chosen.options if chosen else {}) for axis in it.options]


def matrix(it: ProductPage, chosen: SkuView | None, prices: Mapping[str, int]) -> dict[str, Any] | None:
    """Return every combination of two axes as rows of cells; None for fewer axes or more.

    down, across: labels of the axes, the shorter one across. A cell has a label, and where there is such a SKU its
    price in fen, its address, and whether it can be had and is the one chosen. prices: what each SKU costs the reader.
    """
    if len(it.options) != TWO:
        return None
    down, across = sorted(it.options, key=lambda axis: -len(axis.values))
    cells = {(sku.options.get(down.name), sku.options.get(across.name)): sku for sku in it.skus}
    return {
        "down": name_label(down.name), "across": name_label(across.name),
        "columns": [value_label(value) for value in across.values],
        "rows": [
            {"label": value_label(row), "cells": [
                _cell(cells.get((row, column)), value_label(column), chosen, prices) for column in across.values
            ]}
            for row in down.values
        ],
    }  # fmt: skip


def sku_url(code: str) -> str:
    """Return the address of a product's own page with one of its SKUs picked, as seen from that page."""
    return f"?{urlencode({'sku': code})}"


def _group(axis: OptionAxis, skus: Sequence[SkuView], chosen: Mapping[str, str]) -> dict[str, Any]:
    had = [sku.options for sku in skus if sku.in_stock]
    rows = []
    for value in axis.values:
        wanted = {**chosen, axis.name: value}
        rows.append({
            "value": value, "label": value_label(value), "checked": chosen.get(axis.name) == value,
            "available": any(options.get(axis.name) == value for options in had), "fits": wanted in had,
        })  # fmt: skip
    return {"name": axis.name, "label": name_label(axis.name), "values": rows}


def _cell(
    sku: SkuView | None, label: str, chosen: SkuView | None, prices: Mapping[str, int]
) -> dict[str, Any]:
    if sku is None:
        return {"label": label, "price_fen": None}
    return {
        "label": label, "price_fen": prices[sku.sku], "url": sku_url(sku.sku), "in_stock": sku.in_stock,
        "chosen": chosen is not None and chosen.sku == sku.sku,
    }  # fmt: skip
