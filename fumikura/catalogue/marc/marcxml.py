"""MARCXML (MARC 21 slim), plain or inside OAI-PMH, as a stream; in and out.

The parser (marc.xmlstream) trusts no record from outside.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good
from fumikura.catalogue.marc.content import Content, Entry, is_control, plain, whole_leader
from fumikura.catalogue.marc.iso2709 import as_marc21, encode
from fumikura.catalogue.marc.xmlstream import Broken, elements

NAMESPACE = "http://www.loc.gov/MARC21/slim"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'
TAIL = "</collection>\n"

_TAG = re.compile(r"[0-9]{1,3}|[0-9A-Za-z]{3}")
_UNUSUAL = re.compile("[^\t\n\x20-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def arrivals(stream: IO[bytes]) -> Iterator[Arrival]:
    """Read every record. What stands behind a break in the XML comes as one bad piece (its first megabyte)."""
    for element in elements(stream, "record"):
        if isinstance(element, Broken):
            yield bad(element.rest, Faulty("xml", element.detail))
        elif (arrival := _arrival(element)) is not None:
            yield arrival


def _arrival(element: etree._Element) -> Arrival | None:
    """The record in this element; None for the envelope that OAI-PMH puts around one, which has the same name."""
    if not any(True for _child in element.iterchildren("{*}leader", "{*}controlfield", "{*}datafield")):
        return None
    try:
        return good(decode(element))
    except Faulty as fault:
        return bad(etree.tostring(element, encoding="utf-8", with_tail=False), fault)


def decode(element: etree._Element) -> Decoded:
    """Read one <record>. Raises Faulty."""
    entries: list[Entry] = []
    leader = ""
    for child in element.iterchildren("{*}leader", "{*}controlfield", "{*}datafield"):
        match etree.QName(child).localname:
            case "leader":
                leader = _text(child)
            case "controlfield":
                entries.append(Entry(_tag(child), data=_text(child)))
            case "datafield":
                entries.append(_data_field(child))
    if not entries:
        raise Faulty("no-fields")
    content = Content(whole_leader(leader), entries)
    content = as_marc21(content)
    return Decoded(content, encode(content))


def _data_field(element: etree._Element) -> Entry:
    tag = _tag(element)
    marks = (element.get("ind1") or " ")[0] + (element.get("ind2") or " ")[0]
    if is_control(tag):
        raise Faulty("directory", tag)
    if not marks.isascii():
        raise Faulty("indicators", f"{tag}: {marks}")
    parts = [((child.get("code") or " ")[0], _text(child)) for child in element.iterchildren("{*}subfield")]
    return Entry(tag, marks, parts)


def _tag(element: etree._Element) -> str:
    tag = element.get("tag") or ""
    if not _TAG.fullmatch(tag):
        raise Faulty("directory", repr(tag))
    return tag.zfill(3)


def _text(element: etree._Element) -> str:
    if len(element):
        raise Faulty("xml", "entity or element inside a subfield")
    return plain(element.text or "")


def element_text(content: Content) -> str:
    """One <record> element, without namespace declaration: to stand between HEAD and TAIL."""
    texts = [content.leader, *(data for _, _, parts, data in content.entries)]
    texts += [text for entry in content.entries for _, text in entry.parts]
    # Most records hold nothing that XML wants written otherwise: one look instead of one at each part.
    said = _said if _UNUSUAL.search("".join(texts)) else str
    lines = ["<record>", f"  <leader>{said(content.leader)}</leader>"]
    for tag, marks, parts, data in content.entries:
        if not marks:
            lines.append(f"  <controlfield tag={_quoted(tag)}>{said(data)}</controlfield>")
            continue
        lines.append(f"  <datafield tag={_quoted(tag)} ind1={_quoted(marks[0])} ind2={_quoted(marks[1])}>")
        lines += [f"    <subfield code={_quoted(code)}>{said(text)}</subfield>" for code, text in parts]
        lines.append("  </datafield>")
    lines.append("</record>\n")
    return "\n".join(lines)


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return quoteattr(_clean(text))


def _said(text: str) -> str:
    return escape(_clean(text), {"\r": "&#13;"})


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return _FORBIDDEN.sub("", text)
