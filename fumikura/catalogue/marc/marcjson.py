"""MARC-in-JSON, one record a line or an array of them; in and out."""

import json
from collections.abc import Iterator
from typing import IO, Any

from pymarc import Field, Indicators, Leader, Record, Subfield

from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good
from fumikura.catalogue.marc.iso2709 import encode, refuse_other_kinds

_SEPARATORS = {0x1D: " ", 0x1E: " ", 0x1F: " "}
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


def decode(value: object) -> Decoded:
    """Read one MARC-in-JSON object. Raises Faulty."""
    record = Record()
    try:
        leader, fields = value["leader"], value["fields"]  # type: ignore[index]  # checked by the except below
        for entry in fields:
            ((tag, content),) = entry.items()
            record.fields.append(_field(str(tag), content))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Faulty("json", f"{type(error).__name__}: {error}") from None
    if not record.fields:
        raise Faulty("no-fields")
    text = str(leader)
    record.leader = Leader(text.encode("ascii", "replace").decode("ascii")[:24].ljust(24))
    refuse_other_kinds(record)
    repairs = frozenset() if len(text) == 24 else frozenset({"leader"})
    return Decoded(record, encode(record), repairs)


def _field(tag: str, content: Any) -> Field:
    if isinstance(content, str):
        return Field(tag=tag, data=_clean(content))
    subfields = [
        Subfield(_clean(str(code))[0], _clean(str(text)))
        for part in content["subfields"]
        for code, text in part.items()
    ]
    marks = [(_clean(str(content.get(name) or " ")))[0] for name in ("ind1", "ind2")]
    if not all(mark.isascii() for mark in marks):
        raise Faulty("indicators", f"{tag}: {marks}")
    return Field(tag=tag, indicators=Indicators(*marks), subfields=subfields)


def _clean(text: str) -> str:
    """Without the characters by which ISO 2709 separates."""
    return text.translate(_SEPARATORS)


def text(record: Record) -> str:
    """One line of JSON Lines."""
    return json.dumps(record.as_dict(), ensure_ascii=False, separators=(",", ":")) + "\n"
