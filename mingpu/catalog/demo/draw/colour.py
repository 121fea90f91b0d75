"""Colours of the pictures: names a shopper reads, and light and shade computed in OKLab."""

from functools import cache
from math import copysign, dist

NAMED = {
    "米白": "#efe7d8",
    "奶白": "#f4efe4",
    "纯白": "#f6f6f3",
    "云灰": "#c9ccce",
    "石灰": "#a9a9a4",
    "炭灰": "#4b4f55",
    "曜黑": "#2b2d31",
    "银色": "#cfd3d6",
    "香槟金": "#d9c39a",
    "黄铜": "#bf9550",
    "原木": "#cfa678",
    "胡桃": "#80573d",
    "竹色": "#d8bd84",
    "燕麦": "#d8c8ae",
    "驼色": "#bd9468",
    "焦糖": "#ad6c3c",
    "咖啡": "#6a4a3a",
    "陶土": "#c47b5a",
    "砖红": "#a94f3f",
    "朱红": "#cf4a33",
    "酒红": "#7a2f3c",
    "珊瑚": "#e58a73",
    "樱粉": "#ecc3c2",
    "豆沙": "#bd7b78",
    "藕粉": "#d8b2aa",
    "杏色": "#eac9a2",
    "奶黄": "#f0dda6",
    "柠黄": "#ecc957",
    "姜黄": "#d39b35",
    "橘色": "#e38a45",
    "抹茶": "#a4b27c",
    "鼠尾草": "#a3b09c",
    "薄荷": "#b4d4c3",
    "松绿": "#4d7561",
    "墨绿": "#2f4d43",
    "橄榄": "#7d7a4c",
    "湖蓝": "#6fa8b0",
    "青瓷": "#9cc0b6",
    "黛青": "#35606a",
    "雾蓝": "#8fa7ba",
    "天蓝": "#9cc3e0",
    "靛蓝": "#3f5c8e",
    "藏青": "#2b3a55",
    "雾紫": "#b2a5c6",
    "葡紫": "#6b5083",
    "透明": "#dfe9ea",
    "茶色": "#9a6a43",
}
INK = "#1b2233"  # the colour of every shadow: cool, never black
GLOW = "#fffaf1"  # the colour of every light: warm, never plain white


def hexed(name: str) -> str:
    """Return `#rrggbb` for a Chinese colour name of `NAMED`, or `name` itself when it is one already.

    Raises KeyError for any other word.
    """
    return name if name.startswith("#") else NAMED[name]


def _to_linear(value: float) -> float:
    knee = 0.04045
    return value / 12.92 if value <= knee else ((value + 0.055) / 1.055) ** 2.4


def _to_gamma(value: float) -> float:
    knee = 0.0031308
    value = min(1.0, max(0.0, value))
    return value * 12.92 if value <= knee else 1.055 * value ** (1 / 2.4) - 0.055


def _cube_root(value: float) -> float:
    return copysign(abs(value) ** (1 / 3), value)


@cache
def oklab(colour: str) -> tuple[float, float, float]:
    """Return lightness 0..1 and the two colour axes (about -0.4..0.4) of `#rrggbb`."""
    r, g, b = (_to_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = _cube_root(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = _cube_root(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = _cube_root(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _to_hex(lightness: float, a: float, b: float) -> str:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(_to_gamma(value) * 255):02x}" for value in channels)


@cache
def mix(first: str, second: str, share: float) -> str:
    """Return the colour `share` (0..1) of the way from `first` to `second`."""
    pairs = zip(oklab(first), oklab(second), strict=True)
    lightness, a, b = (x + (y - x) * share for x, y in pairs)
    return _to_hex(lightness, a, b)


@cache
def lit(colour: str, amount: float) -> str:
    """Return `colour` in more light (amount 0..1) or more shade (amount -1..0)."""
    lightness, a, b = oklab(colour)
    if amount >= 0:
        return _to_hex(
            lightness + (1 - lightness) * amount,
            a * (1 - 0.6 * amount),
            b * (1 - 0.6 * amount) + 0.006 * amount,
        )
    down = -amount
    return _to_hex(lightness * (1 - 0.62 * down), a * (1 - 0.2 * down), b * (1 - 0.25 * down) - 0.008 * down)


def distance(first: str, second: str) -> float:
    """Return how different two colours look; about 0.1 is clearly different."""
    return dist(oklab(first), oklab(second))


def is_dark(colour: str) -> bool:
    """Tell whether light marks read better on `colour` than dark ones."""
    middle = 0.62
    return oklab(colour)[0] < middle
