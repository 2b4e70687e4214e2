"""What a reader's first view costs: size, transfer, the server's time, the largest paint and the layout's rest, page by page.

python -m bench.public_pages [--records 100000] [--folder DIR] [--asks 100]

The demo town beside so many imported records, behind `fumikura serve` as it is run in earnest. Size and time: asked over one kept
connection, at rest. First view: a real Chromium with an empty cache on a throttled line (Lighthouse's slow 4G: 1.6 Mbit/s, 150 ms).
What is built is kept in the folder (default var/bench/public-RECORDS) and used again. The bars are those of the last column.
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.import_rate import pattern, write
from tests.browser.fixtures import QUIET, chromium

TOP = Path(__file__).resolve().parents[1]
PAGES = {
    "home": "/", "results": "/search?q=%E3%81%93%E3%81%93%E3%82%8D", "title": "/titles/1", "my": "/my/", "kids": "/kids/",
    "sites": "/hours",
}  # fmt: skip
BARS = {"html": 60_000, "transfer": 250_000, "p95": 50.0, "lcp": 1_500.0, "cls": 0.02}
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
WATCH = """
window.seen = {lcp: 0, cls: 0};
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.seen.lcp = one.startTime })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.seen.cls += one.value })
  .observe({type: 'layout-shift', buffered: true});
"""
PASSWORD = "minase-demo"


def built(folder: Path, records: int) -> dict[str, str]:
    """The town and its records, made once. Answers the environment in which the program finds them."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
    environment = {**kept, "FUMIKURA_HOME": str(folder / "home"), "PYTHONPATH": str(TOP)}
    if not (folder / "built").exists():
        folder.mkdir(parents=True, exist_ok=True)
        commands = [["migrate", "-v0"], ["demo", "--if-empty"]]
        if records:
            write(folder / "records.mrc", pattern(None), records)
            commands.append(["import", str(folder / "records.mrc")])
        for command in [*commands, ["worker", "--once"]]:
            program = [sys.executable, "-W", "ignore", "manage.py", *command]
            subprocess.run(program, env=environment, cwd=TOP, check=True)
        (folder / "built").touch()
    return environment


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """The server in earnest; its host and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "manage.py", "serve", "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, env=environment, cwd=TOP, **quiet)
    try:
        for _ in range(600):
            if server.poll() is not None:
                raise SystemExit("the server did not start")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def asked(address: str, path: str, cookie: str, times: int) -> tuple[int, float]:
    """Bytes of the page, and the 95th of a hundred waits for all of it, in milliseconds. The first five warm up."""
    connection = http.client.HTTPConnection(address, timeout=60)
    waits, size = [], 0
    for _ in range(times + 5):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "ja"})
        answer = connection.getresponse()
        size = len(answer.read())
        waits.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, (path, answer.status)
    kept = sorted(waits[5:])
    return size, kept[int(len(kept) * 0.95) - 1]


def signed_in(browser: Any, address: str) -> list[Any]:
    """The cookies of the first reader of the town."""
    import bench.house  # noqa: F401 - sets Django up
    from fumikura.project.demo.people import card_number

    page = browser.new_page()
    page.goto(f"http://{address}/sign-in")
    page.fill("input[name=card]", card_number(1))
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/")
    cookies = list(page.context.cookies())
    page.context.close()
    return cookies


def first_view(browser: Any, address: str, path: str, cookies: list[Any]) -> tuple[int, float, float]:
    """Bytes over the line, largest paint in milliseconds, layout shift; an empty cache on a slow line."""
    context = browser.new_context(locale="ja-JP", viewport={"width": 360, "height": 740})
    context.add_cookies(cookies)
    context.add_init_script(WATCH)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    came: list[float] = []
    session.on("Network.loadingFinished", lambda told: came.append(told["encodedDataLength"]))
    page.goto(f"http://{address}{path}", wait_until="networkidle")
    page.wait_for_timeout(1_000)  # what was painted is told a little later
    seen = page.evaluate("window.seen")
    context.close()
    assert seen["lcp"] > 0, f"{path}: the browser told of no paint"
    return int(sum(came)), float(seen["lcp"]), float(seen["cls"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--asks", type=int, default=100)
    told = parser.parse_args()
    folder = (told.folder or TOP / "var" / "bench" / f"public-{told.records}").resolve()
    environment, missed = built(folder, told.records), 0
    from playwright.sync_api import sync_playwright

    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    print(
        "| page | HTML, bytes | first view, bytes | server p95, ms | LCP, ms | CLS |\n|---|---|---|---|---|---|",
        flush=True,
    )
    with served(environment) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *as_root])
        cookies = signed_in(browser, address)
        cookie = "; ".join(f"{one['name']}={one['value']}" for one in cookies)
        for name, path in PAGES.items():
            size, p95 = asked(address, path, cookie if name == "my" else "", told.asks)
            transfer, lcp, cls = first_view(browser, address, path, cookies if name == "my" else [])
            found = {"html": size, "transfer": transfer, "p95": p95, "lcp": lcp, "cls": cls}
            over = [what for what, value in found.items() if value > BARS[what]]
            missed += len(over)
            late = f" ({', '.join(over)} over the bar)" if over else ""
            print(f"| {name}{late} | {size:,} | {transfer:,} | {p95:.1f} | {lcp:.0f} | {cls:.3f} |", flush=True)
        browser.close()
    print(
        f"| bar | ≤ {BARS['html']:,} | ≤ {BARS['transfer']:,} | ≤ {BARS['p95']:.0f} | ≤ {BARS['lcp']:.0f} | ≤ {BARS['cls']} |"
    )
    return min(missed, 1)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
    sys.exit(main())
