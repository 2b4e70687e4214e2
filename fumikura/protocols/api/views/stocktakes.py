"""蔵書点検 for handheld readers and their programs: send what was read, see how far it is."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from fumikura.journal.services import once
from fumikura.kernel.refusals import NotPermitted
from fumikura.organisation.queries import find_facility
from fumikura.protocols.api.auth import BearerToken, Key
from fumikura.protocols.api.schemas import Problem
from fumikura.protocols.api.views.lending import actor_of
from fumikura.stocktake.models import Reading, ScanBatch
from fumikura.stocktake.queries import get_stocktake, progress_of, stocktakes_at
from fumikura.stocktake.services import MOST, take_batch

router = Router(tags=["stocktake"], auth=BearerToken())
FAILURES = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
RIGHT = "stocktake.count"


class StocktakeOut(Schema):
    id: int
    facility: str
    location: str = Field(description="Shelving location; empty for the whole site")
    call_from: str
    call_to: str
    opened_at: datetime
    takes_batches: bool


class BatchIn(Schema):
    numbers: list[str] = Field(
        max_length=MOST, description="Barcodes or tag UIDs in the order of the shelf; at most 10,000"
    )
    shelf: str = Field("", max_length=40)
    source: Literal["barcode", "rfid"] = "barcode"
    read_at: datetime | None = Field(None, description="When the last one was read; now when left out")


class ReadingOut(Schema):
    place: int
    number: str
    verdict: str = Field(
        description="right, found, on-loan, other-place, ghost, unknown … (docs/operations/stocktake.md)"
    )
    is_out_of_order: bool
    goes_after: str
    ghost_score: int


class BatchOut(Schema):
    id: int
    verdicts: dict[str, int]
    to_look_at: list[ReadingOut] = Field(description="Readings that are not simply right, in the order of the shelf")
    repeated: bool = Field(description="This key, or this very list, was sent before; nothing was counted again")


class ProgressOut(Schema):
    in_scope: int
    expected: int
    read: int
    percent: int
    expected_unread: int
    out_of_order: int
    verdicts: dict[str, int]


@router.get("/stocktakes", response={200: list[StocktakeOut], **FAILURES}, summary="Stocktakes of your site")
def stocktakes(request: HttpRequest) -> list[StocktakeOut]:
    by = actor_of(request)
    by.require(RIGHT)
    return [
        StocktakeOut(
            id=one.pk,
            facility=one.facility.code,
            location=one.location.code if one.location else "",
            call_from=one.call_from,
            call_to=one.call_to,
            opened_at=one.opened_at,
            takes_batches=one.counted_at is None and one.closed_at is None,
        )
        for one in stocktakes_at(find_facility(by.facility))
    ]


@router.get("/stocktakes/{stocktake_id}", response={200: ProgressOut, **FAILURES}, summary="How far a stocktake is")
def progress(request: HttpRequest, stocktake_id: int) -> ProgressOut:
    actor_of(request).require(RIGHT)
    found = progress_of(get_stocktake(stocktake_id), timezone.now())
    return ProgressOut(
        in_scope=found.in_scope,
        expected=found.expected,
        read=found.read,
        percent=found.percent,
        expected_unread=found.expected_unread,
        out_of_order=found.out_of_order,
        verdicts=dict(found.verdicts),
    )


@router.post("/stocktakes/{stocktake_id}/batches", response={201: BatchOut, **FAILURES}, summary="Send what was read")
def send(request: HttpRequest, stocktake_id: int, body: BatchIn, idempotency_key: Key) -> Status[BatchOut]:
    """Up to 10,000 numbers. The same `Idempotency-Key` is counted once, however often it is sent; so is the same list under another key."""
    by, at = actor_of(request), timezone.now()
    one = get_stocktake(stocktake_id)
    if one.facility.code != by.facility:
        raise NotPermitted(RIGHT)

    def act() -> dict[str, Any]:
        made = take_batch(
            stocktake=one,
            numbers=body.numbers,
            key=by.request_key,
            shelf=body.shelf,
            source=body.source,
            read_at=body.read_at,
            by=by,
            at=at,
        )
        return {"batch": made.pk, "again": made.key != by.request_key}

    answer, repeated = once(by.request_key, act, door="api", at=at)
    return Status(201, _batch(answer["batch"], repeated=repeated or answer["again"]))


def _batch(pk: int, *, repeated: bool) -> BatchOut:
    readings = list(Reading.objects.filter(batch=ScanBatch(pk=pk)).order_by("place"))
    verdicts: dict[str, int] = {}
    for one in readings:
        verdicts[one.verdict] = verdicts.get(one.verdict, 0) + 1
    return BatchOut(
        id=pk,
        verdicts=verdicts,
        to_look_at=[
            ReadingOut(
                place=one.place,
                number=one.number,
                verdict=one.verdict,
                is_out_of_order=one.is_out_of_order,
                goes_after=one.goes_after,
                ghost_score=one.ghost_score,
            )
            for one in readings
            if one.verdict != "right" or one.is_out_of_order
        ],
        repeated=repeated,
    )
