"""Who comes to the library in the stories, already at the door: a small house that can be searched, and signed-in browsers."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery import services as discovery
from fumikura.discovery import versions
from fumikura.discovery.models import IndexVersion
from fumikura.organisation.models import User
from fumikura.patrons.models import Card, Patron
from tests import cast
from tests.circulation.cast import house_rules
from tests.web.desk.conftest import enter
from tests.web.opac.cast import copy, title

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> Iterator[dict[str, BibliographicRecord]]:
    """Four titles on the shelves of 中央, one of them at 北 too; 花子, whose card is good."""
    settings.INDEX_DIR, settings.FILES_DIR = tmp_path / "index", tmp_path
    house_rules()
    records = {
        "坊っちゃん": title("坊っちゃん", "ボッチャン", number="1"),
        "こころ": title("こころ", "ココロ", number="2"),
        "星の教室": title("星の教室", "ホシ ノ キョウシツ", "星川原, 百合", "ホシガワラ, ユリ", number="3", ndc="440"),
        "水瀬の川": title("水瀬の川", "ミナセ ノ カワ", "川田, 渡", "カワタ, ワタル", number="4", ndc="291.0"),
    }
    for number, record in enumerate(records.values(), 1):
        copy(record, f"3000{number:04}", call_number=f"{record.ndc}/ナ")
    copy(records["こころ"], "30000017", home=cast.kita(), call_number="913.6/ナ")
    cast.hanako()
    cards_are_good()
    discovery.tend(timezone.now())
    yield records
    for name in IndexVersion.objects.values_list("name", flat=True):
        versions.forget(name)


def cards_are_good() -> None:
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))


def come_in(page: Any, client: Client) -> None:
    """Let the browser go on where this client has signed in."""
    page.goto("/healthz")
    address = page.url.removesuffix("/healthz")
    page.context.clear_cookies()
    names = (django_settings.SESSION_COOKIE_NAME, django_settings.PATRON_COOKIE_NAME)
    kept = {name: client.cookies[name].value for name in names if name in client.cookies}
    page.context.add_cookies([{"name": name, "value": value, "url": address} for name, value in kept.items()])


def come_as_staff(page: Any, user: User, facility: str = "CHUO") -> None:
    come_in(page, enter(Client(), user, facility))


def come_as_reader(page: Any, card: str = "20004318") -> Patron:
    client = Client()
    client.post("/sign-in", {"card": card, "password": cast.PASSWORD})
    come_in(page, client)
    return Card.objects.get(number=card).patron


def scan(page: Any, number: str, outcome: str) -> None:
    """As a scanner types: fast, ending in Enter, wherever the cursor is."""
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_selector(f'#said[data-what="{outcome}"]')


def fits(page: Any) -> bool:
    """Whether nothing needs scrolling sideways."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return wide
