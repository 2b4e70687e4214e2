"""The pages that say why, the queue, exemptions, sets and wishes in a real browser at three widths: axe finds nothing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import PolicySet
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.circulation.cast import at_desk
from tests.web.desk.conftest import book, enter, put_rules_in_force

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1280, 768, 360)
"""The last is the one at which axe looks: everything folds there."""


@pytest.fixture
def addresses(browser_page) -> list[str]:
    """A copy kept for 花子, one that travels to 太郎 at 北, a draft of the rules; somebody with every right looks on."""
    put_rules_in_force()
    runs = [{"CHUO": "09:00", "KITA": "09:40", "back": "10:30"}, {"CHUO": "13:00", "KITA": "13:40", "back": "14:30"}]
    cast.chuo(), cast.kita()
    circulation.write_route(code="R", name="図書館便", stops=["CHUO", "KITA"], runs=runs, by=cast.SYSTEM, at=cast.AT)
    kokoro, kusamakura, now = book("こころ", "31002745"), book("草枕", "31001182"), timezone.now()
    other = book("五重塔", "31000937")
    hanako, taro = cast.hanako(), cast.taro()
    for reader, copy, pickup in ((hanako, kokoro, cast.chuo()), (taro, kusamakura, cast.kita())):
        want = circulation.Want((copy.record,))
        circulation.place_hold(patron=reader, want=want, pickup=pickup, by=at_desk(), at=now)
    wish = circulation.Want((kokoro.record,))
    circulation.place_hold(patron=taro, want=wish, pickup=cast.kita(), by=at_desk(), at=now)
    for copy in (kokoro, kusamakura):
        circulation.check_in(item=copy, by=at_desk(), at=now)
    loan = circulation.check_out(item=other, patron=hanako, by=at_desk(), at=now)
    until = timezone.localdate() + timedelta(days=30)
    circulation.exempt(patron=hanako, why="illness", words="入院", until=until, by=cast.SYSTEM, at=now)
    base = PolicySet.objects.get()
    draft = circulation.begin_draft(
        name="夏の規則", rules=base.rules, base=base, effective_from=until, by=cast.SYSTEM, at=now
    )
    client = enter(Client(), cast.staff("shimizu", *PERMISSIONS))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_page.goto("/healthz")
    address = browser_page.url.removesuffix("/healthz")
    browser_page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return [
        f"/desk/copies/{kokoro.pk}/why",
        f"/desk/copies/{kokoro.pk}/why?slip=yes",
        f"/desk/copies/{kusamakura.pk}/why",
        f"/desk/copies/{other.pk}/why",
        f"/desk/titles/{kokoro.record_id}/queue",
        "/desk/hold-shelf",
        "/desk/hold-shelf/clearing",
        "/desk/requests",
        "/desk/transits",
        f"/desk/reminders/exemptions?loan={loan.pk}",
        "/desk/sets",
        "/office/suggestions",
        "/office/policies/compare?left=v1&right=v1",
        f"/office/policies/drafts/{draft.pk}/publication",
        f"/office/policies/drafts/{draft.pk}/replay",
    ]


def test_every_page_of_reasons_is_readable_by_everybody(browser_page, addresses: list[str]) -> None:
    for address in addresses:
        answer = browser_page.goto(address)
        assert answer.status == 200, address
        for width in WIDTHS:
            browser_page.set_viewport_size({"width": width, "height": 800})
            wide = browser_page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide == 0, (address, width)
        assert accessibility_violations(browser_page) == [], address
