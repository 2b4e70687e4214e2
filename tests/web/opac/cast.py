"""Titles as records, for pages that show them."""

from pymarc import Field, Indicators, Record, Subfield

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import save_record
from fumikura.holdings.models import Item
from fumikura.holdings.services import NewItem, add_item
from tests.cast import AT, SYSTEM, agency, chuo


def field(tag: str, **subfields: str) -> Field:
    parts = [Subfield(code.removeprefix("n"), value) for code, value in subfields.items()]
    return Field(tag, Indicators(" ", " "), parts)


def linked(tag: str, number: str, **subfields: str) -> list[Field]:
    """A field and the reading that belongs to it."""
    reading = subfields.pop("reading", "")
    main = field(tag, n6=f"880-{number}", **subfields)
    return [main, field("880", n6=f"{tag}-{number}/$1", a=reading)] if reading else [field(tag, **subfields)]


def title(
    name: str = "こころ",
    reading: str = "ココロ",
    by: str = "夏目, 漱石",
    by_reading: str = "ナツメ, ソウセキ",
    *,
    number: str = "",
    ndc: str = "913.6",
    year: str = "1991",
    extra: tuple[Field, ...] = (),
) -> BibliographicRecord:
    record = Record(force_utf8=True)
    record.add_field(
        Field("001", data=number or f"n-{name}"),
        Field("008", data=f"910101s{year}    ja            000 0 jpn  "),
        *linked("245", "01", a=name, reading=reading, c="夏目漱石著"),
        field("260", a="東京", b="水瀬書房", c=year),
        field("300", a="276p"),
        field("084", a=ndc, n2="njb/09"),
        *extra,
        *linked("700", "02", a=by, reading=by_reading),
    )
    return save_record(record, source="test", by=SYSTEM, at=AT)


def copy(record: BibliographicRecord, barcode: str = "30000017", **facts: object) -> Item:
    """One copy at 中央, or where `home` says."""
    return add_item(
        NewItem(**{"barcode": barcode, "record": record, "home": chuo(), "agency": agency(), **facts}), by=SYSTEM, at=AT
    )
