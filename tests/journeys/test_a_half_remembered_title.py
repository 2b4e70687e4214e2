"""A half-remembered title: misspelt, then by sound, then by whom; the third way is never needed."""

from typing import Any

import pytest

from tests.browser.fixtures import cursor_in_a_field
from tests.journeys.people import PHONE, fits, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]


def test_what_is_nearly_right_is_found(browser_page: Any, house: Any) -> None:
    page = browser_page
    page.set_viewport_size(PHONE)

    # 「坊ちゃっん」: the small っ stands in the wrong place.
    page.goto("/search?q=坊ちゃっん")
    page.get_by_role("link", name="坊っちゃん").first.click()
    page.wait_for_load_state()
    assert "坊っちゃん" in page.inner_text("main") and fits(page)

    # Only how it sounds, in Roman letters, and half of the author.
    page.goto("/search?q=bocchan+souseki")
    page.get_by_role("link", name="坊っちゃん", exact=True).click()
    page.wait_for_url("**/titles/*")
    assert "中央図書館" in page.inner_text("main")

    # And what is not there at all is not a dead end.
    page.goto("/search?q=ゾウリムシの一生")
    assert page.get_by_role("main").get_by_role("link").count() > 0
    page.goto("/search")
    cursor_or_box = page.get_by_role("combobox").first
    cursor_or_box.focus()
    cursor_in_a_field(page)
    page.keyboard.type("かわたわたる")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="水瀬の川", exact=True).wait_for()
