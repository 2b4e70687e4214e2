"""Facts: counted once, without persons."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from fumikura.evaluation.models import Fact
from fumikura.evaluation.queries import total, totals_by
from fumikura.evaluation.rules import ndc_class
from fumikura.evaluation.services import count
from fumikura.journal.events import Event
from fumikura.journal.models import Entry
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor

CHUO = Actor(ref="staff:1", facility="CHUO")
KITA = Actor(ref="staff:2", facility="KITA", via="self-check")
LATE = datetime(2026, 5, 20, 16, 30, tzinfo=UTC)  # 01:30 on the 21st in Tokyo


@dataclass(frozen=True, kw_only=True)
class Lent(Event):
    """Stands in for a loan."""

    name = "circulation.loan-made"
    ndc: str = "913.6"
    material: str = "book"


@dataclass(frozen=True, kw_only=True)
class Added(Event):
    """Stands in for many copies at once."""

    name = "holdings.items-added"
    count: int


@pytest.fixture
def entries(db: None) -> list[Entry]:
    with transaction.atomic():
        record(Lent(), by=CHUO, at=LATE, patron_key="hanako")
        record(Lent(ndc=""), by=KITA, at=LATE, patron_key="taro")
        record(Added(count=40), by=CHUO, at=LATE)
    return list(Entry.objects.order_by("pk"))


def test_a_batch_read_twice_is_counted_once(entries: list[Entry]) -> None:
    count(entries)
    count(entries)
    assert total("loans", since=date(2026, 5, 21), until=date(2026, 5, 21)) == 2
    assert total("items-added", since=date(2026, 5, 21), until=date(2026, 5, 21), facility="CHUO") == 40


def test_a_fact_belongs_to_the_local_day_and_hour(entries: list[Entry]) -> None:
    count(entries)
    fact = Fact.objects.filter(measure="loans").order_by("pk").first()
    assert fact is not None
    assert (fact.on, fact.hour, fact.ndc) == (date(2026, 5, 21), 1, "913")


def test_totals_are_divided_by_site_and_by_door(entries: list[Entry]) -> None:
    count(entries)
    span = {"since": date(2026, 5, 1), "until": date(2026, 5, 31)}
    assert totals_by("facility", "loans", **span) == {"CHUO": 1, "KITA": 1}
    assert totals_by("via", "loans", **span) == {"desk": 1, "self-check": 1}


def test_no_fact_leads_to_a_patron(entries: list[Entry]) -> None:
    count(entries)
    stored = str(list(Fact.objects.values()))
    assert "hanako" not in stored
    assert "taro" not in stored


@pytest.mark.parametrize(("ndc", "short"), [("913.6", "913"), ("E", ""), (None, ""), ("9", "9")])
def test_a_class_is_kept_to_three_figures(ndc: str | None, short: str) -> None:
    assert ndc_class(ndc) == short


@dataclass(frozen=True, kw_only=True)
class LoanTakenBack(Event):
    """Stands in for the undoing of a loan."""

    name = "circulation.loan-undone"


def test_a_loan_that_was_undone_is_not_counted_and_others_are(db: None) -> None:
    with transaction.atomic():
        for loan in (1, 2):
            record(Lent(), by=CHUO, at=LATE, subject=f"circulation.loan:{loan}")
        record(LoanTakenBack(), by=CHUO, at=LATE, subject="circulation.loan:2")
    entries = list(Entry.objects.order_by("pk"))
    count(entries)
    count(entries)
    assert total("loans", since=date(2026, 5, 21), until=date(2026, 5, 21)) == 1
