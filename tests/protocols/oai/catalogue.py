"""A small catalogue that has settled: written long enough ago to be harvested."""

from datetime import UTC, datetime, timedelta

from pymarc import Field, Indicators, Record, Subfield

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import save_record
from tests.cast import AT, SYSTEM

WRITTEN = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)


def book(number: int, title: str = "") -> BibliographicRecord:
    record = Record(leader="00000nam a2200000 i 4500")
    record.add_field(Field("001", data=f"{number:06}"), Field("003", data="MINASE"))
    record.add_field(
        Field(
            "245",
            Indicators("1", "0"),
            subfields=[Subfield("a", title or f"{number} & 番目の本"), Subfield("c", "夏目漱石")],
        )
    )
    return save_record(record, by=SYSTEM, at=AT)


def settled(row: BibliographicRecord, *, minutes: int = 0) -> BibliographicRecord:
    BibliographicRecord.objects.filter(pk=row.pk).update(written_at=WRITTEN + timedelta(minutes=minutes))
    row.refresh_from_db()
    return row


def shelf(count: int) -> list[BibliographicRecord]:
    """Records written one a minute, in threes at the same moment."""
    return [settled(book(n), minutes=n // 3) for n in range(count)]
