"""The work list after the line has come back: what is refused stays with what was typed, and leads to whom it is about."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fumikura.circulation.models import Hold, ReplayedLine
from tests import cast
from tests.web.desk.conftest import RIGHTS, book, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def chuo(client: Client, shelf: Any, hanako: Any) -> Client:
    return enter(client, cast.staff("sano", *RIGHTS, "circulation.replay-offline"))


def line(**fields: Any) -> ReplayedLine:
    given = {"terminal": "T1", "facility": cast.chuo(), "happened_at": timezone.now(), "is_entered": False}
    return ReplayedLine.objects.create(**given, **fields)


def test_a_correction_that_is_refused_stands_first_with_what_was_typed(chuo: Client) -> None:
    line(key="T1-1", kind="return", item="31999999", why="item-unknown")
    wrong = line(key="T1-2", kind="loan", item="31888888", card="20004318", why="item-unknown")
    fields = {"how": "enter", "card": "20004318", "item": "31777777", "request_key": "a"}
    answer = chuo.post(f"/desk/offline/conflicts/{wrong.pk}", fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="31777777"' in page
    assert page.index(f'id="line-{wrong.pk}"') < page.index('role="alert"') < page.index("3199 9999")


def test_a_slip_in_words_leads_to_the_title_and_a_card_to_its_reader(chuo: Client) -> None:
    book("草枕", "31005502")
    slip = line(key="T1-1", kind="hold", card="20004318", why="hold-needs-title", facts={"words": "草枕"})
    page = chuo.get("/desk/offline/conflicts").content.decode()
    assert 'href="/desk/items?q=%E8%8D%89%E6%9E%95"' in page and 'href="/desk/patrons?q=20004318"' in page
    fields = {"how": "enter", "card": "20004318", "item": "31005502", "request_key": "a"}
    assert (
        "直して取り込みました" in chuo.post(f"/desk/offline/conflicts/{slip.pk}", fields, follow=True).content.decode()
    )
    assert Hold.objects.get().titles.get().record.title == "草枕"


def test_a_long_list_asks_for_its_copies_once(chuo: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert "草枕" in chuo.get("/desk/offline/conflicts").content.decode()
        return len(queries)

    for number in range(9):
        book("草枕", f"3100550{number}")
    line(key="T1-0", kind="return", item="31005500", why="item-unknown")
    line(key="T1-u", kind="return", item="31999999", why="item-unknown")
    asked()
    short = asked()
    for number in range(1, 9):
        line(key=f"T1-{number}", kind="return", item=f"3100550{number}", why="item-unknown")
    assert asked() == short
