"""The keyboard alone, from the counter: / finds, the first hit is one Enter away, F1 explains, F12 tells what I did."""

from typing import TYPE_CHECKING

import pytest

from fumikura.organisation.models import Facility
from tests import cast
from tests.browser.fixtures import accessibility_violations, cursor_in_a_field
from tests.web.desk.conftest import put_rules_in_force

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: "Page", place: Facility) -> None:
    cast.staff("sano", "patrons.view", "circulation.check-out", "organisation.change-calendar", at=place)
    page.goto("/staff/sign-in?next=/desk/")
    page.fill("[name=username]", "sano")
    page.fill("[name=password]", cast.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/staff/place**")
    page.locator("main button").first.click()
    page.wait_for_url("**/desk/")


def test_everything_is_found_by_the_keyboard_alone(browser_page: "Page") -> None:
    page = browser_page
    place = cast.chuo()
    put_rules_in_force()
    cast.hanako()
    sign_in(page, place)
    cursor_in_a_field(page)
    page.keyboard.press("/")
    page.locator("#find-anything:focus").wait_for()
    page.keyboard.type("ちゅうおう")
    page.keyboard.press("Escape")
    page.locator("#scan:focus").wait_for()
    page.keyboard.press("/")
    page.locator("#find-anything:focus").wait_for()
    page.keyboard.type("みずの")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/find?**")
    page.locator("[data-found]:focus").wait_for()
    assert accessibility_violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/readers/**")
    page.keyboard.press("F1")
    page.wait_for_url("**/staff/help**")
    assert accessibility_violations(page) == []
    page.keyboard.press("F12")
    page.wait_for_url("**/staff/today**")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda address: "/staff/" not in address)
    page.keyboard.press("F12")
    page.wait_for_url("**/staff/today**")
    assert page.get_by_text("利用者の画面を開いた").first.is_visible() and page.get_by_text("水野").count() == 0
    assert accessibility_violations(page) == []
    page.keyboard.press("/")
    page.locator("#find-anything:focus").wait_for()
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/find?q=x&**")
    assert page.locator("[data-recent] a").all_text_contents() == ["貸出 中央図書館"], "the reader's page is not kept"
