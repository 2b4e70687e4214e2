"""Many records at once: first what would change, then the change, then the way back."""

import pytest
from django.test import Client

from fumikura.catalogue.marc.iso2709 import decode
from fumikura.catalogue.models import BatchEdit, BibliographicRecord
from tests.web.cataloguing.conftest import form_of, saved

pytestmark = pytest.mark.django_db
LOCAL = {"kind-0": "add-field", "text-0": "590 ## $a水瀬市ゆかり"}


def notes(record: BibliographicRecord) -> tuple[str, ...]:
    record.refresh_from_db()
    return tuple(entry.text("a") for entry in decode(bytes(record.marc)).content.entries if entry.tag == "590")


def test_the_change_is_seen_made_and_taken_back(sano: Client) -> None:
    one, two, other = saved("1"), saved("2"), saved("3")
    page = sano.post("/cataloguing/batch", {"ids": f"{one.pk}\n{two.pk} 999", **LOCAL}).content.decode()
    assert "選んだ 2 件のうち 2 件が変わります" in page and "590 ## $a水瀬市ゆかり" in page and "999" in page
    assert notes(one) == () and not BatchEdit.objects.exists()
    form = form_of(page.partition('id="preview"')[2], "/cataloguing/batch")
    answer = sano.post("/cataloguing/batch", form)
    assert answer.status_code == 302 and sano.post("/cataloguing/batch", form).status_code == 302
    assert BatchEdit.objects.count() == 1
    assert notes(one) == notes(two) == ("水瀬市ゆかり",) and notes(other) == ()
    done = sano.get(answer.headers["Location"]).content.decode()
    assert "2 件を直しました" in done
    action = f"/cataloguing/batch/{BatchEdit.objects.get().pk}/undo"
    assert "2 件をもとに戻しました" in sano.post(action, form_of(done, action)).content.decode()
    assert notes(one) == ()
    assert "取り消し済み" in sano.get("/cataloguing/batch").content.decode()


def test_records_are_named_by_isbn_too(sano: Client) -> None:
    record = saved()
    page = sano.post("/cataloguing/batch", {"ids": "978-4-10-101013-7", **LOCAL}).content.decode()
    assert record.title in page and "選んだ 1 件のうち 1 件" in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"ids": "", **LOCAL}, "対象の書誌がありません"),
        ({"ids": "1"}, "どう直すかを"),
        (
            {"ids": "1", "kind-0": "replace", "tag-0": "650", "code-0": "a", "find-0": "(", "pattern-0": "on"},
            "正規表現",
        ),
        ({"ids": "1", "kind-0": "delete-field", "tag-0": "x"}, "3けた"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_form_stays_filled(sano: Client, form: dict, words: str) -> None:
    answer = sano.post("/cataloguing/batch", form)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert all(f'value="{text}"' in page or text in page for text in form.values())


def test_a_change_that_touches_nothing_is_said(sano: Client) -> None:
    form = {"ids": str(saved().pk), "kind-0": "delete-field", "tag-0": "999"}
    assert "1 件のうち 0 件が変わります" in sano.post("/cataloguing/batch", form).content.decode()
    assert "直すところがありませんでした" in sano.post("/cataloguing/batch", {**form, "act": "do"}).content.decode()
