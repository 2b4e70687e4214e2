"""GET /api/v1/ways: by which van, and when it arrives."""

import pytest
from django.test import Client

from tests.circulation.test_runs import ring

pytestmark = pytest.mark.django_db


def test_everybody_may_ask_how_a_thing_travels(client: Client) -> None:
    ring()
    told = client.get("/api/v1/ways?origin=KITA&destination=MINAMI&ready=2026-05-20T09:00:00%2B09:00").json()
    assert [(ride["run"], ride["origin"], ride["destination"]) for ride in told["rides"]] == [(1, "KITA", "MINAMI")]
    assert told["arrives"] == "2026-05-20T11:30:00+09:00"


def test_an_unknown_site_is_not_found_and_one_site_needs_no_van(client: Client) -> None:
    ring()
    assert client.get("/api/v1/ways?origin=MOON&destination=KITA").status_code == 404
    assert client.get("/api/v1/ways?origin=KITA&destination=KITA").json()["rides"] == []
