"""Polite limits: told at once when to come again."""

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from fumikura.project.limits import Buckets, Limit
from tests.cast import staff
from tests.web.desk.conftest import enter

SITE = "198.51.100.7"


@given(some.lists(some.floats(0, 5), max_size=60))
def test_nobody_gets_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    buckets, now, granted = Buckets(Limit("pages", ("/",), 2.0, 10)), 0.0, 0
    for pause in pauses:
        now += pause
        granted += buckets.take(SITE, now)[0]
    assert granted <= 10 + 2 * now + 1e-6


def test_an_address_that_rests_gets_its_burst_again() -> None:
    buckets = Buckets(Limit("pages", ("/",), 2.0, 10))
    assert [buckets.take(SITE, 0.0)[0] for _ in range(12)] == [True] * 10 + [False] * 2
    refused = buckets.take(SITE, 0.0)
    assert refused[2] == pytest.approx(0.5)
    assert buckets.take("203.0.113.9", 0.0)[0], "another address has a bucket of its own"
    assert [buckets.take(SITE, 5.0)[0] for _ in range(11)] == [True] * 10 + [False]


@pytest.fixture
def narrow(settings: object) -> None:
    settings.LIMIT_MACHINES, settings.LIMIT_PAGES = 1, 1  # type: ignore[attr-defined]


def until_refused(client: Client, path: str) -> list[HttpResponse]:
    """Every answer up to the first refusal: on a slow machine the limit of one a second is met late, but it is met."""
    answers = []
    for _ in range(200):
        answers.append(client.get(path))
        if answers[-1].status_code in {429, 503}:
            break
    return answers


@pytest.mark.django_db
@pytest.mark.usefixtures("narrow")
def test_a_program_that_asks_too_fast_is_told_when_to_come_again() -> None:
    client = Client(REMOTE_ADDR=SITE)
    answers = until_refused(client, "/api/v1/sites")
    assert [one.status_code for one in answers] == [200] * (len(answers) - 1) + [429] and len(answers) > 6
    assert answers[0]["RateLimit-Policy"] == '"machines";q=6;w=6'
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert int(answers[-1]["Retry-After"]) >= 1
    assert "待って" in answers[-1].json()["detail"]


@pytest.mark.django_db
@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize(("path", "status"), [("/oai?verb=Identify", 503), ("/sru?version=1.2", 429)])
def test_a_harvester_is_told_in_the_words_of_its_protocol(path: str, status: int) -> None:
    client = Client(REMOTE_ADDR=SITE)
    last = until_refused(client, path)[-1]
    assert last.status_code == status and int(last["Retry-After"]) >= 1


@pytest.mark.django_db
@pytest.mark.usefixtures("narrow")
def test_a_reader_who_pages_too_fast_gets_a_page_that_says_so() -> None:
    client = Client(REMOTE_ADDR=SITE, headers={"Accept": "text/html"})
    last = until_refused(client, "/persons/")[-1]
    assert last.status_code == 429
    assert "問い合わせが続きすぎました" in last.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("narrow")
def test_this_machine_and_staff_are_never_sent_away() -> None:
    here = Client()
    assert {here.get("/api/v1/sites").status_code for _ in range(9)} == {200}
    at_work = enter(Client(REMOTE_ADDR=SITE), staff("sano"))
    assert {at_work.get("/persons/").status_code for _ in range(13)} == {200}


@pytest.mark.django_db
def test_a_forwarded_address_is_believed_only_behind_our_own_proxy(settings: object) -> None:
    settings.LIMIT_MACHINES = 1  # type: ignore[attr-defined]
    client = Client(REMOTE_ADDR=SITE)
    several = (client.get("/api/v1/sites", headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(200))
    assert any(one.status_code == 429 for one in several)
    settings.SECURE_BEHIND_TLS = True  # type: ignore[attr-defined]
    behind = [client.get("/api/v1/sites", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(8)]
    assert set(behind) == {200}
