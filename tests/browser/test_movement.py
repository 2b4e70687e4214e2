"""The pages of vans, terminals, lockers and calendars hold what axe asks, on a handheld as on a desk."""

from datetime import date

import pytest
from django.conf import settings
from django.test import Client

from fumikura.circulation import services as circulation
from fumikura.holdings.models import Item
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.browser.fixtures import accessibility_violations, cursor_in_a_field
from tests.circulation.cast import at_desk
from tests.circulation.test_counter_verbs import a_class, a_set
from tests.circulation.test_lockers import locker, ready_at_station
from tests.circulation.test_runs import packed, ring
from tests.web.desk.conftest import enter
from tests.web.office.test_calendars import bus

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/desk/runs",
    "/desk/runs/VAN/1",
    "/desk/transits",
    "/desk/terminal",
    "/desk/locker",
    "/office/routes",
    "/office/routes/VAN",
    "/office/rotations",
    "/office/return-places",
    "/office/emergencies",
    "/desk/sets",
    "/desk/sets/1",
    "/desk/readers/GROUP/onward",
    "/office/sites/CHUO/rules",
    "/office/sites/CHUO/hours",
    "/bookmobile",
    "/hours?site=CHUO",
)


def test_every_page_is_accessible_and_fits_a_handheld(browser_page) -> None:
    ring()
    circulation.write_route(
        code="VAN", name="図書館便", stops=["CHUO", "KITA"], runs=[{"CHUO": "09:30", "KITA": "11:00", "back": "12:00"}],
        by=at_desk(), at=cast.AT,
    )  # fmt: skip
    packed()
    book, _hold = ready_at_station(barcode="30000025")
    circulation.fill_locker(item=book, facility=locker(), by=at_desk("EKI"), at=cast.AT)
    bus()
    pupils, box = a_class(), a_set()
    circulation.lend_set(set=box, patron=pupils, until=date(2026, 7, 20), by=at_desk(), at=cast.AT)
    circulation.lend_on(item=Item.objects.get(barcode="31000001"), holder="3年2組", by=at_desk(), at=cast.AT)
    client = enter(Client(), cast.staff("shimizu", *PERMISSIONS), "EKI")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_page.goto("/healthz")
    address = browser_page.url.removesuffix("/healthz")
    browser_page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    for address in PAGES:
        page = address.replace("GROUP", pupils.key).replace("sets/1", f"sets/{box.pk}")
        browser_page.goto(page)
        assert accessibility_violations(browser_page) == [], page
        assert not browser_page.evaluate("document.documentElement.scrollWidth > innerWidth"), page


def test_a_card_a_key_and_the_book_is_handed_out(browser_page) -> None:
    ready_at_station()
    client = enter(Client(), cast.staff("ota", *PERMISSIONS), "EKI")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_page.goto("/healthz")
    address = browser_page.url.removesuffix("/healthz")
    browser_page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    browser_page.goto("/desk/terminal")
    cursor_in_a_field(browser_page)
    browser_page.keyboard.type("20004318")
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_selector("text=こころ")
    browser_page.keyboard.press("F9")
    browser_page.wait_for_selector("text=1冊をわたしました")
    browser_page.keyboard.press("Escape")
    browser_page.wait_for_selector("text=カードを読むと")
