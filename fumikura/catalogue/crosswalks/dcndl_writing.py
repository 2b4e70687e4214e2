"""MARC 21 to DC-NDL(RDF), in the order and shape in which NDL Search writes it."""

import re
from urllib.parse import quote

from lxml import etree

from fumikura.catalogue import material
from fumikura.catalogue.crosswalks.terms import (
    AUDIENCES,
    BOOK,
    CLASSES,
    COUNTRIES,
    DRAFTED,
    KIND_TERMS,
    LANGUAGE,
    LEADER_TERMS,
    NAMESPACES,
    NDL,
    OWN_ADDRESS,
    SCHEMES,
    SERIES_CREATOR,
    term,
)
from fumikura.catalogue.crosswalks.xmlwriting import Given, add, clean, content_from, document
from fumikura.catalogue.fields import Fields, tidy
from fumikura.catalogue.marc.content import Entry

_DATATYPES = "http://ndl.go.jp/dcndl/terms/"
_NDL_ADDRESS = "https://ndlsearch.ndl.go.jp/books/R100000002-I"
_LABELS = {
    "Book": "図書", "Journal": "雑誌", "Newspaper": "新聞", "Map": "地図", "MusicScore": "楽譜", "Music": "音楽", "Braille": "点字",
    "LargePrint": "大活字", "DAISY": "DAISY", "MovingImage": "映像資料", "Sound": "録音資料", "StillImage": "静止画資料",
    "Software": "ソフトウェア", "Manuscript": "文書類",
}  # fmt: skip
_DECLARED = re.compile(r' xmlns:\w+="[^"]*"')
_PART = re.compile(r" \(([^()]{1,8})\)$")
"""What a publisher did, behind its name: 発売, 製作 …"""
_SUBJECTS = ("600", "610", "611", "630", "650", "651")

Value = tuple[str, str]
"""What is said, and its reading."""


HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF '
    + " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
    + ">\n"
)
TAIL = "</rdf:RDF>\n"


def elements_text(record: Given) -> bytes:
    """The two elements of one record, to stand between HEAD and TAIL."""
    root = rdf_element(record)
    etree.indent(root)
    parts = [etree.tostring(child, encoding="unicode", with_tail=False) for child in root]
    return "".join(_DECLARED.sub("", part, count=len(NAMESPACES)) + "\n" for part in parts).encode()


def write_dcndl(record: Given, *, about: str = "") -> bytes:
    """One rdf:RDF document. `about` is the address of the record's page; without it the record is named by a URN of ours."""
    return document(rdf_element(record, about=about))


def rdf_element(record: Given, *, about: str = "") -> etree._Element:
    """The same as an element, for doors that put it into an envelope of theirs."""
    fields = Fields(content_from(record))
    number, source = fields.control("001").strip(), fields.control("003").strip()
    if not about:
        known = source == NDL
        about = (
            _NDL_ADDRESS + quote(number) if known else f"{OWN_ADDRESS}{quote(source, safe='')}/{quote(number, safe='')}"
        )
    root = etree.Element(term("rdf:RDF"), nsmap={key: NAMESPACES[key] for key in NAMESPACES})
    admin = add(root, term("dcndl:BibAdminResource"), **{term("rdf:about"): about})
    for entry in fields.all("040"):
        for rule in entry.all("e"):
            add(admin, term("dcndl:catalogingRule"), rule)
    add(admin, term("dcndl:record"), **{term("rdf:resource"): f"{about}#material"})
    resource = add(root, term("dcndl:BibResource"), **{term("rdf:about"): f"{about}#material"})
    _Writer(fields, resource).write()
    return root


class _Writer:
    """Writes the properties of one resource."""

    def __init__(self, fields: Fields, resource: etree._Element) -> None:
        self.fields = fields
        self.resource = resource

    def write(self) -> None:
        self._identifiers()
        self._title()
        self._creators()
        self._publication()
        self._texts()
        self._subjects()
        self._coded()
        self._relations()

    def _plain(self, name: str, text: str, datatype: str = "") -> None:
        if text:
            add(self.resource, term(name), text, **({term("rdf:datatype"): datatype} if datatype else {}))

    def _points(self, name: str, address: str, label: str = "") -> None:
        attributes = {term("rdf:resource"): address} | ({term("rdfs:label"): label} if label else {})
        add(self.resource, term(name), **attributes)

    def _value(self, name: str, value: Value, about: str = "", draft: str = "") -> None:
        said, reading = value
        if not said:
            return
        inner = add(
            add(self.resource, term(name)), term("rdf:Description"), **({term("rdf:about"): about} if about else {})
        )
        add(inner, term("rdf:value"), said)
        if reading:
            add(inner, term("dcndl:transcription"), reading)
        self._drafted(inner, draft)

    def _drafted(self, inner: etree._Element, draft: str) -> None:
        """A reading that nobody has confirmed, by whose language one sees that."""
        if draft:
            add(inner, term("dcndl:transcription"), draft, **{LANGUAGE: DRAFTED})

    def _draft_of(self, entry: Entry | None) -> str:
        found = self.fields.draft_of(entry) if entry else None
        return found.text("a") if found else ""

    def _read(self, entry: Entry, codes: str, glue: str = " ") -> Value:
        """What these subfields say, and the same of the linked field: kana, or romaji where there is no kana."""
        found = [reading for reading in self.fields.readings_of(entry) if reading]
        readings = [said for reading in found if (said := _joined(reading, codes, glue))]
        return _joined(entry, codes, glue), next(iter(readings), "")

    def _identifiers(self) -> None:
        number = self.fields.control("001").strip()
        if self.fields.control("003").strip() == NDL and number:
            self._plain("dcterms:identifier", number, _DATATYPES + "NDLBibID")
        places = {place: kind for kind, place in SCHEMES.items()}
        for tag in ("015", "010", "020", "022", "024", "035"):
            for entry in self.fields.all(tag):
                for kind, value in _identifiers_in(entry, places):
                    if kind != "NDLBibID" or value != number:
                        self._plain("dcterms:identifier", value, _DATATYPES + kind)

    def _title(self) -> None:
        entry = self.fields.first("245")
        if entry is None:
            found = next(iter(self.fields.all("246", "240", "130", "740")), None)
            title = self._read(found, "at") if found else ("[タイトル不明]", "")
        else:
            title = self._read(entry, "ab", " : ") if entry.all("a") else self._read(entry, "kbnps")
        self._plain("dcterms:title", title[0])
        self._value("dc:title", title, draft=self._draft_of(entry))
        for code, name in (("n", "dcndl:volume"), ("p", "dcndl:volumeTitle")):
            readings = [reading for reading in self.fields.readings_of(entry) if reading] if entry else []
            read = [tidy(text) for text in readings[0].all(code)] if readings else []
            for place, text in enumerate(entry.all(code) if entry else ()):
                self._value(name, (tidy(text), read[place] if place < len(read) else ""))
        for tag, name in (("246", "dcndl:alternative"), ("240", "dcndl:uniformTitle"), ("130", "dcndl:uniformTitle")):
            for other in self.fields.all(tag):
                self._value(name, self._read(other, "abnp"))
        for series in self.fields.all("490", "440") or self.fields.all("830", "800", "810"):
            title, number = self._read(series, "anptx"), tidy(series.text("v"))
            self._value("dcndl:seriesTitle", (" ; ".join(filter(None, (title[0], number))), title[1]))
        for edition in self.fields.all("250"):
            self._plain("dcndl:edition", tidy(edition.text("ab")))

    def _creators(self) -> None:
        for entry in self.fields.all("100", "110", "111", "700", "710", "711"):
            codes = "abcd" if entry.tag.endswith("00") else "abcdn"
            said, reading = self._read(entry, codes, ", " if entry.tag.endswith("00") else " ")
            if not said:
                continue
            about = next((text for text in entry.all("0") if text.startswith("http")), "")
            agent = self._agent("dcterms:creator", said, reading, about=about)
            self._drafted(agent, self._draft_of(entry))
        statement = tidy(self.fields.text("245", "c"))
        for part in re.split(r" ; ", statement):
            self._plain("dc:creator", part)
        for entry in self.fields.all("500"):
            if (text := entry.text("a")).startswith(SERIES_CREATOR):
                self._plain("dcndl:seriesCreator", text.removeprefix(SERIES_CREATOR))

    def _agent(
        self, name: str, said: str, reading: str, *, about: str = "", place: str = "", note: str = ""
    ) -> etree._Element:
        agent = add(add(self.resource, term(name)), term("foaf:Agent"), **({term("rdf:about"): about} if about else {}))
        for inner, text in (
            ("foaf:name", said), ("dcndl:transcription", reading), ("dcterms:description", note), ("dcndl:location", place)
        ):  # fmt: skip
            if text:
                add(agent, term(inner), text)
        return agent

    def _publication(self) -> None:
        entries = [entry for entry in self.fields.all("264") if entry.marks[1] in "12"] or self.fields.all("260", "264")
        for entry in entries:
            names, places = [tidy(text) for text in entry.all("b")], [tidy(text) for text in entry.all("a")]
            reading = next((found for found in self.fields.readings_of(entry) if found), None)
            read = [tidy(text) for text in reading.all("b")] if reading else []
            for at, name in enumerate(names or [""]):
                place = places[at] if at < len(places) else places[-1] if places else ""
                part = _PART.search(name)
                note = part[1] if part else ""
                if name or place:
                    self._agent(
                        "dcterms:publisher",
                        _PART.sub("", name),
                        read[at] if at < len(read) else "",
                        place=place,
                        note=note,
                    )
        dates = [date for entry in entries for text in entry.all("c") if (date := tidy(text))]
        self._plain("dcterms:date", next(iter(dates), ""))
        if year := material.year(self.fields.control("008"), next(iter(dates), "")):
            self._plain("dcterms:issued", f"{year:04d}", NAMESPACES["dcterms"] + "W3CDTF")

    def _texts(self) -> None:
        for tags, name in (
            (("500", "501", "504", "508", "511", "525", "546", "550", "580", "586"), "dcterms:description"),
            (("520",), "dcterms:abstract"),
            (("506",), "dcterms:accessRights"),
            (("540",), "dcterms:rights"),
            (("522",), "dcterms:spatial"),
            (("310",), "dcndl:publicationPeriodicity"),
            (("362",), "dcndl:volumeRange"),
        ):
            for entry in self.fields.all(*tags):
                text = " ".join(value for code, value in entry.parts if code.isalpha())
                if not text.startswith(SERIES_CREATOR):
                    self._plain(name, text)
        for entry in self.fields.all("300"):
            marks = {"a": "; ", "b": ": ", "c": "; ", "e": "+ "}
            pieces = [(marks[code], text.strip(" :;+")) for code, text in entry.parts if code in marks]
            self._plain("dcterms:extent", " ".join(mark + text for mark, text in pieces)[2:])
        for entry in self.fields.all("502"):
            for text in entry.all("b"):
                self._plain("dcndl:degreeName", text)
            for text in entry.all("c"):
                self._agent("dcndl:degreeGrantor", text, "")
            for text in entry.all("d"):
                self._plain("dcndl:dateGranted", text)
        for entry in self.fields.all("533"):
            for text in entry.all("c"):
                self._plain("dcndl:digitizedPublisher", text)
            for text in entry.all("d"):
                self._plain("dcndl:dateDigitized", text, NAMESPACES["dcterms"] + "W3CDTF")
        for entry in self.fields.all("505"):
            self._contents(entry)

    def _contents(self, entry: Entry) -> None:
        name = "dcterms:tableOfContents" if entry.marks[0] == "2" else "dcndl:partInformation"
        reading = self.fields.readings_of(entry)[0]
        read = [tidy(text) for text in reading.all("t")] if reading else []
        parts: list[tuple[str, str]] = []
        for code, text in entry.parts:
            if code == "t":
                parts.append((tidy(text), ""))
            elif code == "r" and parts:
                parts[-1] = (parts[-1][0], tidy(text))
            elif code == "a":
                parts += [(tidy(piece), "") for piece in text.split(" -- ")]
        holder = None
        if name.endswith("Contents") and parts:
            holder = add(self.resource, term(name), **{term("rdf:parseType"): "Collection"})
        for at, (title, by) in enumerate(parts):
            parent = holder if holder is not None else add(self.resource, term(name))
            inner = add(parent, term("rdf:Description"))
            add(inner, term("dcterms:title"), title)
            if at < len(read):
                add(inner, term("dcndl:transcription"), read[at])
            if by:
                add(inner, term("dc:creator"), by)

    def _subjects(self) -> None:
        for entry in self.fields.all(*_SUBJECTS):
            codes, glue = ("abcd", ", ") if entry.tag == "600" else ("abcdnpqt", " ")
            said, reading = self._read(entry, codes, glue)
            below = [tidy(text) for text in entry.each("xyzv")]
            linked = next((found for found in self.fields.readings_of(entry) if found), None)
            read = [tidy(text) for text in linked.each("xyzv")] if linked else []
            about = next((text for text in entry.all("0") if text.startswith("http")), "")
            about = about or f"urn:x-ndlsh:{quote(said)}"
            self._value(
                "dcterms:subject", ("--".join([said, *below]), "--".join([reading, *read]) if reading else ""), about
            )
        for entry in self.fields.all("653"):
            for head in entry.all("a"):
                self._value("dcterms:subject", (tidy(head), self._read(entry, "a")[1]))
        self._classes()
        for entry in self.fields.all("655"):
            about = next((text for text in entry.all("0") if text.startswith("http")), "")
            if entry.text("2") == "ndltype":
                self._points("dcndl:materialType", about, entry.text("a"))
            else:
                self._value("dcndl:genre", self._read(entry, "a"), about)

    def _classes(self) -> None:
        by_scheme = {scheme: kind for kind, scheme in CLASSES.items()}
        for entry in self.fields.all("084"):
            scheme = entry.text("2").strip()
            kind = by_scheme.get(scheme.replace("ndc", "njb"), scheme.upper())
            for number in map(tidy, entry.all("a")):
                if kind in {"NDC9", "NDC10", "NDLC"}:
                    self._points("dcterms:subject", f"http://id.ndl.go.jp/class/{kind.lower()}/{number}")
                else:
                    self._plain("dc:subject", number, _DATATYPES + kind)
        for tag, kind in (("082", "DDC"), ("050", "LCC")):
            for entry in self.fields.all(tag):
                for number in map(tidy, entry.all("a")):
                    self._plain("dc:subject", number, NAMESPACES["dcterms"] + kind)

    def _coded(self) -> None:
        fixed = self.fields.control("008").ljust(40)
        languages = [text for entry in self.fields.all("041") for text in entry.each("ad")] or [fixed[35:38].strip()]
        for code in dict.fromkeys(code for text in languages for code in _three_by_three(text)):
            self._plain("dcterms:language", code, NAMESPACES["dcterms"] + "ISO639-2")
        for code in (text for entry in self.fields.all("041") for text in entry.all("h")):
            self._plain("dcndl:originalLanguage", code, NAMESPACES["dcterms"] + "ISO639-2")
        country = next((iso for iso, code in COUNTRIES.items() if code.strip() == fixed[15:18].strip()), "")
        for iso in [text for entry in self.fields.all("044") for text in entry.all("c")] or [country]:
            self._plain("dcndl:publicationPlace", iso, NAMESPACES["dcterms"] + "ISO3166")
        for entry in self.fields.all("020"):
            for price in entry.all("c"):
                self._plain("dcndl:price", tidy(price))
        address = KIND_TERMS.get(material.kind(self.fields)) or LEADER_TERMS.get(self.fields.leader[6], BOOK)
        self._points("dcndl:materialType", address, _LABELS.get(address.rsplit("/", 1)[-1], ""))
        if self.fields.leader[7] == "s":
            status = {"c": "継続刊行中", "d": "廃刊"}.get(fixed[6], "")
            self._plain("dcndl:publicationStatus", status)
        audience = material.audience(fixed, self.fields.leader)
        words = {"general": "一般", "child": "児童", "young-adult": "青少年"}
        assert set(words.values()) <= set(AUDIENCES)
        self._plain("dcterms:audience", words.get(audience, ""))

    def _relations(self) -> None:
        for entry in self.fields.all("776"):
            for text in entry.all("w"):
                if found := re.match(r"\(([^)]+)\)(.+)", text):
                    kind = "NDLBibID" if found[1] == NDL else found[1]
                    self._plain("dcndl:sourceIdentifier", found[2], _DATATYPES + quote(kind))
        for tag, name in (("773", "dcterms:isPartOf"), ("776", "dcterms:source")):
            for address in (text for entry in self.fields.all(tag) for text in entry.all("o")):
                if address.startswith("http"):
                    self._points(name, clean(address))
        own = any(entry.text("2") == "ndljp" for entry in self.fields.all("024"))
        for entry in self.fields.all("856"):
            for address in entry.all("u"):
                if address.startswith("http") and not (own and address.startswith("https://dl.ndl.go.jp/pid/")):
                    self._points("rdfs:seeAlso", clean(address))
            for text in entry.all("q"):
                self._plain("dcterms:format", text, NAMESPACES["dcterms"] + "IMT")


def _joined(entry: Entry, codes: str, glue: str) -> str:
    return glue.join(filter(None, map(tidy, entry.each(codes))))


def _three_by_three(text: str) -> list[str]:
    text = text.replace(" ", "").lower()
    return [code for at in range(0, len(text), 3) if len(code := text[at : at + 3]) == 3 and code.isalpha()]


def _identifiers_in(entry: Entry, places: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """(kind as DC-NDL calls it, value)"""
    values = [(code, tidy(text)) for code, text in entry.parts]
    match entry.tag:
        case "015":
            return [("JPNO", text) for code, text in values if code == "a" and entry.text("2").strip() in {"jnb", ""}]
        case "020" if entry.all("q") == ["セット"]:
            return [("SetISBN", text) for code, text in values if code == "a"]
        case "024":
            kind = {"0": "ISRC", "1": "UPC", "2": "ISMN", "3": "EAN"}.get(entry.marks[0]) or entry.text(
                "2"
            ).strip().upper()
            return [(quote(kind), text) for code, text in values if code == "a" and kind]
        case "035":
            found = [re.match(r"\(([^)]+)\)\s*(.+)", text) for code, text in values if code == "a"]
            return [(places["035", match[1]], match[2]) for match in found if match and ("035", match[1]) in places]
        case tag:
            return [(places[tag, code], text) for code, text in values if (tag, code) in places and text]
