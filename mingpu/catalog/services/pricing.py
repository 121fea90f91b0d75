"""Time passing over prices: what was the lowest of 30 days is not for ever."""

from django.db import transaction

from mingpu.catalog.models import Price
from mingpu.catalog.services.announcing import mark_changed


def move_prices_on() -> int:
    """Bring what SKUs say of their last 30 days up to now and tell readers; returns how many SKUs that changed.

    Runs in the worker's zone, every hour; twice is harmless.
    """
    with transaction.atomic():
        codes = Price.objects.move_on()
        if codes:
            mark_changed(skus=codes)
    return len(codes)
