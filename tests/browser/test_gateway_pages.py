"""The pages for other institutions, other programs and machines hold what axe asks, on a handheld as on a desk."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from fumikura.harvest.services import SourceFacts, harvest, set_source
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation.services import add_device
from fumikura.webhooks.models import Delivery
from fumikura.webhooks.services import WebhookFacts, set_webhook
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.circulation.cast import house_rules
from tests.harvest.institutions import BROKEN, Museum, thing
from tests.web.desk.conftest import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("FUMIKURA_PICTURES", "")
"""A folder to put pictures of the pages into, for whoever wants to see them."""


def test_every_page_is_accessible_and_fits_a_handheld(browser_page) -> None:
    cast.category()
    house_rules()
    by, at = cast.SYSTEM, cast.AT
    with Museum([thing(1, "三人の女"), thing(2, "壺"), BROKEN]).open() as address:
        museum = set_source(SourceFacts("museum", "水瀬市立美術館", "oai", address), by=by, at=at)
        harvest(museum, by=by, at=at)
    hook = set_webhook(WebhookFacts("学校の図書", "https://school.example.jp/told", ("record",)), by=by, at=at)
    Delivery.objects.create(
        webhook=hook, topic="record", entry=1, body="{}", made_at=at, due_at=at, answer="500", attempts=1
    )
    add_device(code="SC-01", name="1階", kind="combined", facility=cast.chuo(), by=by, at=at, bins={"shelve": "A"})
    client = enter(Client(), cast.staff("shimizu", *PERMISSIONS))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_page.goto("/healthz")
    address = browser_page.url.removesuffix("/healthz")
    browser_page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    record = museum.records.order_by("pk").first().record_id
    pages = ("/office/sources", "/office/sources/museum", "/office/webhooks", f"/office/webhooks/{hook.pk}",
             "/office/terminals", "/office/practice?situation=held-here", f"/titles/{record}")  # fmt: skip
    for page in pages:
        browser_page.goto(page)
        assert accessibility_violations(browser_page) == [], page
        assert not browser_page.evaluate("document.documentElement.scrollWidth > innerWidth"), page
        if PICTURES:
            name = page.partition("?")[0].strip("/").replace("/", "-")
            browser_page.screenshot(path=Path(PICTURES) / f"{name}-360.png", full_page=True)
            browser_page.set_viewport_size({"width": 1280, "height": 800})
            browser_page.screenshot(path=Path(PICTURES) / f"{name}-1280.png", full_page=True)
            browser_page.set_viewport_size({"width": 360, "height": 740})
