"""Pictures of products: taken in by what they are, kept under a name made of their content."""

import re
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.conf import settings

MAX_BYTES = 2 * 1024 * 1024
FOLDER = "catalog"  # under MEDIA_ROOT
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".svg": "image/svg+xml"}
NAME = re.compile(r"[0-9a-f]{32}\.(?:jpg|png|webp|svg)")
_DEMO = Path(__file__).parent / "demo"
_WEBP_MARK = slice(8, 12)
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


def keep(path: Path) -> str | None:
    """Copy a picture among those of products; None when it is not one that can be shown.

    Taken: JPEG, PNG and WebP by their first bytes, not by their name, up to 2 MB; drawings (SVG) only from
    our own demo catalogue. Returns its name there; the same content always gets the same name.
    """
    try:
        if not 0 < path.stat().st_size <= MAX_BYTES:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    ending = kind_of(content)
    if ending is None or (ending == ".svg" and not _is_own_drawing(path, content)):
        return None
    name = sha256(content).hexdigest()[:32] + ending
    place = folder() / name
    if not place.exists():
        _write(place, content)
    return name


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


def _is_own_drawing(path: Path, content: bytes) -> bool:
    return path.resolve().is_relative_to(_DEMO) and not _ACTIVE.search(content)


def _write(place: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{uuid4().hex}.part")
    try:
        part.write_bytes(content)
        part.chmod(0o644)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
