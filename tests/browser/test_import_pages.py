"""The pages of an import in a real browser: what changed, and taking it back."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import import_file
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.browser.test_people_pages import staff
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes
from tests.catalogue.test_mappings import TABLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 768, 1280)


@pytest.fixture
def batch(tmp_path: Path, settings: object) -> int:
    settings.FILES_DIR = tmp_path  # type: ignore[attr-defined]
    cast.kita()
    cast.chuo()
    cast.staff("shimizu", *PERMISSIONS)
    file = tmp_path / "新着.mrc"
    file.write_bytes(kokoro_bytes("1"))
    import_file(file, by=SYSTEM, at=AT)
    file.write_bytes(kokoro_bytes("1", "こゝろ :") + kokoro_bytes("2", "坊っちゃん :"))
    return import_file(file, by=SYSTEM, at=AT).batch


def looks_right(page: Page, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert accessibility_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        if folder := os.environ.get("FUMIKURA_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def test_an_import_is_looked_at_and_taken_back(browser_page: Page, batch: int) -> None:
    staff(browser_page)
    browser_page.goto(f"/office/imports/batches/{batch}")
    looks_right(browser_page, "report")
    browser_page.click("text=変わったところを見る")
    looks_right(browser_page, "changes")
    browser_page.goto(f"/office/imports/batches/{batch}/undo")
    looks_right(browser_page, "undo")
    browser_page.click("button:has-text('取り消す')")
    browser_page.wait_for_selector("text=この取り込みは取り消しました")
    looks_right(browser_page, "undone")
    assert BibliographicRecord.objects.filter(deleted_at=None).count() == 1


def test_columns_are_chosen_by_keyboard_on_any_width(browser_page: Page, batch: int, tmp_path: Path) -> None:
    table = tmp_path / "新着.csv"
    table.write_text(TABLE)
    staff(browser_page)
    browser_page.goto("/office/imports")
    browser_page.set_input_files("#file", str(table))
    browser_page.click("text=中身を見る")
    browser_page.click("text=列の対応を見る・直す")
    looks_right(browser_page, "columns")
    browser_page.select_option("#column-0", "title")
    browser_page.select_option("#column-1", "creator")
    browser_page.click("text=この対応で中身を見る")
    browser_page.wait_for_selector("text=取り込むと、こうなります")
    looks_right(browser_page, "ready")
