"""The editor: one record as a form and as MARC, nothing lost on the way between them, two people, and the way back."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from fumikura.catalogue.description import describe
from fumikura.catalogue.models import BibliographicRecord, RecordVersion, UnsavedEdit
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.web.cataloguing.conftest import form_of, saved
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


def opened(client: Client, path: str) -> dict[str, str]:
    page = client.get(path).content.decode()
    form = form_of(page, "/cataloguing/edits/")
    key = page.partition('action="/cataloguing/edits/')[2].partition('"')[0]
    return {**form, "key": key}


def send(client: Client, form: dict[str, str], act: str = "save", **boxes: str):
    facts = {name: value for name, value in form.items() if name != "key"}
    facts |= {name.replace("_", "-"): value for name, value in boxes.items()}
    return client.post(f"/cataloguing/edits/{form['key']}", {**facts, "act": act})


def description(record: BibliographicRecord):
    record.refresh_from_db()
    return describe(bytes(record.marc))


def test_a_reading_is_mended_in_the_form_and_the_rest_of_the_record_stays(sano: Client) -> None:
    record = saved()
    answer = send(sano, opened(sano, f"/cataloguing/records/{record.pk}"), title_0_a_kana="ココロ ノ ホン")
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"/records/{record.pk}?saved=1")
    assert description(record).title_reading == "ココロ ノ ホン"
    assert description(record).series == ("漱石文庫 3",)
    assert "保存しました" in sano.get(answer.headers["Location"]).content.decode()


def test_changing_the_view_keeps_what_is_not_saved(sano: Client) -> None:
    record = saved()
    form = opened(sano, f"/cataloguing/records/{record.pk}")
    marc = send(sano, form, "show-marc", edition_0_a="改版").content.decode()
    assert "250 ## $a改版" in marc and "$a改版" not in str(RecordVersion.objects.all())
    back = form_of(marc, "/cataloguing/edits/") | {"key": form["key"]}
    back["text"] = back["text"].replace("$a改版", "$a第2版")
    shown = send(sano, back, "show-form").content.decode()
    assert 'value="第2版"' in shown
    assert description(record).edition == ""
    send(sano, form_of(shown, "/cataloguing/edits/") | {"key": form["key"]})
    assert description(record).edition == "第2版"
    assert not UnsavedEdit.objects.exists()


def test_a_line_that_cannot_be_read_keeps_the_marc_view_and_stops_the_saving(sano: Client) -> None:
    record = saved()
    form = opened(sano, f"/cataloguing/records/{record.pk}?view=marc")
    form["text"] += "\nただの文"
    assert "まだフォームにできません" in send(sano, form, "show-form").content.decode()
    answer = send(sano, form)
    page = answer.content.decode()
    assert answer.status_code == 422 and "ただの文" in page and "フィールドとして読めません" in page
    assert not RecordVersion.objects.exists()


def test_a_new_book_from_its_template_is_saved_and_found_by_its_number(sano: Client) -> None:
    form = opened(sano, "/cataloguing/new/picture-book")
    boxes = {"title_0_a": "かわのうた", "title_0_a_kana": "カワ ノ ウタ", "name_0_a": "水野, 花子", "name_0_e": "絵"}
    answer = send(sano, form, **boxes)
    record = BibliographicRecord.objects.get()
    assert str(record.pk) in answer.headers["Location"]
    assert (record.kind, record.title, record.reading, record.ndc) == (
        "picture-book",
        "かわのうた",
        "カワ ノ ウタ",
        "726.6",
    )
    again = send(sano, form, **boxes)
    assert again.status_code == 302 and BibliographicRecord.objects.count() == 1


def test_without_a_title_nothing_is_saved_and_nothing_is_lost(sano: Client) -> None:
    form = opened(sano, "/cataloguing/new/book")
    answer = send(sano, form, note_0_a="寄贈本")
    page = answer.content.decode()
    assert answer.status_code == 422 and "書名がありません" in page and 'value="寄贈本"' in page
    assert 'href="#title-0-a"' in page
    assert UnsavedEdit.objects.get().text.endswith("500 ## $a寄贈本")


def test_what_is_typed_is_kept_at_each_pause_and_comes_back(sano: Client) -> None:
    record = saved()
    form = opened(sano, f"/cataloguing/records/{record.pk}")
    facts = {name: value for name, value in form.items() if name != "key"} | {"isbn-0-a": "4-10-101013-8"}
    told = sano.post(f"/cataloguing/edits/{form['key']}/keep", facts).content.decode()
    assert "検査数字が合いません" in told and "書きかけを控えました" in told
    again = sano.get(f"/cataloguing/records/{record.pk}").content.decode()
    assert "保存していない書きかけがあります" in again and 'value="4-10-101013-7"' in again
    resumed = sano.get(f"/cataloguing/edits/{form['key']}").content.decode()
    assert 'value="4-10-101013-8"' in resumed
    assert "こころ" in sano.get("/cataloguing/").content.decode()
    assert send(sano, form, "discard").status_code == 302
    assert sano.get(f"/cataloguing/edits/{form['key']}").status_code == 404


def test_fields_copied_elsewhere_are_pasted_into_the_form(sano: Client) -> None:
    form = opened(sano, f"/cataloguing/records/{saved().pk}")
    page = send(sano, form, "paste", paste="=650  \\7$a友情$2ndlsh\nこれは違う").content.decode()
    assert 'value="友情"' in page and "読めない行がありました" in page and "これは違う" in page


def test_two_people_are_shown_both_changes_and_can_bring_them_together(sano: Client) -> None:
    record = saved()
    mine = opened(sano, f"/cataloguing/records/{record.pk}")
    kimura = enter(Client(), cast.staff("kimura", "catalogue.save"))
    send(kimura, opened(kimura, f"/cataloguing/records/{record.pk}"), extent_0_c="21cm")
    answer = send(sano, mine, imprint_0_c="1914.10")
    page = answer.content.decode()
    assert answer.status_code == 409 and "21cm" in page and "1914.10" in page
    both = form_of(page, "/cataloguing/edits/") | {"key": mine["key"]}
    together = send(sano, both, "merge").content.decode()
    assert "二人の直しを合わせました" in together
    send(sano, form_of(together, "/cataloguing/edits/") | {"key": mine["key"]})
    assert "21cm" in description(record).extent and description(record).published == "1914.10"


def test_the_history_says_who_changed_what_and_leads_back(sano: Client) -> None:
    record = saved()
    send(sano, opened(sano, f"/cataloguing/records/{record.pk}"), title_0_a="こゝろ")
    page = sano.get(f"/cataloguing/records/{record.pk}/history").content.decode()
    assert "sano" in page and "<ins>" in page and "こゝろ" in page
    action = f"/cataloguing/records/{record.pk}/history/1"
    answer = sano.post(action, form_of(page, action))
    assert "前の版に戻しました" in sano.get(answer.headers["Location"]).content.decode()
    assert description(record).title == "こころ"


def test_names_subjects_and_classes_are_offered_with_what_belongs_to_them(sano: Client) -> None:
    saved()
    name = sano.get("/cataloguing/look-ups/headings?q=なつめ").json()["found"][0]
    assert (name["text"], name["reading"], name["dates"]) == ("夏目, 漱石", "ナツメ, ソウセキ", "1867-1916")
    subject = sano.get("/cataloguing/look-ups/subjects?q=書簡").json()["found"][0]
    assert (subject["text"], subject["reading"]) == ("書簡文学", "ショカン ブンガク")
    classes = sano.get("/cataloguing/look-ups/classes?q=91").json()["found"]
    assert {"913.6", "910"} <= {one["text"] for one in classes} and all(one["note"] for one in classes)
    assert sano.get("/cataloguing/look-ups/classes?q=日本の文学").json()["found"][0]["text"] == "910"
    assert sano.get("/cataloguing/look-ups/stars?q=x").json() == {"found": []}


def test_an_isbn_that_is_here_already_is_said(sano: Client) -> None:
    record = saved()
    form = opened(sano, "/cataloguing/new/book")
    page = send(sano, form, "show-marc", title_0_a="こころ", isbn_0_a="978-4-10-101013-7").content.decode()
    assert "同じ ISBN の書誌があります" in page and f"/cataloguing/records/{record.pk}" in page


def test_a_new_record_of_a_title_and_author_that_are_here_already_is_told_of_the_others(sano: Client) -> None:
    record = saved()
    form = opened(sano, "/cataloguing/new/book")
    page = send(sano, form, "show-marc", title_0_a="こころ", name_0_a="夏目, 漱石").content.decode()
    assert "書名と著者が同じ書誌があります：こころ 岩波書店 1914" in page.replace(":", "：")
    assert f"/cataloguing/records/{record.pk}" in page
    saved("100002", "こころ 新装版 :")
    several = send(sano, form, "show-marc", title_0_a="こころ", name_0_a="夏目, 漱石").content.decode()
    assert "、ほか 1件" in several and f"/cataloguing/records/{record.pk}/work" in several
    alone = send(sano, form, "show-marc", title_0_a="こころ", name_0_a="高橋, 太郎").content.decode()
    assert "書名と著者が同じ" not in alone
    both = send(
        sano, form, "show-marc", title_0_a="こころ", name_0_a="夏目, 漱石", isbn_0_a="9784101010137"
    ).content.decode()
    assert both.count("同じ ISBN") == 2 and "書名と著者が同じ" not in both
    assert "書名と著者が同じ" not in sano.get(f"/cataloguing/records/{record.pk}").content.decode()


def test_a_record_or_edit_that_is_not_there_is_said(sano: Client) -> None:
    assert sano.get("/cataloguing/records/999").status_code == 404
    assert sano.get(f"/cataloguing/edits/{uuid4()}").status_code == 404
    assert sano.get("/cataloguing/new/nothing").status_code == 404


def test_who_may_not_save_records_may_not_enter(client: Client) -> None:
    cast.chuo()
    kimura = enter(client, cast.staff("kimura", "circulation.check-out"))
    assert kimura.get("/cataloguing/").status_code == 403


def test_english_is_complete_at_the_cataloguers_desk(client: Client) -> None:
    cast.chuo()
    record = saved()
    shimizu = enter(client, cast.staff("shimizu", *PERMISSIONS))
    send(shimizu, opened(shimizu, f"/cataloguing/records/{record.pk}"), extent_0_c="21cm")
    paths = ("", "new/dvd", "batch", "copy", "targets", "labels", "call-numbers", f"records/{record.pk}?view=marc")
    for path in (*paths, f"records/{record.pk}/items", f"records/{record.pk}/history"):
        page = shimizu.get(f"/cataloguing/{path}", headers={"Accept-Language": "en"}).content.decode()
        page = re.sub(r"<(textarea|option|datalist|ins|del)\b.*?</\1>|<h1>こころ</h1>", " ", page, flags=re.S)
        words = re.sub(r"<[^>]*>", " ", page)
        for given in ("中央図書館", "こころ", "国立国会図書館サーチ", "MARCXML の SRU(Zebra、Koha など)"):
            words = words.replace(given, "")
        assert (path, re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]+", words)) == (path, [])
