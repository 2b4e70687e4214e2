"""リクエスト from the reader's page to the office and back; several titles as one hold; a sleep from a day to a day."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.acquisitions.models import Suggestion
from fumikura.circulation.models import Hold
from fumikura.holdings.models import Item
from fumikura.patrons.models import Card
from tests import cast
from tests.cast import AT, kita
from tests.circulation.cast import house_rules, item
from tests.web.desk.conftest import book, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    house_rules()
    kita()
    cast.hanako()
    Card.objects.update(expires_on=AT.date() + timedelta(days=1000))
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


def ask(reader: Client, **fields: str) -> str:
    sent = {"title": "水瀬の橋", "creator": "秋山 渡", "pickup": "KITA", "request_key": "a", **fields}
    return reader.post("/my/requests", sent, follow=True).content.decode()


@pytest.fixture
def office(reader: Client) -> Client:
    return enter(Client(), cast.staff("sano", "acquisitions.decide", "circulation.place-hold"))


def test_asked_answered_and_waited_for(reader: Client, office: Client) -> None:
    page = ask(reader)
    assert "リクエストを受け付けました" in page and "検討しています" in page
    one = Suggestion.objects.get()
    page = office.get("/office/suggestions").content.decode()
    assert "水瀬の橋" in page and "花子" not in page
    record = book("水瀬の橋", "31009999").record
    sent = {"suggestion": one.pk, "decision": "buy", "answer": "来月届きます", "record": record.pk, "request_key": "d"}
    assert "返事をしました" in office.post("/office/suggestions", sent, follow=True).content.decode()
    page = reader.get("/my/requests").content.decode()
    assert "買うことにしました" in page and "来月届きます" in page and "お申し込みの日から" in page
    assert Hold.objects.open().get().accepted_at == AT


def test_a_no_without_a_reason_is_not_sent_and_nothing_typed_is_lost(reader: Client, office: Client) -> None:
    ask(reader)
    sent = {"suggestion": Suggestion.objects.get().pk, "decision": "decline", "record": "", "request_key": "d"}
    answer = office.post("/office/suggestions", sent)
    assert answer.status_code == 422
    assert "見送る理由" in answer.content.decode() and 'value="decline" selected' in answer.content.decode()


def test_what_the_library_has_is_refused_with_the_way_to_it(reader: Client) -> None:
    copy = item()
    copy.record.identifiers.create(scheme="isbn", value="9784003101018")
    page = ask(reader, title="こころ", isbn="978-4-00-310101-8")
    assert "この本は図書館にあります" in page and f"/titles/{copy.record_id}" in page and 'value="こころ"' in page


def test_a_request_can_be_withdrawn(reader: Client) -> None:
    ask(reader)
    where = f"/my/requests/{Suggestion.objects.get().pk}/withdrawal"
    assert "取り下げました" in reader.post(where, {"request_key": "w"}, follow=True).content.decode()
    assert Suggestion.objects.undecided().count() == 0


def test_volumes_become_one_hold_in_order(reader: Client) -> None:
    upper, lower = book("坂の上 上", "31008888"), book("坂の上 下", "31008889")
    page = reader.get("/my/holds/set", {"record": [upper.record_id, lower.record_id]}).content.decode()
    assert "坂の上 上" in page and "順番に" in page
    sent = {
        "record": [upper.record_id, lower.record_id], "kind": "ordered", "pickup": "KITA", "want": "1", "request_key": "s",
    }  # fmt: skip
    page = reader.post("/my/holds/set", sent, follow=True).content.decode()
    hold = Hold.objects.get()
    assert hold.kind == "ordered" and "ほか1点" in page
    assert list(hold.titles.order_by("place").values_list("record", flat=True)) == [upper.record_id, lower.record_id]
    page = reader.post(f"/my/holds/{hold.pk}/order", {"up": lower.record_id, "request_key": "o"}, follow=True)
    assert "順番を変えました" in page.content.decode()
    assert list(hold.titles.order_by("place").values_list("record", flat=True)) == [lower.record_id, upper.record_id]
    assert reader.post(f"/my/holds/{hold.pk}/order", {"up": "7", "request_key": "p"}).status_code == 422


def test_one_title_is_no_set(reader: Client) -> None:
    one: Item = book("坂の上 上", "31008888")
    answer = reader.post("/my/holds/set", {"record": one.record_id, "kind": "together", "pickup": "KITA"})
    assert answer.status_code == 422 and "2つ以上" in answer.content.decode()


def test_a_hold_may_sleep_from_a_day_to_a_day(reader: Client) -> None:
    one = book("坂の上 上", "31008888")
    reader.post("/my/holds", {"record": one.record_id, "pickup": "KITA", "request_key": "h"})
    hold = Hold.objects.get()
    sent = {"starts": "2026-06-01", "until": "2026-06-10", "request_key": "s"}
    page = reader.post(f"/my/holds/{hold.pk}/suspension", sent, follow=True).content.decode()
    assert "6月1日（月）から6月10日（水）まで休みます" in page
    hold.refresh_from_db()
    assert (hold.suspended_from, hold.suspended_until) == (date(2026, 6, 1), date(2026, 6, 10))
