"""Every page is HTML as the standard has it: a whole house is walked through and each page given to the Nu checker."""

import os
import re
from pathlib import Path

import pytest
from django.test import Client

from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation.models import Device
from fumikura.organisation.services import add_device
from tests import cast
from tests.web.desk.conftest import enter
from tests.web.everywhere import nu
from tests.web.everywhere.house import begin_what_only_pages_begin, furnish, shown_by_scanning, walk

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("FUMIKURA_TEST_DATABASES" in os.environ, reason="pages are the same on both databases"),
]


def test_no_page_has_an_error_of_html(tmp_path: Path, settings: object) -> None:
    if reason := nu.why_not():
        pytest.skip(reason)
    pages = tmp_path / "pages"
    pages.mkdir()
    furnish(tmp_path, settings)
    manager, hers = enter(Client(), cast.staff("shimizu", *PERMISSIONS)), Client()
    begin_what_only_pages_begin(manager)
    hers.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    walks = {
        "staff": walk(manager, "staff", *shown_by_scanning()),
        "patron": walk(hers, "patron"),
        "anybody": walk(kiosk(), ""),
    }
    for whose, seen in walks.items():
        for address, text in seen.pages.items():
            (pages / f"{whose}{re.sub('[^a-z0-9]+', '-', address)[:80]}.html").write_text(text)
    assert sum(len(seen.pages) for seen in walks.values()) > 150
    assert nu.complaints(pages) == []


def kiosk() -> Client:
    """Nobody, at a screen in the library."""
    client = Client()
    _device, key = add_device(
        code="KIOSK-1", name="1階", kind="kiosk", facility=cast.chuo(), by=cast.SYSTEM, at=cast.AT
    )
    assert Device.objects.filter(code="KIOSK-1").exists()
    client.post("/kiosk/start", {"code": "KIOSK-1", "key": key})
    return client
