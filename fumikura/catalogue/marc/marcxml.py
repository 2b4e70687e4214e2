"""MARCXML (MARC 21 slim), plain or inside OAI-PMH, as a stream; in and out.

The parser resolves no entities, opens no network and keeps libxml2's limits: a record from outside is not to be trusted.
"""

import re
from collections.abc import Iterator
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from pymarc import Field, Indicators, Leader, Record, Subfield

from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good
from fumikura.catalogue.marc.iso2709 import encode, refuse_other_kinds

NAMESPACE = "http://www.loc.gov/MARC21/slim"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'
TAIL = "</collection>\n"

_CHUNK = 1 << 16
_TAG = re.compile(r"[0-9]{1,3}|[0-9A-Za-z]{3}")
_RECORD_CLOSED = re.compile(rb"</(?:[\w.-]+:)?record\s*>")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_REST = 1 << 20


def arrivals(stream: IO[bytes]) -> Iterator[Arrival]:
    """Read every record. What stands behind a break in the XML comes as one bad piece (its first megabyte)."""
    parser = etree.XMLPullParser(
        events=("end",), tag="{*}record", resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    unread = b""
    try:
        while chunk := stream.read(_CHUNK):
            unread += chunk
            parser.feed(chunk)
            closed = 0
            for _event, element in parser.read_events():
                if not isinstance(element, etree._Element):
                    continue
                closed += 1
                if (arrival := _arrival(element)) is not None:
                    yield arrival
                _forget(element)
            unread = _behind(unread, closed)
        parser.close()
    except etree.XMLSyntaxError as error:
        rest = unread + stream.read(_LONGEST_REST)
        yield bad(rest[:_LONGEST_REST], Faulty("xml", str(error)))


def _arrival(element: etree._Element) -> Arrival | None:
    """The record in this element; None for the envelope that OAI-PMH puts around one, which has the same name."""
    if not any(True for _child in element.iterchildren("{*}leader", "{*}controlfield", "{*}datafield")):
        return None
    try:
        return good(decode(element))
    except Faulty as fault:
        return bad(etree.tostring(element, encoding="utf-8", with_tail=False), fault)


def _forget(element: etree._Element) -> None:
    """Free the memory of what has been read."""
    element.clear()
    while element.getprevious() is not None and (parent := element.getparent()) is not None:
        del parent[0]


def _behind(unread: bytes, closed: int) -> bytes:
    """The bytes that stand behind the last record read: what is handed over when the XML breaks."""
    if not closed:
        return unread
    ends = [match.end() for match in _RECORD_CLOSED.finditer(unread)]
    return unread[ends[closed - 1] :] if len(ends) >= closed else unread[ends[-1] :] if ends else unread


def decode(element: etree._Element) -> Decoded:
    """Read one <record>. Raises Faulty."""
    repairs: set[str] = set()
    record = Record()
    leader = " " * 24
    for child in element.iterchildren("{*}leader", "{*}controlfield", "{*}datafield"):
        match etree.QName(child).localname:
            case "leader":
                leader = _text(child)
            case "controlfield":
                record.fields.append(Field(tag=_tag(child), data=_text(child)))
            case "datafield":
                record.fields.append(_data_field(child))
    if not record.fields:
        raise Faulty("no-fields")
    record.leader = Leader(_whole_leader(leader, repairs))
    refuse_other_kinds(record)
    return Decoded(record, encode(record), frozenset(repairs))


def _data_field(element: etree._Element) -> Field:
    marks = [(element.get(name) or " ")[0] for name in ("ind1", "ind2")]
    subfields = [Subfield((child.get("code") or " ")[0], _text(child)) for child in element.iterchildren("{*}subfield")]
    tag = _tag(element)
    if tag.isdigit() and tag < "010":
        raise Faulty("directory", tag)
    if not all(mark.isascii() for mark in marks):
        raise Faulty("indicators", f"{tag}: {marks}")
    return Field(tag=tag, indicators=Indicators(*marks), subfields=subfields)


def _tag(element: etree._Element) -> str:
    tag = element.get("tag") or ""
    if not _TAG.fullmatch(tag):
        raise Faulty("directory", repr(tag))
    return tag.zfill(3)


def _text(element: etree._Element) -> str:
    if len(element):
        raise Faulty("xml", "entity or element inside a subfield")
    return re.sub("[\x1d-\x1f]", " ", element.text or "")


def _whole_leader(leader: str, repairs: set[str]) -> str:
    """24 ASCII characters; a leader written by hand is often shorter."""
    if len(leader) == 24 and leader.isascii():
        return leader
    repairs.add("leader")
    return leader.encode("ascii", "replace").decode("ascii")[:24].ljust(24)


def element_text(record: Record) -> str:
    """One <record> element, without namespace declaration: to stand between HEAD and TAIL."""
    lines = ["<record>", f"  <leader>{_safe(str(record.leader))}</leader>"]
    for field in record.fields:
        if field.control_field:
            lines.append(f"  <controlfield tag={quoteattr(field.tag)}>{_safe(field.data or '')}</controlfield>")
            continue
        marks = f"ind1={quoteattr(_clean(field.indicator1))} ind2={quoteattr(_clean(field.indicator2))}"
        lines.append(f"  <datafield tag={quoteattr(_clean(field.tag))} {marks}>")
        lines += [
            f"    <subfield code={quoteattr(_clean(part.code))}>{_safe(part.value)}</subfield>"
            for part in field.subfields
        ]
        lines.append("  </datafield>")
    lines.append("</record>\n")
    return "\n".join(lines)


def _safe(text: str) -> str:
    return escape(_clean(text), {"\r": "&#13;"})


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return _FORBIDDEN.sub("", text)
