"""Logs tell what happened, never to whom: a canary goes through every way into them and must not come out."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.conf import settings
from django.test import Client
from django.urls import path
from structlog.contextvars import bind_contextvars, clear_contextvars

from fumikura.project import logs
from fumikura.project import urls as house

NAME, CARD, MAIL, PHONE = "水野 花子", "A2140012345678B", "hanako@example.jp", "03-1234-5678"
CANARIES = (NAME, CARD, "2140012345678", MAIL, PHONE)


def explode(_request: object, card: str = "") -> None:
    raise ValueError(f"{NAME} {CARD} {MAIL}")


urlpatterns = [path("cards/<str:card>", explode), *house.urlpatterns]


@pytest.fixture
def lines():
    """Everything logged so far, as JSON, written by the configuration that the program uses. No canary may be in it."""
    stream = io.StringIO()
    configuration = logs.configuration("json")
    configuration["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(configuration)
    clear_contextvars()

    def read() -> list[dict]:
        written = stream.getvalue()
        assert [canary for canary in CANARIES if canary in written] == []
        return [json.loads(line) for line in written.splitlines()]

    yield read
    logging.config.dictConfig(settings.LOGGING)


def test_fields_with_a_telling_name_are_blanked(lines) -> None:
    structlog.get_logger("a.room").info("sent", patron=NAME, card_number=CARD, to_email=MAIL, nested={"reading": NAME})
    (line,) = lines()
    assert line["event"] == "sent"
    assert {line["patron"], line["card_number"], line["to_email"], line["nested"]["reading"]} == {logs.BLANK}


def test_numbers_and_mail_addresses_are_blanked_wherever_they_stand(lines) -> None:
    logging.getLogger("library").warning("cannot reach %s, %s or %s", MAIL, PHONE, CARD)
    logging.getLogger("library").warning("row", extra={"where": ["full width 2140012345678", CARD]})
    first, second = lines()
    assert first["event"] == f"cannot reach {logs.BLANK}, {logs.BLANK} or {logs.BLANK}"
    assert second["where"] == [f"full width {logs.BLANK}", logs.BLANK]


def test_objects_are_named_by_their_type_only(lines) -> None:
    class Patron:
        def __str__(self) -> str:
            return NAME

    structlog.get_logger("a.room").info("seen", who=Patron())
    assert lines()[0]["who"] == "Patron"


def test_an_exception_keeps_its_type_and_places_but_not_its_words(lines) -> None:
    try:
        explode(None)
    except ValueError:
        structlog.get_logger("a.room").exception("failed")
    (line,) = lines()
    assert line["exception"]["type"] == "ValueError"
    assert line["exception"]["places"][-1].endswith("explode")


@pytest.mark.urls(__name__)
def test_a_page_that_breaks_leaves_no_trace_of_the_person(lines) -> None:
    client = Client(raise_request_exception=False, headers={"X-Request-ID": "proxy-12345678"})
    answer = client.get(f"/cards/{CARD}?q={NAME}", REMOTE_ADDR="127.0.0.1")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] == "proxy-12345678"
    written = lines()
    (request,) = [line for line in written if line["event"] == "request"]
    assert request["route"] == "cards/<str:card>"
    assert (request["status"], request["request_id"]) == (500, "proxy-12345678")
    assert [line["exception"]["type"] for line in written if "exception" in line] == ["ValueError"]


@pytest.mark.urls(__name__)
def test_a_missing_page_is_logged_without_its_address(lines) -> None:
    Client().get(f"/nobody/{CARD}")
    assert [line["route"] for line in lines()] == ["(none)"]


def test_a_request_id_that_is_no_plain_token_is_not_taken_over(lines) -> None:
    bind_contextvars(request_id="kept")
    answer = Client(headers={"X-Request-ID": f"{NAME} \n{CARD}"}).get("/no-such-page")
    assert len(answer["X-Request-ID"]) == 32
    assert lines()[0]["request_id"] == answer["X-Request-ID"]
