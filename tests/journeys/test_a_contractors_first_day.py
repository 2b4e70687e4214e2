"""A contractor's first day: she signs in, lends and takes back; whatever is not hers is not shown, and said kindly when typed."""

from typing import Any

import pytest

from fumikura.circulation.models import Loan
from tests import cast
from tests.browser.fixtures import ready_to_type, type_in
from tests.journeys.people import DESK, fits, house, scan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]
NARROW = ("patrons.view", "circulation.check-out", "circulation.check-in", "circulation.renew")


def test_narrow_rights_are_enough_for_the_work_and_for_nothing_else(browser_page: Any, house: Any) -> None:
    house["水瀬の川"].items.update(reference_only=True)
    cast.staff("itaku", *NARROW, at=cast.chuo())
    page = browser_page
    page.set_viewport_size(DESK)
    ready_to_type(page, "/staff/sign-in?next=/desk/")
    type_in(page, "itaku", cast.PASSWORD)
    page.wait_for_url("**/staff/place**")

    # Only her own library is offered.
    assert "北図書館" not in page.inner_text("main")
    page.locator("main input[type=radio]").first.check()
    page.get_by_role("button", name="ここではじめる").click()
    page.wait_for_url("**/desk/")
    page.locator("#scan:focus").wait_for()
    scan(page, "20004318", "patron-open")
    scan(page, "30000001", "lent")

    # A reference book: the rule says no, and no tick is hers to set it aside.
    page.keyboard.type("30000004")
    page.keyboard.press("Enter")
    page.locator("#said").get_by_text("禁帯出").first.wait_for()
    assert page.locator("#said input[type=checkbox]:enabled").count() == 0
    assert Loan.objects.open().count() == 1

    # What is typed all the same is answered by a page that says whom to ask; nothing is shown of it.
    for address in ("/office/people", "/office/policies", "/office/retention", "/cataloguing/", "/desk/applications"):
        answer = page.goto(address)
        assert answer.status == 403, address
        assert "権限がありません" in page.inner_text("main") and fits(page)
    page.goto("/desk/")
    assert page.locator("a[href^='/office/people'], a[href^='/office/policies']").count() == 0
