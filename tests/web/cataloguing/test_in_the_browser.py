"""The cataloguer's desk in a real browser: by keyboard, kept while typed, nothing for axe to find, nothing cut off."""

import pytest
from django.conf import settings
from django.test import Client

from fumikura.catalogue.description import describe
from fumikura.catalogue.models import BibliographicRecord, UnsavedEdit, WorkDecision
from fumikura.catalogue.services import draft_readings
from fumikura.holdings.models import CallNumberRules
from fumikura.holdings.services import NewItem, add_item
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.catalogue.test_readings import saved as drafted
from tests.catalogue.test_works import saved as work
from tests.web.cataloguing.conftest import RIGHTS, saved
from tests.web.desk.conftest import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 768, 1280)


@pytest.fixture
def at_desk(browser_page):
    cast.chuo()
    client = enter(Client(), cast.staff("sano", *RIGHTS))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_page.goto("/healthz")
    address = browser_page.url.removesuffix("/healthz")
    browser_page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    browser_page.set_viewport_size({"width": 1280, "height": 900})
    return browser_page


def look_at(page, path: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path)
        assert accessibility_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_axe_finds_nothing_on_the_pages_of_a_record(at_desk) -> None:
    record = saved()
    paths = (
        "",
        "new/magazine",
        "batch",
        "copy",
        "targets?known=0",
        f"records/{record.pk}",
        f"records/{record.pk}?view=marc",
    )
    for path in (*paths, f"records/{record.pk}/history"):
        look_at(at_desk, f"/cataloguing/{path}")


def test_axe_finds_nothing_on_the_pages_of_copies(at_desk) -> None:
    record = saved()
    home = cast.chuo()
    new = NewItem(barcode="31000998", record=record, home=home, agency=home.agency, call_number="913.6/ナ")
    add_item(new, by=cast.SYSTEM, at=cast.AT)
    for path in (f"records/{record.pk}/items?added=31000998", "labels?barcodes=31000998 5", "call-numbers"):
        look_at(at_desk, f"/cataloguing/{path}")
    at_desk.fill("#text", "* : X{ndc:3}/{author:2}")
    at_desk.locator("#preview .label3", has_text="X913").wait_for()
    assert CallNumberRules.objects.count() == 0


def test_a_record_is_mended_by_keyboard_alone_and_kept_while_it_is_typed(at_desk) -> None:
    record = saved()
    at_desk.goto(f"/cataloguing/records/{record.pk}")
    at_desk.focus("#title-0-a-kana")
    at_desk.keyboard.press("End")
    at_desk.keyboard.type("ノホン漢")
    at_desk.wait_for_selector("text=読みにかな以外の字があります")
    assert "ココロノホン漢" in UnsavedEdit.objects.get().text
    at_desk.keyboard.press("Backspace")
    at_desk.wait_for_selector("text=気になるところはありません")
    at_desk.keyboard.press("Alt+v")
    at_desk.wait_for_selector("#text")
    assert "$aココロノホン :" in at_desk.input_value("#text")
    at_desk.focus("#text")
    at_desk.keyboard.press("Control+Home")
    for _line in range(4):
        at_desk.keyboard.press("ArrowDown")
    at_desk.keyboard.press("Alt+d")
    assert at_desk.input_value("#text").count("$a20000001$2jnb") == 2
    at_desk.keyboard.press("Control+z")
    at_desk.keyboard.press("Control+s")
    at_desk.wait_for_url("**?saved=1")
    record.refresh_from_db()
    assert describe(bytes(record.marc)).title_reading == "ココロノホン"


def test_a_name_is_picked_with_its_reading_and_the_next_line_opens_by_itself(at_desk) -> None:
    saved()
    at_desk.goto("/cataloguing/new/book")
    at_desk.fill("#title-0-a", "草枕")
    at_desk.type("#name-0-a", "なつめ")
    at_desk.get_by_role("option", name="夏目, 漱石").click()
    assert at_desk.input_value("#name-0-a") == "夏目, 漱石"
    assert at_desk.input_value("#name-0-a-kana") == "ナツメ, ソウセキ"
    assert at_desk.locator("#name-1-a").count() == 1
    at_desk.type("#name-1-a", "なつめ")
    at_desk.get_by_role("option", name="夏目, 漱石").wait_for()
    at_desk.keyboard.press("ArrowDown")
    at_desk.keyboard.press("Enter")
    assert at_desk.input_value("#name-1-a-kana") == "ナツメ, ソウセキ"
    at_desk.fill("#name-1-a", "")
    at_desk.fill("#name-1-a-kana", "")
    at_desk.keyboard.press("Control+s")
    at_desk.wait_for_url("**?saved=1")
    assert BibliographicRecord.objects.get(title="草枕").creator_reading == "ナツメ, ソウセキ"


def test_the_keys_are_listed_on_a_question_mark(at_desk) -> None:
    at_desk.goto("/cataloguing/new/book")
    at_desk.focus("#save")
    at_desk.keyboard.press("?")
    at_desk.wait_for_selector("#keys[open] >> text=フォームと MARC を切り替える")


def test_a_reading_is_confirmed_and_taken_back_by_keyboard_and_the_figures_on_top_follow(at_desk) -> None:
    draft_readings(records=[drafted("1", "東京の夏").pk], by=cast.SYSTEM, at=cast.AT)
    at_desk.goto("/cataloguing/readings/?kind=title")
    at_desk.locator(".readings__text:focus").wait_for()
    at_desk.keyboard.press("Enter")
    said, figures = at_desk.locator("[data-said]"), at_desk.locator("[data-standing]")
    said.get_by_text("確かめました").wait_for()
    after = figures.all_text_contents()
    at_desk.keyboard.press("Control+Shift+z")
    said.get_by_text("取り消しました").wait_for()
    before = figures.all_text_contents()
    assert [int(one) - int(two) for one, two in zip(before, after, strict=True)] == [1, -1]


def test_works_are_joined_and_parted_by_keyboard_and_axe_finds_nothing(at_desk) -> None:
    melos, run = work("m1", "走れメロス"), work("r1", "Run, Melos!", "Dazai Osamu")
    work("m2", "走れメロス", year="1999")
    address = f"/cataloguing/records/{melos.pk}/work"
    for query in ("", f"?with={run.pk}", "?q=Melos"):
        look_at(at_desk, f"{address}{query}")
    at_desk.goto(f"{address}?with={run.pk}")
    at_desk.focus("#why")
    at_desk.keyboard.type("英訳")
    at_desk.keyboard.press("Tab")
    at_desk.keyboard.press("Enter")
    at_desk.wait_for_selector("text=同じ作品にまとめました。")
    look_at(at_desk, f"{address}?done={WorkDecision.objects.get().pk}")
    at_desk.focus(f'[name="part"][value="{run.pk}"]')
    at_desk.keyboard.press("Space")
    at_desk.locator("#why-part").press("Enter")
    at_desk.wait_for_selector("text=別の作品に分けました。")
    assert WorkDecision.objects.standing().count() == 2
