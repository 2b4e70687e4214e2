"""The services, what each must and may be told, and the arguments of one request."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from django.http import HttpRequest

from fumikura.catalogue.crosswalks.xmlwriting import clean
from fumikura.protocols.ilsdi.answers import Told

SERVICES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    # name: (required, optional)
    "Describe": ((), ("verb",)),
    "GetAvailability": (("id", "id_type"), ("return_type", "return_fmt")),
    "GetRecords": (("id",), ("schema",)),
    "LookupPatron": (("id",), ("id_type",)),
    "AuthenticatePatron": (("username", "password"), ()),
    "GetPatronInfo": (
        ("patron_id",),
        ("show_contact", "show_fines", "show_holds", "show_loans", "show_attributes"),
    ),
    "GetPatronStatus": (("patron_id",), ()),
    "GetServices": (("patron_id", "item_id"), ()),
    "RenewLoan": (("patron_id", "item_id"), ("desired_due_date",)),
    "HoldTitle": (
        ("patron_id", "bib_id"),
        ("request_location", "pickup_location", "needed_before_date", "pickup_expiry_date", "expiry_date"),
    ),
    "HoldItem": (
        ("patron_id", "bib_id", "item_id"),
        ("pickup_location", "needed_before_date", "pickup_expiry_date", "expiry_date"),
    ),
    "CancelHold": (("patron_id", "item_id"), ()),
}
MOST: Final = 100
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
Arguments = Mapping[str, str]


def arguments_of(request: HttpRequest, service: str) -> Arguments:
    """What was said, of the address or a form. Told what is missing, foreign or said twice."""
    said: dict[str, list[str]] = {}
    for given in (request.GET, request.POST):
        for name, texts in given.lists():
            said.setdefault(name, []).extend(str(text) for text in texts)
    required, optional = SERVICES[service]
    for name, texts in said.items():
        if name != "service" and name not in required + optional:
            raise Told("IllegalParameter", name[:40])
        if len(texts) > 1:
            raise Told("MultipleValuesNotAllowed", name)
    for name in required:
        if not said.get(name, [""])[0].strip():
            raise Told("MissingParameter", name)
    return {name: clean(texts[0])[:2000] for name, texts in said.items()}


def number_of(text: str) -> int:
    """0 when it is none."""
    return int(text) if _NUMBER.fullmatch(text.strip()) else 0


def numbers_of(text: str) -> list[str]:
    """The identifiers of a list, parted by spaces, each once."""
    found = list(dict.fromkeys(text.split()))
    if len(found) > MOST:
        raise Told("IllegalParameter", f"id (1–{MOST})")
    return found


def day_of(arguments: Arguments, *names: str) -> date | None:
    """The first of these that says a day."""
    for name in names:
        if text := arguments.get(name, "").strip():
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise Told("IllegalParameter", f"{name} (YYYY-MM-DD)") from None
    return None
