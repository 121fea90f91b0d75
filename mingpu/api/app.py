"""The API as one: every room's calls, one shape for refusals, the published description."""

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from mingpu.api import (
    accounts,
    after_sales,
    alike,
    avatar,
    cart,
    catalog,
    device,
    devices,
    favourites,
    functions,
    guardians,
    invoices,
    linking,
    looks,
    notices,
    offers,
    orders,
    passkeys,
    phone,
    places,
    privacy,
    privacy_choices,
    privacy_receipts,
    proof,
    real_name,
    rights,
    rights_moving,
    searches,
    second_step,
    statistics,
    structure,
    wallet,
)
from mingpu.api.base import Bearer, Problem
from mingpu.lib.errors import MallError
from mingpu.lib.problems import MEDIA_TYPE, problem, refusal
from mingpu.lib.text import Text

CHECK = Text(zh="请检查：{names}", en="Please check: {names}")
UNREADABLE = Text(zh="请求内容无法读取。", en="The request could not be read.")
LONGEST_NAME = 40


class MallAPI(NinjaAPI):
    """The API; its description says that any call may be refused, and how."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """Return the OpenAPI 3.1 description, refusals included."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        parts = schema.setdefault("components", {}).setdefault("schemas", {})
        parts["Problem"] = Problem.json_schema()
        refused = {
            "description": "Refused",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for calls in schema["paths"].values():
            for call in calls.values():
                call["responses"].setdefault("default", refused)
        return schema


api = MallAPI(
    title="Mingpu",
    version="1",
    description="Money is integer fen, time RFC 3339 in UTC. Refusals are application/problem+json.",
    docs_url=None,
    urls_namespace="api",
    auth=Bearer(),
)


@api.exception_handler(MallError)
def refused(request: HttpRequest, error: MallError) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    """Answer what was understood and refused."""
    return refusal(error)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    """Answer a body or query of the wrong shape: 422, with the names of fields and never their values."""
    names = list(dict.fromkeys(_name(it.get("loc", ())) for it in error.errors))[:20]
    return problem(422, code="invalid", detail=str(CHECK).format(names=", ".join(names)), fields=names)


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    """Answer a call without a token that is good."""
    return problem(401)


@api.exception_handler(HttpError)
def failed(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    """Answer what ninja itself refuses, a body that is no JSON above all; its words may quote, so ours are used."""
    return problem(error.status_code, detail=UNREADABLE if error.status_code == 400 else "")  # noqa: PLR2004


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    """Answer what is not there."""
    return problem(404)


def _name(place: tuple[Any, ...]) -> str:
    """Return the field an error is about: the last name of its place, without model names and numbers."""
    names = [str(it) for it in place if isinstance(it, str) and it.isidentifier() and not it[0].isupper()]
    return (names[-1] if names else "body")[:LONGEST_NAME]


@cache
def _mount() -> None:
    api.add_router("", alike.router)  # before what takes any word behind /products/
    api.add_router("", catalog.router)  # asked most, so found first
    api.add_router("", searches.router)
    api.add_router("", structure.router)
    api.add_router("", statistics.router)
    api.add_router("", accounts.router)
    api.add_router("", places.router)
    api.add_router("", real_name.router)
    api.add_router("", privacy_choices.router)
    api.add_router("", privacy_receipts.router)
    api.add_router("", privacy.router)
    for room in (
        looks,
        notices,
        avatar,
        rights,
        rights_moving,
        guardians,
        devices,
        passkeys,
        phone,
        proof,
        second_step,
        linking,
        device,
    ):
        api.add_router("", room.router)
    api.add_router("", cart.router)
    for room in (orders, after_sales, invoices, offers, wallet, favourites, functions):
        api.add_router("", room.router)


_mount()
