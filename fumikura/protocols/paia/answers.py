"""Answers of PAIA and DAIA, and the addresses by which both name titles and copies."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language

from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused

VERSION = "1.3.0"
SCOPES = ("read_patron", "read_fees", "read_items", "write_items")
_EDITION = re.compile(r"(?:.*/titles/|ppn:)?([0-9]{1,18})(?:#.*)?")
_HOLD = re.compile(r".*#hold-([0-9]{1,18})")
_ITEM = re.compile(r"(?:.*#item-)?([^#/\s]{1,40})")


def said(body: Mapping[str, Any], *, status: int = 200, scope: str = "") -> JsonResponse:
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["X-PAIA-Version"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    if scope:
        response.headers["X-Accepted-OAuth-Scopes"] = scope
        response.headers["X-OAuth-Scopes"] = " ".join(SCOPES)
    return response


def failed(error: str, status: int, description: str = "") -> JsonResponse:
    """Error codes of PAIA: access_denied, invalid_request, invalid_grant, not_found, insufficient_scope …"""
    body = {"error": error, "code": status, "error_description": description}
    response = said({name: value for name, value in body.items() if value}, status=status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def sentence(reasons: Sequence[Reason]) -> str:
    """Everything that speaks against it, in the language asked for."""
    return " ".join(words(reason, get_language() or "ja")[0] for reason in reasons)


def sentence_of(refused: Refused) -> str:
    return sentence(refused.reasons)


def edition(request: HttpRequest, record: int) -> str:
    return request.build_absolute_uri(reverse("opac:title", args=[record]))


def copy(request: HttpRequest, record: int, barcode: str) -> str:
    return f"{edition(request, record)}#item-{barcode}"


def promise(request: HttpRequest, record: int, hold: int) -> str:
    """What stands for the copy of a hold on a title: clients renew and cancel by `item` only."""
    return f"{edition(request, record)}#hold-{hold}"


def hold_of(name: str) -> int:
    """The hold that the address names; 0 when it names none."""
    found = _HOLD.fullmatch(name)
    return int(found[1]) if found else 0


def record_of(name: str) -> int:
    """The record that an edition's address names; 0 when it names none."""
    found = _EDITION.fullmatch(name)
    return int(found[1]) if found else 0


def is_edition(name: str) -> bool:
    """Whether it is the address of a title, and not of a copy or a hold."""
    return "/titles/" in name and "#" not in name


def barcode_of(name: str) -> str:
    found = _ITEM.fullmatch(name)
    return found[1] if found else ""
