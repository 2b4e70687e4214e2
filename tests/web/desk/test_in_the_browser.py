"""The counter in a real browser, by keyboard alone: lending, asking, returning, undoing, and nothing for axe to find."""

import pytest
from django.conf import settings
from django.test import Client

from fumikura.circulation.models import Loan
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.web.desk.conftest import RIGHTS, book, enter, put_rules_in_force

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def counter_page(browser_page):
    """A page at 中央's counter with the cast in place; tones are collected in `window.tones`."""
    put_rules_in_force()
    book("こころ", "31002745")
    book("草枕", "31001182")
    book("五重塔", "31000937", creator="幸田露伴", home=cast.kita())
    book("大きな辞典", "31004406", creator="辞典の会", reference_only=True)
    cast.hanako()
    client = enter(Client(), cast.staff("sano", *RIGHTS))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_page.goto("/healthz")
    address = browser_page.url.removesuffix("/healthz")
    browser_page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    browser_page.add_init_script(
        "window.tones = []; document.addEventListener('desk:sound', (e) => window.tones.push(e.detail))"
    )
    browser_page.goto("/desk/")
    return browser_page


def scan(page, number: str, outcome: str) -> None:
    """As a scanner types: fast, ending in Enter, wherever the focus is."""
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_selector(f'#said[data-what="{outcome}"]')


def test_a_whole_visit_by_keyboard(counter_page):
    page = counter_page
    scan(page, "20004318", "patron-open")
    scan(page, "31002745", "lent")
    scan(page, "31004406", "to-confirm")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("F9")
    page.wait_for_selector('#said[data-what="lent"]')
    assert Loan.objects.open().count() == 2
    page.keyboard.press("Control+z")
    page.wait_for_selector('#said[data-what="undone-lent"]')
    page.keyboard.press("F10")
    page.wait_for_selector("#slip")
    assert "水野" not in page.inner_text("body")
    page.keyboard.press("F3")
    page.wait_for_url("**/desk/returns")
    scan(page, "31002745", "shelve")
    page.keyboard.press("Control+z")
    page.wait_for_selector('#said[data-what="undone-returned"]')
    assert Loan.objects.open().get().patron.name == "水野 花子"


def test_scans_wait_visibly_while_a_question_is_open_and_are_then_heard_in_order(counter_page):
    page = counter_page
    scan(page, "20004318", "patron-open")
    scan(page, "31004406", "to-confirm")
    page.keyboard.type("31002745")
    page.keyboard.press("Enter")
    page.wait_for_selector("#waiting:not([hidden])")
    assert "31002745" in page.inner_text("#waiting")
    assert not Loan.objects.exists()
    page.keyboard.press("Escape")
    page.wait_for_selector('#said[data-what="lent"]')
    assert Loan.objects.get().item.barcode == "31002745"


def test_scanning_ahead_loses_nothing(counter_page):
    page = counter_page
    for number in ("20004318", "31002745", "31001182"):
        page.keyboard.type(number)
        page.keyboard.press("Enter")
    page.wait_for_selector('tbody tr:has-text("こころ") >> nth=0')
    page.wait_for_selector('tbody tr:has-text("草枕")')
    assert Loan.objects.count() == 2


def test_each_outcome_has_its_tones_and_the_focus_stays_in_the_field(counter_page):
    page = counter_page
    scan(page, "20004318", "patron-open")
    scan(page, "31004406", "to-confirm")
    page.keyboard.press("Escape")
    page.wait_for_selector('#said[data-what="left-lend"]')
    scan(page, "39999999", "unknown")
    assert page.evaluate("window.tones") == ["ok", "ask", "stop"]
    assert page.evaluate("document.activeElement.id") == "scan"


def test_a_broken_line_is_tried_again_and_lends_once(counter_page):
    page = counter_page
    scan(page, "20004318", "patron-open")
    broken = iter([True, True])

    def answer(route):
        if next(broken, False):
            route.fetch()  # it arrived, but the answer was lost on the way
            route.abort()
        else:
            route.continue_()

    page.route("**/desk/scans", answer)
    page.keyboard.type("31002745")
    page.keyboard.press("Enter")
    page.wait_for_selector("#line:not([hidden])")
    page.wait_for_selector('#said[data-what="lent"]')
    assert Loan.objects.count() == 1


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_at_the_counter(counter_page, width):
    page = counter_page
    page.set_viewport_size({"width": width, "height": 800})
    assert accessibility_violations(page) == []
    scan(page, "20004318", "patron-open")
    scan(page, "31002745", "lent")
    assert accessibility_violations(page) == []
    scan(page, "31004406", "to-confirm")
    assert accessibility_violations(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector('#said[data-what="left-lend"]')
    page.keyboard.press("F10")
    page.wait_for_selector("#slip")
    assert accessibility_violations(page) == []
    for other in ("returns", "patrons?q=みずの", "items?q=31002745", "transits", "overdue", "help"):
        page.goto(f"/desk/{other}")
        assert accessibility_violations(page) == [], other


@pytest.mark.parametrize("width", [360, 320])
def test_nothing_scrolls_sideways(counter_page, width):
    page = counter_page
    page.set_viewport_size({"width": width, "height": 700})
    scan(page, "20004318", "patron-open")
    scan(page, "31002745", "lent")
    scan(page, "31004406", "to-confirm")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # The bar is one row, with the rest under a button; closing that tells the counter nothing.
    assert page.evaluate("document.querySelector('.bar').getBoundingClientRect().height") < 60
    page.locator(".bar__open").click()
    page.get_by_role("button", name="ログアウト").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    page.locator("#bar-more").wait_for(state="hidden")
    assert page.locator('#said[data-what="to-confirm"]').is_visible()
