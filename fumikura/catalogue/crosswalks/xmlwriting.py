"""Writing small XML documents: elements with text, without what XML cannot hold and without empty ones."""

import re

from lxml import etree
from pymarc import Record

from fumikura.catalogue.marc.content import Content, content_of
from fumikura.catalogue.marc.iso2709 import decode

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Given = Record | Content | bytes
"""A record as the rooms hand it over: pymarc's, plain tuples, or ISO 2709."""


def content_from(record: Given) -> Content:
    """Raises Faulty when bytes are no record."""
    if isinstance(record, bytes):
        return decode(record).content
    return record if isinstance(record, Content) else content_of(record)


def add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """A child with text; attributes as lxml names them."""
    child = etree.SubElement(parent, name, {key: clean(value) for key, value in attributes.items()})
    if text:
        child.text = clean(text)
    return child


def clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def document(root: etree._Element) -> bytes:
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
