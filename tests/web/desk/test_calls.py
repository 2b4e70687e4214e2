"""Whom to call and to write to: only what is still true, what came of it, and back when it was the wrong line."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fumikura.notices import services
from fumikura.notices.models import Notice
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Card, Patron
from tests import cast
from tests.cast import AT
from tests.web.desk.conftest import enter
from tests.web.paper.test_labels import words_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanako() -> Patron:
    someone = cast.hanako(phone="043-600-1234", address="水瀬市本町1-1", postcode="999-0001")
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=30))
    by = cast.acting("notices.choose", via="opac")
    for kind, way in (("hold-over", "telephone"), ("card-expiry", "letter")):
        services.choose(
            patron=someone, kind=kind, by_ways=[way], with_titles=True, titles_on_screens=False, by=by,
            at=timezone.now(),
        )  # fmt: skip
        services.expect(kind=kind, patrons=[someone], at=timezone.now())
    return someone


def counted() -> dict[str, str]:
    """The letters that a page has counted, as its forms send them."""
    return {"notice": " ".join(str(pk) for pk in Notice.objects.filter(channel="letter").values_list("pk", flat=True))}


def test_a_call_is_made_noted_taken_back_and_made_again(client: Client, hanako: Patron) -> None:
    enter(client, cast.staff("kimura", "notices.hand", "patrons.view"))
    page = client.get("/desk/calls").content.decode()
    assert "水野 花子" in page and "043-600-1234" in page and "取り置きの期限が過ぎたか" in page
    call = Notice.objects.get(channel="telephone")
    sent = {"notice": call.pk, "outcome": "message-left", "request_key": "a"}
    page = client.post("/desk/calls/done", sent, follow=True).content.decode()
    assert "「伝言した」と書きました" in page and "043-600-1234" not in page
    sent = {"notice": call.pk, "outcome": "taken-back", "request_key": "b"}
    page = client.post("/desk/calls/done", sent, follow=True).content.decode()
    assert "043-600-1234" in page and "回かけた" not in page
    client.post("/desk/calls/done", {"notice": call.pk, "outcome": "not-reached", "request_key": "c"})
    call.refresh_from_db()
    assert call.settled_at is None and call.next_try_at > timezone.now() + timedelta(hours=2)


def test_what_was_noted_yesterday_is_not_taken_back_and_nobody_else_is_called_instead(
    client: Client, hanako: Patron
) -> None:
    enter(client, cast.staff("kimura", "notices.hand", "patrons.view"))
    call = Notice.objects.get(channel="telephone")
    client.post("/desk/calls/done", {"notice": call.pk, "outcome": "reached", "request_key": "a"})
    services.mix_settled(before=timezone.localdate() + timedelta(days=1))
    sent = {"notice": call.pk, "outcome": "taken-back", "request_key": "b"}
    page = client.post("/desk/calls/done", sent, follow=True).content.decode()
    assert "もう一覧にはもどせません" in page and "043-600-1234" not in page
    numbers = set(Notice.objects.values_list("pk", flat=True))
    assert call.pk not in numbers, "its number is given to nobody else"
    assert not Notice.objects.filter(channel="telephone", settled_at=None).exists()


def test_the_list_on_paper_has_boxes_and_nothing_of_what_is_to_be_said(client: Client, hanako: Patron) -> None:
    enter(client, cast.staff("kimura", "notices.hand", "patrons.view"))
    page = client.get("/desk/calls").content.decode()
    assert "data-print" in page and '<td class="on-paper">□ 話せた' in page
    assert '<details class="fold no-print">' in page


def test_a_message_and_a_letter_say_whom_to_call(client: Client, hanako: Patron, tmp_path: Path) -> None:
    enter(client, cast.staff("kimura", "notices.hand", "patrons.view"), "KITA")
    assert "071-" not in client.get("/desk/calls").content.decode()
    Facility.objects.filter(code="CHUO").update(phone="071-000-1001", postcode="999-0001", address="水瀬市本町1-1")
    cast.kita()
    Facility.objects.filter(code="KITA").update(phone="071-000-1002")
    page = client.get("/desk/calls").content.decode()
    assert "電話 071-000-1002" in page  # who calls is called back; a letter comes from the reader's own library
    said = "".join(word for *_place, word in words_at(client.post("/desk/calls/print", counted()).content, tmp_path))
    assert "TEL071-000-1001" in said.replace(" ", "") and "〒999-0001" in said


def test_letters_are_printed_and_stay_until_they_are_posted(client: Client, hanako: Patron) -> None:
    enter(client, cast.staff("kimura", "notices.hand", "patrons.view"))
    assert client.post("/desk/calls/print", counted()).content.startswith(b"%PDF")
    assert Notice.objects.get(channel="letter").settled_at is None
    page = client.post(
        "/desk/calls/done", {"outcome": "posted", "request_key": "p", **counted()}, follow=True
    ).content.decode()
    assert "1通を投函しました" in page
    assert Notice.objects.get(channel="letter").state == "sent"


def test_without_the_right_no_name_is_shown(client: Client, hanako: Patron) -> None:
    enter(client, cast.staff("kimura", "patrons.view"))
    assert "水野" not in client.get("/desk/calls").content.decode()
    assert client.post("/desk/calls/done", {"outcome": "posted"}).status_code == 403


def test_a_long_list_asks_no_more_than_a_short_one(client: Client, hanako: Patron) -> None:
    enter(client, cast.staff("kimura", "notices.hand", "patrons.view"))
    for kind in ("hold-ready", "overdue", "closing", "due-soon", "dates-back", "card-expiry", "suggestion-answered"):
        Notice.objects.create(patron=hanako, kind=kind, channel="telephone", on=timezone.localdate(), next_try_at=AT)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/desk/calls").status_code == 200
        return len(asked)

    one = questions()
    for place in range(4):
        other = cast.patron(f"人 {place}", "ひと", f"2000500{place}", phone="043-600-0000")
        for notice in Notice.objects.filter(patron=hanako):
            notice.pk, notice.patron = None, other
            notice.save()
    assert questions() == one and "人 3" in client.get("/desk/calls").content.decode()
