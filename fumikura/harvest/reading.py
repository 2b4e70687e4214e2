"""What an institution answers, as records with their identifiers there. Pure; nothing that comes from outside is trusted."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from fumikura.catalogue.crosswalks import dcndl, oai_dc_reading
from fumikura.catalogue.marc import marcxml, rows
from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.marc.xmlstream import parsed

CSV_PAGE = 200
LONGEST = 200
ADDRESSES_OF_OTHERS = {"rights", "license", "accessrights", "relation", "type", "format"}
"""Elements whose addresses lead to a licence or to something else."""
_ISBN_TAG, _LINK_TAG, _NUMBER_TAG = "020", "856", "001"


class NotAnAnswer(Exception):
    """What came is not what this protocol says. `code`: not-oai, not-sru, oai-error, sru-error, not-csv."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


class PlaceLost(Exception):
    """The institution does not know any more where we stood: begin again."""


@dataclass(frozen=True)
class Arrived:
    """One record of an answer: as it will be kept, or gone, or its bytes and what is wrong with it."""

    identifier: str
    decoded: Decoded | None = None
    is_gone: bool = False
    raw: bytes = b""
    fault: str = ""
    detail: str = ""
    link: str = ""


@dataclass(frozen=True)
class Page:
    records: tuple[Arrived, ...]
    place: str
    """Where the next page begins; empty behind the last."""
    responded: str = ""


def read_oai(body: bytes, *, plan: ColumnPlan | None = None) -> Page:
    """A ListRecords answer; flat elements are what `plan` says. Raises NotAnAnswer, PlaceLost."""
    try:
        root = parsed(body)
    except etree.XMLSyntaxError as error:
        raise NotAnAnswer("not-oai", str(error)) from None
    if etree.QName(root).localname != "OAI-PMH":
        raise NotAnAnswer("not-oai", etree.QName(root).localname)
    responded = _text(root, "responseDate")
    for said in root.iterchildren("{*}error"):
        code = said.get("code") or ""
        if code == "noRecordsMatch":
            return Page((), "", responded)
        if code == "badResumptionToken":
            raise PlaceLost
        raise NotAnAnswer("oai-error", f"{code} {said.text or ''}".strip())
    records = tuple(_oai_record(one, plan) for one in root.iterfind("{*}ListRecords/{*}record"))
    return Page(records, _text(root, "ListRecords/{*}resumptionToken"), responded)


def _oai_record(element: etree._Element, plan: ColumnPlan | None) -> Arrived:
    raw = etree.tostring(element, encoding="utf-8", with_tail=False)
    header = element.find("{*}header")
    identifier = _text(header, "identifier")[:LONGEST] if header is not None else ""
    if header is None or not identifier:
        return Arrived(_by_bytes(raw), raw=raw, fault="no-identifier")
    if header.get("status") == "deleted":
        return Arrived(identifier, is_gone=True)
    metadata = element.find("{*}metadata")
    if metadata is None or len(metadata) == 0:
        return Arrived(identifier, raw=raw, fault="no-fields")
    return _decoded(identifier, metadata, raw, plan)


def read_sru(body: bytes, *, place: int, plan: ColumnPlan | None = None) -> Page:
    """A searchRetrieve answer that begins with record `place`. Raises NotAnAnswer."""
    try:
        root = parsed(body)
    except etree.XMLSyntaxError as error:
        raise NotAnAnswer("not-sru", str(error)) from None
    if etree.QName(root).localname != "searchRetrieveResponse":
        raise NotAnAnswer("not-sru", etree.QName(root).localname)
    if (wrong := root.find("{*}diagnostics//{*}message")) is not None:
        raise NotAnAnswer("sru-error", wrong.text or "")
    records = tuple(_sru_record(one, plan) for one in root.iterfind("{*}records/{*}record"))
    total = _text(root, "numberOfRecords")
    behind = place + len(records)
    more = records and total.isdecimal() and behind <= int(total)
    return Page(records, str(behind) if more else "")


def _sru_record(element: etree._Element, plan: ColumnPlan | None) -> Arrived:
    raw = etree.tostring(element, encoding="utf-8", with_tail=False)
    data = element.find("{*}recordData")
    if data is not None and len(data) == 0 and (data.text or "").strip().startswith("<"):
        try:
            inner = parsed((data.text or "").strip().encode())
        except etree.XMLSyntaxError as error:
            return Arrived(_by_bytes(raw), raw=raw, fault="xml", detail=str(error))
        data.append(inner)
    if data is None or len(data) == 0:
        return Arrived(_by_bytes(raw), raw=raw, fault="no-fields")
    stated = _text(element, "recordIdentifier")
    found = _decoded(stated, data, raw, plan)
    return found if stated or found.decoded is None else _named(found, found.decoded)


def read_csv(body: bytes, *, place: int, plan: ColumnPlan | None = None) -> Page:
    """Up to CSV_PAGE rows of a table from row `place` on (0 = the first). Raises NotAnAnswer."""
    try:
        taken = _rows(body, place, plan)
    except csv.Error as error:
        raise NotAnAnswer("not-csv", str(error)) from None
    records = []
    for arrival in taken[:CSV_PAGE]:
        if arrival.decoded is None:
            records.append(Arrived(_by_bytes(arrival.raw), raw=arrival.raw, fault=arrival.fault, detail=arrival.detail))
        else:
            records.append(_named(Arrived(""), arrival.decoded))
    return Page(tuple(records), str(place + CSV_PAGE) if len(taken) > CSV_PAGE else "")


def _rows(body: bytes, place: int, plan: ColumnPlan | None) -> list[Arrival]:
    """The rows of one page, and one more where there is one. Raises NotAnAnswer, csv.Error."""
    encoding, delimiter = _encoding(body), _delimiter(body)
    header = next(iter(first_lines(body, 1)), [])
    if plan is None and "title" not in rows.known_columns(header):
        raise NotAnAnswer("not-csv", ", ".join(header)[:200])
    arrivals = rows.arrivals_table(io.BytesIO(body), delimiter=delimiter, encoding=encoding, plan=plan)
    return list(islice(arrivals, place, place + CSV_PAGE + 1))


def first_lines(body: bytes, count: int) -> list[list[str]]:
    """The first lines of a table as they stand, the header among them. Raises csv.Error."""
    return rows.sample(io.BytesIO(body), delimiter=_delimiter(body), encoding=_encoding(body), count=count)


def _delimiter(body: bytes) -> str:
    return "\t" if body[:4096].split(b"\n")[0].count(b"\t") else ","


def _encoding(body: bytes) -> str:
    try:
        body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8-sig"


def _decoded(identifier: str, around: etree._Element, raw: bytes, plan: ColumnPlan | None) -> Arrived:
    """MARCXML, DC-NDL, flat elements that a plan names, or Dublin Core, whichever stands in the element."""
    try:
        decoded = _read(around, plan)
    except (Faulty, etree.XMLSyntaxError) as wrong:
        code, detail = (wrong.code, wrong.detail) if isinstance(wrong, Faulty) else ("xml", str(wrong))
        return Arrived(identifier or _by_bytes(raw), raw=raw, fault=code, detail=detail)
    except (ValueError, TypeError, LookupError, AttributeError) as failure:
        return Arrived(identifier or _by_bytes(raw), raw=raw, fault="not-describable", detail=type(failure).__name__)
    return Arrived(identifier, decoded, raw=raw, link=_link(decoded) or (_address(around) if plan else ""))


def _read(around: etree._Element, plan: ColumnPlan | None) -> Decoded:
    for element in around.iter():
        match str(element.tag).rpartition("}")[2]:
            case "record" if element.find("{*}leader") is not None or element.find("{*}datafield") is not None:
                return marcxml.decode(element)
            case "BibResource":
                first = next(dcndl.arrivals(io.BytesIO(etree.tostring(around, with_tail=False))), None)
                if first is None or first.decoded is None:
                    raise Faulty(first.fault if first else "no-fields")
                return first.decoded
            case "title" if plan is None:
                return oai_dc_reading.decode(around)
    if plan is not None:
        said = leaves(around)
        return rows.decode(plan.row([name for name, _text in said], [text for _name, text in said]))
    raise Faulty("no-title" if len(around) else "no-fields")


def leaves(around: etree._Element) -> list[tuple[str, str]]:
    """The elements that hold text and nothing else, by their names without the namespace, in their order."""
    return [
        (str(one.tag).rpartition("}")[2], " ".join((one.text or "").split()))
        for one in around.iter("*")
        if len(one) == 0 and (one.text or "").strip()
    ]


def says_itself(around: etree._Element) -> bool:
    """Whether this is MARCXML or DC-NDL, of which each field's meaning stands in the standard."""
    return any(str(one.tag).rpartition("}")[2] in {"datafield", "BibResource"} for one in around.iter("*"))


def _address(around: etree._Element) -> str:
    """The page of the thing, where no standard says in which element it stands."""
    said = (text for name, text in leaves(around) if name.lower() not in ADDRESSES_OF_OTHERS)
    return next((text for text in said if oai_dc_reading.is_address(text) and len(text) <= 500), "")


def _named(found: Arrived, decoded: Decoded) -> Arrived:
    """A record under its own number, or its ISBN, or a mark of its bytes."""
    entries = decoded.content.entries
    number = next((one.data for one in entries if one.tag == _NUMBER_TAG and one.data), "")
    isbn = next((text for one in entries if one.tag == _ISBN_TAG for code, text in one.parts if code == "a"), "")
    identifier = (number or isbn)[:LONGEST] or _by_bytes(decoded.marc)
    return Arrived(identifier, decoded, raw=found.raw, link=_link(decoded))


def _link(decoded: Decoded) -> str:
    addresses = (
        text for one in decoded.content.entries if one.tag == _LINK_TAG for code, text in one.parts if code == "u"
    )
    return next((text for text in addresses if oai_dc_reading.is_address(text) and len(text) <= 500), "")


def _by_bytes(raw: bytes) -> str:
    return f"sha256-{hashlib.sha256(raw).hexdigest()[:40]}"


def _text(element: etree._Element, path: str) -> str:
    found = element.find(f"{{*}}{path}")
    return (found.text or "").strip() if found is not None else ""


def each_once(records: tuple[Arrived, ...]) -> Iterator[Arrived]:
    """Of what comes twice in one page, the last counts."""
    yield from {one.identifier: one for one in records}.values()
