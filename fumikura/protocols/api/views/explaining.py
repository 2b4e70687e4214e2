"""Why a copy is kept for whom it is kept for, who waits before whom, when a hold may come. Never who."""

from datetime import date, datetime

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_by_id
from fumikura.circulation import services as circulation
from fumikura.circulation.services import WhyBound
from fumikura.kernel.refusals import Reason
from fumikura.protocols.api.auth import BearerToken
from fumikura.protocols.api.problems import why_out
from fumikura.protocols.api.schemas import Problem, WhyOut
from fumikura.protocols.api.views.lending import MOST_ROWS, actor_of, item_of
from fumikura.protocols.api.views.ways import RideOut, rides_of

router = Router(tags=["lending"])
FAILURES = {401: Problem, 403: Problem, 404: Problem, 422: Problem}


class RivalOut(Schema):
    accepted_at: datetime
    entered_at: datetime
    pickup: str = Field(description="Code of a facility")
    lost_by: WhyOut


class OtherCopyOut(Schema):
    item: str
    stands_at: str
    lost_by: WhyOut


class BoundOut(Schema):
    """Why a copy is kept for a hold: the reader's turn, the copy, the way, the last day."""

    item: str
    hold: int
    accepted_at: datetime
    bound_at: datetime
    pickup: str
    rule: WhyOut
    in_hand: bool = Field(description="Bound at the scan of this copy; otherwise chosen among copies on shelves")
    stood_at: str
    stops: int = Field(description="Van stops from there to the pickup")
    readers: list[RivalOut] = Field(description="Others who wait: all who asked before, some who asked later")
    more_readers: int
    copies: list[OtherCopyOut]
    way: list[RideOut]
    until: date | None = None
    until_why: list[WhyOut] = []


@router.get(
    "/items/{item}/explanation",
    auth=BearerToken(),
    response={200: BoundOut, **FAILURES},
    summary="Why this reader first, why this copy, why this way",
)
def bound(request: HttpRequest, item: str) -> BoundOut:
    """The rule, the rivals, and by what each of them lost. 404 when the copy is kept for nobody."""
    actor_of(request).require("circulation.check-in")
    why = circulation.why_bound(item_of(item), timezone.now())
    if why is None:
        raise Http404
    return _bound_out(why)


def _bound_out(why: WhyBound) -> BoundOut:
    shelf = why.shelf
    return BoundOut(
        item=why.item.barcode,
        hold=why.hold.pk,
        accepted_at=why.hold.accepted_at,
        bound_at=why.bound_at,
        pickup=why.hold.pickup.code,
        rule=why_out(Reason("queue-rule")),
        in_hand=why.in_hand,
        stood_at=why.stood_at,
        stops=why.stops,
        readers=[
            RivalOut(
                accepted_at=one.accepted_at, entered_at=one.entered_at, pickup=one.pickup, lost_by=why_out(one.lost_by)
            )
            for one in why.readers
        ],
        more_readers=why.more_readers,
        copies=[
            OtherCopyOut(item=one.item.barcode, stands_at=one.stands_at, lost_by=why_out(one.lost_by))
            for one in why.copies
        ],
        way=rides_of(why.way),
        until=shelf.until if shelf else None,
        until_why=[why_out(reason) for reason in shelf.reasons] if shelf else [],
    )


class PlaceOut(Schema):
    number: int = Field(description="Among those who have no copy yet; 0 for who has one")
    hold: int
    accepted_at: datetime
    pickup: str
    state: str = Field(description="waiting, allotted, travelling, collecting or ready")
    item: str = Field("", description="The copy that is bound")
    passed_over: WhyOut | None = Field(None, description="Why it is not served today")


class QueueOut(Schema):
    rule: WhyOut
    places: list[PlaceOut]
    more: int = Field(description="How many more wait than are listed")


@router.get(
    "/titles/{record}/queue",
    auth=BearerToken(),
    response={200: QueueOut, **FAILURES},
    summary="Who waits for a title, in turn, without names",
)
def queue(request: HttpRequest, record: int) -> QueueOut:
    """The order in which copies will be given, and what stands in the way of each."""
    actor_of(request).require("circulation.place-hold")
    rows, more = circulation.queue_for_title(_record(record).pk, timezone.now())
    places = [
        PlaceOut(
            number=one.number,
            hold=one.hold.pk,
            accepted_at=one.hold.accepted_at,
            pickup=one.hold.pickup.code,
            state=one.state,
            item=one.item.barcode if one.item else "",
            passed_over=why_out(one.stands_still) if one.stands_still else None,
        )
        for one in rows
    ]
    return QueueOut(rule=why_out(Reason("queue-rule")), places=places, more=more)


class EstimateOut(Schema):
    waiting: int
    earliest: date | None = None
    latest: date | None = None
    unknown: WhyOut | None = Field(None, description="Why nobody can tell")


@router.get(
    "/titles/{record}/estimate",
    response={200: EstimateOut, 404: Problem, 422: Problem},
    summary="When a hold placed now may come",
)
def estimate(request: HttpRequest, record: int) -> EstimateOut:
    """From our own past loans: half of them lie between the two days. Not a promise."""
    pk = _record(record).pk
    found = circulation.estimate_for_title(pk, timezone.now())
    waiting = circulation.waiting_for(pk)
    if isinstance(found, Reason):
        return EstimateOut(waiting=waiting, unknown=why_out(found))
    return EstimateOut(waiting=waiting, unknown=None, earliest=found.earliest, latest=found.latest)


def _record(number: int) -> BibliographicRecord:
    if found := records_by_id([number] if number <= MOST_ROWS else []).get(number):
        return found
    raise Http404
