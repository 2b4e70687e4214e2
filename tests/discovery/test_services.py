"""The index follows the journal, is built anew without pause, and comes back when it is lost."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import delete_record, save_record
from fumikura.discovery import services, versions
from fumikura.discovery.engines import UnknownEngine
from fumikura.discovery.engines.tantivy import TantivyEngine
from fumikura.discovery.models import IndexVersion
from fumikura.discovery.queries import documents_in_index, parse, search
from fumikura.journal.models import Bookmark, SetAside
from fumikura.journal.readers import read_everything
from fumikura.journal.subscriptions import subscriptions
from fumikura.kernel.refusals import NotPermitted, Refused
from tests.cast import AT, SYSTEM, acting
from tests.catalogue.records import kokoro_bytes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("index")]


def save(number: str, title: str) -> BibliographicRecord:
    return save_record(kokoro_bytes(number, title), by=SYSTEM, at=AT)


def catch_up() -> None:
    read_everything(subscriptions(), clock=timezone.now)
    assert not SetAside.objects.exists()


def found(text: str) -> list[int]:
    answer = search(parse(text))
    assert answer.total == len(answer.hits)
    return [hit.record_id for hit in answer.hits]


def test_before_there_is_an_index_the_answer_says_so() -> None:
    answer = search(parse("こころ"))
    assert (answer.total, answer.hits, answer.ready) == (0, (), False)


def test_a_saved_record_is_found_a_changed_one_under_its_new_title_a_deleted_one_no_more() -> None:
    record = save("1", "銀の匙")
    catch_up()
    assert found("銀の匙") == [record.pk]
    save("1", "金の匙")
    catch_up()
    assert (found("銀の匙"), found("金の匙")) == ([], [record.pk])
    delete_record(record=record, by=SYSTEM, at=AT)
    catch_up()
    assert found("金の匙") == []
    assert documents_in_index() == 0


def test_reading_the_same_entries_again_changes_nothing() -> None:
    save("1", "銀の匙")
    catch_up()
    Bookmark.objects.filter(reader="discovery").update(transaction=0, entry=0)
    catch_up()
    assert (len(found("銀の匙")), documents_in_index()) == (1, 1)


def test_a_rebuild_answers_all_the_time_and_loses_nothing_recorded_meanwhile() -> None:
    first = save("1", "銀の匙")
    catch_up()
    before = IndexVersion.objects.get(answers=True)
    seen_meanwhile: list[list[int]] = []

    def somebody_works_on(done: int, total: int) -> None:
        second = save("2", "土佐日記")
        catch_up()
        save("1", "金の匙")
        seen_meanwhile.append(found("土佐日記"))
        assert seen_meanwhile[-1] == [second.pk]

    services.rebuild(by=SYSTEM, at=timezone.now(), progress=somebody_works_on)
    assert IndexVersion.objects.get(answers=True) == before
    catch_up()
    after = IndexVersion.objects.get()
    assert after.answers
    assert after != before
    assert not versions.folder_of(before.name).exists()
    assert seen_meanwhile == [found("土佐日記")] * len(seen_meanwhile)
    assert (found("銀の匙"), found("金の匙")) == ([], [first.pk])


def test_entries_read_into_the_old_index_during_the_takeover_are_read_into_the_new_one() -> None:
    save("1", "銀の匙")
    catch_up()
    services.rebuild(by=SYSTEM, at=timezone.now())
    # The bookmark is already past this entry when the new version takes over.
    second = save("2", "土佐日記")
    services.refresh(versions.answering_engine(), [second.pk], at=AT)
    bookmark = Bookmark.objects.get(reader="discovery")
    services.adopt_built()
    assert Bookmark.objects.get(reader="discovery").entry == bookmark.entry
    assert found("土佐日記") == [second.pk]


def test_a_version_that_another_process_discarded_is_closed_here() -> None:
    save("1", "銀の匙")
    catch_up()
    versions.opened("t1-discarded-elsewhere")
    assert len(found("銀の匙")) == 1
    assert list(versions._engines) == [IndexVersion.objects.get().name]


def test_a_lost_index_is_noticed_and_built_again(index: Path) -> None:
    record = save("1", "銀の匙")
    catch_up()
    services.let_go()
    shutil.rmtree(index)
    assert not search(parse("銀の匙")).ready
    services.tend(timezone.now())
    assert found("銀の匙") == [record.pk]


def test_an_index_of_an_older_schema_is_built_again() -> None:
    record = save("1", "銀の匙")
    catch_up()
    services.let_go()
    IndexVersion.objects.update(schema="t0")
    assert not search(parse("銀の匙")).ready
    services.tend(timezone.now())
    assert found("銀の匙") == [record.pk]


def test_a_rebuild_that_died_leaves_nothing_that_stands_in_the_way(index: Path) -> None:
    save("1", "銀の匙")
    catch_up()

    class PulledPlug(BaseException):
        """Not an Exception: nothing in the program may catch it."""

    def die(done: int, total: int) -> None:
        raise PulledPlug

    with pytest.raises(PulledPlug):
        services.rebuild(by=SYSTEM, at=timezone.now(), progress=die)
    with pytest.raises(Refused, match="index-being-rebuilt"):
        services.rebuild(by=acting("discovery.rebuild"), at=timezone.now())
    services.rebuild(by=acting("discovery.rebuild"), at=timezone.now() + timedelta(minutes=1))
    catch_up()
    assert len(found("銀の匙")) == 1
    assert [path.name for path in index.iterdir()] == [IndexVersion.objects.get().name]


def test_rebuilding_needs_the_right() -> None:
    with pytest.raises(NotPermitted):
        services.rebuild(by=acting("catalogue.save"), at=AT)


def test_another_process_sees_what_was_committed_and_may_write_after_it_was_let_go() -> None:
    save("1", "銀の匙")
    catch_up()
    other = TantivyEngine(versions.folder_of(IndexVersion.objects.get().name))
    assert other.count() == 1
    save("2", "土佐日記")
    catch_up()
    assert other.search(parse("土佐日記"), start=0, rows=5, sort="relevance").total == 1
    other.remove([hit.record_id for hit in search(parse("土佐日記")).hits])
    other.commit()
    other.close()
    assert found("土佐日記") == []


def test_an_unknown_engine_is_named_in_plain_words(settings) -> None:
    save("1", "銀の匙")
    catch_up()
    settings.SEARCH_URL = "opensearch://localhost:9200"
    with pytest.raises(UnknownEngine, match="opensearch://localhost:9200"):
        search(parse("銀の匙"))


def test_the_whole_path_runs_on_the_engine_in_memory_too(settings) -> None:
    settings.SEARCH_URL = "memory:"
    record = save("1", "銀の匙")
    catch_up()
    assert found("ぎんのさじ 銀の匙") == []
    assert found("銀の匙") == [record.pk]
