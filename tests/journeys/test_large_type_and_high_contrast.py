"""Twice the size, larger type, four times the size, and a machine's own high contrast: nothing is cut off, nothing disappears."""

from typing import Any

import pytest

from tests.browser.fixtures import accessibility_violations
from tests.journeys.people import come_as_reader, fits, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]
PAGES = (
    "/",
    "/search?q=こころ",
    "/titles/{0}",
    "/hours",
    "/kids/",
    "/join/",
    "/help",
    "/my/",
    "/my/holds",
    "/my/family",
    "/sign-in",
)
ZOOMS = ({"width": 640, "height": 450}, {"width": 320, "height": 256})
"""A screen of 1280 × 900 at 200 %, and of 1280 × 1024 at 400 % (WCAG 1.4.10)."""


def test_nothing_is_cut_off_and_nothing_disappears(browser_page: Any, house: Any) -> None:
    page = browser_page
    come_as_reader(page)
    addresses = [address.format(house["こころ"].pk) for address in PAGES]
    for size in ZOOMS:
        page.set_viewport_size(size)
        assert [address for address in addresses if page.goto(address) and not fits(page)] == [], size

    # Letters twice as large by the browser's own setting, on a small screen.
    page.set_viewport_size({"width": 768, "height": 900})
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    assert [address for address in addresses if page.goto(address) and not fits(page)] == []
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 30
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})

    # The machine's own colours: buttons and fields keep an edge, the focus keeps a ring.
    page.emulate_media(forced_colors="active")
    page.goto("/search?q=こころ")
    for one in page.locator("main .btn, main input.input, main .box").all():
        if one.is_visible():
            edge = one.evaluate(
                "e => { const s = getComputedStyle(e); return s.borderTopStyle !== 'none' && parseFloat(s.borderTopWidth) > 0 || s.outlineStyle !== 'none' }"
            )
            assert edge, one.evaluate("e => e.outerHTML.slice(0, 120)")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert accessibility_violations(page) == []
