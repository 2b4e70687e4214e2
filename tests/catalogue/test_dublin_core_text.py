"""Dublin Core written as text is what the tree of elements would have been written as."""

import pytest
from lxml import etree

from fumikura.catalogue.crosswalks.oai_dc import oai_dc_element, oai_dc_text
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.catalogue.marc.marcxml import element_text
from tests.catalogue.records import kokoro_bytes


@pytest.mark.parametrize("title", ["こころ", "a & b < c > \" ' \r d", "x\x0by"])
def test_text_and_tree_are_the_same(title: str) -> None:
    marc, about = kokoro_bytes("1", title), "http://town.example/titles/1?a=1&b=2"
    tree = etree.tostring(oai_dc_element(marc, about=about), encoding="unicode")
    assert oai_dc_text(marc, about=about) == tree


@pytest.mark.parametrize("text", ["plain", "a & b", "a < b", "a > b", "a\rb", "a\x0bb", 'quoted "', "𠮷"])
def test_marcxml_holds_what_was_said_whatever_xml_thinks_of_it(text: str) -> None:
    content = Content("00000nam a2200000 i 4500", [Entry("245", '1"', [("a", text), ("b", "plain")])])
    read = etree.fromstring(element_text(content))
    assert [part.text for part in read.iter("subfield")] == [text.replace("\x0b", ""), "plain"]
    assert read.find("datafield").get("ind2") == '"'
