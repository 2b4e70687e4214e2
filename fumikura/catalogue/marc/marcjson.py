"""MARC-in-JSON, one record a line or an array of them; in and out."""

import codecs
import json
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any

from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good
from fumikura.catalogue.marc.content import Content, Entry, is_control, plain, whole_leader
from fumikura.catalogue.marc.iso2709 import as_marc21, encode

LONGEST_LINE = 8 * 1024 * 1024
_CHUNK = 1 << 16
_BETWEEN = b"\xef\xbb\xbf \t\r\n"


def arrivals(stream: IO[bytes]) -> Iterator[Arrival]:
    for raw, value in values(stream):
        try:
            if value is None:
                raise Faulty("json")
            yield good(decode(value))
        except Faulty as fault:
            yield bad(raw, fault)


def values(stream: IO[bytes]) -> Iterator[tuple[bytes, Any]]:
    """Every value of a JSON Lines file, or every member of an array, with its bytes; None for what is broken.

    Behind a broken line the next one is read; behind a broken member nothing can be told apart any more.
    """
    lines = [stream.readline(LONGEST_LINE)]
    start = lines[0].lstrip(_BETWEEN)
    spreads = start[:1] == b"["
    if start[:1] == b"{" and _value(start) is None:
        # The first line of many that is broken, or of one record that is written over many lines?
        lines.append(stream.readline(LONGEST_LINE))
        spreads = _value(lines[1]) is None
    if spreads:
        yield from _members(b"".join(lines), stream)
        return
    for line in chain(lines, iter(lambda: stream.readline(LONGEST_LINE), b"")):
        if stripped := line.strip(_BETWEEN):
            yield stripped, _value(stripped)


def _members(first: bytes, stream: IO[bytes]) -> Iterator[tuple[bytes, Any]]:
    """Objects over many lines, alone, one behind the other or in an array; never more than one of them in memory."""
    decoder, letters = json.JSONDecoder(), codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
    text, more = letters.decode(first).lstrip(" \t\r\n["), first
    while True:
        text = text.lstrip(" \t\r\n,]")
        try:
            value, end = decoder.raw_decode(text)
        except (ValueError, RecursionError):
            # Twice as much each time, so that a long member is not tried a thousand times.
            more = stream.read(max(_CHUNK, len(text))) if len(text) < LONGEST_LINE else b""
            if more:
                text += letters.decode(more)
                continue
            if text:
                yield text.encode("utf-8", "surrogateescape")[:LONGEST_LINE], None
            return
        yield text[:end].encode("utf-8", "surrogateescape"), value
        text = text[end:]


def _value(text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def decode(value: Any) -> Decoded:
    """Read one MARC-in-JSON object. Raises Faulty."""
    try:
        pairs = [pair for member in value["fields"] for pair in member.items()]
        content = Content(whole_leader(str(value["leader"])), [_entry(tag, field) for tag, field in pairs])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Faulty("json", f"{type(error).__name__}: {error}") from None
    if not content.entries:
        raise Faulty("no-fields")
    content = as_marc21(content)
    return Decoded(content, encode(content))


def _entry(tag: str, field: Any) -> Entry:
    if is_control(tag):
        return Entry(tag, data=plain(str(field)))
    marks = "".join(plain(str(field.get(name) or " "))[0] for name in ("ind1", "ind2"))
    if not marks.isascii():
        raise Faulty("indicators", f"{tag}: {marks}")
    return Entry(
        tag, marks, [(plain(code)[0], plain(str(text))) for part in field["subfields"] for code, text in part.items()]
    )


def text(content: Content) -> str:
    """One line of JSON Lines."""
    fields = [
        {tag: {"ind1": marks[0], "ind2": marks[1], "subfields": [{code: value} for code, value in parts]}}
        if marks
        else {tag: data}
        for tag, marks, parts, data in content.entries
    ]
    return json.dumps({"leader": content.leader, "fields": fields}, ensure_ascii=False, separators=(",", ":")) + "\n"
