"""A manager changes a rule and a message: three weeks instead of two, seen before it holds, and said in the library's own words."""

from typing import Any

import pytest

from fumikura.circulation.models import PolicySet
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.notices.models import Wording
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.journeys.people import TABLET, come_as_staff, fits, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]


def test_a_rule_and_its_message(browser_page: Any, house: Any) -> None:
    page = browser_page
    page.set_viewport_size(TABLET)
    come_as_staff(page, cast.staff("shimizu", *PERMISSIONS))

    # A draft from the rules in force; nobody is touched by it yet.
    page.goto("/office/policies")
    page.locator("form[action$='/drafts'] input[name=name]").first.fill("夏から")
    page.locator("form[action$='/drafts'] button").first.click()
    page.wait_for_url("**/office/policies/drafts/*")
    page.locator("a", has_text="直す基本").first.click()
    page.wait_for_url("**/rule?id=*")
    page.locator("input[name='v:loan.period']").fill("21")
    page.get_by_role("button", name="この規則を保存する").click()
    page.get_by_text("規則「基本」を変えました").wait_for()
    assert "3週間借りられます" in page.inner_text("main")
    assert PolicySet.objects.count() == 1 and fits(page)

    # What changes is shown before it holds.
    page.get_by_role("link", name="公開へ進む").click()
    page.wait_for_url("**/publication")
    assert "3週間" in page.inner_text("main") and "2週間" in page.inner_text("main")
    assert accessibility_violations(page) == []
    page.get_by_role("button", name="この日から効かせる").click()
    page.get_by_text("公開しました").first.wait_for()
    assert PolicySet.objects.count() == 2

    # The message that tells of it: seen as a reader sees it, then kept.
    page.goto("/office/messages/due-soon/ja")
    page.get_by_label("件名").fill("もうすぐ返す日です（3週間になりました）")
    page.get_by_role("button", name="見てみる").click()
    page.locator("section", has_text="届くとこう見えます").get_by_text("3週間になりました").first.wait_for()
    assert not Wording.objects.exists()
    page.get_by_role("button", name="この文にする").click()
    page.get_by_text("まだ送っていないお知らせから効きます").wait_for()
    assert "3週間" in Wording.objects.get().subject and fits(page)
