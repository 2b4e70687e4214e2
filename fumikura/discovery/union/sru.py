"""SRU 1.1 and 1.2: a question as an address, an answer as records. Pure; what comes from outside is not trusted."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from fumikura.catalogue.crosswalks import dcndl
from fumikura.catalogue.marc import marcxml
from fumikura.catalogue.marc.arrivals import Decoded, Faulty

MARCXML, DCNDL = "marcxml", "dcndl"
FORMATS = (MARCXML, DCNDL)
ASKABLE = ("isbn", "title", "creator", "words")
INDEXES: Mapping[str, str] = {
    "isbn": "bath.isbn",
    "title": "dc.title",
    "creator": "dc.creator",
    "words": "cql.serverChoice",
}
"""Names of indexes that most targets know; a target may have others."""


class NotSru(Exception):
    """The target did answer, but with something that is no SRU answer."""


@dataclass(frozen=True)
class Question:
    """What is looked for; empty parts are not asked."""

    isbn: str = ""
    title: str = ""
    creator: str = ""
    words: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in ASKABLE)


@dataclass(frozen=True)
class Found:
    """One answer: how many there are, the records of this page, how many of them could not be read, what the target says."""

    total: int
    records: tuple[Decoded, ...]
    faulty: int = 0
    diagnostics: tuple[str, ...] = ()


def address_of(
    address: str,
    question: Question,
    *,
    indexes: Mapping[str, str],
    version: str,
    schema: str,
    start: int,
    rows: int,
) -> str:
    """The address that asks this. Parameters that the target's own address has stay in it."""
    parts = urlsplit(address)
    asked = {
        "operation": "searchRetrieve",
        "version": version,
        "query": query_of(question, indexes),
        "recordSchema": schema,
        "recordPacking": "xml",
        "startRecord": str(start),
        "maximumRecords": str(rows),
    }
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *asked.items()]), fragment=""))


def query_of(question: Question, indexes: Mapping[str, str]) -> str:
    """CQL: every part must be there."""
    clauses = []
    for name in ASKABLE:
        if text := getattr(question, name):
            clauses.append(f'{indexes.get(name) or INDEXES[name]}="{_quoted(text)}"')
    return " and ".join(clauses)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def read(body: bytes, format: str) -> Found:
    """What an answer says. Raises NotSru."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise NotSru(str(error)) from None
    if etree.QName(root).localname not in {"searchRetrieveResponse", "explainResponse"}:
        raise NotSru(etree.QName(root).localname)
    stated = _first(root, "numberOfRecords")
    diagnostics = tuple(
        ": ".join(filter(None, (_first(one, "message"), _first(one, "details")))) or _first(one, "uri")
        for one in root.iter("{*}diagnostic")
    )
    records: list[Decoded] = []
    faulty = 0
    for decoded in _dcndl(body) if format == DCNDL else _marcxml(root):
        if decoded is None:
            faulty += 1
        else:
            records.append(decoded)
    total = int(stated) if stated.isdecimal() else len(records)
    return Found(total, tuple(records), faulty, diagnostics)


def _first(element: "etree._Element", name: str) -> str:
    return next((found.text.strip() for found in element.iter(f"{{*}}{name}") if found.text), "")


def _dcndl(body: bytes) -> Iterator[Decoded | None]:
    for arrival in dcndl.arrivals(io.BytesIO(body)):
        yield arrival.decoded


def _marcxml(root: "etree._Element") -> Iterator[Decoded | None]:
    """Records as XML, or as text that is XML."""
    for data in root.iter("{*}recordData"):
        inside = data if len(data) else _unpacked(data.text or "")
        record = next((one for one in inside.iter("{*}record") if len(one)), None) if inside is not None else None
        if record is None:
            if not any(True for _diagnostic in data.iter("{*}diagnostic")):
                yield None
            continue
        try:
            yield marcxml.decode(record)
        except Faulty:
            yield None


def _unpacked(text: str) -> "etree._Element | None":
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        inner = etree.fromstring(text.strip().encode(), parser)
    except etree.XMLSyntaxError:
        return None
    wrapped = etree.Element("recordData")
    wrapped.append(inner)
    return wrapped
