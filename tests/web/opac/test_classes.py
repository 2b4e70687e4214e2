"""Walking down the classes."""

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
    assert "これより細かい分類の名前は" in page("/ndc/913.6")


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
