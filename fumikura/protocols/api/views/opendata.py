"""What other systems poll: availability of many titles, sites and their days, and what has changed. Open to everybody."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router
from ninja.responses import NinjaJSONEncoder

from fumikura.catalogue.queries import records_by_id, records_with_any
from fumikura.circulation.polling import Copy, copies_polled
from fumikura.discovery.parsing import isbn_query
from fumikura.discovery.query import Field
from fumikura.discovery.touched import records_touched_by
from fumikura.journal.models import Bookmark
from fumikura.journal.queries import end_of_journal, entries_after
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import Opening, calendar_for, calendars_for, facilities, find_facility, opening
from fumikura.protocols.api.schemas import (
    AvailabilityAnswer,
    AvailabilityIn,
    CalendarIn,
    ChangeOut,
    ChangesAnswer,
    ChangesIn,
    DayOut,
    Problem,
    SiteOut,
)

router = Router(tags=["open data"])
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")
_ANY_RECORD = 1_870_000_001
"""Stands where the number of a record will."""


@router.get(
    "/availability",
    response={200: AvailabilityAnswer, 422: Problem},
    summary="Where many titles are in, by ISBN",
    auth=None,
)
def availability(request: HttpRequest, asked: Query[AvailabilityIn]) -> HttpResponse:
    """From the tables, not from the index: as many queries for two hundred titles as for one."""
    now = timezone.now()
    wanted = {isbn: _normalised(isbn) for isbn in asked.isbn}
    records = records_with_any("isbn", wanted.values())
    copies = copies_polled(number for numbers in records.values() for number in numbers)
    address = _addresses(request)
    titles = []
    for isbn in asked.isbn:
        numbers = records.get(wanted[isbn], [])
        sites = _by_site(copy for number in numbers for copy in copies.get(number, ()))
        titles.append({"isbn": isbn, "records": numbers, "sites": sites, "url": address(numbers[0]) if numbers else ""})
    # Written here: to make and validate the objects of the answer cost more than to find it. The tests prove that it is
    # byte for byte what they would have written.
    body = json.dumps({"as_of": now, "titles": titles}, cls=NinjaJSONEncoder)
    return HttpResponse(body, content_type="application/json; charset=utf-8")


def _normalised(isbn: str) -> str:
    asked = isbn_query(isbn)
    return asked.value if isinstance(asked, Field) else ""


def _addresses(request: HttpRequest) -> Callable[[int], str]:
    """The address of a title's page by its record, worded once for all of them."""
    page = request.build_absolute_uri(reverse("opac:title", args=[_ANY_RECORD]))
    before, _, after = page.rpartition(str(_ANY_RECORD))
    return lambda record: f"{before}{record}{after}"


def _by_site(copies: Iterable[Copy]) -> list[dict[str, object]]:
    by_site: dict[str, list[Copy]] = {}
    for copy in copies:
        by_site.setdefault(copy.facility, []).append(copy)
    found: list[dict[str, object]] = []
    for code, some in by_site.items():
        available = sum(copy.is_available for copy in some)
        due = [copy.due_on for copy in some if copy.due_on]
        first_due = min(due) if due and not available else None
        found.append({"facility": code, "copies": len(some), "available": available, "due_on": first_due})
    return found


@router.get("/sites", response={200: list[SiteOut]}, summary="Every place of the network, today", auth=None)
def sites(request: HttpRequest) -> list[SiteOut]:
    """In the order of the city's list, with today's hours."""
    places, now = facilities(), timezone.now()
    calendars = calendars_for(places)
    return [_site(place, opening(place, calendars[place.pk], now)) for place in places]


def _site(place: Facility, today: Opening) -> SiteOut:
    return SiteOut(
        code=place.code,
        name=place.name,
        name_en=place.name_en,
        reading=place.reading,
        kind=place.kind,
        postcode=place.postcode,
        address=place.address,
        phone=place.phone,
        opens=f"{place.opens:%H:%M}",
        closes=f"{place.closes:%H:%M}",
        open_today=today.is_open_today,
        open_now=today.is_open_now,
        next_open_on=today.next_open_on,
        lends=place.lends,
        takes_returns=place.takes_returns,
        pickup=place.pickup,
    )


@router.get(
    "/sites/{code}/days",
    response={200: list[DayOut], 404: Problem, 422: Problem},
    summary="On which days a place is open",
    auth=None,
)
def days(request: HttpRequest, code: str, asked: Query[CalendarIn]) -> list[DayOut]:
    """Day by day, with closures for holidays and repairs."""
    calendar = calendar_for(find_facility(code[:20]))
    first = min(asked.since or timezone.localdate(timezone.now()), date(9000, 1, 1))
    return [
        DayOut(on=day, open=calendar.is_open(day)) for day in (first + timedelta(days=n) for n in range(asked.days))
    ]


@router.get(
    "/changes",
    response={200: ChangesAnswer, 409: Problem, 422: Problem},
    summary="What has changed since, to be followed without end",
    auth=None,
)
def changes(request: HttpRequest, asked: Query[ChangesIn]) -> ChangesAnswer:
    """Records whose description or availability changed, in the order of the journal. Nothing is skipped while others
    write; nobody is named. Whoever keeps `next` goes on where it stopped, also after a year."""
    if asked.after == "now":
        transaction, entry = end_of_journal()
        return ChangesAnswer(changes=[], next=f"{transaction}-{entry}", at_end=True)
    mark = _mark(asked.after)
    entries = entries_after(mark, limit=asked.limit)
    described = [entry for entry in entries if entry.event.startswith("catalogue.")]
    moved = [entry for entry in entries if not entry.event.startswith("catalogue.")]
    records, availability = records_touched_by(described), records_touched_by(moved)
    present = set(records_by_id(records | availability))
    last = entries[-1] if entries else None
    return ChangesAnswer(
        changes=[
            *(ChangeOut(kind="record", record=number, deleted=number not in present) for number in sorted(records)),
            *(ChangeOut(kind="availability", record=one, deleted=one not in present) for one in sorted(availability)),
        ],
        next=f"{last.transaction}-{last.pk}" if last else f"{mark.transaction}-{mark.entry}",
        at_end=len(entries) < asked.limit,
    )


def _mark(after: str) -> Bookmark:
    if not after:
        return Bookmark()
    found = _CURSOR.fullmatch(after)
    if not found:
        raise Refused(Reason("cursor-unknown"))
    return Bookmark(transaction=int(found[1]), entry=int(found[2]))
