"""A page asks as many questions in a large house as in a small one."""

import os
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan, Reminder
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.web.everywhere.house import begin_what_only_pages_begin, furnish, shown_by_scanning, walk
from tests.web.everywhere.threefold import deepen, more, widen
from tests.web.test_rights import enter

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("FUMIKURA_TEST_DATABASES" in os.environ, reason="pages ask the same of both databases"),
]
A_FEW = 1
"""A language more, or a kind of thing that the small house had none of: one statement. What is asked of each row is two."""
Page = tuple[Client, str]


@pytest.mark.parametrize("larger", [widen, deepen])
def test_no_page_asks_more_of_a_house_with_thrice_as_much_in_it(
    larger: Callable[[], None], tmp_path: Path, settings: object
) -> None:
    reader = furnish(tmp_path, settings)
    cast.staff("kimura", *PERMISSIONS, at=cast.chuo())
    manager, hanako = Client(), Client()
    enter(manager, "kimura", "CHUO/CHUO-1")
    begin_what_only_pages_begin(manager)
    _left_by_the_night()
    assert hanako.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD}).status_code == 302
    ways = ((manager, "staff", shown_by_scanning()), (hanako, "patron", []), (Client(), "", []))
    pages = [
        (client, address)
        for client, whose, also in ways
        for address, status in walk(client, whose, *also).statuses.items()
        if status == 200
    ]
    assert len(pages) > 100 and reader.pk
    small = [_asked(page) for page in pages]
    larger()
    large = [_asked(page) for page in pages]
    grown = {
        address: more(before, after)
        for (_client, address), before, after in zip(pages, small, large, strict=True)
        if after.total() > before.total() + A_FEW
    }
    assert grown == {}


def _left_by_the_night() -> None:
    """Something to telephone, to print and to clear."""
    overdue = Loan.objects.open().filter(due_on__lt=timezone.localdate()).select_related("patron")[0]
    for channel in ("telephone", "letter", "visit"):
        Reminder.objects.create(patron=overdue.patron, channel=channel, stage=7, made_on=timezone.localdate())
    circulation.expire_shelf(by=cast.SYSTEM, at=timezone.now() + timedelta(days=1))


def _asked(page: Page) -> Counter[str]:
    client, address = page
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
    assert answer.status_code == 200, address
    return Counter(_shape(query["sql"]) for query in queries)


def _shape(sql: str) -> str:
    """The statement without its columns and values."""
    return re.sub(r"'[^']*'|\b\d+\b|\([\d, %s?]*\)", "?", sql.partition(" FROM ")[2] or sql)[:200]
