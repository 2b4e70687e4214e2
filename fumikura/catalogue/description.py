"""One MARC record in the words of pages, index and exports: the only place that knows what a MARC tag means.

Japanese first: fields linked through $6 carry the reading in katakana (880 …/$1) and in romaji (880 …/(B) apart. Nothing here
raises on a record that was taken in: what is odd is left out or shown as it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from fumikura.catalogue import material
from fumikura.catalogue.fields import Fields, tidy
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.catalogue.marc.iso2709 import decode
from fumikura.catalogue.numbers import isbns_of, issn_of

UNTITLED = "[タイトル不明]"


@dataclass(frozen=True, slots=True)
class Name:
    """A person or body, as in the heading: 姓, 名."""

    name: str
    reading: str = ""
    """Katakana 姓, 名; empty when the record has none."""
    role: str = ""
    """著, 訳 … when the record says so."""
    romaji: str = ""
    dates: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An address on the network."""

    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One work inside: 内容細目."""

    title: str
    responsibility: str = ""
    reading: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """What a record says."""

    title: str
    title_reading: str = ""
    """Katakana, spaced as in the record (分かち書き)."""
    title_reading_is_draft: bool = False
    """Whether the machine drafted it: a record says nothing of that, only queries.describe_record knows."""
    title_romaji: str = ""
    subtitle: str = ""
    subtitle_reading: str = ""
    volume: str = ""
    part_title: str = ""
    other_titles: tuple[str, ...] = ()
    responsibility: str = ""
    creators: tuple[Name, ...] = ()
    publisher: str = ""
    publisher_reading: str = ""
    place: str = ""
    published: str = ""
    """As printed, e.g. 2013.10."""
    year: int | None = None
    edition: str = ""
    extent: str = ""
    series: tuple[str, ...] = ()
    series_readings: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()
    """Each ISBN as 13 digits, and as 10 where it has such a form; a wrong one as printed."""
    identifiers: tuple[tuple[str, str], ...] = ()
    """(scheme, value): isbn (13 digits), issn, jpno, ncid, lccn …"""
    ndc: tuple[str, ...] = ()
    """Nippon Decimal Classification, newest edition first."""
    classifications: tuple[tuple[str, str], ...] = ()
    subjects: tuple[str, ...] = ()
    subject_readings: tuple[str, ...] = ()
    language: str = ""
    languages: tuple[str, ...] = ()
    original_language: str = ""
    kind: str = "book"
    audience: str = ""
    """general, child, young-adult or empty."""
    contents: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    summary: str = ""
    links: tuple[Link, ...] = ()
    call_number: str = ""
    price: str = ""
    searchable: tuple[str, ...] = field(default=(), repr=False)
    """Further words under which it should be found: romaji readings and the like."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The little that lists and tables need: what an import works out, at a fifth of the price of a description."""

    title: str
    volume: str
    reading: str
    creator: str
    creator_reading: str
    publisher: str
    year: int | None
    language: str
    kind: str
    ndc: str
    identifiers: tuple[tuple[str, str], ...]


def describe(marc: bytes) -> Description:
    """Describe a stored record (ISO 2709)."""
    return description_of(decode(marc).content)


def description_of(content: Content) -> Description:
    fields = Fields(content)
    title, subtitle, volume, part = _title(fields)
    reading = fields.linked("245", "$1")
    romaji = fields.linked("245", "(B")
    imprint = _imprint(fields)
    published = tidy(" ".join(imprint.all("c"))) if imprint else ""
    ndc = _ndc(fields)
    isbns = _isbns(fields)
    languages = _languages(fields)
    subjects, subject_readings = _subjects(fields)
    series, series_readings = _series(fields)
    return Description(
        title=title,
        title_reading=tidy(reading.text("a")) if reading else "",
        title_romaji=tidy(romaji.text("a")) if romaji else "",
        subtitle=subtitle,
        subtitle_reading=tidy(reading.text("b")) if reading else "",
        volume=volume,
        part_title=part,
        other_titles=_other_titles(fields),
        responsibility=tidy(fields.text("245", "c")),
        creators=_creators(fields),
        publisher=_joined(imprint.all("b")) if imprint else "",
        publisher_reading=_publisher_reading(fields),
        place=_joined(imprint.all("a")) if imprint else "",
        published=published,
        year=material.year(fields.control("008"), published),
        edition=tidy(fields.text("250", "ab")),
        extent=tidy(fields.text("300", "abce")),
        series=series,
        series_readings=series_readings,
        isbns=isbns,
        identifiers=_identifiers(fields, isbns),
        ndc=ndc,
        classifications=_other_classifications(fields),
        subjects=subjects,
        subject_readings=subject_readings,
        language=languages[0] if languages else "",
        languages=languages,
        original_language=_clean_language(fields.text("041", "h")[:3]),
        kind=material.kind(fields, ndc),
        audience=material.audience(fields.control("008"), content.leader),
        contents=_contents(fields),
        notes=_notes(fields),
        summary=_joined([entry.text("a") for entry in fields.all("520")], " "),
        links=_links(fields),
        call_number=tidy(fields.text("090", "ab") or fields.text("099", "ab")),
        price=_joined([price for entry in fields.all("020") for price in entry.all("c")]),
        searchable=_romaji(fields),
    )


def summary_of(fields: Fields) -> Summary:
    """The same words as in description_of, fewer of them."""
    title, _subtitle, volume, _part = _title(fields)
    reading = fields.linked("245", "$1")
    creator = next(_names(fields), None)
    imprint = _imprint(fields)
    ndc = _ndc(fields)
    languages = _languages(fields)
    return Summary(
        title=title,
        volume=volume,
        reading=tidy(reading.text("a")) if reading else "",
        creator=creator.name if creator else "",
        creator_reading=creator.reading if creator else "",
        publisher=_joined(imprint.all("b")) if imprint else "",
        year=material.year(fields.control("008"), tidy(" ".join(imprint.all("c"))) if imprint else ""),
        language=languages[0] if languages else "",
        kind=material.kind(fields, ndc),
        ndc=ndc[0] if ndc else "",
        identifiers=_identifiers(fields, _isbns(fields)),
    )


def _imprint(fields: Fields) -> Entry | None:
    return fields.first("264", second="1") or fields.first("260") or fields.first("264")


def _title(fields: Fields) -> tuple[str, str, str, str]:
    """Title, subtitle, volume, title of the part."""
    entry = fields.first("245")
    if entry is None:
        for tag in ("246", "240", "130", "222", "740"):
            if text := tidy(fields.text(tag, "at")):
                return text, "", "", ""
        return UNTITLED, "", "", ""
    title = tidy(entry.text("a")) or tidy(entry.text("k"))
    title = title or tidy(" ".join(value for code, value in entry.parts if code not in "6c")) or UNTITLED
    return title, tidy(entry.text("b")), tidy(", ".join(map(tidy, entry.all("n")))), tidy(entry.text("p"))


def _other_titles(fields: Fields) -> tuple[str, ...]:
    found = [tidy(entry.text("abnp")) for entry in fields.all("130", "240", "246", "247", "730", "740")]
    return tuple(dict.fromkeys(filter(None, found)))


def _creators(fields: Fields) -> tuple[Name, ...]:
    names: dict[str, Name] = {}
    for name in _names(fields):
        names.setdefault(name.name, name)
    return tuple(names.values())


def _names(fields: Fields) -> Iterator[Name]:
    for entry in fields.all("100", "110", "111", "700", "710", "711", "720"):
        person = entry.tag[1:] in {"00", "20"}
        codes = "abc" if person else "abcnd"
        name = tidy(entry.text(codes))
        if not name:
            continue
        reading, romaji = fields.readings_of(entry)
        yield Name(
            name=name,
            reading=tidy(reading.text(codes)) if reading else "",
            role=tidy(", ".join(entry.all("e"))),
            romaji=tidy(romaji.text(codes)) if romaji else "",
            dates=tidy(entry.text("d")) if person else "",
        )


def _publisher_reading(fields: Fields) -> str:
    entry = fields.linked("260", "$1") or fields.linked("264", "$1")
    return _joined(entry.all("b")) if entry else ""


def _series(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    series: dict[str, None] = {}
    readings: dict[str, None] = {}
    traced = fields.all("490", "440") or fields.all("800", "810", "811", "830")
    for entry in traced:
        codes = "anpxv" if entry.tag in {"490", "440", "830"} else "tnpv"
        if text := tidy(" ".join(tidy(part) for part in entry.each(codes))):
            series[text] = None
        if reading := fields.readings_of(entry)[0]:
            readings[tidy(reading.text(codes))] = None
    return tuple(series), tuple(filter(None, readings))


def _isbns(fields: Fields) -> tuple[str, ...]:
    found = [isbn for entry in fields.all("020") for value in entry.all("a") for isbn in isbns_of(value)]
    return tuple(dict.fromkeys(found))


def _identifiers(fields: Fields, isbns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found: dict[tuple[str, str], None] = {("isbn", isbn): None for isbn in isbns if len(isbn) != 10}
    for value in (value for entry in fields.all("022") for value in entry.all("a")):
        if issn := issn_of(value):
            found["issn", issn] = None
    for entry in fields.all("015"):
        if entry.text("2").strip() == "jnb":
            found.update({("jpno", value.strip()): None for value in entry.all("a")})
    for entry in fields.all("024"):
        scheme = {"0": "isrc", "1": "upc", "2": "ismn", "3": "ean"}.get(entry.marks[0], "")
        scheme = scheme or entry.text("2").strip()[:10]
        if scheme:
            found.update({(scheme, value.strip()): None for value in entry.all("a")})
    for value in (value for entry in fields.all("010") for value in entry.all("a")):
        found["lccn", value.strip()] = None
    for value in (value for entry in fields.all("035") for value in entry.all("a")):
        if value.startswith("(OCoLC)"):
            found["oclc", value[7:].strip()] = None
        elif value.startswith("(JP-ToKJK)"):
            found["ncid", value[10:].strip()] = None
    return tuple((scheme, value) for scheme, value in found if value)


def _ndc(fields: Fields) -> tuple[str, ...]:
    """NDC numbers, the newest edition first."""
    found: list[tuple[str, str]] = []
    for entry in fields.all("084"):
        scheme = entry.text("2").strip()
        if scheme.startswith(("njb", "ndc")):
            edition = scheme.partition("/")[2].zfill(2)
            found += [(edition, value) for value in map(tidy, entry.all("a")) if value]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(dict.fromkeys(value for _edition, value in found))


def _other_classifications(fields: Fields) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for entry in fields.all("084"):
        scheme = entry.text("2").strip()
        if not scheme.startswith(("njb", "ndc")):
            found += [(scheme, tidy(value)) for value in entry.all("a")]
    found += [("ddc", tidy(value)) for entry in fields.all("082") for value in entry.all("a")]
    found += [("lcc", tidy(value)) for entry in fields.all("050") for value in entry.all("a")]
    return tuple(dict.fromkeys(pair for pair in found if pair[1]))


def _subjects(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    subjects: dict[str, None] = {}
    readings: dict[str, None] = {}
    for entry in fields.all("600", "610", "611", "630", "648", "650", "651", "653", "655"):
        if entry.tag == "655" and entry.text("2") == "ndltype":
            continue  # says what kind of thing it is, not what it is about
        heads = entry.all("a") if entry.tag == "653" else [entry.text("abcdnpqt")]
        below = list(map(tidy, entry.each("xyzv")))
        for head in map(tidy, heads):
            if head:
                subjects["--".join([head, *filter(None, below)])] = None
        if reading := fields.readings_of(entry)[0]:
            readings["--".join(filter(None, map(tidy, reading.each("abcdnpqtxyzv"))))] = None
    return tuple(subjects), tuple(filter(None, readings))


def _languages(fields: Fields) -> tuple[str, ...]:
    fixed = fields.control("008")
    found = [_clean_language(fixed[35:38])] if len(fixed) >= 38 else []
    for entry in fields.all("041"):
        for value in entry.each("ad"):
            compact = value.replace(" ", "")
            found += [_clean_language(compact[at : at + 3]) for at in range(0, len(compact), 3)]
    return tuple(dict.fromkeys(filter(None, found)))


def _clean_language(code: str) -> str:
    code = code.lower()
    plain = len(code) == 3 and code.isascii() and code.isalpha()
    return code if plain and code not in {"und", "zxx"} else ""


def _contents(fields: Fields) -> tuple[Part, ...]:
    parts: list[Part] = []
    for entry in fields.all("505"):
        if not entry.all("t"):
            parts += [Part(piece) for piece in map(tidy, entry.text("a").split(" -- ")) if piece]
            continue
        for code, value in entry.parts:
            text = tidy(value)
            if code == "t" and text:
                parts.append(Part(text))
            elif code == "r" and parts:
                parts[-1] = Part(parts[-1].title, text)
    return tuple(parts)


def _notes(fields: Fields) -> tuple[str, ...]:
    skip = {"505", "520", "506", "540", "541", "583"}
    found = []
    for entry in fields.between("500", "589"):
        if entry.tag not in skip:
            found.append(tidy(" ".join(value for code, value in entry.parts if code.isalpha())))
    return tuple(dict.fromkeys(filter(None, found)))


def _links(fields: Fields) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    for entry in fields.all("856"):
        for url in entry.all("u"):
            # Shown as a link by the pages: only what a browser may safely follow.
            if url.strip().lower().startswith(("http://", "https://")):
                label = _joined(entry.each("3yz"), " ")
                found.setdefault(url.strip(), Link(url.strip(), label))
    return tuple(found.values())


def _romaji(fields: Fields) -> tuple[str, ...]:
    found = [tidy(entry.text("abnpt")) for entry in fields.romaji]
    return tuple(dict.fromkeys(filter(None, found)))


def _joined(texts: list[str], glue: str = ", ") -> str:
    return glue.join(dict.fromkeys(filter(None, map(tidy, texts))))
