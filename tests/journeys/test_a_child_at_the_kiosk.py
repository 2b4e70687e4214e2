"""A child at the kiosk: letters are touched, a book is found in big pictures, and after the countdown nobody is left on the screen."""

from typing import Any

import pytest

from fumikura.circulation.models import Loan
from fumikura.organisation.services import add_device
from tests import cast
from tests.browser.fixtures import accessibility_violations, cursor_in_a_field
from tests.journeys.people import DESK, fits, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]


def test_a_book_is_found_lent_and_the_screen_forgets(browser_page: Any, house: Any) -> None:
    page = browser_page
    page.set_viewport_size(DESK)

    # ほし, letter by letter, without a keyboard.
    page.goto("/kids/")
    for letter in "ほし":
        page.get_by_role("button", name=letter, exact=True).click()
    page.get_by_role("button", name="さがす").first.click()
    page.wait_for_url("**/kids/books?**")
    page.get_by_role("link", name="星").first.click()
    page.wait_for_url("**/kids/books/*")
    assert "この ほんを よみたいです" in page.inner_text("#slip") and "440" in page.inner_text("main")
    assert page.locator("h1 rt").first.inner_text() == "ほし" and fits(page)

    # The screen beside it lends: the card, then the book.
    device = {"code": "KIOSK-1", "name": "1階", "kind": "kiosk", "facility": cast.chuo()}
    _device, key = add_device(**device, by=cast.SYSTEM, at=cast.AT)
    page.goto("/kiosk/start")
    page.locator("input[name=code]").fill("KIOSK-1")
    page.locator("input[name=key]").fill(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/")
    page.clock.install()
    page.get_by_role("link", name="借りる").click()
    page.wait_for_url("**/kiosk/loans")
    cursor_in_a_field(page)
    page.keyboard.type("20004318")
    page.keyboard.press("Enter")
    page.get_by_text("水野さん").first.wait_for()
    cursor_in_a_field(page)
    page.keyboard.type("30000003")
    page.keyboard.press("Enter")
    page.get_by_text("借りました").first.wait_for()
    assert Loan.objects.open().get().item.record.title == "星の教室"
    assert accessibility_violations(page) == []

    # Fifty seconds later it asks; a touch goes on; then the child is gone, and sixty seconds later so is every name.
    page.clock.run_for(50_000)
    page.get_by_role("button", name="続ける").click()
    page.clock.run_for(49_000)
    assert page.url.endswith("/kiosk/loans") and not page.locator("[data-ask]").is_visible()
    page.clock.run_for(12_000)
    page.wait_for_url("**/kiosk/")
    assert "水野" not in page.inner_text("body") and "星の教室" not in page.inner_text("body")
