"""Signing in, my page and the office in a real browser: by keyboard, at two widths, without a finding by axe."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation.models import User
from fumikura.patrons.models import Card
from tests import cast
from tests.browser.fixtures import accessibility_violations, ready_to_type
from tests.circulation.cast import at_desk, item
from tests.journeys.people import come_as_reader, come_as_staff
from tests.shared_data import shared

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 1280)


@pytest.fixture(autouse=True)
def town(tmp_path: Path, settings: object) -> None:
    settings.FILES_DIR = tmp_path  # type: ignore[attr-defined]
    hanako = cast.hanako()
    cast.kita()
    cast.staff("shimizu", *PERMISSIONS)
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))
    for number, (title, days) in enumerate((("こころ", 12), ("坊っちゃん", 20), ("三四郎", 5)), 1):
        at = timezone.now() - timedelta(days=days)
        record = BibliographicRecord.objects.create(
            source="t",
            number=str(number),
            title=title,
            creator="夏目, 漱石",
            ndc="913.6",
            marc=b"",
            created_at=at,
            changed_at=at,
        )
        copy = item(f"3000{number:04}", record=record)
        circulation.check_out(item=copy, patron=hanako, by=at_desk(), at=at)


def nobody(page: Page) -> None:
    page.goto("/sign-in")


def patron(page: Page) -> None:
    come_as_reader(page)


def staff(page: Page) -> None:
    come_as_staff(page, User.objects.get(username="shimizu"))


PAGES: list[tuple[Callable[[Page], None], str]] = [
    *((nobody, path) for path in ("/sign-in", "/staff/sign-in")),
    *((patron, path) for path in ("/my/", "/my/card", "/my/password", "/my/records")),
    *((staff, path) for path in ("/staff/place", "/office/imports", "/office/items", "/office/sites")),
    *((staff, path) for path in ("/office/sites/CHUO/calendar", "/office/people")),
]


@pytest.mark.parametrize(("who", "path"), PAGES, ids=[path for _who, path in PAGES])
def test_axe_finds_nothing_and_nothing_is_cut_off(browser_page: Page, who: Callable[[Page], None], path: str) -> None:
    who(browser_page)
    for width in WIDTHS:
        browser_page.set_viewport_size({"width": width, "height": 800})
        browser_page.goto(path)
        assert accessibility_violations(browser_page) == []
        assert browser_page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_hanako_renews_what_is_due_soon_with_one_press_and_sees_the_new_day(browser_page: Page) -> None:
    come_as_reader(browser_page)
    browser_page.goto("/my/")
    browser_page.click("text=1点を延長する")
    browser_page.wait_for_url("**/my/?after=*")
    assert "1点を延長しました" in browser_page.inner_text("#outcome")
    assert Loan.objects.get(item__record__title="こころ").renewals == 1
    browser_page.reload()
    assert Loan.objects.get(item__record__title="こころ").renewals == 1
    assert accessibility_violations(browser_page) == []


def test_all_at_once_tells_each_reason_beside_its_book(browser_page: Page) -> None:
    come_as_reader(browser_page)
    browser_page.goto("/my/")
    browser_page.click("text=まとめて延長する")
    browser_page.wait_for_url("**/my/?after=*")
    late = browser_page.locator("li.line", has_text="坊っちゃん")
    assert "返す日を過ぎているので延長できません" in late.inner_text()
    assert accessibility_violations(browser_page) == []


def test_a_scanner_types_the_card_and_enter_leads_to_the_password(browser_page: Page) -> None:
    ready_to_type(browser_page, "/sign-in")
    browser_page.keyboard.type("A20004318A")
    browser_page.keyboard.press("Enter")
    browser_page.locator("#password:focus").wait_for()
    browser_page.keyboard.type(cast.PASSWORD)
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url("**/my/")
    assert "水野 花子さんのページ" in browser_page.inner_text("h1")


@pytest.mark.shared_data
def test_a_librarian_brings_the_real_file_in_and_adds_a_copy_that_can_be_lent(browser_page: Page) -> None:
    staff(browser_page)
    browser_page.set_viewport_size({"width": 1280, "height": 800})
    browser_page.goto("/office/imports")
    before = BibliographicRecord.objects.count()
    browser_page.set_input_files("#file", str(shared("data/marc/japan/dev_120.mrc")))
    browser_page.click("text=中身を見る")
    browser_page.wait_for_selector("text=取り込むと、こうなります")
    assert accessibility_violations(browser_page) == []
    assert BibliographicRecord.objects.count() == before
    browser_page.click("button:has-text('取り込む')")
    browser_page.wait_for_selector("text=取り込みが終わりました")
    assert accessibility_violations(browser_page) == []
    assert BibliographicRecord.objects.count() == before + 120
    taken_in = BibliographicRecord.objects.get(title__startswith="誰でも作れる電子書籍")
    ready_to_type(browser_page, f"/office/records/{taken_in.pk}/items")
    browser_page.keyboard.type("A31234567A")
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_selector("text=31234567 を登録しました")
    assert taken_in.items.get().barcode == "31234567"
    assert accessibility_violations(browser_page) == []
