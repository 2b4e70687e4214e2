"""A cataloguer's morning: a book is copied from another library, its reading mended, two copies added, their labels printed,
and a resident finds it by the mended reading. A real Zebra answers, a real browser asks, a barcode reader reads the labels.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery import services, versions
from fumikura.discovery.models import IndexVersion
from fumikura.discovery.targets import Facts, set_target
from fumikura.holdings.models import Item
from fumikura.journal.readers import read_everything
from fumikura.journal.subscriptions import subscriptions
from tests import cast
from tests.browser.fixtures import accessibility_violations, cursor_in_a_field
from tests.catalogue.records import kokoro_bytes
from tests.interop.zebra import zebra
from tests.web.cataloguing.conftest import RIGHTS
from tests.web.desk.conftest import enter
from tests.web.paper.test_sheets import scanned

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def index(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_DIR = tmp_path / "index"
    services.tend(timezone.now())
    yield
    for name in IndexVersion.objects.values_list("name", flat=True):
        versions.forget(name)


@pytest.fixture
def prefecture(tmp_path: Path) -> Iterator[None]:
    """The prefectural library: a Zebra with two records, whose readings are not quite right."""
    folder = tmp_path / "zebra"
    folder.mkdir()
    records = kokoro_bytes("501", "水瀬の橋 :", "KENRITSU") + kokoro_bytes("502", "草枕 :", "KENRITSU")
    with zebra(folder, records) as address:
        facts = Facts(name="県立図書館", address=address)
        set_target(facts, by=cast.acting("discovery.set-targets"), at=cast.AT)
        yield


def signed_in(page: Any) -> None:
    client = enter(Client(), cast.staff("sano", *RIGHTS))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/healthz")
    address = page.url.removesuffix("/healthz")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_cataloguers_morning(browser_page: Any, index: None, prefecture: None, tmp_path: Path) -> None:
    cast.chuo()
    page = browser_page
    signed_in(page)

    page.goto("/cataloguing/copy")
    cursor_in_a_field(page)
    page.keyboard.type("水瀬の橋")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=写して編集する")
    assert accessibility_violations(page) == []
    page.click("text=写して編集する")
    page.wait_for_url("**/cataloguing/edits/**")
    assert page.input_value("#title-0-a") == "水瀬の橋"
    assert not BibliographicRecord.objects.exists()

    page.fill("#title-0-a-kana", "ミナセ ノ ハシ")
    page.keyboard.press("Control+s")
    page.wait_for_url("**?saved=1")
    record = BibliographicRecord.objects.get()
    assert (record.source, record.reading) == ("KENRITSU", "ミナセ ノ ハシ")

    page.click("main >> text=資料を足す >> nth=0")
    page.wait_for_url("**/items")
    cursor_in_a_field(page)
    page.keyboard.type("A31000998A")
    page.fill("#count", "2")
    page.click("text=登録する")
    page.wait_for_selector("text=2 点を登録しました")
    assert [item.call_number for item in Item.objects.all()] == ["913.6/ナ", "913.6/ナ"]

    page.click("text=この資料のラベルを作る")
    page.wait_for_selector("text=PDF を作る")
    page.select_option("#sheet", "a4-24")
    form = page.locator("form[action$='labels.pdf']")
    address = form.evaluate("form => form.action + '?' + new URLSearchParams(new FormData(form))")
    pdf = page.request.get(address)
    assert pdf.headers["content-type"] == "application/pdf"
    assert scanned(pdf.body(), tmp_path) == {"Codabar:A31000998A", "Codabar:A31000999A"}

    read_everything(subscriptions(), clock=timezone.now)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/search?q=みなせのはし")
    page.click("a:has-text('水瀬の橋')")
    page.wait_for_selector("h1:has-text('水瀬の橋')")
    assert "ミナセ ノ ハシ" in page.inner_text("main") and "中央図書館" in page.inner_text("main")
