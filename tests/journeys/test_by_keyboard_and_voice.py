"""By keyboard and the accessibility tree alone: what a screen reader is told is enough to place a hold."""

from typing import Any

import pytest

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold
from tests import cast
from tests.circulation.cast import at_desk
from tests.journeys.people import DESK, cards_are_good, come_as_reader, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]
MOST_STEPS = 60
"""More presses of Tab than any page asks for."""


def tab_to(page: Any, role: str, name: str) -> None:
    """Press Tab until the focus is on what a voice would call so."""
    wanted = page.get_by_role(role, name=name).first
    wanted.wait_for()
    for _step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab never came to {role} {name}")


def focus_is_seen(page: Any) -> bool:
    seen: bool = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== 'none' }"
    )
    return seen


def test_a_hold_without_eyes_and_without_a_mouse(browser_page: Any, house: Any) -> None:
    page, taro = browser_page, cast.taro()
    cards_are_good()
    copy = house["坊っちゃん"].items.get()
    circulation.check_out(item=copy, patron=taro, by=at_desk(), at=cast.AT)
    page.set_viewport_size(DESK)
    come_as_reader(page)

    # The first Tab is the way past the menu.
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip" and focus_is_seen(page)
    page.keyboard.press("Enter")
    tab_to(page, "combobox", "本、人、ことばをさがす")
    assert focus_is_seen(page)
    page.keyboard.type("ぼっちゃん")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")

    # Headings and landmarks tell where one is; the result says its state in words.
    told = page.locator("body").aria_snapshot()
    assert "- main" in told and 'heading "' in told and "- banner" in told and "- contentinfo" in told
    assert "貸出中" in page.get_by_role("main").aria_snapshot()
    tab_to(page, "link", "坊っちゃん")
    page.keyboard.press("Enter")
    page.wait_for_url("**/titles/*")
    tab_to(page, "button", "予約する")
    assert focus_is_seen(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/holds?after=*")
    assert Hold.objects.open().get().patron.name == "水野 花子"
    assert "1番目" in page.get_by_role("main").aria_snapshot()
