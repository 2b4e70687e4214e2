"""Authorities in files: MARC 21 authority records (ISO 2709, MARCXML) and tables of local 件名. Pure."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fumikura.catalogue.fields import Fields, tidy
from fumikura.catalogue.headings import Kind
from fumikura.catalogue.marc import formats, iso2709, marcxml
from fumikura.catalogue.marc.arrivals import Arrival, Faulty
from fumikura.catalogue.marc.content import Content, Entry

KINDS: dict[str, Kind] = {"00": "person", "10": "body", "11": "body", "50": "subject", "51": "subject"}
"""By the last two digits of 1XX, 4XX and 5XX; titles (30) are works, not kept here."""
_CODES = {"person": "abc", "body": "abcnd", "subject": "a"}
_RELATIONS = {"g": "broader", "h": "narrower"}
"""$w/0 of 5XX."""
_XML_TYPE = re.compile(rb"(<(?:[\w.-]+:)?leader[^>]*>.{6})z")
COLUMNS = {
    "heading": ("見出し", "件名", "heading", "subject"),
    "reading": ("読み", "よみ", "ヨミ", "reading"),
    "kind": ("種類", "kind"),
    "variants": ("別名", "を見よ", "variants"),
    "broader": ("上位語", "broader"),
    "narrower": ("下位語", "narrower"),
    "related": ("関連語", "をも見よ", "related"),
    "note": ("注記", "note"),
    "number": ("番号", "number", "id"),
}
"""Column → what it may be called. Several in one cell are parted by ; or ；; a reading stands behind /."""
_KIND_WORDS = {"人": "person", "個人": "person", "団体": "body", "件名": "subject", "": "subject"}


@dataclass(frozen=True, slots=True)
class AuthorityEntry:
    """One authority as a file has it."""

    kind: Kind
    heading: str
    reading: str = ""
    dates: str = ""
    number: tuple[str, str] = ("", "")
    """(file, number); the file is empty when it does not say."""
    scheme: str = ""
    note: str = ""
    variants: tuple[tuple[str, str], ...] = ()
    """(name, reading)"""
    others: tuple[tuple[str, Kind, str, str], ...] = ()
    """(relation, kind, heading, reading) of 5XX."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One entry of a file, or why it is none: a code of catalogue.words.AUTHORITIES and what it is about."""

    entry: AuthorityEntry | None
    fault: str = ""
    about: str = ""


@dataclass(frozen=True)
class AuthorityFile:
    """A file that was recognised. `format`: iso2709, marcxml or csv."""

    path: Path
    format: str
    encoding: str = ""
    columns: dict[str, int] = field(default_factory=dict)


def recognise(path: Path) -> AuthorityFile:
    """Raises formats.NotReadable."""
    if columns := _columns(path):
        encoding, found = columns
        return AuthorityFile(path, "csv", encoding, found)
    found_format = formats.recognise(path).format
    if found_format not in {formats.ISO2709, formats.MARCXML}:
        raise formats.NotReadable("not-authorities")
    return AuthorityFile(path, found_format)


def _columns(path: Path) -> tuple[str, dict[str, int]] | None:
    """The encoding and which column is what; None when it is no table of authorities."""
    try:
        with path.open("rb") as stream:
            head = stream.read(1 << 16)
    except OSError:
        return None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            line = head[: head.rfind(b"\n") + 1 or len(head)].decode(encoding).split("\n", 1)[0]
        except UnicodeDecodeError:
            continue
        names = [name.strip() for name in next(csv.reader([line.strip("\r")]), [])]
        found = {
            column: place
            for column, words in COLUMNS.items()
            for place, name in enumerate(names)
            if name.lower() in words
        }
        return (encoding, found) if "heading" in found else None
    return None


def arrivals(file: AuthorityFile) -> Iterator[Arrived]:
    """Every entry of the file, in its order."""
    if file.format == "csv":
        yield from _rows(file)
        return
    recognised = formats.recognise(file.path)
    with formats.opened(file.path, recognised) as opened:
        for arrival in formats.arrivals(opened, recognised):
            yield _arrived(arrival)


def _arrived(arrival: Arrival) -> Arrived:
    if arrival.decoded is not None:
        return entry_of(arrival.decoded.content)
    if arrival.fault != "not-bibliographic":
        return Arrived(None, arrival.fault, arrival.detail)
    # The readers of records refuse what is no book by one letter of its leader; everything else is read the same way.
    raw = arrival.raw
    try:
        if raw[:5].isdigit():
            return entry_of(iso2709.decode(raw[:6] + b"a" + raw[7:]).content)
        again = next(iter(marcxml.arrivals(io.BytesIO(_XML_TYPE.sub(rb"\1a", raw)))), None)
    except Faulty as fault:
        return Arrived(None, fault.code, fault.detail)
    return entry_of(again.decoded.content) if again and again.decoded else Arrived(None, "not-an-authority")


def entry_of(content: Content) -> Arrived:
    """A MARC 21 authority record."""
    fields = Fields(content)
    head = next((one for tag in ("100", "110", "111", "150", "151") for one in fields.all(tag)), None)
    if head is None or head.all("t"):
        return Arrived(None, "not-an-authority", content.leader)
    kind = KINDS[head.tag[1:]]
    heading, reading = _form(head, kind, fields)
    if not heading:
        return Arrived(None, "no-heading")
    variants = [_form(one, kind, fields) for one in fields.all(*(f"4{tag}" for tag, of in KINDS.items() if of == kind))]
    schemes = {"a": "lcsh", "n": "ndlsh"}
    fixed = fields.control("008")
    list_of = tidy(fields.text("040", "f")) or (schemes.get(fixed[11:12], "") if kind == "subject" else "")
    notes = [*(one.text("ab") for one in fields.all("670")), *(one.text("ia") for one in fields.all("680"))]
    return Arrived(
        AuthorityEntry(
            kind=kind,
            heading=heading,
            reading=reading,
            dates=tidy(head.text("d"))[:60] if kind == "person" else "",
            number=(fields.control("003").strip()[:40], fields.control("001").strip()[:60]),
            scheme=list_of[:20] if kind == "subject" else "",
            note="\n".join(dict.fromkeys(filter(None, map(tidy, notes))))[:4000],
            variants=tuple(dict.fromkeys(pair for pair in variants if pair[0])),
            others=tuple(dict.fromkeys(_others(fields))),
        )
    )


def _form(entry: Entry, kind: Kind, fields: Fields) -> tuple[str, str]:
    codes = _CODES[kind]
    kana = fields.readings_of(entry)[0]
    return tidy(entry.text(codes)), tidy(kana.text(codes)) if kana else ""


def _others(fields: Fields) -> Iterator[tuple[str, Kind, str, str]]:
    for tag, kind in KINDS.items():
        for entry in fields.all(f"5{tag}"):
            name, reading = _form(entry, kind, fields)
            if name:
                yield _RELATIONS.get(entry.text("w")[:1], "related"), kind, name, reading


def _rows(file: AuthorityFile) -> Iterator[Arrived]:
    with file.path.open(encoding=file.encoding, newline="", errors="replace") as stream:
        lines = csv.reader(stream)
        next(lines, None)
        for line in lines:
            if any(cell.strip() for cell in line):
                yield _row(line, file.columns)


def _row(line: list[str], columns: dict[str, int]) -> Arrived:
    cells = {
        name: line[place].replace("\x00", "").strip() if place < len(line) else "" for name, place in columns.items()
    }
    word = cells.get("kind", "")
    kind = _KIND_WORDS.get(word, word)
    if kind not in {"person", "body", "subject"}:
        return Arrived(None, "unknown-kind", word)
    if not cells["heading"]:
        return Arrived(None, "no-heading", " ".join(line)[:80])
    of_kind: Kind = "person" if kind == "person" else "body" if kind == "body" else "subject"
    return Arrived(
        AuthorityEntry(
            kind=of_kind,
            heading=cells["heading"],
            reading=cells.get("reading", ""),
            number=("local", cells["number"][:60]) if cells.get("number") else ("", ""),
            scheme="local" if of_kind == "subject" else "",
            note=cells.get("note", "")[:4000],
            variants=tuple(_several(cells.get("variants", ""))),
            others=tuple(
                (relation, of_kind, name, reading)
                for relation in ("broader", "narrower", "related")
                for name, reading in _several(cells.get(relation, ""))
            ),
        )
    )


def _several(cell: str) -> Iterator[tuple[str, str]]:
    for piece in re.split("[;；]", cell):
        name, _slash, reading = piece.replace("／", "/").partition("/")
        if name.strip():
            yield name.strip(), reading.strip()
