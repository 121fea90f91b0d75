"""What a page of ours may load and where its forms may go."""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

HEADER: Final = "Content-Security-Policy"
DEVICES: Final = "Permissions-Policy"
# Files opened by themselves may not do anything but be seen.
FILE_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; sandbox"
)
SENT_POLICY: Final = f"{FILE_POLICY}; img-src 'self'; media-src 'self'"  # photos and videos people sent
_SWITCHED: Final = {
    "camera": "camera",
    "microphone": "microphone",
    "geolocation": "location",
}  # by our permission
_NEVER: Final = ("payment", "usb", "display-capture", "browsing-topics")


def content_policy(form_to: str = "") -> str:
    """Return the policy of a page: everything from here alone.

    form_to: an address elsewhere that a form of this page is posted to; its origin is allowed for forms and for
    nothing else. Raises ValueError for what is no address of the web.
    """
    also = ""
    if form_to:
        parts = urlsplit(form_to)
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host or not set(host) <= _HOST:
            raise ValueError(form_to)
        port = f":{parts.port}" if parts.port else ""
        also = f" {parts.scheme}://{host}{port}"
    return (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self'{also}"
    )


def device_policy(permissions: Collection[str] = ()) -> str:
    """Return what a page may ask the browser for: what the person's `permissions` allow, and nothing by default.

    Album and contacts have no place in this header; the browser's own pickers ask for them.
    """
    allowed = [f"{name}={'(self)' if ours in permissions else '()'}" for name, ours in _SWITCHED.items()]
    return ", ".join([*allowed, *(f"{name}=()" for name in _NEVER)])


_HOST: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")
