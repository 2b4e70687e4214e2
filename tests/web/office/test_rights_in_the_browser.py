"""権限の表 on a telephone: what a row is about stands in words, not in a column of letters."""

import pytest
from playwright.sync_api import Page

from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.journeys.people import come_as_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_matrix_scrolls_sideways_and_keeps_its_row_headings_readable(browser_page: Page) -> None:
    come_as_staff(browser_page, cast.staff("shimizu", "organisation.grant-role", at=cast.chuo()))
    browser_page.goto("/office/rights")
    widths = browser_page.locator("#matrix + .scroll tbody th").evaluate_all("all => all.map((one) => one.offsetWidth)")
    assert widths and min(widths) >= 128
    assert browser_page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert accessibility_violations(browser_page) == []
