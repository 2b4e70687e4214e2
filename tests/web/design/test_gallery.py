"""The living gallery: every component, in a real browser, in every colour."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from fumikura.web.design import stylesheet
from fumikura.web.design.stylesheet import COMPONENTS
from tests.browser.fixtures import accessibility_violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Parts of a frame and of the whole page, which every page shows.
FRAMES = {"mast", "prefs", "foot", "bar", "office", "kbd", "gallery"}


def test_the_gallery_shows_every_component() -> None:
    page = Client().get("/design/").content.decode()
    components = stylesheet.FOLDER.parent.parent / "templates" / "design" / "components"
    for name in components.glob("*.html"):
        html = name.read_text()
        first_class = html.partition('class="')[2].partition('"')[0].partition("{")[0].split()
        assert not first_class or f'"{first_class[0]}' in page, name.stem
    assert len(COMPONENTS) == len(set(COMPONENTS))


def test_the_gallery_speaks_english() -> None:
    answer = Client().get("/design/", headers={"accept-language": "en"})
    assert "Look and components" in answer.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "colour"), [(360, "light"), (768, "dark"), (1280, "more")])
def test_nobody_is_shut_out_of_any_component(browser_page: "Page", width: int, colour: str) -> None:
    browser_page.set_viewport_size({"width": width, "height": 900})
    browser_page.goto("/design/")
    browser_page.context.add_cookies([{"name": "colour", "value": colour, "url": browser_page.url}])
    browser_page.goto("/design/")
    assert accessibility_violations(browser_page) == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_nothing_needs_sideways_scrolling_at_four_hundred_per_cent(browser_page: "Page") -> None:
    browser_page.set_viewport_size({"width": 320, "height": 256})
    browser_page.goto("/design/")
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_colours_change_without_reading_the_page_again_and_stay(browser_page: "Page") -> None:
    browser_page.goto("/design/")
    browser_page.locator("summary", has_text="色").press("Enter")
    browser_page.get_by_role("button", name="暗い").click()
    browser_page.wait_for_selector("html[data-theme=dark]")
    browser_page.reload()
    assert browser_page.evaluate("document.documentElement.dataset.theme") == "dark"
