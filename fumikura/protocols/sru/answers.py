"""Answers of SRU as XML: 1.x and 2.0 differ in their namespaces and in what a record's escaping is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from fumikura.catalogue.crosswalks.xmlwriting import clean
from fumikura.protocols.sru.compiling import CLASSES, DATES, KEYS, SORTED, TEXT
from fumikura.protocols.sru.cql import Unparsable
from fumikura.protocols.sru.diagnostics import DIAGNOSTICS
from fumikura.protocols.sru.schemas import SCHEMAS, Schema

_NAMESPACES: Final[Mapping[str, tuple[str, str, str]]] = {
    # version: (of searches, of scans, of diagnostics)
    "1.1": ("http://www.loc.gov/zing/srw/", "http://www.loc.gov/zing/srw/", "http://www.loc.gov/zing/srw/diagnostic/"),
    "1.2": ("http://www.loc.gov/zing/srw/", "http://www.loc.gov/zing/srw/", "http://www.loc.gov/zing/srw/diagnostic/"),
    "2.0": (
        "http://docs.oasis-open.org/ns/search-ws/sruResponse",
        "http://docs.oasis-open.org/ns/search-ws/scan",
        "http://docs.oasis-open.org/ns/search-ws/diagnostic",
    ),
}
_ROOTS: Final = {"searchRetrieve": "searchRetrieveResponse", "scan": "scanResponse", "explain": "explainResponse"}


@dataclass(frozen=True)
class Given:
    """One record of an answer: its XML, or the diagnostic that stands in its place."""

    xml: str = ""
    wrong: Unparsable | None = None
    identifier: str = ""


@dataclass(frozen=True)
class ScanTerm:
    value: str
    count: int
    shown: str = ""


def document(version: str, operation: str, body: str) -> str:
    search, scan, _ = _NAMESPACES[version]
    root = _ROOTS[operation]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{scan if operation == "scan" else search}">'
        f"<version>{version}</version>{body}</{root}>\n"
    )


def diagnostic(version: str, wrong: Unparsable) -> str:
    _, _, namespace = _NAMESPACES[version]
    details = f"<details>{_safe(wrong.details)}</details>" if wrong.details else ""
    return (
        f'<diagnostic xmlns="{namespace}"><uri>info:srw/diagnostic/1/{wrong.code}</uri>{details}'
        f"<message>{DIAGNOSTICS.get(wrong.code, DIAGNOSTICS[10])}</message></diagnostic>"
    )


def failed(version: str, operation: str, wrong: Unparsable) -> str:
    """An answer that is a diagnostic only."""
    count = "<numberOfRecords>0</numberOfRecords>" if operation == "searchRetrieve" else ""
    if operation == "explain":
        return document(version, "searchRetrieve", f"<numberOfRecords>0</numberOfRecords>{_wrapped(version, wrong)}")
    return document(version, operation, f"{count}{_wrapped(version, wrong)}")


def _wrapped(version: str, wrong: Unparsable) -> str:
    return f"<diagnostics>{diagnostic(version, wrong)}</diagnostics>"


def found(
    version: str, schema: Schema, records: Sequence[Given], *, total: int, start: int, as_text: bool, upto: int
) -> str:
    """A page of records. `upto` is the last position that anybody can page to."""
    shown = "".join(_record(version, schema, one, start + place, as_text=as_text) for place, one in enumerate(records))
    after = start + len(records)
    more = f"<nextRecordPosition>{after}</nextRecordPosition>" if records and after <= min(total, upto) else ""
    listed = f"<records>{shown}</records>" if records else ""
    return document(version, "searchRetrieve", f"<numberOfRecords>{total}</numberOfRecords>{listed}{more}")


def _record(version: str, schema: Schema, one: Given, position: int, *, as_text: bool) -> str:
    kind = "recordXMLEscaping" if version == "2.0" else "recordPacking"
    packing = f"<{kind}>{'string' if as_text else 'xml'}</{kind}>"
    uri, data = schema.uri, escape(one.xml) if as_text else one.xml
    if one.wrong:
        uri, data = "info:srw/schema/1/diagnostics-v1.1", diagnostic(version, one.wrong)
    identifier = f"<recordIdentifier>{one.identifier}</recordIdentifier>" if version != "1.1" and one.identifier else ""
    return (
        f"<record><recordSchema>{uri}</recordSchema>{packing}<recordData>{data}</recordData>{identifier}"
        f"<recordPosition>{position}</recordPosition></record>"
    )


def scanned(version: str, terms: Sequence[ScanTerm]) -> str:
    each = "".join(
        f"<term><value>{_safe(term.value)}</value><numberOfRecords>{term.count}</numberOfRecords>"
        + (f"<displayTerm>{_safe(term.shown)}</displayTerm>" if term.shown else "")
        + "</term>"
        for term in terms
    )
    return document(version, "scan", f"<terms>{each}</terms>" if terms else "")


def explained(version: str, *, host: str, port: str, path: str, title: str, number: int | None) -> str:
    indexes = "".join(
        _index(name, "fumikura" if name in {"site", "available", "audience"} else "dc") for name in _names()
    )
    schemas = "".join(
        f"<schema identifier={quoteattr(one.uri)} name={quoteattr(name)}><title>{one.title}</title></schema>"
        for name, one in SCHEMAS.items()
    )
    size = f'<setting type="numberOfRecords">{number}</setting>' if number is not None else ""
    record = (
        f'<explain xmlns="http://explain.z3950.org/dtd/2.0/"><serverInfo protocol="SRU" version="{version}" transport="http"'
        f' method="GET POST"><host>{_safe(host)}</host><port>{port}</port><database>{_safe(path.strip("/"))}</database>'
        f'</serverInfo><databaseInfo><title lang="ja" primary="true">{_safe(title)}</title></databaseInfo><indexInfo>'
        '<set name="cql" identifier="info:srw/cql-context-set/1/cql-v1.2"/>'
        '<set name="dc" identifier="info:srw/cql-context-set/1/dc-v1.1"/>'
        '<set name="bath" identifier="http://zing.z3950.org/cql/bath/2.0/"/>'
        '<set name="dcndl" identifier="http://ndl.go.jp/dcndl/terms/"/>'
        f"{indexes}</indexInfo><schemaInfo>{schemas}</schemaInfo><configInfo>"
        '<default type="numberOfRecords">10</default><default type="retrieveSchema">marcxml</default>'
        '<default type="relation">=</default><setting type="maximumRecords">100</setting>'
        f'{size}<supports type="relation">=</supports><supports type="relation">all</supports>'
        '<supports type="relation">any</supports><supports type="relation">adj</supports>'
        '<supports type="scan"/><supports type="sort"/></configInfo></explain>'
    )
    packing = "recordXMLEscaping" if version == "2.0" else "recordPacking"
    return document(
        version,
        "explain",
        f"<record><recordSchema>http://explain.z3950.org/dtd/2.0/</recordSchema><{packing}>xml</{packing}>"
        f"<recordData>{record}</recordData></record>",
    )


def _names() -> list[str]:
    main = {"serverchoice": "serverChoice", "isbn": "isbn"}
    every = dict.fromkeys([*TEXT, *KEYS, *sorted(DATES), *sorted(CLASSES)])
    return [main.get(name, name) for name in every]


def _index(name: str, context: str) -> str:
    sets = "cql" if name in {"serverChoice", "anywhere"} else "dcndl" if name == "ndc" else context
    sort = "true" if name in SORTED else "false"
    scan = "true" if name in {"title", "isbn", "identifier"} else "false"
    return (
        f'<index search="true" scan="{scan}" sort="{sort}"><title>{name}</title>'
        f'<map><name set="{sets}">{name}</name></map></index>'
    )


def _safe(text: str) -> str:
    return escape(clean(text))
