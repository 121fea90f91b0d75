"""Pictures of products: taken in by what they are, kept under a name made of their content and their size."""

import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.conf import settings
from PIL import Image

from mingpu.lib.drawing import BROKEN, MAX_PIXELS, READ
from mingpu.lib.stripping import Unreadable, strip

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_SIDE: Final = 16_383  # the longest that WebP can hold
FOLDER = "catalog"  # under MEDIA_ROOT
WAITING = ".waiting"  # below it: an empty file for each picture whose renditions are still to be made
TYPES = {
    ".avif": "image/avif", ".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".svg": "image/svg+xml",
}  # fmt: skip
NAME = re.compile(r"[0-9a-f]{32}(?:-[0-9]{1,5}x[0-9]{1,5}(?=\.[jpw]))?\.(?:jpg|png|webp|svg)")
_DEMO = Path(__file__).parent / "demo"
_WEBP_MARK = slice(8, 12)
_TURNED: Final = 5  # from this orientation on a photo lies on its side
_ORIENTATION: Final = 0x0112
# A drawing that does more than draw: scripts, handlers, foreign content, references out of the file.
_ACTIVE = re.compile(
    rb"<\s*(?:script|foreignobject|iframe|!entity|!doctype)|javascript:|\son[a-z]+\s*=|href\s*=\s*[\"'](?!#)|url\((?!#)",
    re.IGNORECASE,
)


def folder() -> Path:
    """Return where pictures of products are kept."""
    return Path(settings.MEDIA_ROOT) / FOLDER


def address(name: str) -> str:
    """Return the address of a kept picture, to show it by."""
    return f"{settings.MEDIA_URL}{FOLDER}/{name}"


def name_at(shown: str) -> str:
    """Return the name of the kept picture that an address shows; "" for any other address."""
    name = shown.rpartition("/")[2]
    return name if shown == address(name) and NAME.fullmatch(name) else ""


def kept(name: str) -> Path | None:
    """Return where a picture of products lies that is kept already; None for any other name."""
    place = folder() / name
    return place if NAME.fullmatch(name) and place.is_file() else None


def keep(path: Path, *, dry: bool = False) -> str | None:
    """Copy a picture among those of products; None when it is not one that can be shown.

    Taken: JPEG, PNG and WebP by their first bytes, not by their name, up to 2 MB and 25 million points, without what
    they tell besides the picture; drawings (SVG) only from our own demo catalogue. Returns its name there; the same
    content always gets the same name, and what is kept already keeps its own. Renditions of it are noted as due;
    they are the worker's (`renditions`). dry: copy nothing, only return the name.
    """
    if path.parent == folder() and NAME.fullmatch(path.name):
        return path.name
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    except OSError:
        return None
    ending = kind_of(content)
    if ending == ".svg":
        return _kept(content, ending, dry=dry) if _is_own_drawing(path, content) else None
    return _keep_photo(content, ending, dry=dry) if ending else None


def kind_of(content: bytes) -> str | None:
    """Return the ending that fits what a file holds; None for what is no picture we show."""
    if content.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if content.startswith(b"RIFF") and content[_WEBP_MARK] == b"WEBP":
        return ".webp"
    head = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"<svg", b"<?xml")) and b"<svg" in head:
        return ".svg"
    return None


def size_of(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a picture as it is shown, upright; None when it is broken or far too large.

    Only its head is read: nothing is drawn.
    """
    try:
        with Image.open(BytesIO(content), formats=READ) as it:
            width, height = it.size
            # Of what is left of a photo's camera data; for other kinds Pillow would draw the picture to find any.
            turned = it.format == "JPEG" and int(it.getexif().get(_ORIENTATION, 1)) >= _TURNED
    except BROKEN:
        return None
    if width * height > MAX_PIXELS or not 0 < min(width, height) <= max(width, height) <= MAX_SIDE:
        return None
    return (height, width) if turned else (width, height)


def write(place: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{uuid4().hex}.part")
    try:
        part.write_bytes(content)
        part.chmod(0o644)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _keep_photo(content: bytes, ending: str, *, dry: bool) -> str | None:
    try:
        content = strip(content).content
    except Unreadable:
        return None
    size = size_of(content)
    return _kept(content, f"-{size[0]}x{size[1]}{ending}", dry=dry) if size else None


def _kept(content: bytes, ending: str, *, dry: bool) -> str:
    name = sha256(content).hexdigest()[:32] + ending
    place = folder() / name
    if not dry and not place.exists():
        if ending != ".svg":
            write(folder() / WAITING / name, b"")  # first: a picture that is there is never forgotten
        write(place, content)
    return name


def _is_own_drawing(path: Path, content: bytes) -> bool:
    return path.resolve().is_relative_to(_DEMO) and not _ACTIVE.search(content)
