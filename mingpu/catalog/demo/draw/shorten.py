"""Path data in as few bytes as it goes: relative steps, no needless digits, no needless separators."""

import re
from functools import cache

_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+")
_ARITY = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "S": 4, "T": 2, "A": 7, "Z": 0}
_SMALL = 90  # units; an outline no larger keeps one decimal
Step = tuple[str, list[float]]


def _steps(d: str) -> list[Step]:
    """Split path data into single steps of one command letter and its numbers."""
    steps: list[Step] = []
    tokens = _TOKEN.findall(d)
    i, letter = 0, "M"
    while i < len(tokens):
        if tokens[i].isalpha():
            letter = tokens[i]
            i += 1
        elif letter in "Mm":
            letter = "L" if letter == "M" else "l"
        size = _ARITY[letter.upper()]
        steps.append((letter, [float(token) for token in tokens[i : i + size]]))
        i += size
    return steps


def _absolute(letter: str, numbers: list[float], x: float, y: float) -> list[float]:
    """Return the numbers of a step as places; the radii and flags of an arc stay as they are."""
    if letter.isupper():
        return numbers
    if letter == "h":
        return [numbers[0] + x]
    if letter == "v":
        return [numbers[0] + y]
    head, pairs = (numbers[:5], numbers[5:]) if letter == "a" else ([], numbers)
    return head + [value + (y if i % 2 else x) for i, value in enumerate(pairs)]


def _places(d: str) -> list[Step]:
    """Return the steps of `d` with absolute numbers."""
    found: list[Step] = []
    x = y = start_x = start_y = 0.0
    for letter, numbers in _steps(d):
        upper, values = letter.upper(), _absolute(letter, numbers, x, y)
        found.append((upper, values))
        if upper == "Z":
            x, y = start_x, start_y
        elif upper == "H":
            x = values[0]
        elif upper == "V":
            y = values[0]
        else:
            x, y = values[-2:]
        if upper == "M":
            start_x, start_y = x, y
    return found


def _corners(places: list[Step]) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of all points, handles included."""
    xs, ys = [], []
    for letter, values in places:
        if letter == "H":
            xs.append(values[0])
        elif letter == "V":
            ys.append(values[0])
        else:
            pairs = values[5:] if letter == "A" else values
            xs += pairs[::2]
            ys += pairs[1::2]
            if letter == "A":
                ys += [pairs[1] - values[1], pairs[1] + values[1]]
    return min(xs), min(ys), max(xs), max(ys)


@cache
def bounds(d: str) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of an outline; no smaller than the outline, sometimes larger."""
    return _corners(_places(d))


def _join(numbers: list[int], scale: int) -> str:
    """Write numbers that were multiplied by `scale` with as few separators as possible."""
    out = ""
    for number in numbers:
        text = f"{number / scale:g}".replace("0.", ".", 1) if abs(number) < scale else f"{number / scale:g}"
        if text in {"", "-0", "-"}:
            text = "0"
        out += text if not out or text[0] == "-" else " " + text
    return out


@cache
def shorten(d: str) -> str:
    """Return the same outline, written shorter, to the nearest unit (small ones to a tenth)."""
    places = _places(d)
    left, top, right, bottom = _corners(places)
    scale = 10 if max(right - left, bottom - top) <= _SMALL else 1
    out, last = "", ""
    x = y = start_x = start_y = 0
    for letter, values in places:
        head = values[:5] if letter == "A" else []
        pairs = [round(value * scale) for value in values[len(head) :]]
        if letter == "Z":
            x, y, out, last = start_x, start_y, out + "z", "z"
            continue
        if letter in "HV":
            step = pairs[0] - (x if letter == "H" else y)
            x, y = (pairs[0], y) if letter == "H" else (x, pairs[0])
            relative = [step]
        else:
            relative = [value - (y if i % 2 else x) for i, value in enumerate(pairs)]
            x, y = pairs[-2:]
        if letter == "M":
            start_x, start_y = x, y
        numbers = (
            [round(value * scale) for value in head[:2]]
            + [round(value) * scale for value in head[2:]]
            + relative
        )
        text = _join(numbers, scale)
        small = letter.lower()
        joined = small != "m" and (small == last or (last == "m" and small == "l"))
        out += (text if text[0] == "-" else " " + text) if joined else small + text
        last = small
    return out
