"""What machines that watch are told, and who is told."""

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from fumikura.journal.services import record
from tests.journal.test_services import BY, BellRung

pytestmark = pytest.mark.django_db


def test_healthz_says_ok_and_how_far_the_readers_are_behind(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert "journal_lag" in answer.json()
    assert "no-store" in answer["Cache-Control"]


def test_healthz_says_503_when_the_database_does_not_answer(client: Client) -> None:
    def refuse(*_arguments: object) -> None:
        raise OperationalError("the plug is out")

    with connection.execute_wrapper(refuse):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")


def test_metrics_count_requests_by_route_and_verbs_by_event(client: Client) -> None:
    client.get("/metrics")
    with transaction.atomic():
        record(BellRung(times=1), by=BY, at=datetime(2026, 5, 20, tzinfo=UTC))
    client.get("/healthz")
    figures = client.get("/metrics").content.decode()
    assert 'fumikura_requests_total{method="GET",route="healthz",status="200"}' in figures
    assert f'fumikura_recorded_total{{event="{BellRung.name}"}} 1.0' in figures
    assert "fumikura_open_loans 0.0" in figures


@pytest.mark.parametrize("outside", [{"REMOTE_ADDR": "192.0.2.7"}, {"headers": {"X-Forwarded-For": "192.0.2.7"}}])
def test_metrics_are_for_this_machine_or_the_bearer_of_the_token(client: Client, settings, outside) -> None:
    settings.METRICS_TOKEN = "a-long-secret"
    assert client.get("/metrics", **outside).status_code == 404
    headers = {**outside.get("headers", {}), "Authorization": "Bearer a-long-secret"}
    assert client.get("/metrics", **{**outside, "headers": headers}).status_code == 200


def test_an_empty_token_opens_nothing(client: Client, settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": "Bearer "}).status_code == 404


def test_every_page_carries_the_security_headers(client: Client) -> None:
    answer = client.get("/healthz")
    assert "camera" not in answer["Permissions-Policy"]  # the phone's camera may read a barcode one day
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
