"""Where the provinces lie, as far as choosing the nearer of two warehouses needs it: their seats, in degrees."""

from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType
from typing import Final

from mingpu.merchants.shipping import region_name

# Latitude and longitude of the seat of each province, rounded to a tenth of a degree.
SEATS: Final = MappingProxyType(
    {
        "北京": (39.9, 116.4), "天津": (39.1, 117.2), "河北": (38.0, 114.5), "山西": (37.9, 112.6), "内蒙古": (40.8, 111.7),
        "辽宁": (41.8, 123.4), "吉林": (43.9, 125.3), "黑龙江": (45.8, 126.5), "上海": (31.2, 121.5), "江苏": (32.1, 118.8),
        "浙江": (30.3, 120.2), "安徽": (31.8, 117.2), "福建": (26.1, 119.3), "江西": (28.7, 115.9), "山东": (36.7, 117.0),
        "河南": (34.8, 113.7), "湖北": (30.6, 114.3), "湖南": (28.2, 113.0), "广东": (23.1, 113.3), "广西": (22.8, 108.3),
        "海南": (20.0, 110.3), "重庆": (29.6, 106.6), "四川": (30.7, 104.1), "贵州": (26.6, 106.7), "云南": (25.0, 102.7),
        "西藏": (29.7, 91.1), "陕西": (34.3, 108.9), "甘肃": (36.1, 103.8), "青海": (36.6, 101.8), "宁夏": (38.5, 106.3),
        "新疆": (43.8, 87.6), "香港": (22.3, 114.2), "澳门": (22.2, 113.5), "台湾": (25.0, 121.5),
    }
)  # fmt: skip
FAR: Final = 20_037  # km, half way around; what is not known lies nowhere near
_RADIUS: Final = 6_371  # km


def known_province(name: str) -> bool:
    """Say whether a province is one, however it is spelt (`浙江`, `浙江省`)."""
    return region_name(name) in SEATS


def kilometres(one: str, other: str) -> float:
    """Return how far the seats of two provinces are from each other as the crow flies; FAR for what is none."""
    here, there = SEATS.get(region_name(one)), SEATS.get(region_name(other))
    if here is None or there is None:
        return FAR
    (lat, lon), (to_lat, to_lon) = (map(radians, place) for place in (here, there))
    bow = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 2 * _RADIUS * asin(sqrt(bow))
