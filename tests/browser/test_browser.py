"""The browser itself works here: the accessibility check can fail."""

import pytest
from playwright.sync_api import Page

from tests.browser.fixtures import accessibility_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_accessibility_check_finds_what_is_wrong(browser_page: Page) -> None:
    browser_page.set_content("<html lang='ja'><title>絵</title><main><h1>絵</h1><img src='data:,'></main>")
    assert [line for line in accessibility_violations(browser_page) if line.startswith("image-alt")]


def test_the_server_answers_a_real_browser(browser_page: Page) -> None:
    answer = browser_page.goto("/healthz")
    assert answer is not None
    assert answer.status == 200
