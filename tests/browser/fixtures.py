"""A real browser on a real server: `browser_page`, `signed_in…`, and the check for accessibility.

Chromium is looked for at CHROMIUM, on the path, and where Playwright keeps its own.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only the lines leave the browser: carrying axe's whole report over takes four times as long as making it.
VIOLATIONS = """levels => axe.run(document, {runOnly: levels, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${one.help}: ${node.html.slice(0, 160)}`)))"""
HOW_TO_GET_IT = "Chromium がありません: sudo apt install chromium(または .venv/bin/playwright install chromium)"


def chromium() -> str:
    """Path of a Chromium, or an empty string."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = [os.environ.get("CHROMIUM", ""), *(shutil.which(name) or "" for name in names)]
    kept = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found += [str(path) for path in sorted(kept.glob("chromium-*/chrome-*/chrome"), reverse=True)]
    return next((path for path in found if path and Path(path).exists()), "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanting = [item for item in items if item.get_closest_marker("browser")]
    # A browser beside a busy machine may be slower than any waiting time: it gets one more try, and the report counts it.
    for item in wanting:
        item.add_marker(pytest.mark.flaky(reruns=int(os.environ.get("BROWSER_RERUNS", "1"))))
    if wanting and not chromium():
        for item in wanting:
            item.add_marker(pytest.mark.skip(reason=HOW_TO_GET_IT))


@pytest.fixture(scope="session")
def chromium_browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium_browser: "Browser", live_server: object) -> "Iterator[Page]":
    """An empty page of a Japanese reader, 360 pixels wide; addresses are relative to the live server.

    A script error or a file that is refused or missing fails the test that used the page.
    """
    context = chromium_browser.new_context(
        base_url=str(live_server), locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 360, "height": 740}
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert complaints == []


def cursor_in_a_field(page: "Page") -> None:
    """A person, or a scanner, types when the page stands and the cursor is in its field.

    The browser sets it there a little after it has loaded the page; on a busy machine that is later than the next line of a
    test. (`wait_for_function` will not do: its second look is refused by the pages' own Content-Security-Policy.)
    """
    page.wait_for_load_state()
    page.locator("input:focus, textarea:focus").wait_for()


def ready_to_type(page: "Page", address: str) -> None:
    """A person sees the field under the cursor before typing."""
    page.goto(address)
    cursor_in_a_field(page)


def type_in(page: "Page", *words: str) -> None:
    """A word a field, as on paper, and Enter."""
    for number, word in enumerate(words):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(word)
    page.keyboard.press("Enter")


def accessibility_violations(page: "Page") -> list[str]:
    """What axe finds on the page as it stands, WCAG 2.2 A and AA; one line a finding, empty when there is none."""
    # At its end nothing lies half under a bar that sticks to the screen, which axe would take for too small a target.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(VIOLATIONS, LEVELS)
