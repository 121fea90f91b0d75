"""What an avatar may be and what is kept of it: two small squares, drawn anew, so that nothing else of the file is left."""

from base64 import b64decode, b64encode
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from mingpu.accounts.errors import AvatarTooLarge, NoAvatar
from mingpu.lib.drawing import BROKEN, MAX_PIXELS, READ, draw

MB: Final = 1024 * 1024
LARGEST: Final = 5 * MB
SIDES: Final = {"small": 96, "large": 320}  # points
TAKEN: Final = (*READ, "AVIF")
TYPE: Final = "image/webp"
_DATA: Final = f"data:{TYPE};base64,"
_SHORTEST: Final = 16  # points: less shows nothing


def squares(content: bytes) -> dict[str, str]:
    """Return an avatar's sizes by name, as kept: WebP in a data address, which opens in any browser.

    Taken: JPEG, PNG, WebP and AVIF by what they hold, not by their name; the middle is cut out. Raises AvatarTooLarge
    for more than 5 MB or 25 million points, NoAvatar for anything else that cannot be drawn, drawings (SVG) too.
    """
    if len(content) > LARGEST:
        raise AvatarTooLarge(mb=LARGEST // MB, points=MAX_PIXELS // 1_000_000)
    try:
        picture = draw(content, SIDES["large"], TAKEN)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise AvatarTooLarge(mb=LARGEST // MB, points=MAX_PIXELS // 1_000_000) from None
    except BROKEN:
        raise NoAvatar from None
    if min(picture.size) < _SHORTEST:
        raise NoAvatar
    return {name: _data(picture, side) for name, side in SIDES.items()}


def picture_of(kept: str) -> bytes:
    """Return the bytes of a size as kept."""
    return b64decode(kept.removeprefix(_DATA))


def _data(picture: Image.Image, side: int) -> str:
    fitted = ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)
    out = BytesIO()
    fitted.save(out, format="WEBP", quality=80, method=4, exif=b"", icc_profile=None)
    return _DATA + b64encode(out.getvalue()).decode()
