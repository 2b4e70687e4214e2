"""The page for people who write programs: every operation, and examples that answer."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from fumikura.catalogue.queries import a_number
from fumikura.organisation.queries import facilities
from fumikura.patrons.services.permits import SCOPES
from fumikura.protocols.api.door import api


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    needs_token: bool


@dataclass(frozen=True)
class Example:
    words: Promise
    address: str


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    context = {
        "operations": operations(),
        "examples": examples(),
        "scopes": SCOPES,
        "here": settings.PUBLIC_ADDRESS or f"{request.scheme}://{request.get_host()}",
        "machines": settings.LIMIT_MACHINES,
    }
    return render(request, "api/developers.html", context)


def examples() -> list[Example]:
    """What anybody may ask, each with an answer of this library: its own sites and one of its own titles."""

    def asked(path: str, **arguments: str) -> str:
        return f"{path}?{urlencode(arguments)}" if arguments else path

    found = [Example(_("蔵書をさがす"), asked(reverse("api:search_catalogue"), q="夏目漱石 こころ", rows="3"))]
    if (isbn := a_number("isbn")) is not None:
        value, record = isbn
        found += [
            Example(_("1つの書誌と、その本のあるところ"), reverse("api:read_title", args=[record])),
            Example(_("ISBN で、いまどこにあるか（1度に200まで）"), asked(reverse("api:availability"), isbn=value)),
            Example(_("所蔵と利用のようす（DAIA）"), asked(reverse("paia:daia"), id=f"isbn:{value}", format="json")),
        ]
    found.append(Example(_("すべての館と、きょう開いているか"), reverse("api:sites")))
    for place in facilities()[:1]:
        found.append(Example(_("館の開館日"), reverse("api:days", args=[place.code])))
    return [
        *found,
        Example(_("変わったことを追う、いまの位置"), asked(reverse("api:changes"), after="now")),
        Example(_("書誌をまとめて集める（OAI-PMH）"), asked(reverse("oai:oai"), verb="Identify")),
        Example(_("検索式でさがす（SRU）"), asked(reverse("sru:sru"), version="1.2", operation="searchRetrieve", query="dc.title=こころ", maximumRecords="3")),
        Example(_("すべての操作の説明（OpenAPI 3.1）"), reverse("api:openapi-json")),
    ]  # fmt: skip


def operations() -> list[Operation]:
    schema: dict[str, Any] = api.get_openapi_schema()
    return [
        Operation(method.upper(), path, told.get("summary", ""), bool(told.get("security")))
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]
