"""Mine by right: who looked, a copy of everything, and the end of it."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold, Loan
from fumikura.discovery.models import SavedSearch
from fumikura.journal.models import Entry
from fumikura.patrons.models import Card, Patron
from fumikura.patrons.services import view
from tests import cast
from tests.circulation.cast import at_desk, item, kokoro
from tests.web.desk.conftest import RIGHTS, Counter, enter, put_rules_in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanako() -> Patron:
    return cast.hanako(address="水瀬市本町1-1", phone="090-0000-4318", note="声を大きく")


@pytest.fixture
def reader(client: Client, hanako: Patron) -> Client:
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


def close(client: Client, password: str = cast.PASSWORD, **more: str):
    return client.post("/my/close", {"password": password, "understood": "on", "request_key": "k1", **more})


def test_a_look_by_staff_is_shown_with_time_and_place(reader: Client, hanako: Patron) -> None:
    assert "だれも見ていません" in reader.get("/my/seen").content.decode()
    view(patron=hanako, by=cast.acting("patrons.view"), at=timezone.now())
    page = reader.get("/my/seen").content.decode()
    assert "中央図書館" in page and "カウンターで" in page


def test_a_look_by_break_glass_is_called_so_to_its_reader(reader: Client, hanako: Patron) -> None:
    kimura = enter(Client(), cast.staff("kimura", *(set(RIGHTS) - {"patrons.view"}), "organisation.break-glass"))
    fields = {"act": "break", "right": ["patrons.view"], "reason": "ご家族の急病の連絡をするため、館長に連絡がつかない"}
    where = f"/desk/readers/{hanako.key}"
    assert "水野" not in kimura.get(where).content.decode()
    assert kimura.post("/office/glass", fields).status_code == 302
    assert "水野 花子 さん" in kimura.get(where).content.decode()
    page = reader.get("/my/seen").content.decode()
    assert "緊急の権限で" in page and "中央図書館" in page


def test_a_card_read_at_the_counter_is_a_look(reader: Client, hanako: Patron) -> None:
    put_rules_in_force()
    sano = cast.staff("sano", *RIGHTS)
    Counter(enter(Client(), sano), sano).scan("20004318")
    page = reader.get("/my/seen").content.decode()
    assert "中央図書館" in page and "だれも見ていません" not in page


def test_the_copy_holds_everything_with_my_name_on_it_and_that_it_was_fetched(reader: Client, hanako: Patron) -> None:
    circulation.check_out(item=item(), patron=hanako, by=at_desk(), at=timezone.now())
    answer = reader.post("/my/data")
    told = json.loads(answer.content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert told["person"]["name"] == "水野 花子"
    assert told["note_of_the_library"] == "声を大きく"
    assert [loan["title"] for loan in told["loans"]] == ["こころ"]
    assert "patrons.own-data-fetched" in [entry["what"] for entry in told["journal"]]


def test_the_copy_names_the_calendar_and_the_shelf_still_sealed(reader: Client, hanako: Patron) -> None:
    assert json.loads(reader.post("/my/data").content)["own_shelf"] is None
    reader.post("/my/calendar", {"titles": "yes"})
    reader.post("/my/shelf", {"open": "1", "phrase": "かわのながれはたえずして"})
    told = json.loads(reader.post("/my/data").content)
    assert told["calendar_feed"]["with_titles"] is True
    assert told["own_shelf"]["sealed"] == [] and told["own_shelf"]["locked_key"]


def test_a_closed_account_leaves_an_empty_row_and_nothing_else(reader: Client, hanako: Patron) -> None:
    circulation.place_hold(
        patron=hanako, want=circulation.Want((kokoro(),)), pickup=cast.chuo(), by=at_desk(), at=timezone.now()
    ) if item() else None
    now = timezone.now()
    SavedSearch.objects.create(patron=hanako, name="猫", address="q=猫", made_at=now, seen_on=now.date())
    old_key = hanako.key
    assert close(reader).headers["Location"] == "/gone"
    row = Patron.objects.get(pk=hanako.pk)
    said = " ".join(str(value) for value in Patron.objects.filter(pk=row.pk).values()[0].values())
    for mark in ("花子", "はなこ", "本町", "4318", "1985", "声を", old_key):
        assert mark not in said
    assert row.closed_at is not None
    assert not Card.objects.filter(patron=row).exists()
    assert not Hold.objects.open().exists()
    assert not SavedSearch.objects.exists()
    assert not Entry.objects.filter(patron_key=old_key).exists()
    assert "/sign-in" in reader.get("/my/").headers["Location"]
    assert "登録を消しました" in reader.get("/gone").content.decode()


def test_nothing_is_erased_while_a_book_is_out(reader: Client, hanako: Patron) -> None:
    circulation.check_out(item=item(), patron=hanako, by=at_desk(), at=timezone.now())
    answer = close(reader)
    assert answer.status_code == 422
    assert "1点" in answer.content.decode()
    assert Loan.objects.open().get().patron == hanako


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"password": "wrong"}, "いまのパスワードが合いません"), ({"understood": ""}, "")],
)
def test_a_wrong_password_closes_nothing(reader: Client, hanako: Patron, fields: dict[str, str], words: str) -> None:
    form = {"password": cast.PASSWORD, "understood": "on", "request_key": "k1"} | fields
    if not form["understood"]:
        del form["understood"]
    answer = reader.post("/my/close", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Patron.objects.get(pk=hanako.pk).closed_at is None
