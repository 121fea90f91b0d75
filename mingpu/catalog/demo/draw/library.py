"""Every kind of goods we can draw, in one place: importing this module registers them all."""

from types import ModuleType

from mingpu.catalog.demo.draw import (
    apparel,
    appliance,
    baby,
    bags,
    beauty,
    cookware,
    digital,
    food,
    furniture,
    homeware,
    household,
    pet,
    sport,
    stationery,
    tableware,
    tools,
    value,
    wear,
)
from mingpu.catalog.demo.draw.registry import KINDS, Kind, picture

MODULES: tuple[ModuleType, ...] = (
    apparel,
    appliance,
    baby,
    bags,
    beauty,
    cookware,
    digital,
    food,
    furniture,
    homeware,
    household,
    pet,
    sport,
    stationery,
    tableware,
    tools,
    value,
    wear,
)

__all__ = ["KINDS", "MODULES", "Kind", "picture"]
