"""Every page and every form that the manager or 花子 sees, tried by everybody who may not: no unexpected success.

The house has one of everything; a walk finds its addresses and forms, so that a new page is tried from its first day. Who may
is read off the view (docs/reference/rights.md); what happened, off the journal: every verb writes there.
"""

import os
from pathlib import Path

import pytest
from django.test import Client

from fumikura.journal.models import Entry
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.patrons.models import Patron
from tests import cast
from tests.web.desk.conftest import enter
from tests.web.everywhere.house import (
    PATRON_MARKS,
    Form,
    audience,
    begin_what_only_pages_begin,
    distinct,
    furnish,
    shown_by_scanning,
    walk,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("FUMIKURA_TEST_DATABASES" in os.environ, reason="who may enter is no matter of the database"),
]
LOOKS = {"patrons.viewed"}
"""A reader who was looked at is told so; that is no deed of the form."""
NO_KEY = {
    "/desk/terminal": "the key for the next reader: nothing is done",
    "/desk/reminders/print": "paper: printed again it is the same",
    "/office/authorities/files": "a rehearsal: nothing is taken in",
    "/office/sites/<str:code>/rules": "a draft on the page: the form that keeps it has a key",
    "/office/routes/<str:code>": "a week to look at: the form that keeps it has a key",
    "/staff/security": "new recovery codes: whoever asks twice sees the second",
}
"""Forms of staff without a request key, and why: whatever changes something has one, so that it is done once."""


def test_no_unexpected_success(tmp_path: Path, settings: object) -> None:
    hanako = furnish(tmp_path, settings)
    manager, hers = enter(Client(), cast.staff("shimizu", *PERMISSIONS)), signed_in("20004318")
    begin_what_only_pages_begin(manager)
    walks = walk(manager, "staff", *shown_by_scanning()), walk(hers, "patron")
    addresses = [address for found in walks for address in found.statuses]
    forms = distinct([form for found in walks for form in found.forms if form.method == "post"])
    assert [address for found in walks for address, status in found.statuses.items() if status >= 500] == []
    assert len(addresses) > 150 and len(forms) > 100
    wrong = [
        f"{who}: {line}"
        for who, client in everybody_else().items()
        for line in (*let_in(client, who, addresses), *did(client, who, hanako, forms))
    ]
    assert wrong == []
    # The same forms from the right hands work: what was refused above was refused for the hands. Sent twice, they work once.
    keyless = {form.route for form in forms if "request_key" not in dict(form.fields)}
    assert sorted(one for one in keyless if not one.startswith("/my/") and one not in NO_KEY) == []
    deeds = [(form, *done_twice(hers if audience(form.address)[0] == "patron" else manager, form)) for form in forms]
    worked = {form.route for form, first, _again in deeds if first}
    assert len(worked) > 30, sorted(worked)
    assert [(form.address, again) for form, _first, again in deeds if again and form.route not in keyless] == []


def signed_in(card: str) -> Client:
    client = Client()
    client.post("/sign-in", {"card": card, "password": cast.PASSWORD})
    return client


def everybody_else() -> dict[str, Client]:
    """Who must not: nobody, another reader, staff with no right here, and staff with every right elsewhere."""
    cast.role("nothing")
    without, elsewhere = cast.staff("kimura"), cast.staff("morita", *PERMISSIONS, at=cast.kita())
    return {
        "nobody": Client(),
        "another reader": signed_in("20004326"),
        "staff without a right": enter(Client(), without),
        "staff of another site": enter(Client(), elsewhere),
    }


def let_in(client: Client, who: str, addresses: list[str]) -> list[str]:
    """Pages that answered in spite of their audience, that told of 花子, or that broke."""
    wrong = []
    client.raise_request_exception = False
    for address in addresses:
        told, needed = audience(address)
        answer = client.get(address)
        text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode(errors="replace")
        closed = (not who.startswith("staff") or bool(needed)) if told == "staff" else who != "another reader"
        if answer.status_code >= 500 or (answer.status_code == 200 and closed):
            wrong.append(f"GET {address} {answer.status_code}")
        if found := [mark for mark in PATRON_MARKS if mark in text and mark not in address]:
            wrong.append(f"GET {address} tells {found}")
    return wrong


def did(client: Client, who: str, hanako: Patron, forms: list[Form]) -> list[str]:
    """Forms that did something to anybody, or on a patron's page to 花子; and forms that broke."""
    wrong = []
    for form in forms:
        last = Entry.objects.latest("pk").pk
        answer = client.post(form.address, form.sent())
        deeds = Entry.objects.filter(pk__gt=last).exclude(event__in=LOOKS)
        if who == "another reader" and audience(form.address)[0] == "patron":
            deeds = deeds.filter(patron_key=hanako.key)
        if answer.status_code >= 500 or deeds:
            wrong.append(f"POST {form.address} {answer.status_code} {[entry.event for entry in deeds]}")
    return wrong


def done_twice(client: Client, form: Form) -> tuple[list[str], list[str]]:
    """What sending the form did, and what sending the very same once more did."""
    told, deeds = form.sent(), []
    for _time in range(2):
        last = Entry.objects.latest("pk").pk
        client.post(form.address, told)
        entries = Entry.objects.filter(pk__gt=last).exclude(event__in=LOOKS)
        deeds.append(list(entries.values_list("event", flat=True)))
    return deeds[0], deeds[1]
