"""よみの下書き: 佐野さん confirms by the button, in bulk, all of one writing, passes over, and takes back."""

import re

import pytest
from django.test import Client

from fumikura.catalogue.models import BibliographicRecord, Reading
from fumikura.catalogue.services import draft_readings
from tests import cast
from tests.catalogue.test_readings import saved
from tests.web.cataloguing.conftest import form_of
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
PAGE = "/cataloguing/readings/"


@pytest.fixture
def books() -> list[BibliographicRecord]:
    found = [saved("1", "東京の夏"), *(saved(str(n), "年報", f"水瀬市{n}課") for n in (2, 3, 4))]
    draft_readings(records=[row.pk for row in found], by=cast.SYSTEM, at=cast.AT)
    return found


@pytest.fixture
def sano(client: Client) -> Client:
    cast.chuo()
    return enter(client, cast.staff("sano", "catalogue.save", "catalogue.confirm-readings"))


def reading_of(book: BibliographicRecord) -> Reading:
    return Reading.objects.get(record=book)


def send(client: Client, act: str, **fields: object):
    page = client.get(PAGE, {"kind": "title"}).content.decode()
    form = {**form_of(page, PAGE + '" data-readings'), "act": act, **fields}
    return client.post(PAGE, {name: value for name, value in form.items() if name != "pick" or "pick" in fields})


def drafts_left() -> int:
    return BibliographicRecord.objects.filter(reading_is_draft=True).count()


def test_the_list_says_how_far_it_is_and_marks_the_likely_from_the_doubtful(sano: Client, books) -> None:
    page = sano.get(PAGE).content.decode()
    assert "東京の夏" in page and "トウキョウ ノ ナツ" in page and "同じ字の 2 件も" in page
    assert "夏目, 漱石" in page
    only_titles = sano.get(PAGE, {"kind": "title"}).content.decode()
    assert "夏目, 漱石 の読み" not in only_titles


def test_one_row_is_mended_and_confirmed_and_taken_back(sano: Client, books) -> None:
    row = reading_of(books[0])
    answer = send(sano, f"one:{row.pk}", **{f"text-{row.pk}": "とうけい の なつ"})
    books[0].refresh_from_db()
    assert (books[0].reading, books[0].reading_is_draft) == ("トウケイ ノ ナツ", False)
    page = sano.get(answer["Location"]).content.decode()
    assert "1 件の読みを確かめました。" in page
    sano.post(f"{PAGE}undo", form_of(page, f"{PAGE}undo"))
    books[0].refresh_from_db()
    assert (books[0].reading, books[0].reading_is_draft) == ("トウキョウ ノ ナツ", True)


def test_what_was_picked_is_confirmed_at_once(sano: Client, books) -> None:
    send(sano, "confirm", pick=[str(reading_of(book).pk) for book in books[:3]])
    assert drafts_left() == 1


def test_all_of_one_writing_are_confirmed_with_one_button_and_undone_with_one(sano: Client, books) -> None:
    row = reading_of(books[1])
    answer = send(sano, f"same:{row.pk}", **{f"text-{row.pk}": "ネンポウ"})
    assert drafts_left() == 1
    page = sano.get(answer["Location"]).content.decode()
    sano.post(f"{PAGE}undo", form_of(page, f"{PAGE}undo"))
    assert drafts_left() == 4


def test_what_is_passed_over_comes_last(sano: Client, books) -> None:
    row = reading_of(books[0])
    answer = send(sano, f"pass:{row.pk}")
    page = sano.get(answer["Location"]).content.decode()
    assert "1 件をあとにしました" in page and "あとにしたもの" in page
    order = [int(pk) for pk in re.findall(r'data-reading="(\d+)"', page)]
    assert order[-1] == row.pk


def test_kanji_in_a_reading_is_refused_and_what_was_typed_stays(sano: Client, books) -> None:
    row = reading_of(books[0])
    answer = send(sano, f"one:{row.pk}", **{f"text-{row.pk}": "トウキョウ ノ 夏"})
    assert answer.status_code == 422
    assert "カタカナかひらがなに直して" in answer.content.decode() and "トウキョウ ノ 夏" in answer.content.decode()
    assert drafts_left() == 4


def test_sent_twice_it_is_done_once(sano: Client, books) -> None:
    row = reading_of(books[0])
    form = {"act": f"one:{row.pk}", f"text-{row.pk}": "トウケイ", "request_key": "k1"}
    headers = {"accept": "application/json"}
    first = sano.post(PAGE, form, headers=headers).json()
    again = sano.post(PAGE, {**form, f"text-{row.pk}": "ナニカ"}, headers=headers).json()
    assert first["readings"] == again["readings"] == [row.pk]
    books[0].refresh_from_db()
    assert books[0].reading == "トウケイ"


def test_who_may_not_confirm_sees_no_such_page(client: Client) -> None:
    cast.chuo()
    kimura = enter(client, cast.staff("kimura", "catalogue.save"))
    assert kimura.get(PAGE).status_code == 403


def test_with_nothing_to_confirm_the_page_says_so(sano: Client) -> None:
    assert "確かめる下書きはありません" in sano.get(PAGE).content.decode()


def test_readers_see_that_a_reading_is_a_draft(client: Client, books) -> None:
    assert "よみは下書き" in client.get(f"/titles/{books[0].pk}").content.decode()
