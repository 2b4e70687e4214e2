"""Records as they go out: with the readings that people confirmed for titles and names, as linked 880 fields.

A record that says all its readings itself goes out as it came, byte for byte. Readings of the machine go out only when asked for,
marked $9 yomi-draft; nobody who takes them in again (this house least) mistakes them for the record's word.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Final, Literal

from fumikura.catalogue.fields import DRAFT, Fields, tidy
from fumikura.catalogue.headings import KINDS, heading_key
from fumikura.catalogue.marc.arrivals import Faulty
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.catalogue.marc.iso2709 import decode, encode
from fumikura.catalogue.models import AuthorityLink, BibliographicRecord

Readings = Literal["confirmed", "all", "none"]
"""Which of those that the record does not say itself."""

CHUNK: Final = 500
_CODES: Final = {"person": "abc", "body": "abcnd", "subject": "a"}
Said = tuple[str, bool]
"""A reading, and whether it is a draft."""


def going_out(
    records: Iterable[BibliographicRecord], readings: Readings = "confirmed"
) -> Iterator[tuple[BibliographicRecord, bytes]]:
    """Each record with its ISO 2709; one query for some hundred of them."""
    for row, parcel in parcels(records, readings):
        yield row, parcel.marc


@dataclass(frozen=True, slots=True)
class Parcel:
    """What of a record goes out, before it is put together."""

    stored: bytes
    title: Said
    names: Mapping[tuple[str, str], Said]

    @property
    def marc(self) -> bytes:
        """ISO 2709."""
        return with_readings(self.stored, self.title, self.names)

    @property
    def print(self) -> bytes:
        """The same for the same content, and for no other: 16 bytes."""
        mark = blake2b(self.stored, digest_size=16)
        if self.title[0] or self.names:
            mark.update(repr((self.title, sorted(self.names.items()))).encode())
        return mark.digest()


def parcels(
    records: Iterable[BibliographicRecord], readings: Readings = "confirmed"
) -> Iterator[tuple[BibliographicRecord, Parcel]]:
    """Each record with what goes out of it; one query for some hundred of them."""
    rows = iter(records)
    while chunk := list(islice(rows, CHUNK)):
        names = {} if readings == "none" else _readings_of_names(chunk, drafts=readings == "all")
        for row in chunk:
            title = (row.reading, row.reading_is_draft)
            wanted = bool(row.reading) and (readings == "all" or (readings == "confirmed" and not row.reading_is_draft))
            yield row, Parcel(bytes(row.marc), title if wanted else ("", False), names.get(row.pk, {}))


def as_given_out(record: BibliographicRecord) -> bytes:
    """One record with what was confirmed."""
    ((_row, marc),) = going_out([record])
    return marc


def _readings_of_names(rows: list[BibliographicRecord], *, drafts: bool) -> dict[int, dict[tuple[str, str], Said]]:
    """By record: what its headings read, by tag and folded name."""
    links = AuthorityLink.objects.filter(record_id__in=[row.pk for row in rows]).exclude(authority__reading="")
    if not drafts:
        links = links.filter(authority__reading_is_draft=False)
    found: dict[int, dict[tuple[str, str], Said]] = {}
    columns = ("record_id", "tag", "authority__key", "authority__reading", "authority__reading_is_draft")
    for record, tag, key, reading, is_draft in links.values_list(*columns):
        found.setdefault(record, {})[tag, key] = (reading, is_draft)
    return found


def with_readings(marc: bytes, title: Said, names: Mapping[tuple[str, str], Said]) -> bytes:
    """The record with these readings where it says none (or for the title, another one); else the very same bytes.

    So also a record that is too long for more.
    """
    if not title[0] and not names:
        return marc
    try:
        return _with_readings(marc, title, names)
    except Faulty:
        return marc


def _with_readings(marc: bytes, title: Said, names: Mapping[tuple[str, str], Said]) -> bytes:
    content = decode(marc).content
    fields = Fields(content)
    kept = [entry for entry in content.entries if not _is_draft(entry)]
    added: list[Entry] = []
    last = max([_link_number(entry) for entry in kept], default=0)
    for at, entry in enumerate(kept):
        said = _reading_for(entry, at, kept, title, names)
        if not said[0]:
            continue
        kana = fields.readings_of(entry)[0]
        if kana is not None:
            if entry.tag == "245" and not said[1] and tidy(kana.text("a")) != said[0]:
                kept[kept.index(kana)] = _saying(kana, said[0])
            continue
        number = _link_number(entry)
        if not number:
            number = last = last + 1
            parts = [part for part in entry.parts if part[0] != "6"]
            kept[at] = entry._replace(parts=[("6", f"880-{number:02d}"), *parts])
        mark = [DRAFT] if said[1] else []
        added.append(Entry("880", entry.marks, [("6", f"{entry.tag}-{number:02d}/$1"), ("a", said[0]), *mark]))
    changed = [*kept, *added]
    return marc if changed == content.entries else encode(Content(content.leader, changed))


def _reading_for(
    entry: Entry, at: int, entries: list[Entry], title: Said, names: Mapping[tuple[str, str], Said]
) -> Said:
    if entry.tag == "245":
        return title if all(before.tag != "245" for before in entries[:at]) else ("", False)
    if kind := KINDS.get(entry.tag):
        return names.get((entry.tag, heading_key(tidy(entry.text(_CODES[kind])))), ("", False))
    return "", False


def _saying(kana: Entry, reading: str) -> Entry:
    """The linked field with another reading of its title."""
    places = [place for place, (code, _text) in enumerate(kana.parts) if code == "a"]
    first = places[0] if places else len(kana.parts)
    parts = [part for place, part in enumerate(kana.parts) if place not in places]
    return kana._replace(parts=[*parts[:first], ("a", reading), *parts[first:]])


def _link_number(entry: Entry) -> int:
    """The number by which it is linked (880-03), 0 when it is not."""
    number = next(iter(entry.all("6")), "")[4:6] if entry.marks else ""
    return int(number) if number.isdecimal() else 0


def _is_draft(entry: Entry) -> bool:
    return entry.tag == "880" and DRAFT in entry.parts
