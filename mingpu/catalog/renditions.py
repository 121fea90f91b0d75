"""The same picture in a few sizes and in the formats that are small to send.

Which ones there are follows from a picture's name alone, so a page need not ask; whoever asks for one that is not
made yet gets the picture itself (`web.pages.media`). A name also holds the number of the recipe: what is once
under a name never changes. Drawings (SVG) have none: they are sharp at any size.
"""

import os
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import islice
from typing import Any, Final

from PIL import Image

from mingpu.catalog.pictures import TYPES, WAITING, folder, write
from mingpu.lib.drawing import BROKEN, draw

WIDTHS: Final = (160, 320, 640, 1280)
RECIPE: Final = 1  # to be raised with any change of how they are made
AT_A_TIME: Final = 200  # looked up in one go among those that wait
DAY: Final = 86_400
_SAVED: Final[dict[str, dict[str, Any]]] = {
    ".avif": {"format": "AVIF", "quality": 55, "speed": 7, "max_threads": 1},
    ".webp": {"format": "WEBP", "quality": 76, "method": 4},
    ".jpg": {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
    ".png": {"format": "PNG", "optimize": True},
}
_ORIGINAL: Final = re.compile(r"([0-9a-f]{32}-([1-9][0-9]{0,4})x([1-9][0-9]{0,4}))\.(jpg|png|webp)")
_RENDITION: Final = re.compile(
    rf"([0-9a-f]{{32}}-[0-9]{{1,5}}x[0-9]{{1,5}})-(jpg|png|webp){RECIPE}w([0-9]{{1,4}})(\.[a-z]{{3,4}})"
)
_ANY_RECIPE: Final = re.compile(r"([0-9a-f]{32}-[0-9]+x[0-9]+)-(jpg|png|webp)([0-9]+)w[0-9]+\.[a-z]{3,4}")
_WHITE: Final = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Rendition:
    """One of a picture's renditions. width, height in points; media_type as `image/avif`; name: of its file."""

    width: int
    height: int
    media_type: str
    name: str


@lru_cache(maxsize=8192)
def renditions(name: str) -> tuple[Rendition, ...]:
    """Return the renditions of a kept picture: AVIF, WebP, then what every browser shows, each narrowest first.

    None is wider than the picture. Empty for drawings and for pictures kept before there were any.
    """
    found = _ORIGINAL.fullmatch(name)
    if found is None:
        return ()
    stem, kind = found[1], found[4]
    width, height = int(found[2]), int(found[3])
    widths = [it for it in WIDTHS if it < width] + [min(width, WIDTHS[-1])]
    plain = ".png" if kind == "png" else ".jpg"
    return tuple(
        Rendition(
            it, max(1, round(height * it / width)), TYPES[ending], f"{stem}-{kind}{RECIPE}w{it}{ending}"
        )
        for ending in (".avif", ".webp", plain)
        for it in dict.fromkeys(widths)
    )


def picture_of(rendition: str) -> str:
    """Return the name of the picture that a rendition is of; "" for a name that none has."""
    found = _RENDITION.fullmatch(rendition)
    if found is None:
        return ""
    name = f"{found[1]}.{found[2]}"
    return name if any(it.name == rendition for it in renditions(name)) else ""


def make_due(seconds: float) -> bool:
    """Make the renditions that wait, for about so long; say whether some still wait.

    A picture that turns out to be broken is left without: it goes on being shown as it is.
    """
    until = time.monotonic() + seconds
    for name in _waiting(AT_A_TIME):
        make(name)
        (folder() / WAITING / name).unlink(missing_ok=True)
        if time.monotonic() >= until:
            break
    return waiting()


def waiting() -> bool:
    """Say whether renditions of some picture wait to be made."""
    return bool(_waiting(1))


def make(name: str) -> bool:
    """Make what is missing of a kept picture's renditions; False when it cannot be drawn. Safe to repeat."""
    missing = [it for it in renditions(name) if not (folder() / it.name).exists()]
    if not missing:
        return True
    try:
        picture = draw((folder() / name).read_bytes(), max(it.width for it in missing))
        for it in missing:
            write(folder() / it.name, _saved(picture, it))
    except BROKEN:
        return False
    return True


def want(names: Collection[str]) -> int:
    """Note of which of these pictures renditions are missing; return of how many."""
    lacking = [name for name in names if any(not (folder() / it.name).exists() for it in renditions(name))]
    for name in lacking:
        write(folder() / WAITING / name, b"")
    return len(lacking)


def sweep(used: Collection[str]) -> int:
    """Delete the renditions of pictures that are not among `used`, and of former recipes; return how many.

    The pictures themselves stay: orders show what was bought. What is younger than a day stays too, as its product
    may be about to be written.
    """
    stems = {name.rpartition(".")[0] for name in used}
    old, gone = time.time() - DAY, 0
    for it in folder().iterdir() if folder().is_dir() else ():
        found = _ANY_RECIPE.fullmatch(it.name)
        if found and not (found[1] in stems and found[3] == str(RECIPE)) and it.stat().st_mtime < old:
            it.unlink(missing_ok=True)
            gone += 1
    return gone


def _waiting(most: int) -> list[str]:
    """Return the names of some that wait, without listing all of what may be very many."""
    try:
        with os.scandir(folder() / WAITING) as found:
            return list(islice((it.name for it in found if _ORIGINAL.fullmatch(it.name)), most))
    except FileNotFoundError:  # nothing ever waited
        return []


def _saved(picture: Image.Image, it: Rendition) -> bytes:
    fitted = picture.resize((it.width, it.height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    ending = it.name[it.name.rindex(".") :]
    if ending == ".jpg" and fitted.mode == "RGBA":
        ground = Image.new("RGB", fitted.size, _WHITE)
        ground.paste(fitted, mask=fitted.getchannel("A"))
        fitted = ground
    out = BytesIO()
    fitted.save(out, exif=b"", icc_profile=None, **_SAVED[ending])
    return out.getvalue()
