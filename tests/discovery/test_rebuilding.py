"""Building the index anew beside the one that answers: who searches meanwhile notices nothing, and no change is lost."""

import threading
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from fumikura.catalogue.services import save_record
from fumikura.discovery import services, versions
from fumikura.discovery.models import IndexVersion
from fumikura.discovery.queries import parse, search
from fumikura.journal import leases
from fumikura.kernel.refusals import Refused
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes
from tests.discovery.test_services import catch_up, found

ROUNDS = 3


@pytest.mark.django_db(transaction=True)
def test_searching_goes_on_while_the_index_is_built_anew_and_changes_places(index: Path) -> None:
    silver = save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
    catch_up()
    stop, asked, wrong = threading.Event(), [0], []

    def ask() -> None:
        """Whoever searches always finds the one that was there before, and never less than a moment ago."""
        most = 0
        try:
            while not stop.is_set():
                answer = search(parse("匙"), facets=())
                ids = {hit.record_id for hit in answer.hits}
                if not answer.ready or silver.pk not in ids or answer.total < most:
                    wrong.append((answer.ready, answer.total, most))
                most = answer.total
                asked[0] += 1
        except Exception as failure:
            wrong.append(repr(failure))
        finally:
            connection.close()

    reader = threading.Thread(target=ask)
    reader.start()
    try:
        for number in range(ROUNDS):
            before = IndexVersion.objects.get(answers=True).name

            def somebody_works_on(_done: int, _total: int, number: int = number) -> None:
                save_record(kokoro_bytes(f"1{number}", f"金の匙 {number}"), by=SYSTEM, at=AT)
                catch_up_the_old_one()

            services.rebuild(by=SYSTEM, at=timezone.now(), progress=somebody_works_on)
            assert IndexVersion.objects.get(answers=True).name == before, (
                "the old one answers until the reader changes over"
            )
            catch_up()
            assert IndexVersion.objects.get(answers=True).name != before
            assert len(found(f"金の匙 {number}")) == 1, "what was written while it was built is in the new one"
    finally:
        stop.set()
        reader.join(10)
    assert wrong == []
    assert asked[0] > ROUNDS
    assert len(found("匙")) == ROUNDS + 1


@pytest.mark.django_db(transaction=True)
def test_who_read_which_index_answers_just_before_it_changed_asks_the_new_one(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silver = save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
    catch_up()
    services.rebuild(by=SYSTEM, at=timezone.now())
    usable, changed = versions.is_usable, []

    def usable_when_another_took_its_place(version: IndexVersion) -> bool:
        if not changed:
            changed.append(version.name)
            catch_up()
        return usable(version)

    monkeypatch.setattr(versions, "is_usable", usable_when_another_took_its_place)
    answer = search(parse("匙"), facets=())
    assert (answer.ready, [hit.record_id for hit in answer.hits]) == (True, [silver.pk])
    assert changed != [IndexVersion.objects.get(answers=True).name]


def catch_up_the_old_one() -> None:
    """The reader reads on while the new index is being built."""
    catch_up()


@pytest.mark.django_db
def test_of_two_rebuilds_the_second_is_refused_even_when_the_same_person_asks(index: Path) -> None:
    save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
    refused = []

    def ask_again(_done: int, _total: int) -> None:
        with pytest.raises(Refused) as second:
            services.rebuild(by=SYSTEM, at=AT)
        refused.append(second.value.reasons[0].code)

    services.rebuild(by=SYSTEM, at=AT, progress=ask_again)
    assert refused == ["index-being-rebuilt"]


@pytest.mark.django_db
def test_a_rebuild_that_failed_keeps_nobody_waiting(index: Path) -> None:
    save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)

    def fail(_done: int, _total: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        services.rebuild(by=SYSTEM, at=AT, progress=fail)
    assert leases.take(services.LEASE, "somebody", at=AT)


def test_a_call_that_takes_minutes_is_renewed_for_and_its_failure_is_heard() -> None:
    renewed, ends = [], threading.Event()

    def renew() -> None:
        renewed.append(1)
        if len(renewed) == 3:
            ends.set()

    def copy() -> None:
        assert ends.wait(30)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        services.while_renewing(copy, renew, every=0.01)
    assert len(renewed) >= 3
