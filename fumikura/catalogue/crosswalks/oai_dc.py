"""MARC 21 to simple Dublin Core (oai_dc), which every harvester understands."""

from xml.sax.saxutils import escape

from lxml import etree

from fumikura.catalogue.crosswalks.xmlwriting import Given, add, clean, content_from, document
from fumikura.catalogue.description import Description, description_of

NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_DC = "http://purl.org/dc/elements/1.1/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_HEAD = f'<oai_dc:dc xmlns:oai_dc="{NAMESPACE}" xmlns:dc="{_DC}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{NAMESPACE} {SCHEMA}">'
_RETURN = {"\r": "&#13;"}
TYPES = {
    "map": "Image", "score": "Text", "cd": "Sound", "daisy": "Sound", "dvd": "MovingImage", "video": "MovingImage",
    "other": "PhysicalObject",
}  # fmt: skip
"""Words of the DCMI Type Vocabulary; everything else is Text."""


def write_oai_dc(record: Given, *, about: str = "") -> bytes:
    """One oai_dc:dc document; `about` is the address of the record's page."""
    return document(oai_dc_element(record, about=about))


def oai_dc_element(record: Given, *, about: str = "") -> etree._Element:
    """The same as an element, for an envelope."""
    found = description_of(content_from(record))
    root = etree.Element(f"{{{NAMESPACE}}}dc", nsmap={"oai_dc": NAMESPACE, "dc": _DC, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {SCHEMA}")
    for name, text in _statements(found, about):
        if text:
            add(root, f"{{{_DC}}}{name}", text)
    return root


def oai_dc_text(record: Given, *, about: str = "") -> str:
    """The same as text, for lists of hundreds: the writing without a tree of elements."""
    said = _statements(description_of(content_from(record)), about)
    parts = [f"<dc:{name}>{escape(clean(text), _RETURN)}</dc:{name}>" for name, text in said if text]
    return f"{_HEAD}{''.join(parts)}</oai_dc:dc>"


def _statements(found: Description, about: str) -> list[tuple[str, str]]:
    title = " : ".join(filter(None, (found.title, found.subtitle)))
    said = [("title", " ".join(filter(None, (title, found.volume, found.part_title))))]
    said += [("title", other) for other in found.other_titles]
    said += [("creator", name.name) for name in found.creators] or [("creator", found.responsibility)]
    said += [("subject", subject) for subject in found.subjects]
    said += [("subject", f"NDC:{number}") for number in found.ndc]
    said += [("description", text) for text in (found.summary, *found.notes)]
    said += [("publisher", found.publisher), ("date", str(found.year) if found.year else found.published)]
    said += [("type", TYPES.get(found.kind, "Text")), ("format", found.extent)]
    said += [("identifier", about)]
    said += [("identifier", f"{scheme.upper()}:{value}") for scheme, value in found.identifiers]
    said += [("identifier", link.url) for link in found.links]
    said += [("language", code) for code in found.languages]
    return said + [("relation", series) for series in found.series]
