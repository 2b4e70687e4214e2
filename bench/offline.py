"""Offline counters in real browsers: the line cut in the middle, browsers killed, everything sent three times, clocks apart.

Every browser lends and takes back at the offline counter by keyboard; a tenth of the books are touched by all of them.
Half of the way each browser is killed (SIGKILL) and started again. The line comes back, loses the answer of a batch and is
cut again in the middle of sending, then holds. Counted afterwards: what the page acknowledged against what the house has.

python -m bench.offline [--browsers 3] [--operations 1000] [--database sqlite|postgres]
python -m bench.offline --snapshot 300000      how large the snapshot of so many readers is, and how long it takes
"""

import argparse
import json
import os
import random
import resource
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from bench.http_checkouts import serve
from bench.http_desk import PASSWORD, Browser
from bench.lending_town import django, town
from bench.offline_browser import KillableBrowser
from bench.offline_line import Line

AHEAD = (0, 300, -300)
PATRONS = 400
BOOKS_A_VISIT = 5
SHARED = 40
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def measure(browsers: int, operations: int, database: str) -> None:
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), "")
    with town(database, items=max(4000, browsers * operations), patrons=PATRONS) as place:
        place.start("http_desk", "staff", str(browsers)).wait()
        server, house = serve(place, 1)
        try:
            with Line(house) as line, sync_playwright() as playwright:
                at_work = [
                    KillableBrowser(
                        playwright.chromium, place.folder / f"browser-{number}", chromium=chromium, address=line.address,
                        cookie=signed_in(house, number), ahead=AHEAD[number % len(AHEAD)],
                    )
                    for number in range(browsers)
                ]  # fmt: skip
                acknowledged, seconds = go_through(at_work, line, operations)
        finally:
            server.terminate()
            server.wait(timeout=30)
        told = place.folder / "acknowledged.json"
        told.write_text(json.dumps(acknowledged))
        report = place.start("offline", "--check", str(told))
        print(report.communicate()[0], end="")
        print(json.dumps({"seconds": seconds, "sent home": dict(line.sent), "times each": line.times}))
        if report.returncode:
            raise SystemExit("something was lost or doubled")


def signed_in(house: str, number: int) -> tuple[str, str]:
    """The session cookie of a member of staff at 中央."""
    browser = Browser(house)
    browser.get("/staff/sign-in")
    browser.post("/staff/sign-in", username=f"desk{number}", password=PASSWORD)
    browser.get("/staff/place")
    browser.post("/staff/place", place="CHUO/")
    name = next(name for name in browser.cookies if name.endswith("fumikura"))
    return name, browser.cookies[name]


def go_through(
    at_work: list[KillableBrowser], line: Line, operations: int
) -> tuple[list[list[list[str]]], dict[str, float]]:
    """What each page acknowledged, and how long each part took."""
    seconds: dict[str, float] = {}

    def timed(name: str, began: float) -> None:
        seconds[name] = round(seconds.get(name, 0) + time.monotonic() - began, 1)

    for number, browser in enumerate(at_work):
        browser.counter.prepares(f"端末{number}")
    line.cut()
    acknowledged: list[list[list[str]]] = [[] for _ in at_work]
    for half in (1, 2):
        for number, browser in enumerate(at_work):
            began = time.monotonic()
            browser.counter.opens().is_offline()
            work(browser, number, len(at_work), operations * half // 2, acknowledged[number])
            timed("working without a line", began)
            if half == 1:
                browser.is_killed()
                browser.starts()
    began = time.monotonic()
    line.lose_after = 2
    line.mend()
    while not line.is_cut:
        at_work[0].counter.page.wait_for_timeout(50)
    time.sleep(1)
    line.mend()
    for browser in at_work:
        browser.counter.comes_home(1800)
    timed("coming home", began)
    for browser in at_work:
        browser.closes()
    return acknowledged, seconds


def work(browser: KillableBrowser, number: int, of: int, until: int, done: list[list[str]]) -> None:
    """Visits of five loans; every fourth visit some of the browser's own loans come back. `done`: (kind, card, item)."""
    page, draw = browser.counter.page, random.Random(f"{number} {len(done)}")
    lent = [item for kind, _, item in done if kind == "loan"]
    visit = len(done)
    while len(done) < until:
        visit += 1
        if visit % 4 == 0 and lent:
            page.keyboard.press("F3")
            page.wait_for_selector('#said[data-what="ready-return"]')
            page.focus("#scan")
            for _ in range(min(3, len(lent), until - len(done))):
                item = lent.pop(draw.randrange(len(lent)))
                scan(page, item, "returned")
                done.append(["return", "", item])
            page.keyboard.press("F2")
            page.wait_for_selector('#said[data-what="ready-lend"]')
            continue
        card = f"2{draw.randrange(PATRONS) + 1:07}"
        page.keyboard.press("Escape")
        page.wait_for_selector('#said[data-what="ready-lend"]')
        page.focus("#scan")
        scan(page, card, "patron-open")
        for _ in range(min(BOOKS_A_VISIT, until - len(done))):
            shared = draw.random() < 0.1
            item = f"3{draw.randrange(SHARED) if shared else SHARED + len(done) * of + number:07}"
            scan(page, item, "lent")
            done.append(["loan", card, item])
            lent.append(item)


SAID = """([number, outcomes]) => new Promise((done) => {
  const right = () => {
    const said = document.querySelector("#said");
    const what = said?.dataset.what;
    if (!outcomes.includes(what) || (what !== "patron-open" && !said.textContent.includes(number))) return false;
    done(what);
    return true;
  };
  if (right()) return;
  const seen = new MutationObserver(() => right() && seen.disconnect());
  seen.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  setTimeout(() => done(""), 30000);
})"""
"""Answers what the page says, at once when it says it: asking again and again, as a waiting selector does, took most of the time."""


def scan(page: Any, number: str, outcome: str) -> None:
    """As a scanner types, wherever the cursor is. Done when the page says so with this number in it."""
    shown = f"{number[:4]} {number[4:]}"
    page.keyboard.insert_text(number)
    page.keyboard.press("Enter")
    said = page.evaluate(SAID, [shown, [outcome, "over-limit"]])
    if said == "over-limit":
        page.keyboard.press("F9")
        said = page.evaluate(SAID, [shown, [outcome]])
    if said != outcome:
        raise SystemExit(f"{number}: the page did not say {outcome}")


def check(told: Path) -> None:
    """Every acknowledged line is there once, and nothing else is."""
    django()
    from collections import Counter

    from fumikura.circulation.models import Loan, OfflineList, OfflineTerminal, ReplayedLine
    from fumikura.journal.models import Answer, Entry

    acknowledged = [line for lines in json.loads(told.read_text()) for line in lines]
    answers = list(
        Answer.objects.filter(door="offline", request_key__startswith="offline-").values_list("body", flat=True)
    )
    status = Counter(body["status"] for body in answers)
    why = Counter(body["why"].partition(":")[0] for body in answers if body["why"])
    loans = Counter(item for kind, _, item in acknowledged if kind == "loan" and int(item[1:]) >= SHARED)
    rows = Counter(Loan.objects.filter(lent_at__isnull=False).values_list("item__barcode", flat=True))
    made = Counter(Entry.objects.filter(event="circulation.loan-made").values_list("subject", flat=True))
    figures = {
        "acknowledged by the pages": len(acknowledged),
        "received": sum(OfflineTerminal.objects.values_list("received", flat=True)),
        "answered, each key once": len(answers),
        "lost": len(acknowledged) - len(answers),
        "loans lost (books of one browser)": sum((loans - rows).values()),
        "loans doubled (books of one browser)": sum(
            (Counter({item: rows[item] for item in rows if int(item[1:]) >= SHARED}) - loans).values()
        ),
        "journal entries doubled": sum(count - 1 for count in made.values()),
        "lists left unentered": OfflineList.objects.filter(entered_at=None).count(),
        "clocks ahead": sorted(OfflineTerminal.objects.values_list("ahead_seconds", flat=True)),
        "status": dict(status),
        "why": dict(why),
        "on the work list": ReplayedLine.objects.filter(settled_at=None).count(),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    bad = ("lost", "loans lost (books of one browser)", "loans doubled (books of one browser)", "journal entries doubled", "lists left unentered")  # fmt: skip
    if any(figures[name] for name in bad) or figures["received"] != len(acknowledged):
        raise SystemExit(1)


def snapshot(patrons: int, database: str) -> None:
    """Size and time of what a terminal takes along."""
    with town(database, items=2 * patrons, patrons=patrons) as place:
        print(place.start("offline", "--build", str(patrons)).communicate()[0], end="")


def build(patrons: int) -> None:
    django()
    from django.utils import timezone

    from fumikura.circulation.services import prepare_terminal, snapshot_for
    from fumikura.organisation.models import Facility
    from fumikura.organisation.queries import system_actor

    by = system_actor(via="cli")
    terminal = prepare_terminal(facility=Facility.objects.get(code="CHUO"), by=by, at=timezone.now())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, clock = time.process_time(), time.monotonic()
    data = snapshot_for(terminal=terminal, at=timezone.now())
    print(json.dumps({
        "readers": patrons, "bytes": len(data), "bytes a reader": round(len(data) / patrons, 1),
        "seconds of processor": round(time.process_time() - began, 1), "seconds": round(time.monotonic() - clock, 1),
        "most memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "of which before, MB": round(memory / 1024),
    }))  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--browsers", type=int, default=3)
    asked.add_argument("--operations", type=int, default=1000)
    asked.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    asked.add_argument("--snapshot", type=int, default=0)
    asked.add_argument("--check", type=Path, help=argparse.SUPPRESS)
    asked.add_argument("--build", type=int, default=0, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.check:
        check(given.check)
    elif given.build:
        build(given.build)
    elif given.snapshot:
        snapshot(given.snapshot, given.database)
    else:
        measure(given.browsers, given.operations, given.database)


if __name__ == "__main__":
    sys.exit(main())
