"""The sheet and the reader's choices."""

import gzip

from django.test import Client, RequestFactory

from fumikura.web.design import stylesheet
from fumikura.web.design.context import house


def test_one_stylesheet_holds_every_file_of_the_folder() -> None:
    files = {
        path.relative_to(stylesheet.FOLDER).with_suffix("").as_posix() for path in stylesheet.FOLDER.rglob("*.css")
    }
    assert files == set(stylesheet.PARTS)


def test_the_sheet_may_be_kept_for_ever_under_its_own_name_only() -> None:
    client, sheet = Client(), stylesheet.sheet()
    answer = client.get(f"/design/fumikura-{sheet.digest}.css")
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert "url(/static/design/patterns/seigaiha.svg)" in answer.content.decode()
    assert client.get("/design/fumikura-000000000000.css")["Cache-Control"] == "no-cache"


def test_the_sheet_travels_zipped_within_its_budget() -> None:
    sheet = stylesheet.sheet()
    answer = Client().get(f"/design/fumikura-{sheet.digest}.css", headers={"accept-encoding": "gzip"})
    assert gzip.decompress(answer.content) == sheet.text
    assert len(answer.content) <= 20_000


def test_a_choice_of_colours_is_kept_in_a_cookie_and_leads_back() -> None:
    client = Client()
    answer = client.post("/design/colours", {"colour": "dark", "next": "/search?q=こころ"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/search?q=")
    assert client.cookies["colour"].value == "dark"


def test_an_unknown_colour_or_a_foreign_address_is_not_followed() -> None:
    client = Client()
    answer = client.post("/design/colours", {"colour": "<b>", "next": "https://example.org/"})
    assert answer["Location"] == "/"
    assert "colour" not in client.cookies


def test_the_language_changes_without_a_script() -> None:
    client = Client()
    client.post("/design/language", {"language": "en", "next": "/"})
    assert client.cookies["django_language"].value == "en"


def test_after_a_form_the_way_back_is_the_page_the_form_stood_on() -> None:
    requests = RequestFactory()
    read = requests.get("/search?q=a")
    sent = requests.post("/desk/loans", headers={"referer": "http://testserver/desk/?window=2"})
    foreign = requests.post("/desk/loans", headers={"referer": "https://example.org/"})
    assert [house(request)["house"].here for request in (read, sent, foreign)] == [
        "/search?q=a",
        "/desk/?window=2",
        "/",
    ]
