"""A supplier's format comes from a package beside the project: the worked example, read from end to end."""

import importlib.util
import io
from pathlib import Path
from types import ModuleType

import pytest

from fumikura.catalogue.marc import formats, vendors
from fumikura.catalogue.models import BibliographicRecord, ImportBatch, QuarantinedRecord
from fumikura.catalogue.queries import describe_record
from fumikura.catalogue.services import import_file
from tests.cast import AT, SYSTEM

EXAMPLE = Path(__file__).resolve().parents[2] / "demo/vendor_format/example_t.py"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example as if its package were installed: its entry point is found."""
    spec = importlib.util.spec_from_file_location("example_t", EXAMPLE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class Point:
        def load(self) -> vendors.VendorFormat:
            return module.FORMAT

    vendors.announced.cache_clear()
    monkeypatch.setattr(vendors, "entry_points", lambda group: [Point()] if group == vendors.GROUP else [])
    yield module
    monkeypatch.undo()
    vendors.announced.cache_clear()


def line(number: str = "00000001", title: str = "こころ", reading: str = "ｺｺﾛ", author: str = "夏目漱石") -> bytes:
    fields = (
        ("TX", 2), (number, 8), ("9784101010137", 13), (title, 40), (reading, 40), (author, 30), ("ﾅﾂﾒ ｿｳｾｷ", 30),
        ("新潮社", 20), ("195203", 6), ("913.6", 8), ("00400", 5),
    )  # fmt: skip
    return b"".join(text.encode("cp932").ljust(size) for text, size in fields)


def test_the_fields_are_cut_by_bytes_and_the_readings_made_full_width(example: ModuleType) -> None:
    (arrival,) = example.arrivals(io.BytesIO(line() + b"\r\n"))
    assert arrival.decoded and arrival.raw == line()
    leader, *_rest = arrival.decoded.content
    assert leader[6:8] == "am"


def test_a_cut_line_and_a_wrong_character_are_set_aside_and_the_others_come(example: ModuleType) -> None:
    wrong = bytearray(line("00000002"))
    wrong[23:25] = b"\x81\xff"
    file = b"\r\n".join([line(), bytes(wrong), line("00000003")[:100], line("00000004")]) + b"\r\n\x1a"
    assert [arrival.fault for arrival in example.arrivals(io.BytesIO(file))] == ["", "character-set", "truncated", ""]


@pytest.mark.django_db
def test_it_is_recognised_and_imported_like_any_other_format(example: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "delivery.dat"
    file.write_bytes(
        b"\r\n".join([line(), line("00000002", title=""), line("00000003", "坊っちゃん", "ﾎﾞｯﾁｬﾝ")]) + b"\r\n"
    )
    assert formats.recognise(file).format == "vendor:example-t"
    report = import_file(file, by=SYSTEM, at=AT)
    assert (report.counts.created, report.counts.quarantined) == (2, 1)
    assert QuarantinedRecord.objects.get().reason == "no-title"
    assert (
        ImportBatch.objects.get().format == "vendor:example-t" and vendors.label_of("vendor:example-t") == "見本のT形式"
    )
    found = describe_record(BibliographicRecord.objects.get(source="EXAMPLE-T", number="00000003"))
    assert (found.title, found.title_reading) == ("坊っちゃん", "ボッチャン")
    assert (found.creators[0].name, found.creators[0].reading) == ("夏目漱石", "ナツメ ソウセキ")
    assert (found.year, found.published, found.ndc, found.price) == (1952, "1952.3", ("913.6",), "400円")


def test_without_its_package_the_file_is_refused_and_not_misread(tmp_path: Path) -> None:
    file = tmp_path / "delivery.dat"
    file.write_bytes(line() + b"\r\n")
    with pytest.raises(formats.NotReadable, match="unknown"):
        formats.recognise(file)


def test_a_package_that_cannot_be_loaded_takes_no_other_format_away(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def load(self) -> vendors.VendorFormat:
            raise ModuleNotFoundError("example_u")

    class Here:
        def load(self) -> vendors.VendorFormat:
            return example.FORMAT

    vendors.announced.cache_clear()
    monkeypatch.setattr(vendors, "entry_points", lambda **_group: [Gone(), Here()])
    assert set(vendors.announced()) == {"example-t"}
