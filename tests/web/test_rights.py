"""Who may enter where: every address of the house, tried as nobody, as a patron, and as staff without a right.

The addresses are read from the URLconf, so a new one is tried from its first day, and a new door fails until its
audience is written down here.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation import services as organisation
from fumikura.organisation.services import issue_api_token
from fumikura.project.reference import _patterns as patterns
from fumikura.protocols.api.door import api
from fumikura.web.visitors import AUDIENCE as AUDIENCE_MARK
from tests import cast
from tests.circulation.cast import item
from tests.web.desk.conftest import enter as enter_with

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
    "staff": "staff",  # beside every staff page: what is found or shown there is what one may open
    "cataloguing": "staff",
    "api": "machine",
    "oai": "public",
    "paia": "machine",
    "ilsdi": "public",  # answers 200 with a code; of a reader nothing without the key that their password gave; tests/protocols/ilsdi
    "sru": "public",
    "signposts": "public",
    "dumps": "public",
    "line": "public",  # signed by LINE with the channel secret; tests/protocols/line
    "oidc": "public",  # says nothing without a code or token that a reader gave; tests/protocols/oidc
}
"""Door → who it is for. A machine shows a token; without one it is told 401 or reads only what is public."""

PUBLIC_IN_THE_API = ("search", "suggest", "titles", "facilities", "sites", "changes", "openapi.json", "docs", "")
WANTS_NO_RIGHT = frozenset({"office:home"})
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
    return status not in {400, 401, 403, 405}


def test_every_door_says_whom_it_is_for() -> None:
    assert {address.door for address in ADDRESSES} <= AUDIENCE.keys()
    assert len(CLOSED) > 10


def let_in(client: Client, *doors: str, but: frozenset[str] = frozenset()) -> list[tuple[str, str, int, str]]:
    """Which addresses of these doors, by which method, said more than no."""
    tried = [address for address in ADDRESSES if AUDIENCE.get(address.door) in doors or address.door in doors]
    return [
        (str(address), *told)
        for address in tried
        if str(address) not in but
        for told in answers(client, address)
        if is_let_in(*told[1:])
    ]


def test_nobody_enters_unknown(client: Client) -> None:
    assert let_in(client, "patron", "staff") == []


def test_a_patron_enters_no_staff_door(client: Client) -> None:
    cast.hanako()
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    assert let_in(client, "staff") == []


def test_staff_enter_no_patrons_page(client: Client) -> None:
    sign_in(client, *PERMISSIONS)
    assert let_in(client, "patron") == []


def test_staff_without_the_right_are_told_so(client: Client) -> None:
    sign_in(client, "circulation.check-out")
    assert let_in(client, "office", "cataloguing", but=WANTS_NO_RIGHT) == []


def test_a_right_at_another_site_is_no_right_here(client: Client) -> None:
    shimizu = cast.staff("shimizu", *PERMISSIONS, at=cast.kita())
    role = cast.role("lender", "circulation.check-out")
    organisation.grant_role(user=shimizu, role=role, facility=cast.chuo(), by=cast.SYSTEM, at=cast.AT)
    enter(client, "shimizu", "CHUO/CHUO-1")
    assert let_in(client, "office", "cataloguing", but=WANTS_NO_RIGHT) == []


def test_a_machine_without_a_token_reads_only_what_is_public(client: Client) -> None:
    wrong = []
    for name, method, status, _location in let_in(client, "machine"):
        path = next(address.path for address in ADDRESSES if str(address) == name)
        first = path.removeprefix("/api/v1/").partition("/")[0]
        only_read = method == "get" or first in {"openapi.json", "docs"}
        if status < 400 and not (first in PUBLIC_IN_THE_API and only_read):
            wrong.append((path, method, status))
    assert wrong == []


def sign_in(client: Client, *permissions: str) -> None:
    cast.staff("kimura", *permissions, at=cast.chuo())
    enter(client, "kimura", "CHUO/CHUO-1")


def enter(client: Client, username: str, place: str) -> None:
    client.post("/staff/sign-in", {"username": username, "password": cast.PASSWORD})
    assert client.post("/staff/place", {"place": place}).status_code == 302


def test_control_characters_in_any_field_break_nothing(client: Client) -> None:
    """A NUL in a field is a thing that PostgreSQL cannot keep; no page may fail on it."""
    sign_in(client, *PERMISSIONS)
    cast.hanako()
    client.post("/sign-in", {"card": "2000\x004318", "password": cast.PASSWORD})
    client.raise_request_exception = False
    fields = ("q", "after", "day", "note", "state", "request_key", "username", "name", "password", "act", "barcode", "loan", "next", "source", "old", "new", "again", "user", "role", "place", "home")  # fmt: skip
    odd = dict.fromkeys(fields, "\x00\x1b字")
    broken = []
    for address in ADDRESSES:
        if address.door in {"office", "my"}:
            acts = [
                {**odd, "act": act, "request_key": f"\x00{uuid4().hex}"}
                for act in ("add", "grant", "withdraw", "deactivate")
            ]
            told = [client.get(address.path, odd), *(client.post(address.path, sent) for sent in acts)]
            broken += [str(address) for answer in told if answer.status_code >= 500]
    assert broken == []


def operations() -> list[tuple[str, str, dict]]:
    """Every operation of the API that asks who calls: (method, path with samples, body that its schema takes)."""
    schema = api.get_openapi_schema()
    found = []
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            if told.get("security"):
                content = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
                found.append((method, re.sub(r"\{[^}]*\}", "1", path), sample(content, schema)))
    return found


def sample(wanted: dict, schema: dict) -> object:
    """A value that fits a JSON schema, so that a call is stopped by the right it lacks and not by its form."""
    if "$ref" in wanted:
        return sample(schema["components"]["schemas"][wanted["$ref"].rpartition("/")[2]], schema)
    if "enum" in wanted or "const" in wanted:
        return wanted.get("const", wanted.get("enum", [""])[0])
    for several in ("anyOf", "allOf", "oneOf"):
        if several in wanted:
            return sample(wanted[several][0], schema)
    match wanted.get("type"):
        case "object":
            return {
                name: sample(one, schema)
                for name, one in wanted.get("properties", {}).items()
                if name in wanted.get("required", ())
            }
        case "array":
            return [sample(wanted["items"], schema)]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return (
        "2026-05-20"
        if wanted.get("format") == "date"
        else "2026-05-20T01:00:00Z"
        if wanted.get("format")
        else "30000017"
    )


@pytest.mark.parametrize("where", ["nowhere", "other site"])
def test_a_program_without_the_right_here_does_nothing(client: Client, where: str) -> None:
    item("30000017")
    cast.hanako()
    user = cast.staff("machine", *PERMISSIONS, at=cast.kita()) if where == "other site" else cast.staff("machine")
    _token, secret = issue_api_token(user=user, facility=cast.chuo(), name="t", by=cast.SYSTEM, at=cast.AT)
    let_in = []
    for method, path, body in operations():
        headers = {"authorization": f"Bearer {secret}", "idempotency-key": uuid4().hex}
        answer = client.generic(
            method.upper(), path, json.dumps(body), content_type="application/json", headers=headers
        )
        if answer.status_code < 400:
            let_in.append(f"{method} {path}")
    assert let_in == []
    assert len(operations()) >= 5


def test_exactly_the_rights_that_the_reference_names_open_a_page() -> None:
    """The table in docs/reference/rights.md is no wish: with these rights and no others the page answers."""
    asked = {}
    for route, pattern in patterns(get_resolver().url_patterns, ""):
        audience, needed = getattr(pattern.callback, AUDIENCE_MARK, ("", ()))
        if audience == "staff" and needed and "<" not in route and "(" not in route:
            asked.setdefault(tuple(sorted(needed)), []).append(f"/{route}")
    cast.chuo()
    closed = []
    for number, (needed, paths) in enumerate(asked.items()):
        client, user = Client(), cast.staff(f"s{number}", *needed, at=cast.chuo())
        enter_with(client, user)
        closed += [path for path in paths if client.get(path).status_code in {302, 403} and not leads_on(client, path)]
    assert len(asked) > 10
    assert closed == []


def leads_on(client: Client, path: str) -> bool:
    answer = client.get(path)
    return answer.status_code == 302 and is_let_in(302, answer["Location"])
