"""Photos and videos without what they tell besides the picture: where, when and with what they were taken.

Pure, bytes to bytes, nothing is decoded: every format is a row of blocks, and only the blocks that are needed to show
the picture are kept, so what we do not know goes too. Of a photo's camera data which way up it is held stays; without
it the photo would lie on its side.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PHOTO, VIDEO = "photo", "video"
JPEG, PNG, WEBP, MP4 = "image/jpeg", "image/png", "image/webp", "video/mp4"

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
        b"acTL", b"fcTL", b"fdAT",
    ]
)  # fmt: skip
_WEBP_KEPT: Final = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"])
_WEBP_SAYS_MORE: Final = 0x08 | 0x04  # flags of VP8X: camera data, XMP
_BRANDS: Final = (
    b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  ", b"MSNV", b"3gp4", b"3gp5",
)  # fmt: skip
_BOXES_WITHIN: Final = frozenset([b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf"])
_BOXES_THAT_TELL: Final = frozenset([b"udta", b"meta", b"uuid", b"free", b"skip", b"wide"])
_TOP_BOXES: Final = frozenset([b"ftyp", b"moov", b"mdat", b"moof", b"sidx", b"mfra", b"styp", b"pdin"])
_UPRIGHT: Final = 1
_ORIENTATION: Final = 0x0112
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _APP15, _COM = (
    0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE,
)  # fmt: skip
_ALONE: Final = frozenset([0x01, *range(0xD0, 0xD8)])  # markers without a length
_MARKER: Final = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")  # a marker that is no part of a scan's data
# A camera writes some thousands at most, and a handful within one another; a file of more is made to keep us busy.
_MOST_BLOCKS: Final = 20_000
_DEEPEST: Final = 8


class Unreadable(ValueError):
    """The bytes are not what they should be."""


@dataclass(frozen=True, slots=True)
class Stripped:
    """A photo or video as it is kept. kind: photo | video."""

    kind: str
    media_type: str
    content: bytes


def strip(content: bytes) -> Stripped:
    """Return a photo (JPEG, PNG, WebP) or video (MP4) without what it tells besides the picture.

    What it is is told by its first bytes, never by a name. Raises Unreadable for anything else, or cut short.
    """
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return Stripped(PHOTO, JPEG, _jpeg(content))
        if content.startswith(_PNG):
            return Stripped(PHOTO, PNG, _png(content))
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return Stripped(PHOTO, WEBP, _webp(content))
        if content[4:8] == b"ftyp" and content[8:12] in _BRANDS:
            return Stripped(VIDEO, MP4, _mp4(content))
    except (struct.error, IndexError):
        raise Unreadable from None
    raise Unreadable


# ---- JPEG ----


def _jpeg(content: bytes) -> bytes:
    """Keep what draws the picture, the colour profile, and one tag of the camera's: which way up."""
    out, turned, drawn = [b"\xff\xd8"], _UPRIGHT, False
    for marker, block in _segments(content):
        if marker == _EOI:
            break
        if marker == _APP1 and block[4:10] == b"Exif\0\0":
            turned = _orientation(block[10:])
        if marker == _COM or (_APP0 <= marker <= _APP15 and not _draws(marker, block)):
            continue
        drawn = drawn or marker == _SOS
        out.append(block)
    else:
        raise Unreadable
    if not drawn:
        raise Unreadable
    if turned != _UPRIGHT:
        out.insert(1, _tag(turned))
    return b"".join([*out, b"\xff\xd9"])  # whatever came after the end is gone with it


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and bytes of each segment, a scan with its data; ends with the end of the picture."""
    at, left = 2, _blocks()
    while at < len(content):
        next(left)
        if content[at] != 0xFF:  # noqa: PLR2004 -- every segment begins so
            raise Unreadable
        while content[at + 1] == 0xFF:  # noqa: PLR2004 -- filling
            at += 1
        marker = content[at + 1]
        if marker == _EOI or marker in _ALONE:
            yield marker, content[at : at + 2]
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):  # noqa: PLR2004 -- the length counts itself
            raise Unreadable
        if marker == _SOS:
            end = _end_of_scan(content, end)
        yield marker, content[at:end]
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next marker begins that is no part of the scan's data."""
    found = _MARKER.search(content, at)
    if found is None:
        raise Unreadable
    return found.start()


def _blocks() -> Iterator[None]:
    """Yield once for each block that a file may have; raises Unreadable at the next."""
    yield from (None for _ in range(_MOST_BLOCKS))
    raise Unreadable


def _draws(marker: int, block: bytes) -> bool:
    """Tell whether an application's segment is needed to show the picture."""
    if marker == _APP0:
        return block[4:9] == b"JFIF\0"
    if marker == _APP2:
        return block[4:16] == b"ICC_PROFILE\0"
    return marker == _APP14 and block[4:9] == b"Adobe"


def _orientation(tiff: bytes) -> int:
    """Return which way up a photo is held, 1–8; 1 where it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return _UPRIGHT
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * entry)
            if tag == _ORIENTATION:
                return value if value in range(1, 9) else _UPRIGHT
    except struct.error:
        return _UPRIGHT
    return _UPRIGHT


def _tag(turned: int) -> bytes:
    """Return a segment that says which way up the photo is, and nothing else."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# ---- PNG and WebP ----


def _png(content: bytes) -> bytes:
    """Keep the chunks that draw the picture."""
    out, at, kind, left = [_PNG], len(_PNG), b"", _blocks()
    while kind != b"IEND":
        next(left)
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise Unreadable
        if kind in _PNG_KEPT:
            out.append(content[at:end])
        at = end
    return b"".join(out)


def _webp(content: bytes) -> bytes:
    """Keep the chunks that draw the picture, and let the first say that there are no others."""
    (size,) = struct.unpack_from("<I", content, 4)
    if size + 8 > len(content):
        raise Unreadable
    out, at, left = [], 12, _blocks()
    while at + 8 <= size + 8:
        next(left)
        kind, (length,) = content[at : at + 4], struct.unpack_from("<I", content, at + 4)
        end = at + 8 + length + length % 2
        if at + 8 + length > len(content):
            raise Unreadable
        chunk = bytearray(content[at:end])
        if kind == b"VP8X":
            chunk[8] &= ~_WEBP_SAYS_MORE
        if kind in _WEBP_KEPT:
            out.append(bytes(chunk))
        at = end
    if not out:
        raise Unreadable
    body = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# ---- MP4 ----


def _mp4(content: bytes) -> bytes:
    """Empty the boxes that tell more than the film; they keep their place, so that nothing else has to move."""
    out = bytearray(content)
    left = _blocks()
    kinds = [kind for kind, _, _ in _boxes(content, 0, len(content), left)]
    if b"moov" not in kinds:
        raise Unreadable
    _empty(out, 0, len(out), left)
    return bytes(out)


def _boxes(
    content: bytes | bytearray, start: int, end: int, left: Iterator[None]
) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, begin of the content and end of each box. left: how many there may still be."""
    at = start
    while at < end:
        next(left)
        size, kind = struct.unpack_from(">I4s", content, at)
        inner = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, at + 8)
            inner = at + 16
        size = size or end - at
        if at + size > end or at + size < inner:
            raise Unreadable
        yield kind, inner, at + size
        at += size


def _empty(out: bytearray, start: int, end: int, left: Iterator[None], *, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise Unreadable
    for kind, inner, stop in _boxes(out, start, end, left):
        tells = kind in _BOXES_THAT_TELL or (depth == 0 and kind not in _TOP_BOXES)
        if tells or _of_places(out, kind, inner, stop, left):
            name = inner - 4 if out[inner - 4 : inner] == kind else inner - 12
            out[name : name + 4] = b"free"
            out[inner:stop] = bytes(stop - inner)
        elif kind in _BOXES_WITHIN:
            _empty(out, inner, stop, left, depth=depth + 1)
        elif kind in {b"mvhd", b"tkhd", b"mdhd"}:  # when it was made
            width = 16 if out[inner] else 8
            out[inner + 4 : inner + 4 + width] = bytes(width)


def _of_places(content: bytearray, kind: bytes, start: int, end: int, left: Iterator[None]) -> bool:
    """Tell whether a track is one of remarks, which phones fill with places, and not of picture or sound."""
    if kind != b"trak":
        return False
    for inner_kind, inner, stop in _boxes(content, start, end, left):
        if inner_kind == b"mdia":
            handlers = [
                content[at + 8 : at + 12] for it, at, _ in _boxes(content, inner, stop, left) if it == b"hdlr"
            ]
            return handlers not in ([b"vide"], [b"soun"])
    return True
