"""ISO 2709, the exchange format of MARC: split a stream into records, read one, write one.

The splitting is ours because a reader that loses its place must find the next record by itself and hand over the exact bytes
of what it could not read. Structure: leader (24), directory of 12-byte entries, fields ended by 1E, record ended by 1D.
"""

import re
from collections.abc import Iterator
from typing import IO

from pymarc import Field, Indicators, Leader, Record, Subfield

from fumikura.catalogue.marc import marc8
from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good

RECORD_END, FIELD_END, SUBFIELD = b"\x1d", b"\x1e", b"\x1f"
LEADER_SIZE, ENTRY_SIZE = 24, 12
LONGEST_RECORD, LONGEST_FIELD = 99_999, 9_999
LONGEST_PIECE = 8 * 1024 * 1024
"""A piece without a record terminator is cut here, so that a foreign file of any size cannot fill the memory."""

_BETWEEN = b"\r\n\x00\x1a"
_LEADER = re.compile(rb"[0-9]{5}[\x20-\x7e]{5}22[0-9]{5}[\x20-\x7e]{3}4500")
_CHUNK = 1 << 18

NOT_BIBLIOGRAPHIC = {
    "z": "authority",
    "u": "holdings",
    "v": "holdings",
    "x": "holdings",
    "y": "holdings",
    "w": "classification",
    "q": "community-information",
}


def arrivals(stream: IO[bytes], *, encoding: str = "") -> Iterator[Arrival]:
    """Read every record of `stream`, good or bad. `encoding` overrides what the leaders say."""
    for piece in pieces(stream):
        try:
            yield good(decode(piece, encoding=encoding), piece)
        except Faulty as fault:
            yield bad(piece, fault)


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Split a stream at its record terminators;
    Line ends, NUL and ^Z between records belong to no piece; every other byte is in exactly one. A record that was cut off
    is a piece of its own when a whole record follows it.
    """
    buffer, start, done = b"", 0, False
    while True:
        while start < len(buffer) and buffer[start] in _BETWEEN:
            start += 1
        end = _end_of_record(buffer, start, done)
        if end < 0 and not done and len(buffer) - start < LONGEST_PIECE:
            more = stream.read(_CHUNK)
            done = not more
            buffer, start = buffer[start:] + more, 0
            continue
        if end < 0:
            end = min(len(buffer), start + LONGEST_PIECE)
        if end == start:
            return
        for cut in _cuts(buffer, start, end):
            yield buffer[start:cut]
            start = cut


def _end_of_record(buffer: bytes, start: int, done: bool) -> int:
    """Offset behind the record that begins at `start`; -1 when the buffer does not show it yet."""
    first = buffer.find(RECORD_END, start) + 1
    if not first:
        return -1
    declared = buffer[start : start + 5]
    if declared.isdigit():
        end = start + int(declared)
        if end > len(buffer) and not done and int(declared) > first - start:
            return -1
        # A terminator inside a field: believe the leader when it leads to a terminator and no leader stands between.
        if first < end <= len(buffer) and buffer[end - 1] == 0x1D and not _LEADER.match(buffer, _skip(buffer, first)):
            return end
    return first


def _skip(buffer: bytes, at: int) -> int:
    while at < len(buffer) and buffer[at] in _BETWEEN:
        at += 1
    return at


def _cuts(buffer: bytes, start: int, end: int) -> Iterator[int]:
    """Where to cut buffer[start:end]: before a whole record that stands behind a broken one, and at the end."""
    whole = buffer[start : start + 5]
    if not (whole.isdigit() and int(whole) == end - start):
        for match in _LEADER.finditer(buffer, start + 1, end):
            if int(match[0][:5]) == end - match.start():
                yield match.start()
                break
    yield end


def decode(raw: bytes, *, encoding: str = "") -> Decoded:
    """Read one record. Raises Faulty when that cannot be done without guessing.

    Lengths and addresses that are wrong are put right from the terminators when these agree with the directory.
    """
    repairs: set[str] = set()
    leader = _leader(raw, repairs)
    body, entries = _directory(raw, repairs)
    reader = _FieldReader(_charset(leader, raw, encoding, repairs), repairs)
    record = Record()
    record.fields = [reader.field(tag, data) for tag, data in _cut_fields(raw, body, entries, repairs)]
    if not record.fields:
        raise Faulty("no-fields")
    record.leader = Leader(leader)
    refuse_other_kinds(record)
    # What is rightly built and in UTF-8 is kept byte for byte; everything else is written anew.
    if leader[9] == "a" and not encoding and not repairs & {"length", "base-address", "directory", "leader"}:
        return Decoded(record, raw, frozenset(repairs))
    return Decoded(record, encode(record), frozenset(repairs))


def _leader(raw: bytes, repairs: set[str]) -> str:
    if len(raw) < LEADER_SIZE + 2:
        raise Faulty("too-short", str(len(raw)))
    if not raw.endswith(RECORD_END):
        raise Faulty("truncated", f"{len(raw)} / {raw[:5].decode('ascii', 'replace')}")
    leader = raw[:LEADER_SIZE]
    if not leader.isascii() or not leader.decode("ascii").isprintable():
        raise Faulty("leader", repr(leader))
    if leader[:5] != b"%05d" % len(raw):
        repairs.add("length")
    return leader.decode("ascii")


def _directory(raw: bytes, repairs: set[str]) -> tuple[int, list[bytes]]:
    """Where the fields begin, and the directory's entries."""
    stated = raw[12:17]
    body = int(stated) if stated.isdigit() else 0
    first = raw.find(FIELD_END) + 1
    if body != first:
        repairs.add("base-address")
        body = first
    directory = raw[LEADER_SIZE : body - 1]
    if not body or len(directory) % ENTRY_SIZE or not directory.isascii():
        raise Faulty("directory", f"{len(directory)} / {ENTRY_SIZE}")
    return body, [directory[at : at + ENTRY_SIZE] for at in range(0, len(directory), ENTRY_SIZE)]


def _cut_fields(raw: bytes, body: int, entries: list[bytes], repairs: set[str]) -> list[tuple[str, bytes]]:
    """Tag and bytes of every field, by the directory, or by the terminators when the directory miscounts."""
    fields = []
    last = len(raw) - 1
    for entry in entries:
        length, start = entry[3:7], entry[7:12]
        if not (length.isdigit() and start.isdigit()):
            break
        begin = body + int(start)
        end = begin + int(length)
        if not begin < end <= last or raw[end - 1] != 0x1E or raw.find(FIELD_END, begin) != end - 1:
            break
        fields.append((entry[:3].decode("ascii"), raw[begin : end - 1]))
    if len(fields) == len(entries):
        return fields
    found = raw[body:last].split(FIELD_END)
    if found and not found[-1].strip():
        found.pop()
    if len(found) != len(entries):
        raise Faulty("directory", f"{len(entries)} / {len(found)}")
    repairs.add("directory")
    return [(entry[:3].decode("ascii"), data) for entry, data in zip(entries, found, strict=True)]


def _charset(leader: str, raw: bytes, encoding: str, repairs: set[str]) -> str:
    if encoding:
        return encoding
    if leader[9] == "a":
        return "utf-8"
    if raw.isascii() or b"\x1b" in raw:
        return "marc-8"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "marc-8"
    # MARC-8 puts an accent before a plain letter, which is never valid UTF-8: the leader forgot to say so.
    repairs.add("character-set")
    return "utf-8"


class _FieldReader:
    """Turns the bytes of a field into a pymarc Field."""

    def __init__(self, charset: str, repairs: set[str]) -> None:
        self._charset = charset
        self._repairs = repairs

    def field(self, tag: str, data: bytes) -> Field:
        if tag.isdigit() and tag < "010":
            return Field(tag=tag, data=self._text(tag, data))
        head, *parts = data.split(SUBFIELD)
        if len(head) != 2:
            self._repairs.add("indicators")
            if not parts:  # no subfield mark at all: the text must not be lost
                head, parts = b"  ", [b"a" + head]
            if head[2:].strip():
                raise Faulty("indicators", f"{tag}: {head!r}")
        if not head.isascii():
            raise Faulty("indicators", f"{tag}: {head!r}")
        marks = head.decode("ascii").ljust(2)
        subfields = []
        for part in parts:
            if not part:
                self._repairs.add("subfield-code")
                continue
            if part[0] < 0x80:
                subfields.append(Subfield(chr(part[0]), self._text(tag, part[1:])))
            else:
                self._repairs.add("subfield-code")
                text = self._text(tag, part)
                subfields.append(Subfield(text[0], text[1:]))
        return Field(tag=tag, indicators=Indicators(marks[0], marks[1]), subfields=subfields)

    def _text(self, tag: str, data: bytes) -> str:
        try:
            return marc8.to_unicode(data) if self._charset == "marc-8" else data.decode(self._charset)
        except UnicodeDecodeError as error:
            raise Faulty("character-set", f"{tag}: {self._charset} 0x{data[error.start : error.end].hex()}") from None
        except Faulty as fault:
            raise Faulty(fault.code, f"{tag}: {fault.detail}") from None


def refuse_other_kinds(record: Record) -> None:
    """Raises Faulty for what is not a MARC 21 bibliographic record to be kept: UNIMARC, authorities, deletions."""
    leader = str(record.leader)
    if "245" not in record and "200" in record and ("210" in record or "801" in record or "101" in record):
        raise Faulty("unimarc")
    if leader[6] in NOT_BIBLIOGRAPHIC:
        raise Faulty("not-bibliographic", NOT_BIBLIOGRAPHIC[leader[6]])
    if leader[5] == "d":
        raise Faulty("deletion-notice")


def encode(record: Record) -> bytes:
    """Write one record in UTF-8. Raises Faulty when ISO 2709 has no room for it."""
    directory, body = [], []
    offset = 0
    for field in record.fields:
        try:
            data = field.as_marc("utf-8")
        except UnicodeEncodeError as error:
            raise Faulty("character-set", f"{field.tag}: {error.reason}") from None
        if len(data) > LONGEST_FIELD:
            raise Faulty("field-too-long", f"{field.tag}: {len(data)} / {LONGEST_FIELD}")
        if len(field.tag) != 3 or not field.tag.isascii():
            raise Faulty("directory", repr(field.tag))
        directory.append(f"{field.tag}{len(data):04d}{offset:05d}".encode("ascii"))
        body.append(data)
        offset += len(data)
    base = LEADER_SIZE + ENTRY_SIZE * len(directory) + 1
    length = base + offset + 1
    if length > LONGEST_RECORD:
        raise Faulty("record-too-long", f"{length} / {LONGEST_RECORD}")
    leader = str(record.leader).ljust(LEADER_SIZE)
    head = f"{length:05d}{leader[5:9]}a22{base:05d}{leader[17:20]}4500".encode("ascii", "replace")
    return b"".join([head, *directory, FIELD_END, *body, RECORD_END])
