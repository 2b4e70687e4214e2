"""A real browser at the offline counter: prepared, used by keyboard, killed as a process, started again."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
AHEAD = """(() => { const real = Date; const ahead = %d;
  globalThis.Date = class extends real {
    constructor(...given) { super(...(given.length ? given : [real.now() + ahead])); }
    static now() { return real.now() + ahead; }
  };
})()"""


class Counter:
    """One page at the offline counter."""

    def __init__(self, context: Any, address: str, cookie: tuple[str, str]) -> None:
        name, value = cookie
        context.add_cookies([{"name": name, "value": value, "url": address}])
        context.set_default_timeout(30_000)
        self.page = context.pages[0] if context.pages else context.new_page()
        self.address = f"{address}/desk/offline/"
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def opens(self) -> "Counter":
        self.page.goto(self.address)
        self.page.wait_for_selector("main[data-ready]")
        return self

    def prepares(self, name: str = "カウンター1") -> "Counter":
        self.opens()
        self.page.fill("#terminal-name", name)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#prepare", state="hidden")
        self.page.wait_for_selector("main[data-kept]")
        self.page.wait_for_selector('[data-people]:has-text("人")', state="attached")
        return self

    def scans(self, number: str, outcome: str) -> None:
        """As a scanner types: fast, ending in Enter, wherever the focus is."""
        self.page.keyboard.type(number)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(f'#said[data-what="{outcome}"]')

    def presses(self, key: str, outcome: str) -> None:
        self.page.keyboard.press(key)
        self.page.wait_for_selector(f'#said[data-what="{outcome}"]')

    def is_offline(self) -> None:
        self.page.wait_for_selector('#line[data-is="offline"]')

    def comes_home(self, seconds: float = 60) -> None:
        """Everything sent and entered."""
        self.page.click('[data-do="sync"]')
        home = '#line[data-is="online"] [data-waiting]:text-is("なし")'
        self.page.wait_for_selector(home, timeout=seconds * 1000)


class KillableBrowser:
    """A browser with a folder of its own, and a clock that is `ahead` seconds wrong."""

    def __init__(
        self, kind: Any, folder: Path, *, chromium: str, address: str, cookie: tuple[str, str], ahead: int
    ) -> None:  # fmt: skip
        self.kind, self.folder, self.chromium, self.ahead = kind, folder, chromium, ahead
        self.address, self.cookie = address, cookie
        self.starts()

    def starts(self) -> None:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.context = self.kind.launch_persistent_context(
            str(self.folder), executable_path=self.chromium, args=[*QUIET, *as_root], locale="ja-JP",
            timezone_id="Asia/Tokyo",
        )  # fmt: skip
        self.context.add_init_script(AHEAD % (self.ahead * 1000))
        self.counter = Counter(self.context, self.address, self.cookie)

    def is_killed(self) -> int:
        """As a power cut does: every process on the folder, without a chance to write anything. Answers how many."""
        asked = ["pgrep", "-f", f"user-data-dir={self.folder}( |$)"]
        found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        with suppress(Exception):  # the other end is gone
            self.context.close()
        return len(found)

    def closes(self) -> None:
        self.context.close()
        assert self.counter.complaints == []
