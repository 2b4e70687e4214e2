"""Changing the password, and what the library knows about me."""

import pytest
from django.test import Client

from fumikura.patrons import services
from fumikura.patrons.models import Patron
from tests import cast

pytestmark = pytest.mark.django_db
NEW = "yamanashi-no-mi"


@pytest.fixture
def hanako() -> Patron:
    return cast.hanako(address="水瀬市本町1-1", phone="090-0000-4318")


@pytest.fixture
def reader(client: Client, hanako: Patron) -> Client:
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


def change(client: Client, old: str = cast.PASSWORD, new: str = NEW, again: str = NEW):
    return client.post("/my/password", {"old": old, "new": new, "again": again})


def test_a_changed_password_keeps_this_browser_in_and_puts_the_others_out(reader: Client) -> None:
    other = Client()
    other.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    answer = change(reader)
    assert answer.headers["Location"] == "/my/password?changed=1"
    assert "パスワードを変えました" in reader.get("/my/password?changed=1").content.decode()
    assert other.get("/my/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", NEW, NEW, "いまのパスワードが合いません"),
        (cast.PASSWORD, "short", "short", "8文字以上"),
        (cast.PASSWORD, "20004318", "20004318", "言い当てられます"),
        (cast.PASSWORD, NEW, "another", "2つの欄で違っています"),
    ],
)
def test_a_password_that_cannot_be_says_why_and_changes_nothing(
    reader: Client, old: str, new: str, again: str, words: str
) -> None:
    answer = change(reader, old, new, again)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert NEW not in page and cast.PASSWORD not in page
    assert reader.get("/my/").status_code == 200


def test_guessing_the_old_password_is_not_free(reader: Client) -> None:
    for _ in range(5):
        change(reader, old="wrong")
    assert "しばらく" in change(reader).content.decode()


def test_my_records_show_what_is_kept_and_who_looked(reader: Client, hanako: Patron) -> None:
    services.view(patron=hanako, by=cast.acting("patrons.view", facility="CHUO"), at=cast.AT)
    page = reader.get("/my/records").content.decode()
    assert "水瀬市本町1-1" in page and "20004318" in page
    assert "職員が、ご住所などの内容を見ました" in page
    assert hanako.key not in page


def test_another_readers_happenings_are_not_shown(reader: Client) -> None:
    services.view(patron=cast.taro(), by=cast.acting("patrons.view", facility="KITA"), at=cast.AT)
    assert "職員が、ご住所などの内容を見ました" not in reader.get("/my/records").content.decode()


@pytest.mark.parametrize("path", ["/my/", "/my/card", "/my/password", "/my/records"])
def test_nobody_sees_a_page_without_signing_in(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/sign-in?next={path.replace('/', '%2F')}"


def test_renewing_without_signing_in_leads_to_the_sign_in(client: Client) -> None:
    assert client.post("/my/renewals", {"loan": "1"}).headers["Location"].startswith("/sign-in")
