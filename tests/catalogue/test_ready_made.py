"""What is kept of written records is never yesterday's, and never missed."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from fumikura.catalogue import ready_made as kept
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.ready_made import FILE, prepare, ready_made
from fumikura.catalogue.services import save_record
from fumikura.protocols.oai.preparing import prepare_harvest
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro, kokoro_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def an_empty_file() -> Iterator[None]:
    for path in settings.HOME.glob(FILE + "*"):
        path.unlink()
    yield
    for path in settings.HOME.glob(FILE + "*"):
        path.unlink(missing_ok=True)


class Writer:
    """Writes, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, marc: bytes, page: str) -> str:
        self.times += 1
        return f'<r about="{page}">{len(marc)}</r>'


def fetched(writer: Writer, page: str = "https://a.example/titles/") -> list[str | None]:
    rows = BibliographicRecord.objects.order_by("pk")
    return [text for _row, text in ready_made(rows, "test", writer, lambda number: f"{page}{number}?a&b")]


def test_a_record_is_written_once_and_says_the_address_of_whoever_asks() -> None:
    row = save_record(kokoro(), by=SYSTEM, at=AT)
    writer = Writer()
    first = fetched(writer)
    assert first == [f'<r about="https://a.example/titles/{row.pk}?a&amp;b">{len(kokoro_bytes())}</r>']
    assert fetched(writer, "https://b.example/")[0].startswith(f'<r about="https://b.example/{row.pk}')
    assert (fetched(writer), writer.times) == (first, 1)


def test_a_changed_record_and_a_confirmed_reading_are_written_anew() -> None:
    row = save_record(kokoro(), by=SYSTEM, at=AT)
    writer = Writer()
    before = fetched(writer)
    BibliographicRecord.objects.filter(pk=row.pk).update(reading="ココロ トハ", reading_is_draft=False)
    read = fetched(writer)
    BibliographicRecord.objects.filter(pk=row.pk).update(marc=kokoro_bytes().replace("漱石".encode(), "鴎外".encode()))
    fetched(writer)
    assert (writer.times, read != before) == (3, True)


def test_another_version_of_the_program_writes_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    save_record(kokoro(), by=SYSTEM, at=AT)
    writer = Writer()
    fetched(writer)
    monkeypatch.setattr(kept, "_program", lambda: b"another")
    fetched(writer)
    assert writer.times == 2


def test_a_record_that_cannot_be_written_is_told_and_costs_no_other() -> None:
    save_record(kokoro(), by=SYSTEM, at=AT)

    def refuses(_marc: bytes, _page: str) -> str:
        raise ValueError

    rows = BibliographicRecord.objects.all()
    assert [text for _row, text in ready_made(rows, "test", refuses, str)] == [None]


@pytest.mark.parametrize("spoiled", [b"this is no database", b""])
def test_a_spoiled_file_costs_time_only(spoiled: bytes) -> None:
    save_record(kokoro(), by=SYSTEM, at=AT)
    writer = Writer()
    whole = fetched(writer)
    for path in settings.HOME.glob(FILE + "*"):
        path.unlink()
    (settings.HOME / FILE).write_bytes(spoiled)
    assert [fetched(writer) for _turn in range(3)] == [whole] * 3
    assert writer.times < 4  # the file is whole again, and used


def test_a_full_file_takes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    save_record(kokoro(), by=SYSTEM, at=AT)
    monkeypatch.setattr(kept, "LARGEST", 0)
    writer = Writer()
    assert fetched(writer) == fetched(writer)
    assert writer.times == 2


def test_the_night_writes_what_is_missing_and_only_that() -> None:
    save_record(kokoro(), by=SYSTEM, at=AT)
    assert prepare_harvest(AT) == 3
    assert prepare_harvest(AT) == 0
    writer = Writer()
    assert prepare(BibliographicRecord.objects.all(), {"test": writer}) == 1
    fetched(writer)
    assert writer.times == 1
