"""Drawing pictures that others send: refused by their size before anything is drawn, and without what they say besides."""

import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageCms, ImageOps

MAX_PIXELS: Final = 25_000_000  # some 100 MB when drawn; what a phone takes has fewer
READ: Final = ("JPEG", "PNG", "WEBP")  # Pillow's names of what is opened at all
# Pillow looks at the size before it draws anything: it warns from here on, and what it warns of is refused.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
# What Pillow raises for files that are broken, or made to break it.
BROKEN: Final = (
    OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError, IndexError, KeyError, TypeError,
    RuntimeError,  # the decoder of AVIF
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


def draw(content: bytes, width: int, formats: tuple[str, ...] = READ) -> Image.Image:
    """Return the first frame, upright, in sRGB, and nothing that was said beside it. width: the most needed.

    Raises what `BROKEN` names for a picture of another format, a broken one and one of more than `MAX_PIXELS`.
    """
    with Image.open(BytesIO(content), formats=formats) as it:
        if it.size[0] * it.size[1] > MAX_PIXELS:
            raise Image.DecompressionBombError
        it.draft(None, (width * 2, width * 2))  # a JPEG is drawn no larger than that
        it.load()
        upright = ImageOps.exif_transpose(it)
        picture = _in_srgb(upright, it.info.get("icc_profile"))
    picture.info = {}
    return picture


def _in_srgb(it: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture as RGB or RGBA, its colours as its profile means them."""
    if it.mode.startswith("I"):  # greys of 16 bits
        it = it.point(lambda value: value / 256).convert("L")
    mode = "RGBA" if it.has_transparency_data else "RGB"
    if profile and it.mode in {"RGB", "CMYK"}:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            meant = ImageCms.profileToProfile(it, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            meant = None  # a profile of another kind of picture, or a broken one
        it = meant or it
    return it.convert(mode)
