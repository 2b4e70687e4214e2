"""PostgreSQL's own line: several statements in one trip, and what goes wrong goes wrong as ever."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet

from fumikura.journal.models import Answer, Entry
from fumikura.organisation.models import Facility
from fumikura.statements.ahead import read_ahead
from fumikura.statements.lines import line_of, numbered
from fumikura.statements.reads import prepared
from fumikura.statements.writes import insert, prepared_update
from tests.cast import AT, chuo, kita

pytestmark = pytest.mark.django_db
only_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no trips")


@prepared
def _places_coded(code: str) -> "QuerySet[Facility]":
    return Facility.objects.filter(code=code)


@prepared
def _entries_from(at_least: int) -> "QuerySet[Entry]":
    return Entry.objects.filter(pk__gte=at_least).extra(where=["1 / (id - id) = 1"])


@prepared
def _locked(facility: int) -> "QuerySet[Facility, tuple[int]]":
    return Facility.objects.select_for_update().filter(pk=facility).values_list("pk")


@prepared_update
def _rename(facility: int, name: str) -> tuple["QuerySet[Facility]", dict[str, str]]:
    return Facility.objects.filter(pk=facility), {"name": name}


def test_marks_become_numbers_and_percent_signs_stay() -> None:
    assert numbered("SELECT %s, '%%', %s") == b"SELECT $1, '%', $2"


def test_what_was_read_ahead_is_answered_once_and_then_asked_anew() -> None:
    chuo(), kita()
    with read_ahead(_places_coded.asked(code="CHUO"), _places_coded.asked(code="NOWHERE")):
        first = _places_coded(code="CHUO")[0]
        _rename(facility=first.pk, name="新しい名")
        assert _places_coded(code="NOWHERE") == []
        assert _places_coded(code="KITA")[0].name == "北図書館"
        assert _places_coded(code="CHUO")[0].name == "新しい名"
    assert first.name == "中央図書館"


def test_what_was_answered_in_a_block_within_is_not_answered_again_from_before() -> None:
    chuo(), kita()
    with read_ahead(_places_coded.asked(code="CHUO")):
        with read_ahead(_places_coded.asked(code="KITA")):
            _rename(facility=_places_coded(code="CHUO")[0].pk, name="新しい名")
        assert _places_coded(code="CHUO")[0].name == "新しい名"


def test_nothing_read_ahead_outlives_its_block() -> None:
    chuo()
    with read_ahead(_places_coded.asked(code="CHUO")):
        pass
    Facility.objects.update(name="改名")
    assert _places_coded(code="CHUO")[0].name == "改名"


@only_postgresql
def test_many_questions_are_one_trip() -> None:
    chuo(), kita()
    _places_coded(code="CHUO")
    line = line_of(connection.connection)
    before = line.trips
    with read_ahead(*(_places_coded.asked(code=code) for code in ("CHUO", "KITA", "NOWHERE"))):
        assert [len(_places_coded(code=code)) for code in ("CHUO", "KITA", "NOWHERE")] == [1, 1, 0]
    assert line.trips == before + 1


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_statement_that_fails_leaves_the_line_in_order() -> None:
    chuo()
    Entry.objects.create(transaction=0, event="test.happened", happened_at=AT, actor="system", via="test")
    asked = (_places_coded.asked(code="CHUO"), _entries_from.asked(at_least=0))
    with pytest.raises(DatabaseError), transaction.atomic(), read_ahead(*asked):
        pass
    with pytest.raises(DatabaseError), transaction.atomic():
        _entries_from(at_least=0)
    assert _places_coded(code="CHUO")[0].code == "CHUO"


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_cut_says_so_and_the_next_one_is_new() -> None:
    chuo()
    for asked in ((), (_places_coded.asked(code="CHUO"), _places_coded.asked(code="KITA"))):
        _places_coded(code="CHUO")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            number = cursor.fetchone()[0]
        other = threading.Thread(target=_cut, args=[number])
        other.start()
        other.join(30)
        with pytest.raises(OperationalError), transaction.atomic(), read_ahead(*asked):
            _places_coded(code="CHUO")
        connection.close_if_unusable_or_obsolete()
        assert _places_coded(code="CHUO")[0].code == "CHUO"


def _cut(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [number])
    connection.close()


def test_a_row_that_stands_already_is_refused_as_ever() -> None:
    insert(Answer(request_key="once", door="test", answered_at=AT))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Answer(request_key="once", door="test", answered_at=AT))
    assert Answer.objects.count() == 1


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_whoever_waits_for_a_lock_lets_other_threads_work() -> None:
    """Both the single statement and the trip of several: the holder of the lock is a thread of the same process."""
    place = chuo().pk
    for ahead in (False, True):
        held, asks, seen = threading.Event(), threading.Event(), []

        def holder(held=held, asks=asks, name=f"書き替えた{ahead}") -> None:
            with transaction.atomic():
                _locked(facility=place)
                held.set()
                asks.wait(10)
                _rename(facility=place, name=name)
            connection.close()

        other = threading.Thread(target=holder)
        other.start()
        assert held.wait(10)
        with transaction.atomic():
            asks.set()
            if ahead:
                with read_ahead(_locked.asked(facility=place), _places_coded.asked(code="CHUO")):
                    seen = _places_coded(code="CHUO")
            else:
                _locked(facility=place)
                seen = _places_coded(code="CHUO")
        other.join(10)
        assert not other.is_alive()
        assert seen[0].name == f"書き替えた{ahead}"


@only_postgresql
def test_a_rollback_while_somebody_watches_leaves_the_plans_in_place() -> None:
    chuo()
    _places_coded(code="CHUO")
    with (
        connection.execute_wrapper(lambda execute, *rest: execute(*rest)),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        _places_coded(code="CHUO")
        raise ZeroDivisionError
    assert _places_coded(code="CHUO")[0].name == "中央図書館"


@only_postgresql
def test_plans_that_the_server_has_forgotten_are_made_anew() -> None:
    chuo()
    _places_coded(code="CHUO")
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(DatabaseError), transaction.atomic():
        _places_coded(code="CHUO")
    with transaction.atomic():
        assert _places_coded(code="CHUO")[0].name == "中央図書館"


@only_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trips", ["one", "several"])
def test_plans_that_do_not_fit_the_tables_any_more_are_made_anew_where_a_transaction_begins(trips: str) -> None:
    chuo(), kita()
    asked = (_places_coded.asked(code="CHUO"), _places_coded.asked(code="KITA")) if trips == "several" else ()
    for length in (201, 200):
        _places_coded(code="CHUO")
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE organisation_facility ALTER COLUMN address TYPE varchar({length})")
        with transaction.atomic(), read_ahead(*asked):
            assert _places_coded(code="CHUO")[0].name == "中央図書館"
        assert _places_coded(code="KITA")[0].name == "北図書館", "outside of a transaction too"


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_plans_that_do_not_fit_in_the_middle_of_a_transaction_end_it_and_it_may_be_done_again() -> None:
    place = chuo().pk
    _places_coded(code="CHUO")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE organisation_facility ALTER COLUMN address TYPE varchar(201)")
    try:
        with pytest.raises(OperationalError, match="do it again"), transaction.atomic():
            Facility.objects.filter(pk=place).update(name="改名")
            _places_coded(code="CHUO")
        assert _places_coded(code="CHUO")[0].name == "中央図書館", "nothing of it was done"
        with transaction.atomic():
            Facility.objects.filter(pk=place).update(name="改名")
            assert _places_coded(code="CHUO")[0].name == "改名"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE organisation_facility ALTER COLUMN address TYPE varchar(200)")
