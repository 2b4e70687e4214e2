"""Erasing a history: kept only because she asked, read only with her phrase, and gone with one press; what she never kept was never there."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.patrons.models import Shelf
from tests.browser.fixtures import accessibility_violations, cursor_in_a_field
from tests.circulation.cast import at_desk
from tests.journeys.people import PHONE, come_as_reader, fits, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]
PHRASE = "川べりの赤い傘と青い靴"


def lend_and_take_back(house: Any, name: str, reader: Any) -> None:
    book = house[name].items.get()
    circulation.check_out(item=book, patron=reader, by=at_desk(), at=timezone.now())
    circulation.check_in(item=book, by=at_desk(), at=timezone.now())


def test_a_history_begins_and_ends_with_her(browser_page: Any, house: Any) -> None:
    page = browser_page
    page.set_viewport_size(PHONE)
    reader = come_as_reader(page)
    lend_and_take_back(house, "坊っちゃん", reader)

    # Returned and forgotten: there is nothing to erase, and the page says so.
    page.goto("/my/records")
    assert "坊っちゃん" not in page.inner_text("main")
    page.goto("/my/shelf")
    page.locator("#phrase").fill(PHRASE)
    page.get_by_role("button", name="本棚を始める").click()
    page.get_by_text("本棚を始めました").wait_for()
    reader.refresh_from_db()
    lend_and_take_back(house, "水瀬の川", reader)

    # Her phrase opens it, in this browser and in this moment.
    page.goto("/my/shelf")
    cursor_in_a_field(page)
    page.keyboard.type(PHRASE)
    page.keyboard.press("Enter")
    page.get_by_role("cell", name="水瀬の川").wait_for()
    assert page.get_by_role("cell", name="坊っちゃん").count() == 0
    assert accessibility_violations(page) == [] and fits(page)

    # One press: the box and its key are gone, and no row joins her to a book.
    page.get_by_role("button", name="本棚を消す").click()
    page.get_by_text("本棚を消しました").wait_for()
    assert not Shelf.objects.exists()
    assert not Loan.objects.filter(patron__isnull=False).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM journal_entry WHERE patron_key = %s AND subject LIKE %s", [reader.key, "%item%"]
        )
        assert cursor.fetchone()[0] == 0
