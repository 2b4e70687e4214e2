"""The published table is no wish: every row names tests that are there, and the pages have the frame that several rows stand on."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from django.test import Client
from lxml import html

from fumikura.catalogue.models import BibliographicRecord
from fumikura.web.opac.criteria import criteria

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
PAGES = (
    "/",
    "/search?q=こころ",
    "/search/advanced",
    "/titles/{0}",
    "/ndc/",
    "/lists/",
    "/hours",
    "/help",
    "/accessibility",
    "/join/",
    "/sign-in",
)


def test_the_list_is_whole() -> None:
    rows = criteria()
    jis = Counter(one.level for one in rows if one.is_in_jis)
    wcag = Counter(one.level for one in rows if one.is_in_wcag)
    assert jis == {"A": 25, "AA": 13}
    assert wcag == {"A": 31, "AA": 24}
    assert all(one.tests or one.none_en for one in rows)


def test_every_test_that_a_row_names_is_there() -> None:
    named = {test for one in criteria() for test in one.tests}
    gone = []
    for test in named:
        path, _colons, function = test.partition("::")
        there = ROOT / path
        if not there.exists() or not re.search(rf"^def {function}\(", there.read_text(), re.MULTILINE):
            gone.append(test)
    assert gone == []


def test_the_table_is_read_in_two_languages(client: Client) -> None:
    page = client.get("/accessibility").content.decode()
    assert "1.4.10 リフロー" in page and "JIS X 8341-3:2016 の38項目、WCAG 2.2 の55項目" in page and "該当なし" in page
    page = client.get("/accessibility", headers={"accept-language": "en"}).content.decode()
    assert "1.4.10 Reflow" in page and "Nothing to apply to" in page


def test_every_page_has_its_landmarks_one_heading_and_a_title_of_its_own(
    client: Client, library: list[BibliographicRecord]
) -> None:
    titles, menus = [], set()
    for address in PAGES:
        tree = html.document_fromstring(client.get(address.format(library[0].pk)).content.decode())
        titles.append(tree.findtext(".//title"))
        menus.add(tuple(tree.xpath("//header//nav//a/@href")))
        assert len(tree.xpath("//main")) == len(tree.xpath("//h1")) == 1, address
        assert tree.xpath("//header") and tree.xpath("//footer") and tree.get("lang"), address
        levels = [int(one.tag[1]) for one in tree.xpath("//h1|//h2|//h3|//h4")]
        assert all(after - before <= 1 for before, after in pairwise(levels)), (address, levels)
        assert "/help" in tree.xpath("//header//nav//a/@href"), address
    assert len(set(titles)) == len(PAGES) and len(menus) == 1
