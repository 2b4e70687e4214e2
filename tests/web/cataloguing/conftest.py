"""佐野さん at the cataloguer's desk of 中央, with 『こころ』 in the catalogue."""

import re

import pytest
from django.test import Client

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import save_record
from tests import cast
from tests.catalogue.records import kokoro
from tests.web.desk.conftest import enter

RIGHTS = (
    "catalogue.save",
    "catalogue.confirm-readings",
    "catalogue.edit-many",
    "holdings.add-item",
    "holdings.set-call-numbers",
    "discovery.set-targets",
)


def saved(number: str = "100001", title: str = "こころ :") -> BibliographicRecord:
    return save_record(kokoro(number, title), by=cast.SYSTEM, at=cast.AT)


@pytest.fixture
def sano(client: Client) -> Client:
    cast.chuo()
    return enter(client, cast.staff("sano", "catalogue.save", "catalogue.edit-many"))


def form_of(page: str, action: str) -> dict[str, str]:
    """What a browser would send of the form with this address in it, without a button."""
    form = next(part for part in re.findall(r"<form.*?</form>", page, re.S) if f'action="{action}' in part)
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r' name="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            value = re.search(r' value="([^"]*)"', tag)
            fields[name[1]] = _text(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        fields[name] = _text(text)
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        fields[name] = chosen[1] if chosen else ""
    return fields


def _text(escaped: str) -> str:
    from html import unescape

    return unescape(escaped)
