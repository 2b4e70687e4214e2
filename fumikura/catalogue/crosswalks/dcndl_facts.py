"""What stands in one dcndl:BibResource: its properties by name, their words and readings."""

import re
from collections import defaultdict

from lxml import etree

from fumikura.catalogue.crosswalks.terms import DRAFTED, LANGUAGE, term
from fumikura.catalogue.fields import tidy
from fumikura.catalogue.marc.building import Builder

RESOURCE = term("rdf:resource")
DATATYPE = term("rdf:datatype")
ABOUT = term("rdf:about")

Value = tuple[str, str, str]
"""What is said, its reading in katakana, its romaji."""


class Facts:
    """The properties of one resource by name, each with its values in order."""

    def __init__(self, resource: etree._Element) -> None:
        self.about = resource.get(ABOUT) or ""
        self._found: dict[str, list[etree._Element]] = defaultdict(list)
        for child in resource.iterchildren(etree.Element):
            self._found[str(child.tag)].append(child)
        self.identifiers: dict[str, list[str]] = defaultdict(list)
        for element in self.all("dcterms:identifier"):
            if text := text_of(element):
                self.identifiers[kind_of(element)].append(text)

    def all(self, name: str) -> list[etree._Element]:
        return self._found.get(term(name), [])

    def texts(self, name: str) -> list[str]:
        return [text for element in self.all(name) if (text := text_of(element))]

    def text(self, name: str) -> str:
        return next(iter(self.texts(name)), "")

    def values(self, name: str) -> list[Value]:
        return [found for element in self.all(name) if (found := value_of(element))[0]]

    def resources(self, name: str) -> list[str]:
        return [found for element in self.all(name) if (found := element.get(RESOURCE))]


def text_of(element: etree._Element) -> str:
    return " ".join((element.text or "").split())


def kind_of(element: etree._Element) -> str:
    """The last word of the datatype's address: ISBN, NDC9, W3CDTF."""
    return re.split(r"[/#]", element.get(DATATYPE) or "")[-1]


def value_of(element: etree._Element) -> Value:
    """The words of a value, plain or in an rdf:Description or foaf:Agent, with its readings."""
    said = text_of(element)
    for name in ("rdf:value", "foaf:name", "dcterms:title"):
        if (found := element.find(f".//{term(name)}")) is not None:
            said = text_of(found)
            break
    kana = romaji = ""
    for found in element.iterfind(f".//{term('dcndl:transcription')}"):
        text = text_of(found)
        if found.get(LANGUAGE) == DRAFTED:
            continue  # a machine's guess elsewhere: this house makes its own
        if text.isascii():
            romaji = romaji or text
        else:
            kana = kana or text
    return tidy(said), tidy(kana), tidy(romaji)


def read_field(made: Builder, tag: str, marks: str, value: Value, *more: tuple[str, str]) -> None:
    said, kana, romaji = value
    made.field(tag, marks, ("a", said), *more, reading=[("a", kana)], romaji=[("a", romaji)])
