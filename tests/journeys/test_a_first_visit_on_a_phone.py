"""A first visit on a telephone: a book is found by its sound, it stands on a shelf with a place, and a card is asked for."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from fumikura.patrons.models import Application
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.journeys.people import fits, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]


def test_from_the_first_page_to_a_card_that_waits_at_the_counter(browser_page: Any, house: Any) -> None:
    cast.category()
    call_command("postcodes", str(Path("demo/postcodes.csv")), verbosity=0)
    page = browser_page

    # She has a name in her ear and types it as it sounds.
    page.goto("/")
    assert fits(page)
    page.get_by_role("combobox").fill("みなせのかわ")
    page.get_by_role("button", name="さがす").first.click()
    page.wait_for_url("**/search?**")
    page.get_by_role("link", name="水瀬の川", exact=True).click()
    page.wait_for_url("**/titles/*")
    assert "中央図書館の棚にあるはずです" in page.inner_text("main")
    assert "291.0" in page.inner_text("main") and fits(page)

    # A card: written once on the telephone, the address by postcode.
    page.goto("/join/")
    page.get_by_label("お名前").fill("早瀬 ゆう")
    page.get_by_label("よみ").fill("はやせ ゆう")
    page.get_by_label("生まれた日").fill("1990-04-02")
    page.get_by_label("郵便番号", exact=True).fill("999-0001")
    page.get_by_role("button", name="郵便番号から住所を出す").click()
    page.wait_for_selector("#address[value*='水瀬'], [data-found]:not(:empty), main")
    page.get_by_label("住所").fill("水瀬県水瀬市本町3-4")
    page.get_by_label("電話", exact=True).fill("0436-11-2222")
    assert fits(page)
    page.get_by_role("button", name="申し込む").click()
    page.wait_for_url("**/join/done*")
    page.locator("main svg").first.wait_for()
    assert accessibility_violations(page) == [] and fits(page)
    assert Application.objects.count() == 1
