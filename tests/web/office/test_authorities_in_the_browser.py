"""Authorities and duplicates in a real browser: for everybody, and nothing is cut off."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from fumikura.catalogue.models import Authority, DuplicatePair
from fumikura.catalogue.services import save_record
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.catalogue.records import kokoro
from tests.catalogue.test_duplicates import bring_in, other
from tests.catalogue.test_linking import saved
from tests.journeys.people import come_as_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_page_is_for_everybody(browser_page: Page, tmp_path: Path) -> None:
    sano = cast.staff("sano", "catalogue.merge", "catalogue.set-rules", "catalogue.change-authority", at=cast.chuo())
    save_record(kokoro(), by=cast.SYSTEM, at=cast.AT)
    bring_in(tmp_path, other())
    saved("9", "木屑録", "夏目, 金之助")
    one, two = Authority.objects.filter(kind="person").order_by("pk")[:2]
    pair = DuplicatePair.objects.get()
    come_as_staff(browser_page, sano)
    for path in (
        "/office/authorities",
        f"/office/authorities/{one.pk}",
        f"/office/authorities/{one.pk}/merge/{two.pk}",
        "/office/duplicates",
        f"/office/duplicates/{pair.pk}",
        "/office/duplicates/rules",
        f"/persons/{one.pk}",
    ):
        for width in (360, 1280):
            browser_page.set_viewport_size({"width": width, "height": 800})
            browser_page.goto(path)
            assert accessibility_violations(browser_page) == [], path
            fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert browser_page.evaluate(fits), (path, width)
