"""MARC 21 to MODS 3.8, with the readings as transliterated titles and names."""

from lxml import etree

from fumikura.catalogue.crosswalks.xmlwriting import Given, add, content_from, document
from fumikura.catalogue.description import Description, Name, description_of
from fumikura.catalogue.fields import Fields

NAMESPACE = "http://www.loc.gov/mods/v3"
SCHEMA = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TYPES = {
    "map": "cartographic", "score": "notated music", "cd": "sound recording", "daisy": "sound recording-nonmusical",
    "dvd": "moving image", "video": "moving image", "other": "mixed material",
}  # fmt: skip
_AUDIENCES = {"child": "juvenile", "young-adult": "adolescent", "general": "general"}


HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<modsCollection xmlns="{NAMESPACE}">\n'
TAIL = "</modsCollection>\n"


def element_text(record: Given) -> bytes:
    """One record, to stand between HEAD and TAIL."""
    root = mods_element(record)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=False) + b"\n"


def write_mods(record: Given, *, about: str = "") -> bytes:
    """One mods document; `about` is the address of the record's page."""
    return document(mods_element(record, about=about))


def mods_element(record: Given, *, about: str = "") -> etree._Element:
    """The same as an element, for an envelope."""
    content = content_from(record)
    found, fields = description_of(content), Fields(content)
    root = etree.Element(
        _tag("mods"),
        nsmap={None: NAMESPACE, "xsi": _XSI},  # type: ignore[dict-item]  # lxml-stubs forget the default namespace
        version="3.8",
    )
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {SCHEMA}")
    _titles(root, found)
    for name in found.creators:
        _name(root, name)
    _text(root, "typeOfResource", _TYPES.get(found.kind, "text"))
    _origin(root, found)
    for code in found.languages:
        _text(add(root, _tag("language")), "languageTerm", code, type="code", authority="iso639-2b")
    if found.extent:
        _text(add(root, _tag("physicalDescription")), "extent", found.extent)
    _contents(root, found)
    _text(root, "identifier", about, type="uri")
    for scheme, value in found.identifiers:
        _text(root, "identifier", value, type=scheme)
    for link in found.links:
        location = add(root, _tag("location"))
        _text(location, "url", link.url, **({"displayLabel": link.label} if link.label else {}))
    info = add(root, _tag("recordInfo"))
    source = fields.control("003").strip()
    _text(info, "recordIdentifier", fields.control("001").strip(), **({"source": source} if source else {}))
    return root


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    if text:
        add(parent, _tag(name), text, **attributes)


def _titles(root: etree._Element, found: Description) -> None:
    info = add(root, _tag("titleInfo"), altRepGroup="title")
    for name, text in (
        ("title", found.title), ("subTitle", found.subtitle), ("partNumber", found.volume), ("partName", found.part_title)
    ):  # fmt: skip
        _text(info, name, text)
    for title, subtitle, how in (
        (found.title_reading, found.subtitle_reading, "katakana"),
        (found.title_romaji, "", "romaji"),
    ):
        if title:
            read = add(root, _tag("titleInfo"), altRepGroup="title", transliteration=how)
            _text(read, "title", title)
            _text(read, "subTitle", subtitle)
    for other in found.other_titles:
        _text(add(root, _tag("titleInfo"), type="alternative"), "title", other)


def _name(root: etree._Element, name: Name) -> None:
    element = add(root, _tag("name"))
    _text(element, "namePart", name.name)
    _text(element, "namePart", name.dates, type="date")
    if name.reading:
        variant = add(element, _tag("alternativeName"), altType="transliteration")
        _text(variant, "namePart", name.reading)
    _text(add(element, _tag("role")), "roleTerm", name.role or "creator", type="text")


def _origin(root: etree._Element, found: Description) -> None:
    origin = add(root, _tag("originInfo"))
    if found.place:
        _text(add(origin, _tag("place")), "placeTerm", found.place, type="text")
    _text(origin, "publisher", found.publisher)
    _text(origin, "dateIssued", found.published)
    if found.year:
        _text(origin, "dateIssued", str(found.year), encoding="w3cdtf", keyDate="yes")
    _text(origin, "edition", found.edition)


def _contents(root: etree._Element, found: Description) -> None:
    _text(root, "abstract", found.summary)
    _text(
        root,
        "tableOfContents",
        " -- ".join(" / ".join(filter(None, (part.title, part.responsibility))) for part in found.contents),
    )
    _text(root, "targetAudience", _AUDIENCES.get(found.audience, ""))
    for note in found.notes:
        _text(root, "note", note)
    for subject in found.subjects:
        topics = add(root, _tag("subject"))
        for topic in subject.split("--"):
            _text(topics, "topic", topic)
    for number in found.ndc:
        _text(root, "classification", number, authority="njb")
    for scheme, number in found.classifications:
        _text(root, "classification", number, authority=scheme)
    for series in found.series:
        _text(add(add(root, _tag("relatedItem"), type="series"), _tag("titleInfo")), "title", series)
