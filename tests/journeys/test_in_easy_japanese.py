"""In easy Japanese: somebody who reads a little of it finds a book, and is told in the same words what to do."""

from typing import Any

import pytest

from tests.browser.fixtures import accessibility_violations
from tests.journeys.people import PHONE, fits, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]


def test_the_language_is_chosen_once_and_holds_on_every_page(browser_page: Any, house: Any) -> None:
    page = browser_page
    page.set_viewport_size(PHONE)
    page.goto("/")
    before = page.inner_text("main")
    page.get_by_role("button", name="やさしい").first.click()
    page.wait_for_load_state()
    page.locator("button[aria-pressed=true]", has_text="やさしい").first.wait_for()
    assert page.inner_text("main") != before
    assert page.evaluate("document.documentElement.lang").startswith("ja")

    # Furigana over every word that has one.
    page.locator(".reading button", has_text="ふりがな").first.click()
    page.locator("ruby rt").first.wait_for()

    page.get_by_role("combobox").fill("こころ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    page.get_by_role("link", name="こころ", exact=True).first.click()
    page.wait_for_url("**/titles/*")
    assert page.locator("main ruby").count() > 0
    assert page.locator("button[aria-pressed=true]", has_text="やさしい").count() == 1
    page.goto("/titles/999999")
    assert page.locator("h1, h2").count() > 0
    page.goto("/sign-in")
    page.locator("#password").fill("ちがう")
    page.locator("input[name=card]").fill("20004318")
    page.keyboard.press("Enter")
    page.get_by_role("alert").first.wait_for()
    assert accessibility_violations(page) == [] and fits(page)
