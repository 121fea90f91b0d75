"""Every address of a process, from its own resolver: what is added is asked for the day it is added."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One pattern: `path` with its parameters in angle brackets, as Django writes it."""

    path: str
    name: str
    view: Callable[..., object]

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(_PARAMETER.findall(self.path))

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")

    def filled(self, values: Mapping[str, str]) -> str:
        """The address with these values. A route's own come first: `route:parameter`, then `parameter`."""
        return _PARAMETER.sub(lambda it: self.value(it[1], values), self.path)

    def value(self, parameter: str, values: Mapping[str, str]) -> str:
        return values.get(f"{self.name}:{parameter}") or values[parameter]

    def unknown(self, values: Mapping[str, str]) -> list[str]:
        return [it for it in self.parameters if f"{self.name}:{it}" not in values and it not in values]


def routes(urlconf: str) -> list[Route]:
    """Every pattern once: several calls of the API share one, by method."""
    found: dict[str, Route] = {}
    for it in _walk(get_resolver(urlconf).url_patterns, "/"):
        found.setdefault(it.path, it)
    return list(found.values())


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for it in patterns:
        if isinstance(it, URLResolver):
            yield from _walk(it.url_patterns, prefix + str(it.pattern))
        else:
            yield Route(prefix + str(it.pattern), it.name or str(it.pattern), it.callback)
