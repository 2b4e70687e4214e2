"""A large file is taken apart by another process, which changes nothing but the time it takes."""

from pathlib import Path

import pytest

from fumikura.catalogue.marc import formats
from fumikura.catalogue.models import QuarantinedRecord
from fumikura.catalogue.services import drafting, import_file
from fumikura.catalogue.services.drafting import Source, drafts
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """1,300 records; one in a hundred is cut off in the middle."""
    path = tmp_path / "books.mrc"
    whole = [kokoro_bytes(str(number), f"第{number}話") for number in range(1, 1301)]
    path.write_bytes(b"".join(one if place % 100 else one[:200] + b"\x1d" for place, one in enumerate(whole, start=1)))
    return path


@pytest.fixture
def always_shared(monkeypatch, settings) -> None:
    monkeypatch.setattr(drafting, "WORTH_SHARING", 0)
    settings.INDEX_PROCESSES = 2


def here(file: Path) -> list[drafting.Drafted]:
    with drafts(Source(file, formats.recognise(file))) as reading:
        return list(reading)


def test_it_comes_to_the_same(file, settings, monkeypatch) -> None:
    alone = here(file)
    settings.INDEX_PROCESSES = 2
    monkeypatch.setattr(drafting, "WORTH_SHARING", 0)
    monkeypatch.setattr(drafting, "_read", None)  # this process could not do it by itself
    with drafts(Source(file, formats.recognise(file))) as reading:
        assert list(reading) == alone
        assert reading.bytes_read == reading.size
    assert len(alone) == 1300
    assert sum(one.draft is None for one in alone) == 13


def test_when_the_other_is_killed_this_process_goes_on_where_it_stood(file, always_shared, monkeypatch) -> None:
    with drafts(Source(file, formats.recognise(file))) as reading:
        records = iter(reading)
        found = [next(records) for _ in range(600)]
        reading._helper._process.kill()
        found += records
    monkeypatch.setattr(drafting, "WORTH_SHARING", 1 << 40)
    assert found == here(file)


@pytest.mark.django_db
def test_an_import_takes_in_and_sets_aside_as_ever(file, always_shared) -> None:
    seen = []
    report = import_file(file, by=SYSTEM, at=AT, progress=seen.append)
    assert (report.counts.created, report.counts.quarantined) == (1287, 13)
    assert QuarantinedRecord.objects.count() == 13
    assert seen[-1].bytes_read == seen[-1].size
