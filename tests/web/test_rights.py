"""Who may enter where: every address of the house, tried as nobody, as a patron, and as staff without a right.

The addresses are read from the URLconf, so a new one is tried from its first day, and a new door fails until its
audience is written down here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from fumikura.kernel.permissions import PERMISSIONS
from tests import cast

pytestmark = pytest.mark.django_db

AUDIENCE = {
    "": "public",  # healthz and metrics: figures about the machine, none about people
    "opac": "public",
    "design": "public",
    "entrance": "public",
    "kids": "public",
    "join": "public",
    "feeds": "public",  # a secret address that calendars read; only its digest is kept
    "kiosk": "device",  # a screen in the library, by the key of a device; readers show a card and are forgotten in 60 seconds
    "paper": "staff",
    "my": "patron",
    "desk": "staff",
    "offline": "public",  # a page without data; what a terminal fetches or sends is its own by its signature
    "office": "staff",
    "cataloguing": "staff",
    "api": "machine",
    "oai": "public",
    "sru": "public",
    "signposts": "public",
    "dumps": "public",
}
"""Door → who it is for. A machine shows a token; without one it is told 401 or reads only what is public."""

PUBLIC_IN_THE_API = ("search", "suggest", "titles", "facilities", "sites", "changes", "openapi.json", "docs", "")
WANTS_NO_RIGHT = {"office:home"}
"""Staff pages for anybody who works here; they lead to what one may open."""
SAMPLES = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000001", "str": "x", "slug": "x", "path": "x"}


@dataclass(frozen=True)
class Address:
    door: str
    name: str
    path: str

    def __str__(self) -> str:
        return f"{self.door}:{self.name}" if self.name else self.path


def addresses(resolver: URLResolver, before: str = "/", door: str = "") -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        part = str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            for written in (f"<{kind}:{name}>", f"<{name}>"):
                part = part.replace(written, SAMPLES.get(kind, "x"))
        if isinstance(pattern, URLResolver):
            inner = str(pattern.namespace or pattern.app_name or door).partition("-")[0]
            yield from addresses(pattern, before + part, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(door, pattern.name or "", (before + part).replace("//", "/"))


ADDRESSES = list(addresses(get_resolver()))
CLOSED = [address for address in ADDRESSES if AUDIENCE.get(address.door) in {"patron", "staff"}]


def answers(client: Client, address: Address) -> list[tuple[str, int, str]]:
    told = []
    for method in ("get", "post", "put", "patch", "delete"):
        answer = getattr(client, method)(address.path)
        told.append((method, answer.status_code, answer.headers.get("Location", "")))
    return told


def is_let_in(status: int, location: str) -> bool:
    """Whether more was said than: sign in, you may not, not so."""
    if status == 302:
        return not location.startswith(("/sign-in?", "/staff/sign-in?", "/staff/place?"))
    return status not in {401, 403, 405}


def test_every_door_says_whom_it_is_for() -> None:
    assert {address.door for address in ADDRESSES} <= AUDIENCE.keys()
    assert len(CLOSED) > 10


@pytest.mark.parametrize("address", CLOSED, ids=str)
def test_nobody_enters_unknown(client: Client, address: Address) -> None:
    assert [told for told in answers(client, address) if is_let_in(*told[1:])] == []


@pytest.mark.parametrize("address", [a for a in CLOSED if AUDIENCE[a.door] == "staff"], ids=str)
def test_a_patron_enters_no_staff_door(client: Client, address: Address) -> None:
    cast.hanako()
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    assert [told for told in answers(client, address) if is_let_in(*told[1:])] == []


@pytest.mark.parametrize("address", [a for a in CLOSED if AUDIENCE[a.door] == "patron"], ids=str)
def test_staff_enter_no_patrons_page(client: Client, address: Address) -> None:
    sign_in(client, *PERMISSIONS)
    assert [told for told in answers(client, address) if is_let_in(*told[1:])] == []


@pytest.mark.parametrize("address", [a for a in CLOSED if a.door == "office" and str(a) not in WANTS_NO_RIGHT], ids=str)
def test_staff_without_the_right_are_told_so(client: Client, address: Address) -> None:
    sign_in(client, "circulation.check-out")
    assert [told for told in answers(client, address) if is_let_in(*told[1:])] == []


@pytest.mark.parametrize("address", [a for a in CLOSED if a.door == "office" and str(a) not in WANTS_NO_RIGHT], ids=str)
def test_a_right_at_another_site_is_no_right_here(client: Client, address: Address) -> None:
    shimizu = cast.staff("shimizu", *PERMISSIONS, at=cast.kita())
    from fumikura.organisation import services

    services.grant_role(
        user=shimizu,
        role=cast.role("lender", "circulation.check-out"),
        facility=cast.chuo(),
        by=cast.SYSTEM,
        at=cast.AT,
    )
    enter(client, "shimizu", "CHUO/CHUO-1")
    assert [told for told in answers(client, address) if is_let_in(*told[1:])] == []


@pytest.mark.parametrize("address", [a for a in ADDRESSES if AUDIENCE.get(a.door) == "machine"], ids=str)
def test_a_machine_without_a_token_reads_only_what_is_public(client: Client, address: Address) -> None:
    first = address.path.removeprefix("/api/v1/").partition("/")[0]
    let_in = [told for told in answers(client, address) if told[1] < 400 and is_let_in(*told[1:])]
    only_read = {told[0] for told in let_in} <= {"get"} or first in {"openapi.json", "docs"}
    assert let_in == [] or (first in PUBLIC_IN_THE_API and only_read)


def sign_in(client: Client, *permissions: str) -> None:
    cast.staff("kimura", *permissions, at=cast.chuo())
    enter(client, "kimura", "CHUO/CHUO-1")


def enter(client: Client, username: str, place: str) -> None:
    client.post("/staff/sign-in", {"username": username, "password": cast.PASSWORD})
    assert client.post("/staff/place", {"place": place}).status_code == 302


@pytest.mark.parametrize("address", [a for a in CLOSED if a.door in {"office", "my"}], ids=str)
def test_control_characters_in_any_field_break_nothing(client: Client, address: Address) -> None:
    """A NUL in a field is a thing that PostgreSQL cannot keep; no page may fail on it."""
    sign_in(client, *PERMISSIONS)
    cast.hanako()
    client.post("/sign-in", {"card": "2000\x004318", "password": cast.PASSWORD})
    fields = ("q", "after", "day", "note", "state", "request_key", "username", "name", "password", "act", "barcode", "loan", "next", "source", "old", "new", "again", "user", "role", "place", "home")  # fmt: skip
    odd = dict.fromkeys(fields, "\x00\x1b字")
    assert client.get(address.path, odd).status_code < 500
    for act in ("add", "grant", "withdraw", "deactivate"):
        assert client.post(address.path, {**odd, "act": act}).status_code < 500
