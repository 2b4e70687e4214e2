"""Building the index anew beside the one that answers: who searches meanwhile notices nothing, and no change is lost."""

import threading
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from fumikura.catalogue.services import save_record
from fumikura.discovery import services
from fumikura.discovery.models import IndexVersion
from fumikura.discovery.queries import parse, search
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


def catch_up_the_old_one() -> None:
    """The reader reads on while the new index is being built."""
    catch_up()
