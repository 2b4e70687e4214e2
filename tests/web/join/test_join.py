"""書かない窓口: written on the telephone, shown as a QR, handed over at a desk with two scans."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from fumikura.kernel.permissions import PERMISSIONS
from fumikura.patrons.jobs import forget_unmet_applications
from fumikura.patrons.models import Application, Patron
from tests import cast

pytestmark = pytest.mark.django_db
SCANS_AND_KEYS = 2
"""The QR and the new card: a scanner ends each with Enter, and nothing else is pressed."""
MOST_STROKES = 12


@pytest.fixture(autouse=True)
def town() -> None:
    cast.chuo()
    cast.category()
    call_command("postcodes", str(Path("demo/postcodes.csv")), verbosity=0)


def written(**other: str) -> dict[str, str]:
    return {
        "name": "早瀬 ゆう",
        "reading": "はやせ ゆう",
        "born_on": "1990-04-02",
        "postcode": "９９９−０００１",
        "address": "水瀬県水瀬市本町3-4",
        "phone": "0436-11-2222",
        "password": "mizu-no-oto-9",
        "residency": "resident",
        "request_key": "j1",
        **other,
    }


@pytest.fixture
def desk() -> Client:
    cast.staff("sano", *PERMISSIONS)
    client = Client()
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1", "next": "/desk/applications"})
    return client


def test_the_wide_blank_of_a_japanese_keyboard_parts_a_name_as_any_blank(client: Client) -> None:
    answer = client.post("/join/", written(name="早瀬　ゆう", reading="はやせ　ゆう"))
    assert answer.status_code == 302
    assert Application.objects.get().answers["name"] == "早瀬 ゆう"


def test_all_errors_stand_beside_their_fields_and_nothing_is_lost(client: Client) -> None:
    wrong = written(reading="早瀬ゆう", born_on="2990-01-01", phone="", address="", password="x")
    answer = client.post("/join/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count("field__error") == 5
    assert 'value="早瀬 ゆう"' in page and not Application.objects.exists()


def test_the_postcode_fills_the_address_with_and_without_a_script(client: Client) -> None:
    page = client.post("/join/", {"postcode": "999-0003", "look_up": "1", "name": "早瀬"}).content.decode()
    assert 'value="水瀬県水瀬市北町"' in page and 'value="早瀬"' in page
    assert client.get("/join/postcode", {"number": "9990003"}).json() == {"addresses": ["水瀬県水瀬市北町"]}


def test_two_scans_make_a_reader(client: Client, desk: Client) -> None:
    page = client.post("/join/", written(), follow=True).content.decode()
    code = Application.objects.get().code
    assert f"{code[:4]} {code[4:]}" in page and "<path" in page
    strokes = 1
    shown = desk.get("/desk/applications", {"code": code}).content.decode()
    assert "早瀬 ゆう" in shown and 'name="card"' in shown and "autofocus" in shown
    strokes += 1
    form = {"code": code, "category": "adult", "card": "20004350", "request_key": "d1"}
    assert "カードを渡しました" in desk.post("/desk/applications", form, follow=True).content.decode()
    assert strokes == SCANS_AND_KEYS
    patron = Patron.objects.get(name="早瀬 ゆう")
    assert (patron.district, patron.reading, patron.home.code) == ("本町", "はやせ ゆう", "CHUO")
    assert Application.objects.get().answers == {}
    assert client.post("/sign-in", {"card": "20004350", "password": "mizu-no-oto-9"}).status_code == 302


def test_from_the_counter_to_the_card_handed_over_few_strokes_are_needed(client: Client, desk: Client) -> None:
    """Whatever the page fills in itself is sent as it stands; only a field that has the cursor is scanned into."""
    client.post("/join/", written())
    strokes = 1  # the tab of applications on top of every page of the counter
    page = desk.get("/desk/applications").content.decode()
    for scanned in (Application.objects.get().code, "20004350"):
        form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if "autofocus" in form)
        fields = dict(re.findall(r'name="([a-z_]+)"[^>]*? value="([^"]*)"', form))
        fields |= dict(re.findall(r'<select[^>]*name="([a-z]+)".*?value="([^"]*)" selected', form, re.DOTALL))
        (cursor,) = (
            re.search(r'name="([a-z]+)"', one)[1] for one in re.findall("<input[^>]*>", form) if "autofocus" in one
        )
        send = desk.post if 'method="post"' in form else desk.get
        page = send("/desk/applications", {**fields, cursor: scanned}, follow=True).content.decode()
        strokes += 1
    assert "カードを渡しました" in page and Patron.objects.get(name="早瀬 ゆう").category.code == "adult"
    assert strokes <= MOST_STROKES


def test_a_taken_card_number_says_so_and_keeps_the_application(client: Client, desk: Client) -> None:
    cast.hanako()
    client.post("/join/", written())
    code = Application.objects.get().code
    form = {"code": code, "category": "adult", "card": "20004318", "request_key": "d1"}
    page = desk.post("/desk/applications", form).content.decode()
    assert "早瀬 ゆう" in page and Application.objects.get().settled_at is None


def test_an_application_is_used_once_dropped_or_forgotten(client: Client, desk: Client) -> None:
    client.post("/join/", written())
    code = Application.objects.get().code
    desk.post("/desk/applications", {"code": code, "drop": "1", "request_key": "d2"})
    assert "見つかりません" in desk.get("/desk/applications", {"code": code}).content.decode()
    forget_unmet_applications(timezone.now() + timedelta(days=20))
    assert not Application.objects.exists()


def test_the_same_form_twice_is_one_application(client: Client) -> None:
    client.post("/join/", written())
    client.post("/join/", written())
    assert Application.objects.count() == 1
