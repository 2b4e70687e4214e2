"""The page for people who write programs: every operation, and examples that answer."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from fumikura.protocols.api.door import api


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    needs_token: bool


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    search = reverse("api:search_catalogue") + "?" + urlencode({"q": "夏目漱石 こころ", "rows": "3"})
    context = {"operations": operations(), "example": search, "document": reverse("api:openapi-json")}
    return render(request, "api/developers.html", context)


def operations() -> list[Operation]:
    schema: dict[str, Any] = api.get_openapi_schema()
    return [
        Operation(method.upper(), path, told.get("summary", ""), bool(told.get("security")))
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]
