"""Pictures of the main pages for the documentation: `bin/screens`, or `python -m tests.screens --address http://…` of a demo town.

Each page at 360, 768 and 1280 pixels as it first stands on a screen, as JPEG into docs/screens, with a page that shows them.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from tests.browser.fixtures import QUIET, chromium, cursor_in_a_field

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path("docs/screens")
WIDTHS = {360: 740, 768: 1000, 1280: 860}
QUALITY = 55
MOST = 6_000_000
PASSWORD = "minase-demo"
PUBLIC = {
    "home": ("/", "はじめのページ", "First page"),
    "search": ("/search?q=夏目漱石", "さがした結果", "Results"),
    "title": ("/titles/1", "本のページ", "A title"),
    "hours": ("/hours", "開館日と地図", "Opening days and map"),
    "events": ("/events", "行事", "Events"),
    "kids": ("/kids/", "こども", "Children"),
    "join": ("/join/", "書かない窓口", "Registration"),
}
STAFF = {
    "desk": ("/desk/", "カウンター", "Counter"),
    "loan": ("/desk/", "カードを読んだあと", "A card is read"),
    "returns": ("/desk/returns", "返却", "Returns"),
    "hold-shelf": ("/desk/hold-shelf", "取置の棚", "Hold shelf"),
    "calls": ("/desk/calls", "電話と手紙", "Calls and letters"),
    "find": ("/staff/find?q=みず", "なんでもさがす", "Find anything"),
    "holds": ("/desk/holds", "予約", "Holds"),
    "rules": ("/office/policies", "貸出の規則", "Lending rules"),
    "sites": ("/office/sites", "館と開館日", "Sites"),
    "messages": ("/office/messages", "文面", "Texts"),
    "slip": ("/office/messages/loan-slip/ja", "貸出票を書く", "Wording a slip"),
    "people": ("/office/people", "職員と役", "Staff and roles"),
    "sign-ins": ("/office/sessions", "ログインのきまり", "Sign-ins"),
    "withdrawals": ("/office/withdrawals", "除籍", "Withdrawals"),
    "programmes": ("/office/programmes", "行事を書く", "Writing events"),
    "floors": ("/office/floors?floor=1", "棚の地図を描く", "Drawing floors"),
    "cataloguing": ("/cataloguing/", "目録", "Cataloguing"),
    "record": ("/cataloguing/records/1", "書誌を直す", "Editing a record"),
}
MINE = {"my": ("/my/", "マイページ", "My page"), "card": ("/my/card", "デジタルカード", "Digital card")}
CARD = "20000013"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--address", default="", help="of a running demo town; without it one is made and served")
    address = asked.parse_args().address
    if not chromium():
        raise SystemExit("Chromium がありません / no Chromium: apt install chromium")
    if address:
        take(address)
    else:
        with demo_town() as served:
            take(served)


@contextmanager
def demo_town() -> "Iterator[str]":
    """A demo town of its own, served until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        command = [
            sys.executable,
            "-m",
            "fumikura.project.program",
            "serve",
            "--demo",
            "--no-worker",
            "--port",
            str(port),
        ]
        served = subprocess.Popen(command, env={**os.environ, "FUMIKURA_HOME": home}, stdout=subprocess.PIPE, text=True)
        try:
            assert served.stdout
            for line in served.stdout:
                if "Fumikura" in line and str(port) in line:
                    break
            address = f"http://127.0.0.1:{port}"
            wait_until_it_answers(address)
            yield address
        finally:
            served.terminate()
            served.wait()


def wait_until_it_answers(address: str) -> None:
    """It says where it is a moment before it listens."""
    for _ in range(300):
        try:
            with urlopen(address) as answer:
                answer.read()
                return
        except URLError:
            sleep(0.2)
    raise SystemExit(f"no answer from {address}")


def take(address: str) -> None:
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.jpg"):
        old.unlink()
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *as_root])
        for pages, enter in ((PUBLIC, None), (MINE, sign_in_as_reader), (STAFF, sign_in_as_staff)):
            size = {"width": 1280, "height": 860}
            page = browser.new_context(
                base_url=address, locale="ja-JP", timezone_id="Asia/Tokyo", viewport=size
            ).new_page()
            if enter:
                enter(page)
            for name, (way, _ja, _en) in pages.items():
                picture(page, name, way)
            page.context.close()
        browser.close()
    written = sum(file.stat().st_size for file in FOLDER.glob("*.jpg"))
    (FOLDER / "README.md").write_text(index(), encoding="utf-8")
    sys.stdout.write(f"{len(list(FOLDER.glob('*.jpg')))} pictures, {written / 1e6:.1f} MB\n")
    if written > MOST:
        raise SystemExit("more than 6 MB: lower QUALITY")


def sign_in_as_reader(page: "Page") -> None:
    page.goto("/sign-in")
    page.fill("[name=card]", CARD)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/my/**")


def sign_in_as_staff(page: "Page") -> None:
    page.goto("/staff/sign-in")
    page.fill("[name=username]", "sano")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/staff/place**")
    page.locator("main button").first.click()
    page.wait_for_url("**/desk/**")


def picture(page: "Page", name: str, way: str) -> None:
    answer = page.goto(way)
    if answer is None or not answer.ok:
        raise SystemExit(f"{way}: {answer.status if answer else 'no answer'}")
    page.wait_for_load_state()
    if name == "loan":
        cursor_in_a_field(page)
        page.keyboard.type(CARD)
        page.keyboard.press("Enter")
        page.locator(".patron").first.wait_for()
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=FOLDER / f"{name}-{width}.jpg", type="jpeg", quality=QUALITY)


def index() -> str:
    lines = [
        "# 画面 / Screens",
        "",
        "Made by `bin/screens` from the demo town; 360, 768 and 1280 pixels. Not drawn by hand: run it again after a change.",
    ]
    for heading, pages in (("読者 / Readers", PUBLIC), ("マイページ / My page", MINE), ("職員 / Staff", STAFF)):
        lines += ["", f"## {heading}"]
        for name, (way, ja, en) in pages.items():
            lines += ["", f"### {ja} / {en}", "", f"`{way}`", ""]
            lines += [f"![{en}, {width} px]({name}-{width}.jpg)" for width in WIDTHS]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
