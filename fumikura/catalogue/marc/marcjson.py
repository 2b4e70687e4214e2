"""MARC-in-JSON, one record a line or an array of them; in and out."""

import json
from collections.abc import Iterator
from typing import IO, Any

from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good
from fumikura.catalogue.marc.content import Content, Entry, is_control, plain, whole_leader
from fumikura.catalogue.marc.iso2709 import as_marc21, encode

LONGEST_LINE = 8 * 1024 * 1024
LONGEST_ARRAY = 64 * 1024 * 1024


def arrivals(stream: IO[bytes]) -> Iterator[Arrival]:
    for raw, value in values(stream):
        try:
            if value is None:
                raise Faulty("json")
            yield good(decode(value))
        except Faulty as fault:
            yield bad(raw, fault)


def values(stream: IO[bytes]) -> Iterator[tuple[bytes, Any]]:
    """Every value of a JSON Lines file, or every member of an array, with its bytes; None for a broken line."""
    first = stream.readline(LONGEST_LINE)
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"[" or (start[:1] == b"{" and _value(start) is None):
        yield from _whole(first + stream.read(LONGEST_ARRAY))
        return
    line = first
    while line:
        if stripped := line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield stripped, _value(stripped)
        line = stream.readline(LONGEST_LINE)


def _whole(text: bytes) -> Iterator[tuple[bytes, Any]]:
    """A document that spreads over many lines: one record, or an array of them."""
    document = _value(text)
    members = document if isinstance(document, list) else [document]
    for member in members:
        raw = text if document is None else json.dumps(member, ensure_ascii=False).encode()
        yield raw[:LONGEST_LINE], member


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
