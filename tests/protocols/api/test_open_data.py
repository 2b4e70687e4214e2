"""What others poll: availability by ISBN, sites and days, the feed of changes."""

import json
import re
import time
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from ninja.responses import NinjaJSONEncoder

from fumikura.catalogue.models import RecordIdentifier
from fumikura.catalogue.queries import records_with_any
from fumikura.catalogue.services import delete_record
from fumikura.circulation.models import ShelfPlace, Transit
from fumikura.circulation.queries import ItemState, states_of
from fumikura.circulation.services import Want, check_out, place_hold
from fumikura.discovery.parsing import isbn_query
from fumikura.holdings.models import Item, KeptAside, Missing, Withdrawal
from fumikura.holdings.queries import items_of_records
from fumikura.protocols.api.schemas import AvailabilityAnswer, IsbnAvailability, SiteAvailability
from tests import cast
from tests.circulation.cast import at_desk, item, kokoro
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


@pytest.mark.parametrize("between", [",", ", ", "、", "&isbn=", ",,"])
def test_a_list_may_be_written_with_commas(between: str) -> None:
    isbn = RecordIdentifier.objects.get(record=kokoro(), scheme="isbn").value
    told = get(f"availability?isbn=9784003101018{between}{isbn}")["titles"]
    assert [(one["isbn"], len(one["records"])) for one in told] == [("9784003101018", 0), (isbn, 1)]


def test_a_list_with_commas_may_not_be_longer_than_another() -> None:
    answer = Client().get("/api/v1/availability?isbn=" + ",".join(["9784003101018"] * 201))
    assert answer.status_code == 422 and answer.headers["Content-Type"].startswith("application/problem+json")


def copies_in_every_state() -> None:
    """One copy of 『こころ』 in each state in which a copy can be, at two sites."""
    lent, travelling, ready, aside, missing, gone = (item(f"3000010{n}") for n in range(6))
    item("30000110", reference_only=True), item("30000111", in_house_only=True)
    far, near = item("30000112", home=cast.kita(), call_number="913.6/ナ"), cast.chuo()
    Item.objects.filter(pk=far.pk).update(stands_at=near)
    for copy, site in ((lent, near), (item("30000113", home=cast.kita()), cast.kita())):
        check_out(item=copy, patron=cast.hanako() if copy is lent else cast.taro(), by=at_desk(site.code), at=cast.AT)
    Transit.objects.create(item=travelling, origin=near, destination=cast.kita(), sent_at=cast.AT)
    ShelfPlace.objects.create(item=ready, facility=near, since=cast.AT, ready_on=cast.AT.date())
    KeptAside.objects.create(item=aside, facility=near, why="mending", since=cast.AT)
    Missing.objects.create(item=missing, since=cast.AT, last_at=near)
    Withdrawal.objects.create(item=gone, withdrawn_at=cast.AT, reason="worn")
    jiro = cast.patron("三田 次郎", "みた じろう", card="20004334")
    place_hold(patron=jiro, want=Want((kokoro(),)), pickup=near, by=at_desk(), at=cast.AT)
    for copy in Item.objects.all():  # what has ended counts no more
        Transit.objects.create(item=copy, origin=near, destination=near, sent_at=cast.AT, arrived_at=cast.AT)
        Missing.objects.create(item=copy, since=cast.AT, found_at=cast.AT)


def as_its_schema_writes_it(asked: list[str], as_of: datetime) -> bytes:
    """The same by the models of the answer and what `states_of` says of each copy."""
    normal = {isbn: found.value if (found := isbn_query(isbn)) else "" for isbn in asked}
    records = records_with_any("isbn", normal.values())
    items = items_of_records(number for numbers in records.values() for number in numbers)
    states = states_of([copy for copies in items.values() for copy in copies], timezone.now())
    titles = []
    for isbn in asked:
        numbers = records.get(normal[isbn], [])
        sites: dict[str, list[ItemState]] = {}
        for copy in [copy for number in numbers for copy in items.get(number, [])]:
            sites.setdefault(copy.home.code, []).append(states[copy.pk])
        told = []
        for code, some in sites.items():
            available, due = sum(one.is_available for one in some), [one.due_on for one in some if one.due_on]
            first = min(due) if due and not available else None
            told.append(SiteAvailability(facility=code, copies=len(some), available=available, due_on=first))
        url = f"http://testserver/titles/{numbers[0]}" if numbers else ""
        titles.append(IsbnAvailability(isbn=isbn, records=numbers, sites=told, url=url))
    return json.dumps(AvailabilityAnswer(as_of=as_of, titles=titles).model_dump(), cls=NinjaJSONEncoder).encode()


def test_the_answer_is_byte_for_byte_what_its_schema_writes() -> None:
    copies_in_every_state()
    isbn = RecordIdentifier.objects.get(record=kokoro(), scheme="isbn").value
    other = book(1)
    RecordIdentifier.objects.create(record=other, scheme="isbn", value=isbn)
    item("30000114", record=other, home=cast.kita())
    deleted = book(2)
    RecordIdentifier.objects.create(record=deleted, scheme="isbn", value="9784003101018")
    delete_record(record=deleted, by=cast.SYSTEM, at=cast.AT)
    asked = [isbn, "4-10-101013-7", "9784003101018", '無い"本\\', isbn]
    answer = Client().get("/api/v1/availability", {"isbn": asked})
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    written = as_its_schema_writes_it(asked, datetime.fromisoformat(answer.json()["as_of"]))
    assert after_the_time(answer.content) == after_the_time(written)
    counted = {one["facility"]: (one["copies"], one["available"]) for one in answer.json()["titles"][0]["sites"]}
    assert counted == {"CHUO": (7, 0), "KITA": (3, 1)}


def after_the_time(body: bytes) -> bytes:
    """`as_of` is told to the millisecond, and a moment without any is told without."""
    return re.sub(rb"[.0-9]*Z", b"Z", body, count=1)


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
    assert len(hundred) <= len(one) == 2


def test_more_than_two_hundred_are_refused() -> None:
    many = "&".join(["isbn=9784003101018"] * 201)
    assert Client().get(f"/api/v1/availability?{many}").status_code == 422
    assert Client().get("/api/v1/availability").status_code == 422


def test_sites_and_their_days_are_told() -> None:
    cast.facility(phone="071-000-1001", postcode="999-0001"), cast.kita()
    assert [(one["postcode"], one["phone"]) for one in get("sites")] == [("999-0001", "071-000-1001"), ("", "")]
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
