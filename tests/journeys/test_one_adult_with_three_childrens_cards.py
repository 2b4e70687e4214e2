"""One adult with three children's cards, on a tablet: whose books are due, all renewed at once, and one child old enough to be let alone."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.patrons.models import Patron
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.circulation.cast import at_desk
from tests.journeys.people import TABLET, cards_are_good, come_as_reader, fits, house
from tests.web.opac.cast import copy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["house"]


def test_a_mother_looks_after_three_cards_and_one_is_the_childs_own(browser_page: Any, house: Any) -> None:
    year, mother = timezone.localdate().year, Patron.objects.get(name="水野 花子")
    ages = {"水野 健太": 8, "水野 そら": 5, "水野 葵": 15}
    for number, (name, age) in enumerate(ages.items()):
        card = ("20004334", "20005010", "20004342")[number]
        child = cast.patron(name, "みずの", card, born_on=date(year - age, 1, 1), guardian=mother)
        book = copy(list(house.values())[number], f"3200{number:04}")
        circulation.check_out(item=book, patron=child, by=at_desk(), at=timezone.now() - timedelta(days=12))
    cards_are_good()
    page = browser_page
    page.set_viewport_size(TABLET)
    come_as_reader(page)
    page.goto("/my/")
    page.get_by_role("link", name="家族と代理人").click()
    page.wait_for_url("**/my/family")

    # The small ones' books by title, the grown one's only by day: that is her own business now.
    of = {name: page.get_by_role("region", name=name) for name in ages}
    assert "坊っちゃん" in of["水野 健太"].inner_text() and "こころ" in of["水野 そら"].inner_text()
    assert "星の教室" not in page.inner_text("main") and "題名は本人だけが見られます" in of["水野 葵"].inner_text()

    # One press renews everything of the one whose books are due.
    of["水野 健太"].get_by_role("button", name="まとめて延長する").click()
    page.get_by_text("1点を延長しました").wait_for()
    assert Loan.objects.get(patron__name="水野 健太").renewals == 1
    assert not Loan.objects.filter(patron__name="水野 そら", renewals=1).exists()

    # At the counter the forgotten card is shown from here.
    of["水野 そら"].get_by_text("カードを出す").click()
    of["水野 そら"].get_by_role("img").wait_for()
    assert "2000 5010" in of["水野 そら"].inner_text()
    assert accessibility_violations(page) == [] and fits(page)
