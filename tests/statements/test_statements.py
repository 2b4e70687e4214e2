"""Statements worded once answer what the ORM answers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import QuerySet

from fumikura.journal.models import Entry
from fumikura.journal.services import CurrentTransaction
from fumikura.organisation.models import ExceptionalDay, Facility
from fumikura.statements.reads import prepared
from fumikura.statements.writes import insert, prepared_update
from tests.cast import AT, chuo, kita

pytestmark = pytest.mark.django_db


@prepared
def _places_coded(code: str) -> "QuerySet[Facility]":
    return Facility.objects.filter(code=code).select_related("agency", "calendar")


@prepared
def _days_from(facility: int, on: date) -> "QuerySet[ExceptionalDay, tuple[date, bool]]":
    return ExceptionalDay.objects.filter(facility=facility, on__gte=on).values_list("on", "is_open").order_by("on")


@prepared
def _entries_since(at: datetime, subject: str) -> "QuerySet[Entry]":
    return Entry.objects.filter(happened_at__gte=at, subject=subject)


@prepared
def _moments(subject: str) -> "QuerySet[Entry, datetime]":
    return Entry.objects.filter(subject=subject).values_list("happened_at", flat=True)


@prepared_update
def _rename(facility: int, name: str) -> tuple["QuerySet[Facility]", dict[str, str]]:
    return Facility.objects.filter(pk=facility), {"name": name}


def entry(subject: str, at: datetime = AT) -> Entry:
    return Entry(
        transaction=CurrentTransaction(), event="test.happened", subject=subject, happened_at=at, actor="system",
        via="test", particulars={"名": "値"},
    )  # fmt: skip


def test_a_model_comes_with_what_it_was_joined_to(django_assert_num_queries) -> None:
    chuo(), kita()
    with django_assert_num_queries(1):
        (found,) = _places_coded(code="KITA")
        name, rules = found.agency.name, found.calendar.rules
    as_ever = Facility.objects.get(code="KITA")
    assert (found, name, rules) == (as_ever, as_ever.agency.name, as_ever.calendar.rules)
    assert vars(found).keys() == vars(Facility.objects.select_related("agency", "calendar").get(code="KITA")).keys()


def test_the_same_statement_is_asked_again_with_other_figures() -> None:
    chuo(), kita()
    assert [_places_coded(code=code)[0].name for code in ("CHUO", "KITA", "CHUO")] == [
        "中央図書館", "北図書館", "中央図書館",
    ]  # fmt: skip
    assert _places_coded(code="NOWHERE") == []
    assert _places_coded.first(code="NOWHERE") is None


def test_dates_are_dates_on_every_database() -> None:
    days = [date(2026, 5, 1), date(2026, 5, 4), date(2026, 12, 29)]
    ExceptionalDay.objects.bulk_create([ExceptionalDay(facility=kita(), on=day, is_open=False) for day in days])
    assert _days_from(facility=kita().pk, on=days[1]) == [(days[1], False), (days[2], False)]
    assert _days_from(facility=chuo().pk, on=days[0]) == []


def test_moments_keep_their_time_zone() -> None:
    insert(entry("test.thing:1"))
    assert _moments(subject="test.thing:1") == [AT]
    assert [one.happened_at for one in _entries_since(at=AT, subject="test.thing:1")] == [AT]
    assert _entries_since(at=AT + timedelta(seconds=1), subject="test.thing:1") == []


def test_an_inserted_row_is_the_row_that_save_would_have_written() -> None:
    ours, theirs = entry("test.thing:1"), entry("test.thing:1")
    insert(ours)
    theirs.save(force_insert=True)
    first, second = Entry.objects.filter(subject="test.thing:1").order_by("pk").values()
    assert (ours.pk, theirs.pk) == (first["id"], second["id"])
    assert {**first, "id": 0, "recorded_at": 0} == {**second, "id": 0, "recorded_at": 0}
    assert not ours._state.adding


def test_an_update_changes_its_row_only_and_counts_it() -> None:
    chuo(), kita()
    assert _rename(facility=kita().pk, name="北の図書館") == 1
    assert _rename(facility=0, name="どこにもない") == 0
    assert sorted(Facility.objects.values_list("name", flat=True)) == ["中央図書館", "北の図書館"]


def test_a_statement_that_looks_at_its_values_is_refused() -> None:
    @prepared
    def curious(code: str) -> "QuerySet[Facility]":
        places = Facility.objects.filter(code=code)
        return places.filter(name="北") if code.endswith("1 0") else places

    with pytest.raises(TypeError, match="depends on its values"):
        curious(code="KITA")


def test_a_parameter_that_does_not_reach_the_database_as_it_is_is_refused() -> None:
    @prepared
    def beginning(code: str) -> "QuerySet[Facility]":
        return Facility.objects.filter(code__startswith=code)

    with pytest.raises(TypeError, match="not a plain value"):
        beginning(code="KI")


def test_a_parameter_that_could_be_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match="must be int, str, date or datetime"):

        @prepared
        def perhaps(code: str | None) -> "QuerySet[Facility]":
            return Facility.objects.filter(code=code)


def test_moments_of_other_zones_are_the_same_moments() -> None:
    insert(entry("test.thing:1", AT))
    elsewhere = AT.astimezone(UTC)
    assert len(_entries_since(at=elsewhere, subject="test.thing:1")) == 1
