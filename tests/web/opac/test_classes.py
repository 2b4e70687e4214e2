"""Walking down the classes."""

import re

import pytest
from django.test import Client

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import load_class_labels
from tests.cast import AT, SYSTEM
from tests.web.opac.cast import title

pytestmark = pytest.mark.django_db


def page(path: str, **headers: str) -> str:
    answer = Client().get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_the_ten_classes_down_to_the_books(library: list[BibliographicRecord]) -> None:
    load_class_labels('{"ndc9:913": "小説", "ndc9:913.6": "近いころ"}'.encode(), by=SYSTEM, at=AT)
    first = page("/ndc/")
    assert 'href="/ndc/9"' in first and '<span class="num soft">3</span>' in first
    assert 'href="/ndc/91"' in page("/ndc/9") and 'href="/ndc/913"' in page("/ndc/91")
    below = page("/ndc/913")
    assert "913.6" in below and "近いころ" in below and "3件を見る" in below and "日本の文学" in below
    assert "ndc=913" in below
    assert "これより細かく分けた本は" in page("/ndc/913.6")


def shown_below(path: str) -> list[str]:
    return re.findall(r'<li><div><a href="/ndc/([0-9.]+)"', page(path))


def test_a_class_that_has_books_and_no_name_is_shown_by_its_number(library: list[BibliographicRecord]) -> None:
    assert shown_below("/ndc/91") == ["913"] and shown_below("/ndc/913") == ["913.6"]
    load_class_labels('{"ndc9:914": "随筆", "ndc9:913.9": "名だけ"}'.encode(), by=SYSTEM, at=AT)
    assert shown_below("/ndc/91") == ["913", "914"] and shown_below("/ndc/913") == ["913.6", "913.9"]


def test_the_finer_classes_of_a_whole_division_stand_below_it(library: list[BibliographicRecord]) -> None:
    assert shown_below("/ndc/01") == ["010.4"] and shown_below("/ndc/010.4") == []
    assert 'href="/ndc/01"' in page("/ndc/010.4") and 'href="/ndc/010"' not in page("/ndc/010.4")


def test_a_class_without_books_says_so_instead_of_offering_none() -> None:
    empty = page("/ndc/913")
    assert "この分類の本は、いまありません" in empty and "件を見る" not in empty


def test_a_class_has_one_address_and_what_is_none_is_404() -> None:
    for printed, tidied in [("910", "91"), ("900", "9"), ("913.6%2Fナ", "913.6")]:
        answer = Client().get(f"/ndc/{printed}")
        if answer.status_code != 404:
            assert (answer.status_code, answer.headers["Location"]) == (301, f"/ndc/{tidied}")
    assert Client().get("/ndc/こころ").status_code == 404
    assert Client().get("/ndc/" + "9" * 50).status_code == 404


def test_in_english_the_classes_speak_english() -> None:
    assert "Literature of Japan" in page("/ndc/9", **{"accept-language": "en"})


def test_a_title_says_its_class_in_words() -> None:
    book = title()
    assert "日本の文学" in page(f"/titles/{book.pk}")
    load_class_labels('{"ndc9:913.6": "近いころ"}'.encode(), by=SYSTEM, at=AT)
    shown = page(f"/titles/{book.pk}")
    assert "近いころ" in shown and 'href="/ndc/913.6"' in shown
