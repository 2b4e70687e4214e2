"""The advanced form writes what a reader could have typed; the feed and the ways out of an empty list."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from fumikura.catalogue.models import BibliographicRecord
from fumikura.web.opac.addresses import Search

Library = list[BibliographicRecord]
pytestmark = pytest.mark.django_db(transaction=True)


def asked(**form: str | list[str]) -> dict[str, list[str]]:
    """Where the form leads, as what the address says."""
    answer = Client().get("/search/advanced", {"go": "1", **form})
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer["Location"]).query)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({"words1": "漱石 こころ"}, "漱石 こころ"),
        ({"words2": "吾輩は 猫", "mode2": "phrase"}, '書名:"吾輩は 猫"'),
        ({"words3": "漱石 鴎外", "mode3": "any"}, "(著者:漱石 OR 著者:鴎外)"),
        ({"words1": "こころ", "words4": "映画 演劇", "mode4": "none"}, "こころ -件名:映画 -件名:演劇"),
        ({"words1": "  ", "field1": "無い項目:", "words2": "心", "mode2": "無い方法"}, "書名:心"),
    ],
)
def test_the_rows_become_one_line_for_the_box(form: dict[str, str], text: str) -> None:
    assert asked(**form)["q"] == [text]


def test_conditions_become_filters_of_the_address() -> None:
    found = asked(**{"from": "１９９０", "to": "2005", "kind": ["book", "comic"], "available": "*", "sort": "loans"})
    assert found == {"year": ["1990-2005"], "kind": ["book", "comic"], "available": ["*"], "sort": ["loans"]}


def test_an_empty_form_says_what_to_do() -> None:
    html = Client().get("/search/advanced", {"go": "1"}).content.decode()
    assert "まだ何も書かれていません" in html


def test_what_was_in_the_box_stands_in_the_first_row() -> None:
    assert 'value="漱石"' in Client().get("/search/advanced", {"words": "漱石"}).content.decode()


def test_the_form_finds_what_it_says(library: Library) -> None:
    answer = Client().get("/search/advanced", {"go": "1", "words3": "漱石", "to": "1950"}, follow=True)
    html = answer.content.decode()
    assert "三四郎" in html
    assert "坊っちゃん" not in html


def test_a_search_is_a_feed_of_what_came_new(library: Library) -> None:
    answer = Client().get("/search.rss", {"q": "三四郎"})
    assert answer["Content-Type"].startswith("application/rss+xml")
    assert answer.content.decode().count("<item>") == 1
    assert not Client().cookies
    assert Client().get("/search.rss").status_code == 302
    atom = Client().get("/search.atom", {"q": "三四郎"})
    assert atom["Content-Type"].startswith("application/atom+xml")
    assert atom.content.decode().count("<entry>") == 1 and "<updated>" in atom.content.decode()


def test_without_an_index_the_feed_asks_to_come_again(index: None) -> None:
    assert Client().get("/search.rss", {"q": "漱石"}).status_code == 503


def test_nothing_found_leads_to_the_national_library_and_to_neighbours(
    library: Library, settings, tmp_path: Path
) -> None:
    html = Client().get("/search", {"q": "ゾウリムシ"}).content.decode()
    assert "https://ndlsearch.ndl.go.jp/search?cs=bib&amp;keyword=%E3%82%BE" in html
    settings.HOME = tmp_path
    (tmp_path / "elsewhere.toml").write_text(
        '[[place]]\nname = "となりの図書館"\naddress = "https://library.example/?q={words}"\n'
        '[[place]]\nname = "いたずら"\naddress = "javascript:alert(1)"\n',
        encoding="utf-8",
    )
    html = Client().get("/search", {"q": "ゾウリムシ"}).content.decode()
    assert 'href="https://library.example/?q=%E3%82%BE' in html
    assert "javascript:" not in html
    assert "ndlsearch" not in html


def test_classes_are_a_tree_to_walk_down_and_up(library: Library) -> None:
    client = Client()
    top = client.get("/search", {"q": "漱石"}).content.decode()
    assert "ndc=9" in top
    below = client.get("/search", {"q": "漱石", "ndc": "9"}).content.decode()
    assert "ndc=91" in below
    assert "910 日本の文学" in below
    assert "ndc=913" in client.get("/search", {"q": "漱石", "ndc": "91"}).content.decode()


def test_a_facet_shows_what_else_there_is(library: Library) -> None:
    html = Client().get("/search", {"q": "漱石", "site": "KITA"}).content.decode()
    assert "site=KITA&amp;site=CHUO" in html


def test_the_words_asked_for_are_marked(library: Library) -> None:
    html = Client().get("/search", {"q": "図書館"}).content.decode()
    assert "電子<mark>圖書舘</mark>の研究" in html


def test_the_years_of_the_form_are_one_filter() -> None:
    from django.http import QueryDict

    read = Search.read(QueryDict("q=a&from=1990&to=&kind=book"))
    assert read.filters == (("kind", "book"), ("year", "1990-"))
    assert read.years_chosen == ("1990", "")
    assert Search.read(QueryDict("from=abc&to=20")).is_empty
