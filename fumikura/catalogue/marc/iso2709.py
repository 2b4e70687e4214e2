"""ISO 2709, the exchange format of MARC: split a stream into records, read one, write one.

The splitting is ours because a reader that loses its place must find the next record by itself and hand over the exact bytes
of what it could not read. Structure: leader (24), directory of 12-byte entries, fields ended by 1E, record ended by 1D.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import IO

from fumikura.catalogue.marc import marc8, unimarc
from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good
from fumikura.catalogue.marc.content import LEADER_SIZE, Content, Entry, is_control

RECORD_END, FIELD_END, SUBFIELD = b"\x1d", b"\x1e", b"\x1f"
ENTRY_SIZE = 12
LONGEST_RECORD, LONGEST_FIELD = 99_999, 9_999
LONGEST_PIECE = 8 * 1024 * 1024
"""A piece without a record terminator is cut here, so that a foreign file of any size cannot fill the memory."""

_BETWEEN = b"\r\n\x00\x1a"
_LEADER = re.compile(rb"[0-9]{5}[\x20-\x7e]{5}22[0-9]{5}[\x20-\x7e]{3}4500")
_CHUNK = 1 << 18

_FOREIGN_TITLES = frozenset({"200", "251"})
"""Fields of the title in UNIMARC and in the JAPAN/MARC of before 2012."""
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
    leader = _leader(raw)
    body, directory, sound = _directory(raw, leader)
    chunks, in_order = _cut_fields(raw, body, directory)
    charset = encoding or _charset(leader, raw)
    letters = directory.decode("ascii")
    tags = [letters[at : at + 3] for at in range(0, len(letters), ENTRY_SIZE)]
    content = Content(leader, _entries(tags, _texts(tags, chunks, charset)))
    if not content.entries:
        raise Faulty("no-fields")
    if (converted := as_marc21(content)) is not content:
        if charset == "marc-8" and not raw.isascii():
            raise Faulty("unimarc-characters")  # ISO 5426 looks like MARC-8 and means other letters
        return Decoded(converted, encode(converted))
    # What is rightly built and in UTF-8 is kept byte for byte; everything else is written anew.
    if leader[9] == "a" and not encoding and sound and in_order:
        return Decoded(content, raw)
    return Decoded(content, encode(content))


def _leader(raw: bytes) -> str:
    if not raw.endswith(RECORD_END):
        raise Faulty("truncated", f"{len(raw)} / {raw[:5].decode('ascii', 'replace')}")
    if len(raw) < LEADER_SIZE + 2:
        raise Faulty("too-short", str(len(raw)))
    leader = raw[:LEADER_SIZE]
    if not leader.isascii() or not leader.decode("ascii").isprintable():
        raise Faulty("leader", repr(leader))
    return leader.decode("ascii")


def _directory(raw: bytes, leader: str) -> tuple[int, bytes, bool]:
    """Where the fields begin, the directory, and whether the leader gave both lengths rightly."""
    body = raw.find(FIELD_END) + 1
    directory = raw[LEADER_SIZE : body - 1]
    if not body or len(directory) % ENTRY_SIZE or not directory.isascii():
        raise Faulty("directory", f"{len(directory)} / {ENTRY_SIZE}")
    return body, directory, leader[:5] == f"{len(raw):05d}" and leader[12:17] == f"{body:05d}"


def _cut_fields(raw: bytes, body: int, directory: bytes) -> tuple[list[bytes], bool]:
    """The bytes of every field, and whether the directory describes them rightly."""
    found = raw[body:-1].split(FIELD_END)
    rest = found.pop()
    if not rest and _describes(directory, found):
        return found, True
    if (chunks := _by_address(raw, body, directory)) is not None:
        return chunks, True
    if rest.strip():
        found.append(rest)
    if len(found) * ENTRY_SIZE != len(directory):
        raise Faulty("directory", f"{len(directory) // ENTRY_SIZE} / {len(found)}")
    return found, False


def _describes(directory: bytes, chunks: list[bytes]) -> bool:
    """Whether the directory gives these fields in this order, without gaps: the usual case."""
    if len(directory) != ENTRY_SIZE * len(chunks):
        return False
    lengths = [len(chunk) + 1 for chunk in chunks]
    told = b"".join([directory[at + 3 : at + ENTRY_SIZE] for at in range(0, len(directory), ENTRY_SIZE)])
    return told == b"".join([b"%04d%05d" % told for told in zip(lengths, accumulate(lengths, initial=0), strict=False)])


def _by_address(raw: bytes, body: int, directory: bytes) -> list[bytes] | None:
    """The fields where the directory says, in its own order; None when one of them does not end there."""
    chunks = []
    for at in range(0, len(directory), ENTRY_SIZE):
        length, start = directory[at + 3 : at + 7], directory[at + 7 : at + ENTRY_SIZE]
        if not (length.isdigit() and start.isdigit()):
            return None
        begin = body + int(start)
        end = begin + int(length)
        if not begin < end < len(raw) or raw.find(FIELD_END, begin) != end - 1:
            return None
        chunks.append(raw[begin : end - 1])
    return chunks


def _charset(leader: str, raw: bytes) -> str:
    if leader[9] == "a":
        return "utf-8"
    if raw.isascii() or b"\x1b" in raw:
        return "marc-8"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "marc-8"
    # MARC-8 puts an accent before a plain letter, which is never valid UTF-8: the leader forgot to say so.
    return "utf-8"


def _texts(tags: list[str], chunks: list[bytes], charset: str) -> list[str]:
    if charset == "utf-8":
        try:
            return FIELD_END.join(chunks).decode("utf-8").split("\x1e") if chunks else []
        except UnicodeDecodeError:
            pass  # the loop below says in which field
    return [_text(tag, chunk, charset) for tag, chunk in zip(tags, chunks, strict=True)]


def _text(tag: str, chunk: bytes, charset: str) -> str:
    try:
        if charset != "marc-8":
            return chunk.decode(charset)
        if chunk.isascii() and b"\x1b" not in chunk:
            return chunk.decode("ascii")
        head, *parts = chunk.split(SUBFIELD)
        # Each subfield begins in the default sets.
        return "\x1f".join(
            [marc8.to_unicode(head), *(part[:1].decode("ascii") + marc8.to_unicode(part[1:]) for part in parts)]
        )
    except UnicodeDecodeError as error:
        raise Faulty("character-set", f"{tag}: {charset} 0x{error.object[error.start : error.end].hex()}") from None
    except Faulty as fault:
        raise Faulty(fault.code, f"{tag}: {fault.detail}") from None


def _entries(tags: list[str], texts: list[str]) -> list[Entry]:
    found = []
    for tag, text in zip(tags, texts, strict=True):
        # The usual data field, without a call: two marks, then parts.
        if tag >= _FIRST_DATA_TAG and text[2:3] == "\x1f" and (marks := text[:2]) in _USUAL_MARKS:
            parts = [(part[0], part[1:]) for part in text[3:].split("\x1f") if part]
            found.append(_made(Entry, (tag, marks, parts, "")))
        else:
            found.append(_entry(tag, text))
    return found


_made = tuple.__new__
_FIRST_DATA_TAG = "010"
_USUAL_MARKS = frozenset(one + other for one in " 0123456789" for other in " 0123456789")


def _entry(tag: str, text: str) -> Entry:
    if is_control(tag):
        return Entry(tag, data=text)
    head, *parts = text.split("\x1f")
    if len(head) != 2 or not head.isascii():
        if not parts:  # no subfield mark at all: the text must not be lost
            head, parts = "  ", ["a" + head]
        if head[2:].strip() or not head.isascii():
            raise Faulty("indicators", f"{tag}: {head!r}")
        head = head[:2].ljust(2)
    return Entry(tag, head, [(part[0], part[1:]) for part in parts if part])


def as_marc21(content: Content) -> Content:
    """The content itself, or converted from UNIMARC. Raises Faulty for what is no bibliographic record to be kept."""
    leader = content.leader
    if leader[6] in NOT_BIBLIOGRAPHIC:
        raise Faulty("not-bibliographic", NOT_BIBLIOGRAPHIC[leader[6]])
    if leader[5] == "d":
        raise Faulty("deletion-notice")
    if any(entry.tag in _FOREIGN_TITLES for entry in content.entries):
        if unimarc.is_unimarc(content):
            return unimarc.to_marc21(content)
        if not any(entry.tag == "245" for entry in content.entries) and any(e.tag == "251" for e in content.entries):
            raise Faulty("japan-marc-i")
    return content


def encode(content: Content) -> bytes:
    """Write one record in UTF-8. Raises Faulty when ISO 2709 has no room for it."""
    directory, body = [], []
    offset = 0
    for tag, marks, parts, data in content.entries:
        text = marks + "".join([f"\x1f{code}{value}" for code, value in parts]) if marks else data
        try:
            field = f"{text}\x1e".encode()
        except UnicodeEncodeError as error:
            raise Faulty("character-set", f"{tag}: {error.reason}") from None
        if len(field) > LONGEST_FIELD:
            raise Faulty("field-too-long", f"{tag}: {len(field)} / {LONGEST_FIELD}")
        if len(tag) != 3 or not tag.isascii():
            raise Faulty("directory", repr(tag))
        directory.append(f"{tag}{len(field):04d}{offset:05d}".encode("ascii"))
        body.append(field)
        offset += len(field)
    base = LEADER_SIZE + ENTRY_SIZE * len(directory) + 1
    length = base + offset + 1
    if length > LONGEST_RECORD:
        raise Faulty("record-too-long", f"{length} / {LONGEST_RECORD}")
    leader = content.leader
    head = f"{length:05d}{leader[5:9]}a22{base:05d}{leader[17:20]}4500".encode("ascii", "replace")
    return b"".join([head, *directory, FIELD_END, *body, RECORD_END])
