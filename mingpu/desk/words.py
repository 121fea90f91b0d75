"""What the operator teaches search: words that mean the same, stop words, offensive words; and what rises now."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from mingpu.desk.guards import mall_staff
from mingpu.desk.pages import back, page_number, show
from mingpu.desk.queries import OnDuty
from mingpu.lib.errors import Invalid, MallError
from mingpu.lib.text import Text
from mingpu.search.queries import barred_words, synonym_groups, trending
from mingpu.search.services import bar_word, drop_synonyms, free_word, put_synonyms
from mingpu.search.words import KINDS, LONGEST

_BETWEEN = re.compile(r"[,，、;；\n\r]+")
LONGEST_GROUP = 1000  # characters of a group as it is typed


@require_GET
@mall_staff
def words(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the words, groups by part of one of theirs."""
    return _page(request, staff)


@require_POST
@mall_staff
def group_put(request: HttpRequest, staff: OnDuty, group_id: UUID | None = None) -> HttpResponse:
    """POST words, with commas or lines between -> 303 to the words; the page again with what is wrong with them.

    Without words a group is taken back.
    """
    typed = request.POST.get("words", "")[:LONGEST_GROUP]
    said = [it.strip() for it in _BETWEEN.split(typed) if it.strip()]
    try:
        if group_id and not said:
            drop_synonyms(group_id=group_id)
        else:
            put_synonyms(words=said, group_id=group_id)
    except MallError as refused:
        return _page(request, staff, trouble=refused, typed="" if group_id else typed)
    return _back(request)


@require_POST
@mall_staff
def word_bar(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """POST word and kind (stop | offensive) -> 303 to the words; the page again with what is wrong with it."""
    word, kind = request.POST.get("word", ""), request.POST.get("kind", "")
    try:
        if kind not in KINDS:
            raise Invalid(field=Text("类型", "kind"), problem=Text("停用或屏蔽", "stop or offensive"))
        bar_word(word=word, kind=kind)
    except MallError as refused:
        return _page(request, staff, trouble=refused)
    return _back(request)


@require_POST
@mall_staff
def word_free(request: HttpRequest, staff: OnDuty) -> HttpResponse:  # noqa: ARG001 -- the guard's
    """POST word -> 303 to the words; 404 for one that is not barred."""
    free_word(word=request.POST.get("word", ""))
    return _back(request)


def _page(
    request: HttpRequest, staff: OnDuty, *, trouble: MallError | None = None, typed: str = ""
) -> HttpResponse:
    asked = (request.GET.get("q") or request.POST.get("q") or "")[:LONGEST]
    found = synonym_groups(words=asked, page=page_number(request))
    groups: list[dict[str, Any]] = [{"id": key, "words": "、".join(said)} for key, said in found.items]
    facts = {
        "listing": {"items": groups, "total": found.total, "page": found.page, "page_size": found.page_size},
        "q": asked, "typed": typed, "trouble": trouble.message if trouble else "",
        "barred": [{"kind": kind, "label": label, "words": barred_words(kind)} for kind, label in KINDS.items()],
        "trending": trending(),
    }  # fmt: skip
    return show(request, staff, "desk/words.html", facts, status=trouble.status if trouble else 200)


def _back(request: HttpRequest) -> HttpResponse:
    return back("desk_words", done="words", q=request.POST.get("q", "")[:LONGEST])
