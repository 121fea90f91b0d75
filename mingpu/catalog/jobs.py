"""What the catalogue does in the background."""

from collections.abc import Sequence

from mingpu.catalog import services
from mingpu.catalog.services import make_renditions, move_prices_on, tend_renditions
from mingpu.catalog.services.imports import run_imports, sweep_imports
from mingpu.lib.jobs import every, job


@job("catalog.renditions")
def renditions() -> None:
    """Make the renditions of pictures that came in."""
    make_renditions()


@every("41 4 * * *", "catalog.tend_renditions")
def tend() -> None:
    """Clear and mend the renditions of pictures, every night."""
    tend_renditions()


@every("7 * * * *", "catalog.prices")
def prices() -> None:
    """Let time pass over what is said of prices, every hour."""
    move_prices_on()


@job("catalog.follow")
def follow() -> None:
    """Have products follow what the operator did to categories and brands."""
    services.follow()


@job("catalog.remeasure")
def remeasure(*, names: Sequence[str]) -> None:
    """Read the values of attributes anew after the operator said what they mean."""
    services.remeasure(names)


@job("catalog.imports")
def imports() -> None:
    """Check and take in the files that staff sent."""
    run_imports()


@every("23 * * * *", "catalog.sweep_imports")
def sweep() -> None:
    """Call off imports nobody went on with, and forget old ones."""
    sweep_imports()
