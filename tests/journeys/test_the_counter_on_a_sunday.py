"""The counter on a Sunday: five books in seven scans and keys, a book that belongs elsewhere, one that somebody waits for."""

from typing import Any

import pytest
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan, ShelfPlace, Transit
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.circulation.cast import at_desk
from tests.journeys.people import DESK, cards_are_good, come_as_staff, house, scan
from tests.web.opac.cast import copy, title

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]
MOST_STROKES = 8
"""Scans and keys from the card to the slip, with five books (measured: issue 5)."""


class Hands:
    """Somebody who scans and presses keys, and counts."""

    def __init__(self, page: Any) -> None:
        self.page, self.strokes = page, 0

    def scan(self, number: str, outcome: str) -> None:
        self.strokes += 1
        scan(self.page, number, outcome)

    def press(self, key: str, then: str) -> None:
        self.strokes += 1
        self.page.keyboard.press(key)
        self.page.wait_for_selector(then)


def test_an_hour_with_a_queue(browser_page: Any, house: Any) -> None:
    five = [copy(title(f"日曜の本{n}", number=f"s{n}"), f"3300{n:04}") for n in range(5)]
    cast.taro()
    cards_are_good()
    page = browser_page
    page.set_viewport_size(DESK)
    come_as_staff(page, cast.staff("kimura", *PERMISSIONS))

    # A family's five books, from the card to the slip.
    page.goto("/desk/")
    page.locator("#scan:focus").wait_for()
    hands = Hands(page)
    hands.scan("20004318", "patron-open")
    for book in five:
        hands.scan(book.barcode, "lent")
    hands.press("F10", "#slip")
    assert hands.strokes <= MOST_STROKES
    assert Loan.objects.open().count() == 5
    assert "水野" not in page.inner_text("body")

    # The box of returned books: one for the shelf, one that 太郎 waits for, one that belongs to 北.
    wanted = circulation.Want((five[1].record,))
    taro = cast.Patron.objects.get(name="北川 太郎")
    circulation.place_hold(patron=taro, want=wanted, pickup=cast.chuo(), by=at_desk(), at=timezone.now())
    page.keyboard.press("F3")
    page.wait_for_url("**/desk/returns")
    page.locator("#scan:focus").wait_for()
    scan(page, five[0].barcode, "shelve")
    scan(page, five[1].barcode, "hold-shelf")
    assert ShelfPlace.objects.count() == 1
    scan(page, "30000017", "send")
    assert "北" in page.inner_text("#said")
    assert Transit.objects.open().get().destination.code == "KITA"

    # The wrong book was taken from the box: one key takes it back.
    scan(page, five[2].barcode, "shelve")
    page.keyboard.press("Control+z")
    page.wait_for_selector('#said[data-what="undone-returned"]')
    assert Loan.objects.open().count() == 3
