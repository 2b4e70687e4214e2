"""A node may die, the index may be built anew, the cluster may be away: nobody who searches notices more than that it is away."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from fumikura.catalogue.services import save_record
from fumikura.discovery import services, versions
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import EngineAway, cluster, open_engine
from fumikura.discovery.engines.opensearch import SCHEMA, mapping, source_of
from fumikura.discovery.models import IndexVersion
from fumikura.discovery.queries import documents_in_index, instead, parse, search, suggest
from fumikura.discovery.query import Phrase
from fumikura.journal.models import Bookmark, SetAside
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes
from tests.discovery.test_services import catch_up, found
from tests.opensearch import Cluster


@pytest.fixture
def on_cluster(settings, index: Path, search_cluster: Cluster) -> Iterator[Cluster]:
    settings.SEARCH_URL = f"{search_cluster.url}/town"
    yield search_cluster


@pytest.mark.opensearch
def test_one_node_killed_under_load_fails_no_search_and_loses_no_update(search_cluster: Cluster) -> None:
    engine = open_engine(search_cluster.url, Path("killed-under-load"))
    engine.put(Document(id=number, titles=(f"ふるい本 {number}",)) for number in range(1, 201))
    engine.commit()
    asked, failures, written = [0], [], [0]
    stop = threading.Event()

    def until_stopped(act: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            while not stop.is_set():
                try:
                    act()
                except Exception as failure:
                    failures.append(failure)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def ask() -> None:
        answer = engine.search(Phrase("本"), start=0, rows=5, sort="relevance")
        assert answer.total == 200, answer.total
        asked[0] += 1

    def write() -> None:
        number = written[0] % 200 + 1
        engine.put([Document(id=number, titles=(f"あたらしい本 {written[0] + 1}",))])
        engine.commit()
        written[0] += 1

    threads = [until_stopped(act) for act in (ask, ask, ask, write)]
    victim = search_cluster.nodes[1]
    try:
        wait_until(lambda: asked[0] > 50 and written[0] > 20)
        victim.kill()
        before = (asked[0], written[0])
        wait_until(lambda: asked[0] > before[0] + 100 and written[0] > before[1] + 30)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        search_cluster.start(1)
        search_cluster.wait(3)
    assert failures == []
    last = {number % 200 + 1: number + 1 for number in range(written[0])}
    for identity, number in last.items():
        assert engine.search(Phrase(f"あたらしい本 {number}"), start=0, rows=9, sort="newest").ids == (identity,)


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not happened():
        assert time.monotonic() < deadline, "nothing went on"
        time.sleep(0.05)


@pytest.mark.opensearch
@pytest.mark.django_db(transaction=True)
def test_the_index_is_built_anew_while_it_answers_and_loses_nothing_recorded_meanwhile(on_cluster: Cluster) -> None:
    first = save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
    catch_up()
    before = IndexVersion.objects.get(answers=True)
    seen: list[list[int]] = []

    def somebody_works_on(done: int, total: int) -> None:
        save_record(kokoro_bytes("2", "土佐日記"), by=SYSTEM, at=AT)
        catch_up()
        save_record(kokoro_bytes("1", "金の匙"), by=SYSTEM, at=AT)
        seen.append(found("土佐日記"))

    services.rebuild(by=SYSTEM, at=timezone.now(), progress=somebody_works_on)
    assert IndexVersion.objects.get(answers=True) == before
    catch_up()
    assert IndexVersion.objects.get() != before
    assert seen == [found("土佐日記")] * len(seen)
    assert len(seen[0]) == 1
    assert (found("銀の匙"), found("金の匙")) == ([], [first.pk])
    assert [one.text for one in suggest("金の")] == ["金の匙"]


@pytest.mark.opensearch
@pytest.mark.django_db(transaction=True)
def test_an_index_that_somebody_deleted_is_noticed_and_built_again(on_cluster: Cluster, settings) -> None:
    record = save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
    catch_up()
    open_engine(settings.SEARCH_URL, versions.folder_of(IndexVersion.objects.get().name)).discard()
    assert search(parse("銀の匙")).total == 0
    versions._looked.clear()
    services.tend(timezone.now())
    assert found("銀の匙") == [record.pk]


@pytest.mark.django_db(transaction=True)
def test_a_cluster_that_is_away_is_told_and_its_news_wait(settings, index: Path, monkeypatch) -> None:
    monkeypatch.setattr("fumikura.discovery.engines.opensearch.READING", 0.2)
    monkeypatch.setattr("fumikura.discovery.engines.opensearch.WRITING", 0.2)
    settings.SEARCH_URL = "http://127.0.0.1:9"
    save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
    IndexVersion.objects.create(
        name=f"{SCHEMA}-built-yesterday",
        schema=SCHEMA,
        started_at=AT,
        built_at=AT,
        answers=True,
        transaction=0,
        entry=0,
    )
    assert not search(parse("銀の匙")).ready
    assert (suggest("銀"), instead("銀の匙"), documents_in_index()) == ((), (), None)
    catch_up()
    assert not SetAside.objects.exists()
    assert Bookmark.objects.get(reader=services.READER).entry == 0
    with pytest.raises(EngineAway):
        services.tend(timezone.now())
    assert IndexVersion.objects.count() == 1, "silence is no reason to build anew"


def test_names_and_passwords_and_a_prefix_are_taken_from_the_address() -> None:
    made = cluster.Cluster("https://fumi:p%40ss@one.example:9200/Town,https://fumi:p%40ss@two.example:9200")
    assert made.prefix == "town"
    assert [(pool.host, pool.port) for pool in made._pools] == [("one.example", 9200), ("two.example", 9200)]
    assert made._pools[1].headers["Authorization"] == "Basic ZnVtaTpwQHNz"


def test_every_field_of_a_full_document_has_its_place_in_the_index() -> None:
    """The index refuses what it does not know, so that a new field is not forgotten here."""
    document = Document(
        id=1, titles=("圖書館",), readings=("トショカン",), names=(("夏目漱石", "ナツメ ソウセキ"),), subjects=("図書館",),
        headings=(("図書館", "トショカン"),), publishers=("丸善",), drafts=("ヨミ",), collections=("文庫 1",), contents=("目次",), rest=("注記",), work=7, identifiers=("9784003101018",), ndc=("913.6",),
        kind="book", language="jpn", audience="child", year=2001, sites=("CHUO",), available=("CHUO",),
        accessible=("braille",), series=("文庫",), loans=3, arrived=5,
    )  # fmt: skip
    written = json.loads(source_of(document)["source"])
    assert set(written) <= set(mapping()["properties"])
    assert written["ndc"] == ["9", "91", "913", "913.", "913.6"]
