"""Pictures of the main pages, drawn anew from the demo town: docs/images/pages and docs/pictures.md.

python -m bench.pictures [--folder DIR] [--to docs]

What is built is kept in the folder (default var/bench/public-0) and used again.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from bench.public_pages import PASSWORD, TOP, built, served
from tests.browser.fixtures import QUIET, chromium

WIDE, NARROW, TABLET = {"width": 1280, "height": 900}, {"width": 360, "height": 740}, {"width": 768, "height": 1024}
NOBODY, READER, STAFF = "nobody", "reader", "staff"
SHOWN: tuple[tuple[str, str, str, str, dict[str, int]], ...] = (
    ("home", "The first page", NOBODY, "/", WIDE),
    ("home-phone", "The first page on a telephone", NOBODY, "/", NARROW),
    ("results", "Search", NOBODY, "/search?q=夏目漱石", WIDE),
    ("title", "A title", NOBODY, "/titles/1", WIDE),
    ("title-phone", "A title on a telephone", NOBODY, "/titles/1", NARROW),
    ("hours", "Opening days and sites", NOBODY, "/hours", WIDE),
    ("kids", "The children's page", NOBODY, "/kids/", TABLET),
    ("join", "A card without paper", NOBODY, "/join/", NARROW),
    ("accessibility", "Accessibility: policy and results", NOBODY, "/accessibility", WIDE),
    ("my", "My page", READER, "/my/", WIDE),
    ("my-phone", "My page on a telephone", READER, "/my/", NARROW),
    ("notices", "How to be told", READER, "/my/notices", WIDE),
    ("desk", "The counter", STAFF, "/desk/", WIDE),
    ("desk-hand", "The counter in one hand", STAFF, "/desk/", NARROW),
    ("policies", "The lending rules", STAFF, "/office/policies", WIDE),
    ("rights", "Who may do what", STAFF, "/office/rights", WIDE),
    ("cataloguing", "The cataloguer's desk", STAFF, "/cataloguing/", WIDE),
)


def people(browser: Any, address: str) -> dict[str, Any]:
    """A browser for each: nobody, the first reader of the town, a member of staff with every right."""
    import bench.house  # noqa: F401 - sets Django up
    from fumikura.project.demo.people import card_number

    made = {
        who: browser.new_context(base_url=address, locale="ja-JP", timezone_id="Asia/Tokyo")
        for who in (NOBODY, READER, STAFF)
    }
    reader, staff = made[READER].new_page(), made[STAFF].new_page()
    reader.goto("/sign-in")
    reader.fill("input[name=card]", card_number(1))
    reader.fill("input[name=password]", PASSWORD)
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/my/")
    staff.goto("/staff/sign-in?next=/desk/")
    staff.fill("input[name=username]", "shimizu")
    staff.fill("input[name=password]", PASSWORD)
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/staff/place**")
    staff.locator("main input[type=radio]").first.check()
    staff.get_by_role("button", name="ここではじめる").click()
    staff.wait_for_url("**/desk/")
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=TOP / "var" / "bench" / "public-0")
    parser.add_argument("--to", type=Path, default=TOP / "docs")
    told = parser.parse_args()
    images = told.to / "images" / "pages"
    images.mkdir(parents=True, exist_ok=True)
    environment = built(told.folder.resolve(), 0)
    from playwright.sync_api import sync_playwright

    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    lines = ["# Pictures", "", "Drawn by `python -m bench.pictures` from the demo town.", ""]
    with served(environment) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *as_root])
        contexts = people(browser, f"http://{address}")
        for name, words, who, path, size in SHOWN:
            page = contexts[who].new_page()
            page.set_viewport_size(size)
            page.goto(path, wait_until="networkidle")
            page.screenshot(path=images / f"{name}.jpg", type="jpeg", quality=80)
            page.close()
            lines += [f"## {words}", "", f"`{path}`", "", f"![{words}](images/pages/{name}.jpg)", ""]
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()
        browser.close()
    (told.to / "pictures.md").write_text("\n".join(lines))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
    sys.exit(main())
