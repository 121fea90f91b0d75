"""Pictures of products. A name is made of the content, so what is once there never changes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mingpu.catalog.pictures import NAME, TYPES, folder
from mingpu.catalog.renditions import picture_of

FOR_GOOD = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=60"  # the picture itself, where a rendition is to be made yet


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """GET /media/catalog/<name> -> a picture or a rendition of it, to be kept for good; 304 for who has it.

    A rendition that is not made yet is answered with the picture it is of, to be kept for a minute. 404 for any
    other name.
    """
    whole = name if NAME.fullmatch(name) else picture_of(name)
    if not whole:  # nothing but our own names ever reaches the disk
        raise Http404
    if whole != name and not (folder() / name).is_file():
        return _answer(request, whole, FOR_NOW)
    return _answer(request, name, FOR_GOOD)


def _answer(request: HttpRequest, name: str, kept: str) -> HttpResponse:
    tag = f'"{name}"'
    try:
        content = (
            b"" if _has(request, tag) and (folder() / name).is_file() else (folder() / name).read_bytes()
        )
    except OSError:
        raise Http404 from None
    response = HttpResponse(content, status=200 if content else 304)
    response.headers["Content-Type"] = TYPES[name[name.rindex(".") :]]
    response.headers["Cache-Control"] = kept
    response.headers["ETag"] = tag
    return response


def _has(request: HttpRequest, tag: str) -> bool:
    """Say whether the asker's copy is the one there is."""
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    return known.strip() == "*" or tag in (it.strip().removeprefix("W/") for it in known.split(","))
