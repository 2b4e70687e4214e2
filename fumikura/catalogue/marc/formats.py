"""What a file is, told from its content, and how it is read record by record."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fumikura.catalogue.crosswalks import dcndl
from fumikura.catalogue.crosswalks.terms import NAMESPACES
from fumikura.catalogue.marc import iso2709, marcjson, marcxml, rows, vendors
from fumikura.catalogue.marc.arrivals import Arrival, Faulty, bad
from fumikura.catalogue.marc.unpacking import Unpacked

ISO2709, MARCXML, MARC_JSON, DCNDL = "iso2709", "marcxml", "marc-json", "dcndl"
ROWS_JSON, TSV, CSV = "rows-json", "tsv", "csv"

_TABLE_ENCODINGS = ("utf-8-sig", "cp932", "euc_jp", "iso2022_jp")
"""In the order of trying."""
_SAID_ENCODINGS = frozenset({*_TABLE_ENCODINGS, "iso8859-1", "cp1252", "cp1251"})
"""In these any bytes are letters, so that only a person can tell."""
_HEAD = 1 << 16
_GZIP = b"\x1f\x8b"
_BLANKS = b"\xef\xbb\xbf \t\r\n\x00\x1a"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "old-office"),
    (b"7z\xbc\xaf", "other-archive"),
    (b"Rar!", "other-archive"),
    (b"\xfd7zXZ", "other-archive"),
    (b"BZh", "other-archive"),
    (b"\x28\xb5\x2f\xfd", "other-archive"),
    (b"SQLite format 3", "database"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class NotReadable(Exception):
    """The file is nothing that can be taken in. `code` is stable; words for it are in catalogue.words."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(code)


@dataclass(frozen=True)
class Recognised:
    """What the file is."""

    format: str
    compressed: bool = False
    encoding: str = ""
    """Of a table: one of _SAID_ENCODINGS."""


def recognise(path: Path, *, plan: rows.ColumnPlan | None = None, encoding: str = "") -> Recognised:
    """Look into the file. With a plan it is a table, whatever its columns are called; `encoding` is a person's word on how
    it is written, which counts for tables. Raises NotReadable.
    """
    if path.is_dir():
        raise NotReadable("directory")
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        compressed = head.startswith(_GZIP)
        if compressed:
            with path.open("rb") as stream:
                unpacked = Unpacked(stream)
                head = io.BufferedReader(unpacked).read(_HEAD)
            if unpacked.damaged and not head:
                raise NotReadable("damaged-gzip")
    except FileNotFoundError:
        raise NotReadable("missing") from None
    except OSError as error:
        raise NotReadable("unreadable", error.strerror or "") from None
    said = "utf-8-sig" if encoding == "utf-8" else encoding
    return _recognise(head, compressed, plan, (said,) if said in _SAID_ENCODINGS else _TABLE_ENCODINGS)


def _recognise(head: bytes, compressed: bool, plan: rows.ColumnPlan | None, encodings: tuple[str, ...]) -> Recognised:
    start = head.lstrip(_BLANKS)
    if not start:
        raise NotReadable("empty")
    for signature, code in _SIGNATURES:
        if head.startswith(signature):
            raise NotReadable(_kind_of_zip(head) if code == "zip" else code)
    if plan is not None:
        return _planned(head, compressed, encodings)
    if vendor := vendors.recognising(head):
        return Recognised(vendors.PREFIX + vendor, compressed)
    if start.startswith(b"<"):
        return Recognised(_xml(head), compressed)
    if start[:1] in b"[{":
        return Recognised(_json(start), compressed)
    if _looks_like_iso2709(start):
        return Recognised(ISO2709, compressed)
    return _table(head, compressed, encodings)


def _looks_like_iso2709(start: bytes) -> bool:
    if re.match(rb"[0-9]{5}[\x20-\x7e]{19}", start) and (b"\x1e" in start or b"\x1d" in start or len(start) < 4096):
        return True
    return b"\x1e" in start and (b"\x1d" in start or b"\x1f" in start)


def _kind_of_zip(head: bytes) -> str:
    for mark, code in ((b"xl/", "excel"), (b"word/", "word"), (b"epub", "epub"), (b"opendocument", "open-document")):
        if mark in head:
            return code
    return "zip"


def _xml(head: bytes) -> str:
    if re.search(rb"<(?:[\w.-]+:)?(?:leader|controlfield|datafield)[\s>]", head):
        return MARCXML
    if re.search(rb"(?i)<!doctype html|<html", head):
        raise NotReadable("html")
    if NAMESPACES["dcndl"].encode() in head and b"BibResource" in head:
        return DCNDL
    if re.search(rb"<(?:[\w.-]+:)?numberOfRecords>\s*0\s*<", head):
        raise NotReadable("no-records")
    if re.search(rb"<(?:[\w.-]+:)?collection[\s/>]", head) and marcxml.NAMESPACE.encode() in head:
        return MARCXML
    raise NotReadable("other-xml")


def _json(start: bytes) -> str:
    if b'"fields"' in start and b'"leader"' in start:
        return MARC_JSON
    for _raw, value in marcjson.values(io.BytesIO(start)):
        if isinstance(value, dict) and "title" in rows.known_columns(list(value)):
            return ROWS_JSON
        break
    raise NotReadable("other-json")


def _planned(head: bytes, compressed: bool, encodings: tuple[str, ...]) -> Recognised:
    """A table by a person's word: only its encoding and delimiter are found out."""
    for encoding in _fitting(head, encodings):
        line = head.split(b"\n", 1)[0].decode(encoding)
        return Recognised(TSV if line.count("\t") >= line.count(",") else CSV, compressed, encoding)
    raise NotReadable("unknown")


def _table(head: bytes, compressed: bool, encodings: tuple[str, ...]) -> Recognised:
    """Bytes of EUC-JP may also be read as Shift_JIS: a table is in that encoding in which it has a column of titles."""
    first = head.split(b"\n", 1)[0]
    fitting = _fitting(head, encodings)
    for encoding in fitting:
        line = first.decode(encoding)
        for format_, delimiter in ((TSV, "\t"), (CSV, ",")):
            columns = [name.strip().strip('"') for name in line.split(delimiter)]
            if len(columns) > 1 and "title" in rows.known_columns(columns):
                return Recognised(format_, compressed, encoding)
    if not fitting:
        raise NotReadable("unknown")
    line = first.decode(fitting[0])
    if "=LDR" in line or re.match("=[0-9]{3}  ", line):
        raise NotReadable("marc-mnemonic")
    raise NotReadable("no-title-column" if "\t" in line or "," in line else "unknown")


def _fitting(head: bytes, encodings: tuple[str, ...]) -> list[str]:
    """The encodings in which the whole lines of this beginning can be read."""
    fitting = []
    for encoding in encodings:
        try:
            (head[: head.rfind(b"\n") + 1] or head).decode(encoding)
            head.split(b"\n", 1)[0].decode(encoding)
        except UnicodeDecodeError:
            continue
        fitting.append(encoding)
    return fitting


@dataclass(frozen=True)
class Opened:
    """A file being read."""

    stream: IO[bytes]
    file: IO[bytes]
    size: int
    unpacked: Unpacked | None = None

    def read_so_far(self) -> int:
        """Bytes of the file, packed as it is: for the progress bar."""
        return self.file.tell()


@contextmanager
def opened(path: Path, recognised: Recognised) -> Iterator[Opened]:
    with path.open("rb") as plain:
        size = path.stat().st_size
        if not recognised.compressed:
            yield Opened(plain, plain, size)
            return
        unpacked = Unpacked(plain)
        yield Opened(io.BufferedReader(unpacked), plain, size, unpacked)


def arrivals(
    opened: Opened, recognised: Recognised, *, encoding: str = "", plan: rows.ColumnPlan | None = None
) -> Iterator[Arrival]:
    """Every record of an opened file. `encoding` overrides what an ISO 2709 record says of itself; of a table, recognising told."""
    yield from _reader(opened.stream, recognised, encoding, plan)
    if opened.unpacked and opened.unpacked.damaged:
        yield bad(b"", Faulty("packing-damaged"))


def _reader(
    stream: IO[bytes], recognised: Recognised, encoding: str, plan: rows.ColumnPlan | None
) -> Iterator[Arrival]:
    if recognised.format.startswith(vendors.PREFIX):
        return vendors.arrivals(recognised.format, stream)
    match recognised.format:
        case "iso2709":
            return iso2709.arrivals(stream, encoding=encoding)
        case "marcxml":
            return marcxml.arrivals(stream)
        case "dcndl":
            return dcndl.arrivals(stream)
        case "marc-json":
            return marcjson.arrivals(stream)
        case "rows-json":
            return rows.arrivals_json(stream)
        case table:
            delimiter = "\t" if table == TSV else ","
            return rows.arrivals_table(stream, delimiter=delimiter, encoding=recognised.encoding, plan=plan)
