"""みなさんのリスト: a reader shows a list under a name of their own choice, staff look at it first, and it can be taken back."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery.models import FeatureList
from fumikura.discovery.wishes import wish_for
from fumikura.journal.models import Entry
from fumikura.notices.composing import compose
from fumikura.notices.models import Notice
from fumikura.notices.reactions import tell
from fumikura.patrons.models import Patron
from fumikura.patrons.services import forget
from tests import cast
from tests.cast import AT

Library = list[BibliographicRecord]
pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN = {"title": "川べりで読む", "shown_as": "くすのき", "note": "水の音がする本です。"}


@pytest.fixture
def hanako(library: Library) -> Patron:
    someone = Patron.objects.get()
    wish_for(patron=someone, records=[library[3].pk, library[0].pk], name="そのうち", by=cast.SYSTEM, at=AT)
    return someone


@pytest.fixture
def reader(hanako: Patron) -> Client:
    client = Client()
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


@pytest.fixture
def librarian(library: Library) -> Client:
    cast.staff("sano", "discovery.keep-lists", at=cast.chuo())
    client = Client()
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    return client


def offer(reader: Client, hanako: Patron, *records: BibliographicRecord, key: str = "k") -> str:
    form = {**WRITTEN, "show": [one.pk for one in records], "request_key": key}
    form |= {f"note-{one.pk}": "橋のところがすき" for one in records}
    address = f"/my/wishes/{hanako.wish_lists.get().pk}/offer"
    return reader.post(address, form, follow=True).content.decode()


def seen() -> str:
    return Client().get("/lists/").content.decode()


def test_nobody_sees_a_list_before_the_library_has_looked(
    reader: Client, librarian: Client, hanako: Patron, library: Library
) -> None:
    assert "図書館が確かめています" in offer(reader, hanako, library[3])
    made = FeatureList.objects.get(patron=hanako)
    assert "川べりで読む" not in seen() + Client().get(f"/titles/{library[3].pk}").content.decode()
    assert Client().get(f"/lists/{made.pk}").status_code == 404
    page = librarian.get("/office/lists/offers").content.decode()
    assert "川べりで読む" in page and "橋のところがすき" in page and hanako.name not in page
    librarian.post("/office/lists/offers", {"list": made.pk, "show": "1", "request_key": "s"})
    shown = Client().get(f"/lists/{made.pk}").content.decode()
    assert 'content="noindex"' in shown, "what is taken back is not found elsewhere"
    assert "くすのきさんがえらびました" in shown and "橋のところがすき" in shown and hanako.name not in shown
    assert "川べりで読む" in seen() and "見えています" in reader.get("/my/wishes").content.decode()
    assert library[0].title not in shown, "what was not ticked is not shown"
    assert librarian.get(f"/office/lists/{made.pk}").status_code == 404, "a reader's words are not the staff's to write"


def test_a_list_is_taken_down_with_a_reason_that_its_reader_reads(
    reader: Client, librarian: Client, hanako: Patron, library: Library
) -> None:
    offer(reader, hanako, library[0])
    made = FeatureList.objects.get(patron=hanako)
    librarian.post("/office/lists/offers", {"list": made.pk, "show": "1", "request_key": "s"})
    bare = librarian.post("/office/lists/offers", {"list": made.pk, "answer": " ", "request_key": "t"})
    assert bare.status_code == 422 and "川べりで読む" in seen()
    told = {"list": made.pk, "answer": "人の名前を外してください。", "request_key": "u"}
    librarian.post("/office/lists/offers", told)
    assert "川べりで読む" not in seen()
    page = reader.get("/my/wishes").content.decode()
    assert "見えていません" in page and "人の名前を外してください。" in page


def test_its_reader_is_told_that_a_list_was_answered(
    reader: Client, librarian: Client, hanako: Patron, library: Library
) -> None:
    Patron.objects.filter(pk=hanako.pk).update(email="hanako@example.jp")
    offer(reader, hanako, library[0])
    made = FeatureList.objects.get(patron=hanako)
    librarian.post(
        "/office/lists/offers", {"list": made.pk, "answer": "人の名前を外してください。", "request_key": "u"}
    )
    for _again in range(2):
        tell(list(Entry.objects.order_by("pk")))
    notice = Notice.objects.get(patron=hanako)
    message = compose(notice, notice.on)
    assert message and message.subject == "見せたいリストへのお返事"
    assert "川べりで読む" not in message.body, "what it is called is read on my page only"


def test_a_reader_takes_a_list_back_at_any_time_and_it_is_gone(
    reader: Client, librarian: Client, hanako: Patron, library: Library
) -> None:
    offer(reader, hanako, library[0])
    made = FeatureList.objects.get(patron=hanako)
    librarian.post("/office/lists/offers", {"list": made.pk, "show": "1", "request_key": "s"})
    stranger = Client()
    cast.taro()
    stranger.post("/sign-in", {"card": "20004326", "password": cast.PASSWORD})
    stranger.post(f"/my/offers/{made.pk}/withdrawal", {"request_key": "x"})
    assert FeatureList.objects.filter(pk=made.pk).exists(), "it is not theirs"
    assert (
        "もうだれにも見えません"
        in reader.post(f"/my/offers/{made.pk}/withdrawal", {"request_key": "w"}, follow=True).content.decode()
    )
    assert not FeatureList.objects.exists()
    mine = reader.get("/my/records").content.decode()
    assert "みなさんに見せるために出しました" in mine and "見せるリストを取り下げました" in mine
    late = librarian.post("/office/lists/offers", {"list": made.pk, "show": "1", "request_key": "y"})
    assert late.status_code == 422 and "出した方が取り下げました" in late.content.decode()
    told = Entry.objects.filter(event="discovery.list-offered")
    assert {key for row in told.values_list("particulars", flat=True) for key in row} == set()


def test_what_is_missing_is_said_at_once_and_nothing_typed_is_lost(
    reader: Client, hanako: Patron, library: Library
) -> None:
    address = f"/my/wishes/{hanako.wish_lists.get().pk}/offer"
    answer = reader.post(address, {"title": "", "shown_as": "", "note": "水の音", "request_key": "k"})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'maxlength="60"' in page and 'maxlength="40"' in page
    assert all(
        words in page for words in ("リストの名前がありません", "出す名前がありません", "えらばれていません", "水の音")
    )
    assert reader.get("/my/wishes/999/offer").status_code == 404


def test_the_copy_of_ones_own_data_holds_ones_lists(reader: Client, hanako: Patron, library: Library) -> None:
    offer(reader, hanako, library[0])
    told = json.loads(reader.post("/my/data", {"request_key": "d"}).content)
    assert told["books_to_read"]["そのうち"] and told["lists_shown_to_all"][0]["shown_as"] == "くすのき"


def test_a_list_goes_with_its_reader(reader: Client, hanako: Patron, library: Library) -> None:
    offer(reader, hanako, library[0])
    forget(patron=hanako, by=cast.SYSTEM, at=AT)
    assert not FeatureList.objects.exists()


def test_staff_see_many_offers_with_as_many_questions_as_one(
    reader: Client, librarian: Client, hanako: Patron, library: Library
) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert "くすのき" in librarian.get("/office/lists/offers").content.decode()
        return len(asked)

    offer(reader, hanako, library[3])
    one = questions()
    for key in "abcd":
        offer(reader, hanako, library[3], library[0], key=key)
    assert FeatureList.objects.count() == 5 and questions() == one
