"""Crates from one counter to another, and the reminders that the night leaves to people."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Crate, Loan, Reminder
from fumikura.journal.models import Entry
from fumikura.organisation.services import declare_disaster
from fumikura.patrons.models import Patron
from tests import cast
from tests.cast import SYSTEM
from tests.circulation.cast import at_desk
from tests.web.desk.conftest import RIGHTS, book, enter
from tests.web.paper.test_labels import words_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def chuo(client: Client, shelf, hanako) -> Client:
    return enter(client, cast.staff("sano", *RIGHTS, "circulation.pack", "circulation.remind"))


def post(client: Client, where: str, **fields: str) -> str:
    answer = client.post(where, fields, follow=True)
    return answer.content.decode()


def test_a_crate_goes_from_one_counter_to_the_other(chuo: Client, shelf) -> None:
    now = timezone.now()
    circulation.check_in(item=shelf["kita"], by=at_desk(), at=now)
    page = post(chuo, "/desk/crates", crate="BOX-7", scanned="31000937", request_key="a")
    assert "コンテナ BOX-7 に入れました：五重塔" in page
    crate = Crate.objects.get()
    page = post(chuo, f"/desk/crates/{crate.pk}", leaves="yes", request_key="b")
    assert "便に渡しました" in page and "五重塔" in page
    kita = enter(Client(), cast.staff("kimura", *RIGHTS, "circulation.pack"), "KITA")
    assert "出した本のバーコード" in post(kita, "/desk/crates", arrived="BOX-7", request_key="c")
    page = post(kita, f"/desk/crates/{crate.pk}", scanned="31000937", request_key="d")
    assert "この館の棚へ" in page and "出しました" in page
    assert "空けました" in post(kita, f"/desk/crates/{crate.pk}", finished="yes", request_key="e")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"crate": "BOX-7", "scanned": "31002745"}, "回送になっていません"),
        ({"crate": "BOX-7", "scanned": "999"}, "見つかりません"),
        ({"arrived": "BOX-9"}, "いま使われていません"),
    ],
)
def test_what_cannot_be_packed_or_received_is_said_in_words(chuo: Client, fields: dict[str, str], words: str) -> None:
    answer = chuo.post("/desk/crates", fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_whom_to_telephone_and_what_to_print(chuo: Client, shelf, hanako, tmp_path: Path) -> None:
    long_ago = timezone.now() - timedelta(days=50)
    circulation.check_out(item=shelf["kokoro"], patron=hanako, by=at_desk(), at=long_ago)
    assert "いまは、だれもいません" in chuo.get("/desk/reminders").content.decode()
    circulation.remind(by=SYSTEM, at=timezone.now())
    page = chuo.get("/desk/reminders").content.decode()
    days = (timezone.localdate() - Loan.objects.get().due_on).days
    assert "PDFを出す" in page and "日めの督促 1通" in page and f"いちばん遅れている方は {days}日" in page
    Reminder.objects.create(patron=hanako, channel="telephone", stage=14, made_on=timezone.localdate())
    page = chuo.get("/desk/reminders").content.decode()
    assert "14日めの督促" in page and f">{days}日<" in page
    Reminder.objects.filter(channel="telephone").delete()
    declare_disaster(by=SYSTEM, at=timezone.now(), note="")
    assert "災害モードです" in chuo.get("/desk/reminders").content.decode()
    answer = chuo.post("/desk/reminders/print", {"channel": "postcard", "reminder": Reminder.objects.get().pk})
    assert answer.content.startswith(b"%PDF")
    card = words_at(answer.content, tmp_path)
    words = "".join(word for *_place, word in card)
    assert {page for page, *_rest in card} == {1, 2}
    assert "1点の返す日がすぎています" in words.replace(" ", "") and "こころ" not in words
    assert Entry.objects.filter(event="patrons.patron-viewed").count() == 1
    run = {"channel": "postcard", "reminder": Reminder.objects.get().pk}
    late = Reminder.objects.create(patron=hanako, channel="postcard", stage=28, made_on=timezone.localdate())
    page = chuo.post("/desk/reminders/done", {**run, "request_key": "a"}, follow=True).content.decode()
    assert Reminder.objects.get(done_at=None) == late, "what the night added since was not printed"
    assert "1件を済みにしました" in page and 'name="again"' in page
    page = chuo.post("/desk/reminders/done", {**run, "again": "yes", "request_key": "b"}, follow=True).content.decode()
    assert "一覧にもどしました" in page and Reminder.objects.filter(done_at=None).count() == 2
    assert Entry.objects.filter(event="circulation.reminder-reopened").count() == 1


def test_who_has_no_telephone_number_is_written_to_from_the_list(chuo: Client, shelf, hanako) -> None:
    circulation.check_out(item=shelf["kokoro"], patron=hanako, by=at_desk(), at=timezone.now() - timedelta(days=50))
    call = Reminder.objects.create(patron=hanako, channel="telephone", stage=14, made_on=timezone.localdate())
    Patron.objects.filter(pk=hanako.pk).update(phone="000-1000-0001")
    assert "手紙にする" not in chuo.get("/desk/reminders").content.decode()
    Patron.objects.filter(pk=hanako.pk).update(phone="")
    page = chuo.get("/desk/reminders").content.decode()
    assert "番号の登録なし" in page and "手紙にする" in page
    sent = {"reminder": call.pk, "letter": "yes", "request_key": "l"}
    page = chuo.post("/desk/reminders/done", sent, follow=True).content.decode()
    assert "手紙にしました" in page and "いまは、だれもいません" in page and "14日めの督促 1通" in page


def test_five_households_ask_no_more_than_one(chuo: Client, shelf, hanako) -> None:
    def waits(reader) -> None:
        for way in ("telephone", "postcard"):
            Reminder.objects.create(patron=reader, channel=way, stage=14, made_on=timezone.localdate())

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = chuo.get("/desk/reminders").content.decode()
        assert "14日めの督促" in page
        return len(asked)

    long_ago = timezone.now() - timedelta(days=50)
    circulation.check_out(item=shelf["kokoro"], patron=hanako, by=at_desk(), at=long_ago)
    waits(hanako)
    one = questions()
    for place in range(4):
        other = cast.patron(f"人 {place}", "ひと", f"2000500{place}")
        circulation.check_out(item=book(f"本{place}", f"3100800{place}"), patron=other, by=at_desk(), at=long_ago)
        waits(other)
    assert questions() == one and "人 3" in chuo.get("/desk/reminders").content.decode()


def test_a_letter_is_in_one_language_throughout(chuo: Client, shelf, hanako, tmp_path: Path) -> None:
    Patron.objects.update(language="en")
    circulation.check_out(item=shelf["kokoro"], patron=hanako, by=at_desk(), at=timezone.now() - timedelta(days=50))
    Reminder.objects.create(patron=hanako, channel="letter", stage=28, made_on=timezone.localdate())
    letter = words_at(chuo.post("/desk/reminders/print", {"channel": "letter"}).content, tmp_path)
    words = " ".join(word for *_place, word in letter)
    assert "(Due back:" in words and "返す日" not in words and "月" not in words


def test_without_the_right_no_name_is_shown(client: Client, shelf, hanako) -> None:
    circulation.check_out(item=shelf["kokoro"], patron=hanako, by=at_desk(), at=timezone.now() - timedelta(days=30))
    circulation.remind(by=SYSTEM, at=timezone.now())
    page = enter(client, cast.staff("hayashi", "circulation.check-out")).get("/desk/reminders").content.decode()
    assert "水野" not in page
    assert client.post("/desk/reminders/print", {"channel": "letter"}).status_code in {403, 422}
