"""What others poll: availability by ISBN, sites and days, the feed of changes."""

import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fumikura.catalogue.models import RecordIdentifier
from fumikura.catalogue.services import delete_record
from fumikura.circulation.services import check_out
from tests import cast
from tests.circulation.cast import at_desk, item
from tests.protocols.oai.catalogue import book

pytestmark = pytest.mark.django_db


def get(path: str) -> dict:
    answer = Client().get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_many_isbns_are_answered_at_once_in_their_order() -> None:
    copy = item("30000017")
    item("30000025", home=cast.kita())
    isbn = RecordIdentifier.objects.get(record=copy.record, scheme="isbn").value
    check_out(item=copy, patron=cast.hanako(), by=at_desk(), at=cast.AT)
    told = get(f"availability?isbn=9784003101018&isbn={isbn}&isbn=nonsense")["titles"]
    assert [one["isbn"] for one in told] == ["9784003101018", isbn, "nonsense"]
    assert [len(one["records"]) for one in told] == [0, 1, 0]
    by_site = {one["facility"]: (one["copies"], one["available"], one["due_on"]) for one in told[1]["sites"]}
    assert by_site == {"CHUO": (1, 0, "2026-06-03"), "KITA": (1, 1, None)}


def test_a_hundred_isbns_cost_no_more_queries_than_one() -> None:
    copy = item("30000017")
    isbn = RecordIdentifier.objects.get(record=copy.record, scheme="isbn").value
    for n in range(99):
        RecordIdentifier.objects.create(record=book(n), scheme="isbn", value=f"97840000{n:05}")
    with CaptureQueriesContext(connection) as one:
        get(f"availability?isbn={isbn}")
    many = "&".join(f"isbn=97840000{n:05}" for n in range(99))
    with CaptureQueriesContext(connection) as hundred:
        began = time.thread_time()
        assert len(get(f"availability?isbn={isbn}&{many}")["titles"]) == 100
        assert time.thread_time() - began < 1
    assert len(hundred) <= len(one)


def test_more_than_two_hundred_are_refused() -> None:
    many = "&".join(["isbn=9784003101018"] * 201)
    assert Client().get(f"/api/v1/availability?{many}").status_code == 422
    assert Client().get("/api/v1/availability").status_code == 422


def test_sites_and_their_days_are_told() -> None:
    cast.chuo(), cast.kita()
    assert {one["code"]: one["name"] for one in get("sites")} == {"CHUO": "中央図書館", "KITA": "北図書館"}
    days = get("sites/CHUO/days?since=2026-05-18&days=3")
    assert [(day["on"], day["open"]) for day in days] == [
        ("2026-05-18", False),
        ("2026-05-19", True),
        ("2026-05-20", True),
    ]
    assert Client().get("/api/v1/sites/NOWHERE/days").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_changes_are_followed_from_where_one_stopped_and_name_nobody() -> None:
    copy = item("30000017")
    hanako = cast.hanako()
    start = get("changes?after=now")["next"]
    assert get(f"changes?after={start}")["changes"] == []
    check_out(item=copy, patron=hanako, by=at_desk(), at=cast.AT)
    gone = book(1)
    told = get(f"changes?after={start}")
    assert told["changes"] == [
        {"kind": "record", "record": gone.pk, "deleted": False},
        {"kind": "availability", "record": copy.record_id, "deleted": False},
    ]
    assert hanako.key not in str(told)
    delete_record(record=gone, by=cast.SYSTEM, at=cast.AT)
    assert get(f"changes?after={told['next']}")["changes"] == [{"kind": "record", "record": gone.pk, "deleted": True}]


@pytest.mark.django_db(transaction=True)
def test_the_whole_journal_is_read_in_small_steps() -> None:
    rows = {book(n).pk for n in range(7)}
    seen, after = set(), ""
    while True:
        told = get(f"changes?limit=2&after={after}")
        seen |= {change["record"] for change in told["changes"]}
        after = told["next"]
        if told["at_end"]:
            break
    assert seen == rows


@pytest.mark.parametrize("after", ["nonsense", "1", "-1-2", "9-9-9"])
def test_a_position_that_was_never_given_out_is_refused(after: str) -> None:
    answer = Client().get("/api/v1/changes", {"after": after})
    assert (answer.status_code, answer.json()["reasons"][0]["code"]) == (409, "cursor-unknown")
