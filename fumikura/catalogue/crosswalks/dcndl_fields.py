"""The MARC fields that one dcndl:BibResource becomes. Properties not named here: LEFT_OUT says why."""

import re

from lxml import etree

from fumikura.catalogue.crosswalks.dcndl_facts import (
    DATATYPE,
    RESOURCE,
    Facts,
    Value,
    kind_of,
    read_field,
    text_of,
    value_of,
)
from fumikura.catalogue.crosswalks.dcndl_names import write_names, write_subjects
from fumikura.catalogue.crosswalks.terms import (
    AUDIENCES,
    CLASSES,
    COUNTRIES,
    FREQUENCIES,
    MATERIALS,
    NDL,
    SCHEMES,
    SERIES_CREATOR,
    WRITTEN_MATERIALS,
    term,
)
from fumikura.catalogue.fields import tidy
from fumikura.catalogue.marc.arrivals import Faulty
from fumikura.catalogue.marc.building import Builder

LEFT_OUT = {
    "dcterms:title": "the same as dc:title",
    "dcndl:record": "who holds a copy",
    "dcterms:dateAccepted": "when NDL took the file in",
    "foaf:thumbnail": "a picture of NDL's, shown only there",
}
_YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
_OURS = re.compile(r"https?://(?:id|iss|ndlsearch)\.ndl\.go\.jp/|https?://(?:dx\.)?doi\.org/|https?://ci\.nii\.ac\.jp/")


def write_all(made: Builder, facts: Facts) -> None:
    """Every field but 001 and 003. Raises Faulty("no-title")."""
    titles = facts.values("dc:title") or facts.values("dcterms:title")
    if not titles:
        raise Faulty("no-title")
    _coded(made, facts)
    _numbers(made, facts)
    _classes(made, facts)
    _title(made, facts, titles[0])
    _publication(made, facts)
    _series_and_notes(made, facts)
    write_names(made, facts)
    write_subjects(made, facts)
    _relations(made, facts)


def _coded(made: Builder, facts: Facts) -> None:
    names = {name.rsplit("/", 1)[-1] for name in facts.resources("dcndl:materialType")}
    material = next((code for code in MATERIALS if code in names), "Book")
    leader, form = MATERIALS[material]
    for element in facts.all("dcndl:materialType"):
        address, label = element.get(RESOURCE) or "", element.get(term("rdfs:label")) or ""
        if label and not (address.endswith(f"/{material}") and address in WRITTEN_MATERIALS):
            made.field("655", " 7", ("a", label), ("2", "ndltype"), ("0", address))
    serial = leader[1] == "s"
    made.leader = f"00000n{leader} a2200000 i 4500"
    if material == "DAISY":
        made.field("347", "  ", ("b", "DAISY"))
    languages = facts.texts("dcterms:language")
    language = languages[0] if languages and re.fullmatch("[a-z]{3}", languages[0]) else "   "
    originals = facts.texts("dcndl:originalLanguage")
    if originals or len(languages) > 1:
        made.field(
            "041",
            "1 " if originals else "0 ",
            *(("a", code) for code in languages),
            *(("h", code) for code in originals),
        )
    places = facts.texts("dcndl:publicationPlace")
    if places:
        made.field("044", "  ", *(("c", place) for place in places))
    year = _year(facts)
    status = {"継続刊行中": "c", "刊行中": "c", "廃刊": "d", "休刊": "d", "終刊": "d"}.get(
        facts.text("dcndl:publicationStatus"), "u"
    )
    first = status if serial else "s" if year else "n"
    country = COUNTRIES.get(places[0].upper() if places else "", "xx ")
    frequency = FREQUENCIES.get(facts.text("dcndl:publicationPeriodicity"), " ") if serial else " "
    kind = ("n" if material == "Newspaper" else "p") if serial else " "
    audience = " " if serial else AUDIENCES.get(facts.text("dcterms:audience"), " ")
    made.control(
        "008", f"000000{first}{year or 'uuuu'}    {country}{frequency}  {kind}{audience}{form}           {language}  "
    )


def _year(facts: Facts) -> str:
    for text in (*facts.texts("dcterms:issued"), *facts.texts("dcterms:date")):
        if found := _YEAR.search(text):
            return found[1]
    return ""


def _numbers(made: Builder, facts: Facts) -> None:
    prices = facts.texts("dcndl:price")
    for kind, numbers in facts.identifiers.items():
        tag, how = SCHEMES.get(kind, ("024", kind.lower()))
        for number in numbers:
            match tag:
                case "020" if how == "q":
                    made.field("020", "  ", ("a", number), ("q", "セット"))
                case "020" if how == "a" and prices:
                    made.field("020", "  ", ("a", f"{number} :"), ("c", prices.pop(0)))
                case "015":
                    made.field("015", "  ", ("a", number), ("2", how))
                case "024":
                    made.field("024", "7 ", ("a", number), ("2", how))
                case "035":
                    made.field("035", "  ", ("a", f"({how}){number}"))
                case _:
                    made.field(tag, "  ", (how, number))
    for price in prices:
        made.field("020", "  ", ("c", price))


def _classes(made: Builder, facts: Facts) -> None:
    found: dict[tuple[str, str], None] = {}
    for address in facts.resources("dcterms:subject"):
        if "/class/" in address:
            scheme, _slash, number = address.rsplit("/class/", 1)[1].partition("/")
            found[scheme.upper(), number] = None
    for element in facts.all("dc:subject"):
        if element.get(DATATYPE):
            found[kind_of(element), text_of(element)] = None
    for scheme, number in found:
        if scheme == "DDC":
            made.field("082", "04", ("a", number))
        elif scheme == "LCC":
            made.field("050", " 4", ("a", number))
        else:
            made.field("084", "  ", ("a", number), ("2", CLASSES.get(scheme, scheme.lower())))


def _halves(text: str) -> tuple[str, str]:
    """Title and subtitle: what stands before and behind the first blank-colon-blank."""
    head, _colon, tail = text.partition(" : ")
    return (tidy(head), tidy(tail)) if tidy(head) and tidy(tail) else (text, "")


def _title(made: Builder, facts: Facts, title: Value) -> None:
    volumes, parts = facts.values("dcndl:volume"), facts.values("dcndl:volumeTitle")
    stated = " ; ".join(facts.texts("dc:creator"))
    scripts = []
    for place in range(3):
        head, tail = _halves(title[place]) if title[place] else ("", "")
        pieces = [("a", head), ("b", tail)]
        if place == 0 or head:
            pieces += [("n", volume[place]) for volume in volumes] + [("p", part[place]) for part in parts]
        scripts.append([(code, text) for code, text in pieces if text])
    said, kana, romaji = scripts
    said = _with_marks(said, stated)
    made.field("245", "00", *said, *([("c", stated)] if stated else []), reading=kana, romaji=romaji)
    for name, tag, marks in (("dcndl:alternative", "246", "3 "), ("dcndl:uniformTitle", "240", "10")):
        for value in facts.values(name):
            read_field(made, tag, marks, value)
    for edition in facts.texts("dcndl:edition"):
        made.field("250", "  ", ("a", tidy(edition)))


def _with_marks(pieces: list[tuple[str, str]], stated: str) -> list[tuple[str, str]]:
    """ISBD's marks at the end of each subfield, as JAPAN/MARC has them."""
    marks = {"b": " :", "n": ".", "p": "."}
    followers = [code for code, _text in pieces[1:]] + (["c"] if stated else [])
    ends = [marks.get(code, " /") for code in followers] + ["."] * (len(pieces) - len(followers))
    return [
        (code, text if end == "." and text.endswith((".", "!", "?")) else text + end)
        for (code, text), end in zip(pieces, ends, strict=True)
    ]


def _publication(made: Builder, facts: Facts) -> None:
    date = tidy(facts.text("dcterms:date")) or tidy(facts.text("dcterms:issued"))
    for group in _together([_publisher(element) for element in facts.all("dcterms:publisher")]) or [[]]:
        said = [part for place, name, _kana, _romaji in group for part in (("a", place), ("b", name)) if part[1]]
        said = _punctuated([*said, *([("c", date)] if date else [])])
        kana = [("b", kana) for _place, _name, kana, _romaji in group]
        romaji = [("b", romaji) for _place, _name, _kana, romaji in group]
        made.field("264", " 1", *said, reading=kana, romaji=romaji)
        date = ""
    for extent in facts.texts("dcterms:extent"):
        made.field("300", "  ", *_extent(extent))
    for text in facts.texts("dcndl:publicationPeriodicity"):
        made.field("310", "  ", ("a", text))
    for text in facts.texts("dcndl:volumeRange"):
        made.field("362", "0 ", ("a", text))


def _extent(text: str) -> list[tuple[str, str]]:
    """404p : 挿図 ; 21cm + CD-ROM1枚 → $a $b $c $e, each with the mark that opens the next."""
    pieces = re.split(r" ([:;+]) ", text)
    codes = ["a", *({":": "b", ";": "c", "+": "e"}[mark] for mark in pieces[1::2])]
    marks = [*(f" {mark}" for mark in pieces[1::2]), ""]
    return [(code, piece + mark) for code, piece, mark in zip(codes, pieces[::2], marks, strict=True)]


def _publisher(element: etree._Element) -> tuple[str, str, str, str]:
    """Place, name with its part in it as JAPAN/MARC writes it (発売), reading, romaji."""
    name, kana, romaji = value_of(element)
    place, note = (element.find(f".//{term(one)}") for one in ("dcndl:location", "dcterms:description"))
    part = f" ({text_of(note)})" if note is not None and text_of(note) else ""
    return tidy(text_of(place)) if place is not None else "", name + part, kana, romaji


def _together(publishers: list[tuple[str, str, str, str]]) -> list[list[tuple[str, str, str, str]]]:
    """Publishers that one field can hold: their readings must stand in the order of the names, without a gap."""
    scripts = {tuple(bool(text) for text in publisher[2:]) for publisher in publishers}
    return [publishers] if publishers and len(scripts) == 1 else [[publisher] for publisher in publishers]


def _punctuated(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    marks = {"a": " ;", "b": " :", "c": ","}
    ends = [marks[code] for code, _text in parts[1:]]
    return [(code, text + end) for (code, text), end in zip(parts, [*ends, ""], strict=False)]


def _series_and_notes(made: Builder, facts: Facts) -> None:
    for said, kana, romaji in facts.values("dcndl:seriesTitle"):
        title, _mark, number = said.partition(" ; ")
        parts = [("a", f"{title} ;" if number else title), ("v", number)]
        made.field("490", "0 ", *parts, reading=[("a", kana)], romaji=[("a", romaji)])
    for name, tag, marks in (
        ("dcterms:description", "500", "  "),
        ("dcterms:accessRights", "506", "  "),
        ("dcterms:abstract", "520", "  "),
        ("dcterms:spatial", "522", "  "),
        ("dcterms:rights", "540", "  "),
    ):
        for text in facts.texts(name):
            made.field(tag, marks, ("a", text))
    for text in facts.texts("dcndl:seriesCreator"):
        made.field("500", "  ", ("a", SERIES_CREATOR + text))
    degree = [("b", text) for text in facts.texts("dcndl:degreeName")]
    degree += [("c", said) for said, _kana, _romaji in facts.values("dcndl:degreeGrantor")]
    degree += [("d", text) for text in facts.texts("dcterms:dateSubmitted") or facts.texts("dcndl:dateGranted")]
    made.field("502", "  ", *degree)
    made.field(
        "533",
        "  ",
        *(("c", text) for text in facts.texts("dcndl:digitizedPublisher")),
        *(("d", text) for text in facts.texts("dcndl:dateDigitized")),
    )
    for name, marks in (("dcndl:partInformation", "00"), ("dcterms:tableOfContents", "20")):
        _contents(made, facts, name, marks)


def _contents(made: Builder, facts: Facts, name: str, marks: str) -> None:
    """One field for all parts, as long as they fit in one."""
    parts: list[tuple[str, str]] = []
    kana: list[tuple[str, str]] = []
    for element in facts.all(name):
        inner = element.findall(term("rdf:Description")) or [element]
        for part in inner:
            said, reading, _romaji = value_of(part)
            parts.append(("t", said))
            kana.append(("t", reading))
            for by in part.iterfind(f".//{term('dc:creator')}"):
                parts.append(("r", tidy(text_of(by))))
    for start, end in _fields_that_fit(parts):
        made.field("505", marks, *parts[start:end], reading=kana if end - start == len(parts) else ())


def _fields_that_fit(parts: list[tuple[str, str]], room: int = 9000) -> list[tuple[int, int]]:
    """Cut a long list of parts so that each piece is a field that ISO 2709 can hold."""
    cuts, size = [0], 0
    for at, (_code, text) in enumerate(parts):
        length = len(text.encode()) + 2
        if size + length > room:
            cuts.append(at)
            size = 0
        size += length
    return list(zip(cuts, [*cuts[1:], len(parts)], strict=True)) if parts else []


def _relations(made: Builder, facts: Facts) -> None:
    for element in facts.all("dcndl:sourceIdentifier"):
        made.field(
            "776", "0 ", ("w", f"({kind_of(element) if kind_of(element) != 'NDLBibID' else NDL}){text_of(element)}")
        )
    for name, tag in (("dcterms:isPartOf", "773"), ("dcterms:source", "776")):
        for address in facts.resources(name):
            made.field(tag, "0 ", ("o", address))
    formats = [("q", text) for text in facts.texts("dcterms:format")]
    links = [address for address in facts.resources("rdfs:seeAlso") if not _OURS.match(address)]
    for number in facts.identifiers.get("NDLJP", ()):
        address = f"https://dl.ndl.go.jp/pid/{number.rsplit('/', 1)[-1]}"
        made.field("856", "40", ("u", address), ("3", "国立国会図書館デジタルコレクション"), *formats)
        links = [other for other in links if other != address]
    for address in links:
        made.field("856", "4 ", ("u", address), *([] if facts.identifiers.get("NDLJP") else formats))
