"""Stacks, pieces and the stocktake in a real browser: with the counter's own script, by keyboard, and with nothing for axe to find."""

import pytest
from django.conf import settings
from django.test import Client

from fumikura.circulation.models import Loan
from fumikura.holdings.models import Item
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.browser.fixtures import accessibility_violations, cursor_in_a_field
from tests.web.desk.conftest import book, enter, put_rules_in_force

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk_page(browser_page):
    put_rules_in_force()
    for title, barcode in (("こころ", "31002745"), ("草枕", "31001182"), ("五重塔", "31000937")):
        book(title, barcode, call_number="913.6/ナ")
    cast.hanako()
    client = enter(Client(), cast.staff("shimizu", *PERMISSIONS))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_page.goto("/healthz")
    address = browser_page.url.removesuffix("/healthz")
    browser_page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return browser_page


def scan(page, number: str, outcome: str) -> None:
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_selector(f'#said[data-what="{outcome}"]')


def test_books_first_then_the_card_then_a_stack_that_is_one_short(desk_page):
    page = desk_page
    Item.objects.filter(barcode="31000937").update(parts=2, parts_words="本・CD 1枚")
    page.goto("/desk/")
    scan(page, "31002745", "item-state")
    scan(page, "20004318", "lent")
    page.get_by_text("まとめて読む（ICタグ・冊数の確認）").click()
    page.locator("#stack").click()
    for number in ("31001182", "31000937"):
        page.keyboard.type(number)
        page.keyboard.press("Enter")
    page.fill("[name=counted]", "3")
    page.get_by_role("button", name="まとめて貸す").click()
    page.wait_for_selector('#said[data-what="stack-differs"]')
    assert Loan.objects.count() == 1
    assert accessibility_violations(page) == []
    page.keyboard.press("F9")
    page.wait_for_selector('#said[data-what="parts-lend"]')
    page.keyboard.press("F9")
    page.wait_for_selector('#said[data-what="lent"]')
    assert Loan.objects.count() == 3


def test_a_stocktake_from_the_first_number_to_the_last_search(desk_page):
    page = desk_page
    page.goto("/desk/stocktakes")
    page.get_by_role("button", name="始める").click()
    page.get_by_role("link", name="読み取りへ進む").click()
    cursor_in_a_field(page)
    page.locator("#numbers").click()
    for number in ("31002745", "31001182"):
        page.keyboard.type(number)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="送る", exact=True).click()
    page.get_by_text("3点のうち 2点を読みました（67%）").wait_for()
    assert accessibility_violations(page) == []
    page.get_by_role("button", name="読み取りを終える").click()
    page.get_by_role("link", name="さがす", exact=True).click()
    page.wait_for_url("**/search")
    cursor_in_a_field(page)
    page.keyboard.type("31000937")
    page.keyboard.press("Enter")
    page.get_by_text("見つかりました：五重塔").wait_for()
    page.set_viewport_size({"width": 360, "height": 740})
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert accessibility_violations(page) == []


def test_tags_are_put_on_by_scanner_and_keyboard_alone(desk_page):
    page = desk_page
    page.goto("/desk/tagging")

    def read(number: str) -> None:
        cursor_in_a_field(page)
        page.keyboard.type(number)
        page.keyboard.press("Enter")

    read("31002745")
    page.locator("#tag").wait_for()
    assert accessibility_violations(page) == []
    read("E004015012345678")
    page.get_by_text("タグを記録しました").wait_for()
    assert accessibility_violations(page) == []
    read("31002745")
    page.get_by_text("もうタグが付いています").wait_for()
    read("E004015012345679")
    page.get_by_text("もう別のタグが付いています").wait_for()
    assert accessibility_violations(page) == []
    page.keyboard.press("F9")
    page.get_by_text("タグを記録しました").wait_for()
    assert Item.objects.get(identifiers__value="E004015012345679").barcode == "31002745"
