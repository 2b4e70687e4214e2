"""Answers of ILS-DI as XML: elements named by their words, empty ones left out; availability in the namespace of the DLF."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from django.http import HttpResponse
from django.utils.translation import get_language
from lxml import etree

from fumikura.catalogue.crosswalks.xmlwriting import clean
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused

DLF: Final = "http://diglib.org/ilsdi/1.1"

Node: TypeAlias = "str | int | Mapping[str, Node] | Sequence[Node]"
"""A text or number, elements by name, or the same element several times."""


class Told(Exception):
    """What ends a service early: a code of ILS-DI, and a sentence for people."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.body: Mapping[str, Node] = {"code": code, "message": message}


def said(service: str, body: Mapping[str, Node]) -> HttpResponse:
    root = etree.Element(service)
    _fill(root, body)
    return answered(root)


def answered(root: etree._Element) -> HttpResponse:
    """Always 200, as clients of this protocol expect: what went wrong is in `code`. Kept by no cache."""
    text = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    response = HttpResponse(text, content_type="text/xml; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def sentence_of(refused: Refused) -> str:
    """Everything that speaks against it, in the language asked for."""
    return " ".join(words(reason, get_language() or "ja")[0] for reason in refused.reasons)


def dlf(parent: etree._Element | None, name: str, text: str = "", **attributes: str) -> etree._Element:
    """An element of availability; a root when it has no parent."""
    if parent is None:
        return etree.Element(f"{{{DLF}}}{name}", nsmap={"dlf": DLF})
    added = etree.SubElement(parent, f"{{{DLF}}}{name}", attributes)
    added.text = clean(text) or None
    return added


def _fill(parent: etree._Element, body: Mapping[str, Node]) -> None:
    for name, node in body.items():
        many = [node] if isinstance(node, str | int | Mapping) else node
        for one in many:
            if isinstance(one, Mapping):
                _fill(etree.SubElement(parent, name), one)
            elif one != "":
                etree.SubElement(parent, name).text = clean(str(one))
