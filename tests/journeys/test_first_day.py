"""A first day in the library: real records come in, a reader finds one by its reading, it is lent, and comes back elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.holdings.services import NewItem, add_item
from fumikura.journal.readers import read_everything
from fumikura.journal.subscriptions import subscriptions
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.circulation.cast import house_rules
from tests.shared_data import shared

pytestmark = [pytest.mark.browser, pytest.mark.shared_data, pytest.mark.django_db(transaction=True)]
Page = Any
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def page_of(chromium_browser: Any, live_server: Any) -> Any:
    """A page in a browser of its own for each person."""
    contexts = []

    def open_page(size: dict[str, int]) -> Page:
        context = chromium_browser.new_context(
            base_url=str(live_server), locale="ja-JP", timezone_id="Asia/Tokyo", viewport=size
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, username: str) -> None:
    page.goto("/staff/sign-in")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", cast.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/place**")
    page.locator("main input[type=radio]").first.check()
    page.get_by_role("button", name="ここではじめる").click()
    page.wait_for_url("**/desk/")


def scan(page: Page, number: str, outcome: str) -> None:
    page.wait_for_load_state("load")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_selector(f'#said[data-what="{outcome}"]')


def let_the_worker_read() -> None:
    read_everything(subscriptions(), clock=timezone.now)


def test_from_the_publishers_file_to_a_book_on_its_way_home(page_of: Callable[[dict[str, int]], Page]) -> None:
    records = shared("data/marc/japan/dev_120.mrc")
    house_rules()
    chuo, kita = cast.chuo(), cast.kita()
    cast.staff("sano", *PERMISSIONS, at=chuo)
    cast.staff("kimura", "circulation.check-in", "patrons.view", at=kita)
    card = cast.hanako().cards.get().number

    # A librarian imports the file she was sent.
    librarian = page_of(DESK)
    sign_in(librarian, "sano")
    librarian.goto("/office/imports")
    librarian.set_input_files("#file", str(records))
    librarian.get_by_role("button", name="中身を見る").click()
    librarian.get_by_role("button", name="取り込む", exact=True).click()
    librarian.wait_for_url("**/office/imports/batches/*")
    assert "120" in librarian.inner_text("main")
    assert BibliographicRecord.objects.count() == 120

    # A copy is bought and put on the shelf at 中央.
    record = BibliographicRecord.objects.get(title__startswith="電子書籍の正体")
    new = NewItem(barcode="31002745", record=record, home=chuo, agency=chuo.agency, call_number="023.1/デ")
    add_item(new, by=cast.SYSTEM, at=timezone.now())
    let_the_worker_read()

    # A reader finds it on her phone, typing how it sounds.
    reader = page_of(PHONE)
    reader.goto("/")
    reader.locator("main input[type=search]").first.fill("でんししょせきのしょうたい")
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/search?**")
    reader.get_by_role("link", name="電子書籍の正体").first.click()
    reader.wait_for_url("**/titles/*")
    assert "中央図書館の棚にあるはずです" in reader.inner_text("main")

    # The counter lends it.
    librarian.goto("/desk/")
    scan(librarian, card, "patron-open")
    scan(librarian, "31002745", "lent")
    reader.reload()
    assert "棚にあるはずです" not in reader.inner_text("main")
    assert "貸出中" in reader.inner_text("main")

    # She returns it at 北, where it does not belong.
    colleague = page_of(DESK)
    sign_in(colleague, "kimura")
    colleague.keyboard.press("F3")
    colleague.wait_for_url("**/desk/returns")
    scan(colleague, "31002745", "send")
    assert "中央" in colleague.inner_text("#said")

    # Everybody can see that it is on its way home; nobody can see who had it.
    reader.reload()
    assert "中央図書館へ運んでいます" in reader.inner_text("main")
    let_the_worker_read()
    reader.goto("/search?q=電子書籍の正体")
    assert "中央図書館へ運んでいます" in reader.inner_text("main")
    assert not record.items.get().loans.filter(patron__isnull=False).exists()
