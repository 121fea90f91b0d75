"""What happened to the catalogue since somebody looked: its number, and the watch that readers share."""

from mingpu.catalog.cache import News, Watch
from mingpu.catalog.models import CatalogVersion, Product

FEW_CHANGES = 1000  # up to so many changed products are told one by one


def number() -> int:
    """Return the catalogue's number now; 0 for an empty catalogue."""
    return CatalogVersion.objects.values_list("number", flat=True).first() or 0


def news(since: int | None) -> News:
    """Return the catalogue's number and which products changed after `since`; one query when none did.

    When categories, brands or attributes changed, it may be any of them.
    """
    last, structure = CatalogVersion.objects.values_list("number", "structure").first() or (0, 0)
    if since is None or last == since:
        return News(last, None if since is None else frozenset())
    if structure > since or last < since:
        return News(last, None)
    changed = Product.objects.filter(changed__gt=since).values_list("id", flat=True)[: FEW_CHANGES + 1]
    ids = frozenset(changed)
    return News(last, None if len(ids) > FEW_CHANGES else ids)


watch = Watch(news)
