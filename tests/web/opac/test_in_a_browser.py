"""The public pages in a real browser: on a phone, by keyboard, for everybody."""

from typing import TYPE_CHECKING

import pytest

from fumikura.catalogue.models import BibliographicRecord
from tests.browser.fixtures import accessibility_violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

Library = list[BibliographicRecord]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/",
    "/search",
    "/search?q=漱石",
    "/search?q=ゾウリムシ",
    "/search?q=坊ちゃっん",
    "/search?q=漱石&ndc=91&from=1900&to=2020",
    "/search/advanced",
    "/lists/",
    "/titles/{0}",
    "/titles/{1}",
    "/ndc/",
    "/ndc/91",
    "/persons/",
    "/hours",
    "/help",
    "/nowhere",
)


@pytest.mark.parametrize(("width", "colour"), [(360, "light"), (1280, "dark"), (768, "more")])
def test_every_page_is_for_everybody(browser_page: "Page", library: Library, width: int, colour: str) -> None:
    browser_page.set_viewport_size({"width": width, "height": 900})
    browser_page.goto("/help")
    browser_page.context.add_cookies([{"name": "colour", "value": colour, "url": browser_page.url}])
    for address in PAGES:
        browser_page.goto(address.format(library[0].pk, library[1].pk))
        assert accessibility_violations(browser_page) == [], address


def test_nothing_needs_sideways_scrolling_at_four_hundred_per_cent(browser_page: "Page", library: Library) -> None:
    browser_page.set_viewport_size({"width": 320, "height": 256})
    for address in PAGES:
        browser_page.goto(address.format(library[0].pk, library[1].pk))
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_a_resident_finds_a_book_by_its_reading_with_the_keyboard_alone(browser_page: "Page", library: Library) -> None:
    browser_page.goto("/")
    box = browser_page.get_by_role("combobox", name="本、人、ことばをさがす")
    box.focus()
    browser_page.keyboard.type("ここ", delay=20)
    browser_page.get_by_role("option", name="こころ").wait_for()
    browser_page.keyboard.press("ArrowDown")
    assert browser_page.get_by_role("option", selected=True).count() == 1
    browser_page.keyboard.press("Enter")
    browser_page.get_by_role("heading", name="「こころ」").wait_for()
    browser_page.get_by_role("link", name="こころ", exact=True).press("Enter")
    browser_page.get_by_role("heading", name="こころ", level=1).wait_for()
    assert browser_page.get_by_text("中央図書館ほか1館の棚にあるはずです", exact=False).first.is_visible()


def test_escape_closes_the_suggestions_and_leaves_the_words(browser_page: "Page", library: Library) -> None:
    browser_page.goto("/")
    box = browser_page.get_by_role("combobox")
    box.press_sequentially("ここ")
    browser_page.get_by_role("option", name="こころ").wait_for()
    box.press("Escape")
    assert browser_page.get_by_role("option").count() == 0
    assert box.input_value() == "ここ"


def test_without_a_script_the_search_is_a_plain_form(chromium_browser, live_server, library: Library) -> None:
    context = chromium_browser.new_context(base_url=str(live_server), java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("本、人、ことばをさがす").fill("こころ")
    page.get_by_role("button", name="さがす").click()
    page.get_by_role("link", name="こころ", exact=True).click()
    assert page.get_by_role("heading", name="こころ", level=1).is_visible()
    context.close()
