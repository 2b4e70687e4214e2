"""A hold from the reader's telephone to the hold shelf and home; and every page on the way looked at by axe."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold, Loan, ShelfPlace
from fumikura.holdings.models import Item
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.patrons.models import Card, Patron
from tests import cast
from tests.browser.fixtures import accessibility_violations, cursor_in_a_field, type_in
from tests.browser.test_people_pages import nobody, patron, staff
from tests.circulation.cast import at_desk, item

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def book(tmp_path: Path, settings: object) -> Item:
    """『こころ』, which 太郎 has on loan; 花子 wants it."""
    settings.FILES_DIR = tmp_path  # type: ignore[attr-defined]
    settings.INDEX_DIR = tmp_path / "index"  # type: ignore[attr-defined]
    cast.hanako()
    cast.staff("shimizu", *PERMISSIONS)
    copy = item()
    circulation.check_out(item=copy, patron=cast.taro(), by=at_desk(), at=timezone.now() - timedelta(days=3))
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))
    return copy


def test_from_one_tap_to_the_book_in_hand(browser_page: Page, book: Item) -> None:
    nobody(browser_page)
    browser_page.goto(f"/titles/{book.record_id}")
    browser_page.get_by_role("link", name="予約する").click()
    browser_page.wait_for_url("**/sign-in?next=*")
    cursor_in_a_field(browser_page)
    type_in(browser_page, "20004318", cast.PASSWORD)
    browser_page.wait_for_url(f"**/titles/{book.record_id}**")
    browser_page.get_by_role("button", name="予約する").click()
    browser_page.wait_for_url("**/my/holds?after=*")
    assert "1番目" in browser_page.inner_text("#placed")
    assert accessibility_violations(browser_page) == []
    circulation.check_in(item=book, by=at_desk(), at=timezone.now())
    browser_page.goto("/my/holds")
    assert "受け取れます" in browser_page.inner_text("main")
    staff(browser_page)
    browser_page.goto("/desk/hold-shelf")
    slot = f"{ShelfPlace.objects.get().pk:04d}"
    assert slot in browser_page.inner_text("main")
    assert "水野" not in browser_page.inner_text("main")
    hanako = Patron.objects.get(name="水野 花子")
    circulation.check_out(item=book, patron=hanako, by=at_desk(), at=timezone.now())
    assert Hold.objects.get().closed_as == "fulfilled"
    assert Loan.objects.open().get().patron == hanako


PAGES: list[tuple[Callable[[Page], None], str]] = [
    *((patron, path) for path in ("/my/holds", "/my/")),
    *((staff, path) for path in ("/desk/holds", "/desk/picking", "/desk/hold-shelf", "/desk/hold-shelf/slips")),
    *((staff, path) for path in ("/desk/crates", "/desk/reminders", "/office/policies")),
    (staff, "/office/emergencies?site=CHUO&first=2030-01-08&last=2030-01-09&new_due=2030-01-20"),
]


@pytest.mark.parametrize(("who", "path"), PAGES, ids=[path for _who, path in PAGES])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    browser_page: Page, book: Item, who: Callable[[Page], None], path: str
) -> None:
    want = circulation.Want((book.record,))
    reader = Patron.objects.get(name="水野 花子")
    circulation.place_hold(patron=reader, want=want, pickup=cast.chuo(), by=at_desk(), at=timezone.now())
    circulation.check_in(item=book, by=at_desk(), at=timezone.now())
    who(browser_page)
    for width in (360, 1280):
        browser_page.set_viewport_size({"width": width, "height": 800})
        browser_page.goto(path)
        assert accessibility_violations(browser_page) == []
        assert browser_page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
