"""Why my loan is due on that day, and why my hold stands where it stands. Nothing in it is about anybody else."""

from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from fumikura.circulation import services as circulation
from fumikura.circulation.rules.expecting import Expected
from fumikura.kernel.refusals import Reason
from fumikura.protocols import readers
from fumikura.protocols.api.problems import why_out
from fumikura.protocols.api.schemas import Problem, WhyOut
from fumikura.protocols.api.views.mine import ReaderToken, reader_of_token
from fumikura.protocols.api.views.ways import RideOut, rides_of

router = Router(tags=["my"], auth=ReaderToken())
FAILURES = {401: Problem, 404: Problem, 409: Problem, 422: Problem}


class MyDueOut(Schema):
    due_on: date
    why: list[WhyOut] = Field(description="The period and its rule, then what moved the day")


class MyTurnOut(Schema):
    """Why a hold stands where it stands."""

    state: str = Field(description="waiting, allotted, travelling, collecting, ready")
    position: int = Field(description="1 is next; 0 when it has a copy, sleeps or is passed over")
    waiting: int
    accepted_at: datetime
    why: list[WhyOut] = Field(
        description="The rule of the queue; what keeps it waiting; why that copy; why that last day"
    )
    way: list[RideOut] = Field(description="The vans that bring it")
    arrives: datetime | None = None
    until: date | None = Field(None, description="The last day to collect")
    earliest: date | None = Field(None, description="When it may come, by past loans; not a promise")
    latest: date | None = None
    unknown: WhyOut | None = Field(None, description="Why nobody can tell")


@router.get(
    "/my/loans/{loan_id}/explanation", response={200: MyDueOut, **FAILURES}, summary="Why it is due on that day"
)
def due(request: HttpRequest, loan_id: int) -> MyDueOut:
    loan = readers.own_loan(reader_of_token(request), loan_id)
    return MyDueOut(due_on=loan.due_on, why=[why_out(one) for one in readers.why_due([loan])[loan.pk]])


@router.get(
    "/my/holds/{hold_id}/explanation",
    response={200: MyTurnOut, **FAILURES},
    summary="Why my hold stands where it stands",
)
def turn(request: HttpRequest, hold_id: int) -> MyTurnOut:
    """My turn, my copy, its way and its last day."""
    patron, at = reader_of_token(request), timezone.now()
    one = circulation.standing_of_hold(readers.own_hold(patron, hold_id), at)
    expected = one.expected
    return MyTurnOut(
        state=one.state,
        position=one.position,
        waiting=one.waiting,
        accepted_at=one.hold.accepted_at,
        why=[why_out(reason) for reason in circulation.whys_mine(patron, [one], at)[one.hold.pk]],
        way=rides_of(one.way),
        arrives=one.arrives_at,
        until=one.until,
        earliest=expected.earliest if isinstance(expected, Expected) else None,
        latest=expected.latest if isinstance(expected, Expected) else None,
        unknown=why_out(expected) if isinstance(expected, Reason) else None,
    )
