"""Where a copy is in follows every scan."""

import time

import pytest
from django.utils import timezone

from fumikura.circulation.services import check_in, check_out, undo_check_out
from fumikura.discovery.queries import parse, search
from fumikura.holdings.services import freeze_stock, mark_missing, thaw_stock, withdraw_item
from fumikura.journal.models import SetAside
from fumikura.journal.readers import read_on
from fumikura.journal.subscriptions import subscriptions
from tests.cast import AT, SYSTEM, hanako, kita
from tests.circulation.cast import at_desk, item

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("index")]


def where_in() -> list[str]:
    """Facilities with a copy of こころ in, as a search counts them once the reader has read on."""
    for subscription in subscriptions():
        while read_on(subscription, at=timezone.now()):
            pass
    assert not SetAside.objects.exists()
    answer = search(parse("こころ"))
    assert answer.total == 1
    return [value.value for facet in answer.facets if facet.name == "available" for value in facet.values]


def test_lent_returned_elsewhere_on_its_way_and_home_again() -> None:
    copy, reader = item(), hanako()
    assert where_in() == ["CHUO"]
    loan = check_out(item=copy, patron=reader, by=at_desk(), at=AT)
    assert where_in() == []
    undo_check_out(loan=loan, by=at_desk(), at=AT)
    assert where_in() == ["CHUO"]
    check_out(item=copy, patron=reader, by=at_desk(), at=AT)
    kita()
    check_in(item=copy, by=at_desk("KITA"), at=AT)
    assert where_in() == []
    check_in(item=copy, by=at_desk("CHUO"), at=AT)
    assert where_in() == ["CHUO"]


def test_a_second_copy_a_missing_one_and_a_withdrawn_one() -> None:
    first, second = item(), item("30000018", home=kita())
    assert where_in() == ["CHUO", "KITA"]
    mark_missing(item=first, by=SYSTEM, at=AT)
    assert where_in() == ["KITA"]
    withdraw_item(item=second, reason="damaged", by=SYSTEM, at=AT)
    assert where_in() == []


def test_what_stands_at_a_frozen_site_is_not_promised_until_it_thaws() -> None:
    item(), item("30000018", home=kita())
    assert where_in() == ["CHUO", "KITA"]
    freeze_stock(kita(), by=SYSTEM, at=AT)
    assert where_in() == ["CHUO"]
    thaw_stock(kita(), by=SYSTEM, at=AT)
    assert where_in() == ["CHUO", "KITA"]


def test_a_scan_is_visible_within_a_second() -> None:
    copy, reader = item(), hanako()
    assert where_in() == ["CHUO"]
    began = time.thread_time()
    check_out(item=copy, patron=reader, by=at_desk(), at=AT)
    assert where_in() == []
    assert time.thread_time() - began < 1
