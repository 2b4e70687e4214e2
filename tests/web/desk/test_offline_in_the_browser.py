"""The offline counter in real browsers on a line that is cut: nothing lost, nothing doubled, and it looks like the counter."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from bench.offline_browser import Counter, KillableBrowser
from bench.offline_line import Line
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold, Loan, OfflineList, OfflineTerminal, ReplayedLine
from fumikura.kernel.barcodes import SCHEMES, with_check
from fumikura.organisation.models import Agency
from fumikura.patrons.models import Block, Patron
from tests import cast
from tests.browser.fixtures import accessibility_violations, chromium
from tests.web.desk.conftest import RIGHTS, book, enter, put_rules_in_force

CHECKED = """async pairs => {
  const { isValid } = await import("/static/desk/offline/check_digits.js");
  return pairs.map(([scheme, number]) => isValid(scheme, number));
}"""
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def line(live_server: object) -> Iterator[Line]:
    with Line(str(live_server).removeprefix("http://")) as made:
        yield made


@pytest.fixture
def town(db: None) -> Client:
    """Somebody is signed in at 中央, and there are books and readers."""
    put_rules_in_force()
    for number in range(12):
        book(f"本{number}", f"31000{number:02}0")
    book("大きな辞典", "31004406", reference_only=True)
    cast.hanako(), cast.taro()
    return enter(Client(), cast.staff("sano", *RIGHTS, "circulation.replay-offline"))


def cookie_of(client: Client) -> tuple[str, str]:
    return settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def counter(chromium_browser: object, line: Line, town: Client) -> Iterator[Counter]:
    context = chromium_browser.new_context(
        locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 800}
    )
    one = Counter(context, line.address, cookie_of(town))
    yield one
    context.close()
    assert one.complaints == []


def test_lends_takes_back_registers_and_takes_a_hold_with_the_line_cut(counter: Counter, line: Line) -> None:
    Agency.objects.update(card_check="7dr")
    counter.prepares()
    line.cut()
    counter.opens().is_offline()
    counter.scans("20004318", "patron-open")
    counter.scans("31000000", "lent")
    assert "貸しました" in counter.page.inner_text("#said")
    counter.presses("F10", "finished")
    assert "月" in counter.page.inner_text("#slip .big")
    counter.presses("F6", "ready-register")
    assert all(
        counter.page.evaluate(CHECKED, [[name, with_check(name, "2000990")] for name in SCHEMES if name != "none"])
    )
    assert not any(counter.page.evaluate(CHECKED, [[name, "2000990?"] for name in SCHEMES if name != "none"]))
    counter.page.fill("#register-card", "20009900")
    counter.page.keyboard.press("Enter")
    counter.page.wait_for_selector('#said[data-what="card-malformed"]')
    counter.page.fill("#register-card", with_check("7dr", "2000990"))
    counter.page.fill("#register-name", "南 次郎")
    counter.page.keyboard.press("Enter")
    counter.page.wait_for_selector('#said[data-what="registered"]')
    counter.scans("31000010", "lent")
    counter.presses("F4", "patron-for-hold")
    counter.page.fill("#hold-words", "31000020")
    counter.page.keyboard.press("Enter")
    counter.page.wait_for_selector('#said[data-what="held"]')
    counter.presses("F3", "ready-return")
    counter.scans("31000000", "returned")
    counter.scans("31000030", "returned")
    counter.presses("Control+z", "undone")
    line.mend()
    counter.comes_home()
    assert Loan.objects.open().get().patron.name == "南 次郎"
    assert Loan.objects.exclude(returned_at=None).get().item.barcode == "31000000"
    assert Hold.objects.get().patron.name == "南 次郎"
    assert not ReplayedLine.objects.exists()
    assert OfflineList.objects.filter(lines=[]).count() == OfflineList.objects.count()


def test_cards_are_known_without_names_and_questions_are_asked(counter: Counter, line: Line) -> None:
    Block.objects.create(patron=Patron.objects.get(name="北川 太郎"), reason="lost-item", starts_on=cast.TODAY)
    counter.prepares()
    line.cut()
    counter.scans("20004326", "card-warning")
    counter.presses("Escape", "left")
    counter.scans("20004318", "patron-open")
    assert "水野" not in counter.page.content()
    counter.scans("31004406", "not-lent")
    counter.page.keyboard.type("31000040")
    counter.page.keyboard.press("Enter")
    # What was read while the question stood is heard at once after it: the answer to the question stays only as a line.
    counter.presses("F9", "lent")
    counter.page.wait_for_selector('tbody tr:has-text("3100 4406"):has-text("—")')
    counter.page.wait_for_selector('tbody tr:has-text("3100 0040")')
    counter.presses("Escape", "ready-lend")
    counter.scans("20009999", "unknown-card")
    counter.presses("F9", "patron-open")
    counter.presses("Escape", "ready-lend")
    counter.scans("31000050", "card-first")
    counter.scans("9784101010014", "shop-barcode")


def test_a_page_of_the_counter_that_cannot_be_had_leads_to_the_offline_counter(counter: Counter, line: Line) -> None:
    counter.prepares()
    line.cut()
    counter.page.goto(counter.address.replace("offline/", "returns"))
    counter.page.wait_for_url("**/desk/offline/")
    counter.is_offline()


def test_practice_writes_nothing(counter: Counter, line: Line) -> None:
    counter.prepares()
    counter.page.click('[data-do="practise"]')
    counter.page.wait_for_selector('#line[data-is="practice"]')
    counter.scans("20004318", "patron-open")
    counter.scans("31000000", "lent")
    counter.page.click('[data-do="practise"]')
    counter.page.wait_for_selector('#line[data-is="online"]')
    assert counter.page.inner_text("[data-waiting]") == "なし"
    assert not Loan.objects.exists()


def test_the_list_is_carried_over_as_a_file_and_the_terminal_sends_it_later_without_harm(
    counter: Counter, line: Line, town: Client, tmp_path: Path
) -> None:
    counter.prepares()
    line.cut()
    counter.scans("20004318", "patron-open")
    counter.scans("31000000", "lent")
    counter.page.keyboard.press("F7")
    with counter.page.expect_download() as download:
        counter.page.click('[data-do="export"]')
    file = tmp_path / "carried.fumi"
    download.value.save_as(file)
    assert b"20004318" not in file.read_bytes()
    with file.open("rb") as carried:
        answer = town.post("/desk/offline/file", {"file": carried, "request_key": "f" * 32}, follow=True)
    assert "取り込みました" in answer.content.decode()
    assert Loan.objects.count() == 1
    line.mend()
    counter.comes_home()
    assert Loan.objects.count() == 1


def test_a_list_changed_on_the_disk_is_noticed(counter: Counter, line: Line) -> None:
    counter.prepares()
    line.cut()
    counter.scans("20004318", "patron-open")
    counter.scans("31000000", "lent")
    counter.page.evaluate("""() => new Promise((done) => {
      const asked = indexedDB.open("fumikura-offline");
      asked.onsuccess = () => {
        const lines = asked.result.transaction("lines", "readwrite").objectStore("lines");
        lines.get(1).onsuccess = (got) => {
          const line = got.target.result;
          line.sealed[20] ^= 1;
          lines.put(line).onsuccess = done;
        };
      };
    })""")
    line.mend()
    counter.page.click('[data-do="sync"]')
    counter.page.wait_for_selector("[data-trouble]:not([hidden])")
    assert "変わっています" in counter.page.inner_text("[data-trouble]")
    assert not Loan.objects.exists()


def test_three_browsers_a_cut_a_kill_and_everything_said_three_times(
    chromium_browser: object, line: Line, town: Client, tmp_path: Path
) -> None:
    """Small: three books each, one of them wanted by all. In the large: python -m bench.offline."""
    kind = chromium_browser.browser_type
    browsers = [
        KillableBrowser(
            kind,
            tmp_path / f"b{number}",
            chromium=chromium(),
            address=line.address,
            cookie=cookie_of(town),
            ahead=ahead,
        )
        for number, ahead in enumerate((0, 300, -300))
    ]
    for browser in browsers:
        browser.counter.prepares(browser.folder.name)
    line.cut()
    for number, browser in enumerate(browsers):
        browser.counter.scans("20004318", "patron-open")
        for barcode in (f"31000{number:02}0", f"31000{number + 3:02}0"):
            browser.counter.scans(barcode, "lent")
    for browser in browsers:
        browser.is_killed()
        browser.starts()
        browser.counter.opens().is_offline()
        browser.counter.scans("20004326", "patron-open")
        browser.counter.scans("31000090", "lent")
    line.lose_after = 1
    line.mend()
    while not line.is_cut:  # until what somebody sent has arrived and its answer is lost
        browsers[0].counter.page.wait_for_timeout(50)
    line.mend()
    for browser in browsers:
        browser.counter.comes_home()
        browser.closes()
    assert line.sent["/desk/offline/lists"] >= 9
    of_the_one = Loan.objects.filter(item__barcode="31000090")
    assert of_the_one.filter(returned_at=None).count() == 1
    assert of_the_one.count() + ReplayedLine.objects.filter(is_entered=False).count() <= 3
    assert Loan.objects.exclude(item__barcode="31000090").count() == 6
    assert sorted(OfflineTerminal.objects.values_list("received", flat=True)) == [3, 3, 3]
    aheads = sorted(OfflineTerminal.objects.values_list("ahead_seconds", flat=True))
    assert [round(ahead, -1) for ahead in aheads] == [-300, 0, 300]


# ---- how it looks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(counter: Counter, line: Line, width: int, town: Client) -> None:
    page = counter.page
    page.set_viewport_size({"width": width, "height": 1024 if width == 768 else 800})
    counter.opens()
    looks_right(page, width, "unprepared")
    page.keyboard.press("F10")
    assert "終わりました" not in page.inner_text("main")
    counter.prepares()
    line.cut()
    counter.opens().is_offline()
    looks_right(page, width, "ready")
    counter.scans("20004318", "patron-open")
    counter.scans("31000000", "lent")
    counter.scans("31000010", "lent")
    looks_right(page, width, "lent")
    counter.scans("31004406", "not-lent")
    looks_right(page, width, "question")
    counter.presses("Escape", "left")
    counter.presses("F4", "patron-for-hold")
    looks_right(page, width, "hold")
    counter.page.fill("#hold-words", "漱石の草枕")
    counter.page.keyboard.press("Enter")
    counter.page.wait_for_selector('#said[data-what="held"]')
    counter.presses("F10", "finished")
    looks_right(page, width, "slip")
    counter.presses("F6", "ready-register")
    looks_right(page, width, "register")
    for key, name in (("F7", "terminal"), ("F1", "help")):
        page.keyboard.press(key)
        page.wait_for_selector(f"#{name}:not([hidden])")
        looks_right(page, width, name)
    line.mend()
    counter.comes_home()
    page.goto(counter.address + "conflicts")
    looks_right(page, width, "conflicts")
    page.fill("input[name=item]", "31000020")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=直して取り込みました")
    looks_right(page, width, "settled")
    assert Hold.objects.get().patron.name == "水野 花子"
    assert circulation.lines_to_settle(cast.chuo()) == []


def looks_right(page: object, width: int, name: str) -> None:
    if folder := os.environ.get("FUMIKURA_PICTURES"):
        page.screenshot(path=f"{folder}/offline-{name}-{width}.png", full_page=True)
    assert accessibility_violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
