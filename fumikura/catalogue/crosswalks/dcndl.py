"""DC-NDL(RDF) to MARC 21: the answers of NDL Search (SRU, OAI-PMH) and bare RDF, as a stream or whole."""

import io
import re
from collections.abc import Iterator
from typing import IO
from urllib.parse import unquote

from lxml import etree
from pymarc import Record

from fumikura.catalogue.crosswalks.dcndl_facts import Facts
from fumikura.catalogue.crosswalks.dcndl_fields import write_all
from fumikura.catalogue.crosswalks.terms import NDL, OWN_ADDRESS, term
from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good
from fumikura.catalogue.marc.building import Builder
from fumikura.catalogue.marc.iso2709 import encode
from fumikura.catalogue.marc.xmlstream import Broken, elements, parsed

ELSEWHERE = "NDLSearch"
"""Source of what NDL Search describes for others: it has no NDL number of its own."""
_RESOURCE = "BibResource"
_PACKED = "recordData"
_NUMBER = re.compile(r"[^/#]+(?=(?:#material)?$)")


def read_dcndl(xml: bytes) -> Iterator[Record]:
    """Every record of a DC-NDL document. Raises Faulty at the first that is none, or where the XML breaks."""
    for arrival in arrivals(io.BytesIO(xml)):
        if arrival.decoded is None:
            raise Faulty(arrival.fault, arrival.detail)
        yield arrival.decoded.content.record()


def arrivals(stream: IO[bytes]) -> Iterator[Arrival]:
    """Every record of a stream, good or bad; SRU answers may hold the record as XML or as text."""
    for element in elements(stream, _RESOURCE, _PACKED):
        if isinstance(element, Broken):
            yield bad(element.rest, Faulty("xml", element.detail))
        elif etree.QName(element).localname == _PACKED:
            yield from _unpacked(element)
        elif _describes(element):
            yield _arrival(element)


def _unpacked(packed: etree._Element) -> Iterator[Arrival]:
    text = (packed.text or "").strip()
    if not text.startswith("<"):
        return
    try:
        document = parsed(text.encode())
    except etree.XMLSyntaxError as error:
        yield bad(text.encode(), Faulty("xml", str(error)))
        return
    for resource in document.iter(term(f"dcndl:{_RESOURCE}")):
        if _describes(resource):
            yield _arrival(resource)


def _describes(resource: etree._Element) -> bool:
    """Not the second element of the same name, which only lists who holds it."""
    return any(True for child in resource if child.tag != term("dcndl:record"))


def _arrival(resource: etree._Element) -> Arrival:
    try:
        return good(decode(resource))
    except Faulty as fault:
        return bad(etree.tostring(resource, encoding="utf-8", with_tail=False), fault)


def decode(resource: etree._Element) -> Decoded:
    """Read one dcndl:BibResource. Raises Faulty("no-title") and what encode raises."""
    made = Builder()
    facts = Facts(resource)
    _identity(made, facts)
    write_all(made, facts)
    content = made.content()
    return Decoded(content, encode(content))


def _identity(made: Builder, facts: Facts) -> None:
    """An NDL record is the same record as in JAPAN/MARC; one that we wrote comes back as itself."""
    about = facts.about
    if about.startswith(OWN_ADDRESS):
        source, _slash, number = about.removeprefix(OWN_ADDRESS).removesuffix("#material").partition("/")
        source, number = unquote(source), unquote(number)
    elif own := facts.identifiers.pop("NDLBibID", []):
        source, number = NDL, own[0]
    else:
        found = _NUMBER.search(about)
        source, number = ELSEWHERE, found[0] if found else ""
    if number:
        made.control("001", number)
    if source:
        made.control("003", source)
