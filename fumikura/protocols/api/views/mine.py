"""What a signed-in reader sees and does through a program: their own loans, holds and card, nothing of anybody else."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router, Status
from ninja.security import HttpBearer

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold, Loan
from fumikura.circulation.queries import open_loans_of
from fumikura.circulation.services import Standing, renew
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import find_facility
from fumikura.patrons.models import Patron
from fumikura.protocols import readers
from fumikura.protocols.api.auth import KEY_HEADER, Key
from fumikura.protocols.api.permits import reader_by_permit
from fumikura.protocols.api.schemas import Problem
from fumikura.protocols.api.schemas_mine import (
    CardOut,
    HoldIn,
    MyHoldOut,
    MyLoanOut,
    PickupIn,
    SessionIn,
    SessionOut,
    SuspensionIn,
)

LONGEST_SLEEP = timedelta(days=365)


class ReaderToken(HttpBearer):
    """`Authorization: Bearer …` with the token of POST /my/sessions, or one that the reader allowed a service (OAuth 2)."""

    def authenticate(self, request: HttpRequest, token: str) -> Patron | None:
        return readers.reader_of(token[:64]) or reader_by_permit(request, token)


router = Router(tags=["my"], auth=ReaderToken())
FAILURES = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


@router.post("/my/sessions", response={201: SessionOut, **FAILURES}, summary="Sign a reader in", auth=None)
def sign_in(request: HttpRequest, body: SessionIn) -> Status[SessionOut]:
    """With card and password; after five failures the card rests for a quarter of an hour, as at the library's own door."""
    address = request.META.get("REMOTE_ADDR", "")
    _patron, token = readers.sign_in(body.card, body.password, address=address, at=timezone.now())
    return Status(201, SessionOut(token=token))


@router.api_operation(
    ["DELETE"], "/my/sessions", response={204: None, 400: Problem, 401: Problem, 403: Problem}, summary="Sign out"
)
def sign_out(request: HttpRequest) -> Status[None]:
    """The token opens nothing any more."""
    readers.sign_out(readers.key_of(request))
    return Status(204, None)


@router.get(
    "/my/card",
    response={200: CardOut, 401: Problem, 403: Problem},
    summary="Whether the card is good, and how much is out",
)
def card(request: HttpRequest) -> CardOut:
    """No name, no address."""
    account = readers.account_of(reader_of_token(request), timezone.now())
    reasons = [words(Reason(code), get_language() or "ja")[0] for code in account.reasons]
    return CardOut(
        valid=account.is_valid,
        expires_on=date.fromisoformat(account.expires_on) if account.expires_on else None,
        reasons=reasons,
        loans=account.loans,
        holds=account.holds,
        ready=account.ready,
    )


@router.get("/my/loans", response={200: list[MyLoanOut], 401: Problem, 403: Problem}, summary="What I have")
def loans(request: HttpRequest) -> list[MyLoanOut]:
    """The first to come due first."""
    return [_loan(loan) for loan in open_loans_of(reader_of_token(request))]


@router.post("/my/loans/{loan_id}/renewals", response={201: MyLoanOut, **FAILURES}, summary="Renew one of my loans")
def renew_mine(request: HttpRequest, loan_id: int, idempotency_key: Key) -> Status[MyLoanOut]:
    patron = reader_of_token(request)

    def act(by: Actor, at: datetime) -> int:
        return renew(loan=readers.own_loan(patron, loan_id), by=by, at=at).pk

    _once(request, act)
    return Status(201, _loan(readers.own_loan(patron, loan_id)))


@router.get("/my/holds", response={200: list[MyHoldOut], 401: Problem, 403: Problem}, summary="What I wait for")
def holds(request: HttpRequest) -> list[MyHoldOut]:
    """What can be collected first, then by place in the queue."""
    return [_hold(one) for one in circulation.holds_of(reader_of_token(request), timezone.now())]


@router.post("/my/holds", response={201: MyHoldOut, **FAILURES}, summary="Place a hold")
def place(request: HttpRequest, body: HoldIn, idempotency_key: Key) -> Status[MyHoldOut]:
    """On a title, collected at a place of one's choice, else at one's own library."""
    patron = reader_of_token(request)
    done = _once(request, lambda by, at: readers.place(patron, body.record, body.pickup, by=by, at=at).pk)
    return Status(201, _standing(patron, done))


@router.api_operation(["DELETE"], "/my/holds/{hold_id}", response={204: None, **FAILURES}, summary="Cancel a hold")
def cancel(request: HttpRequest, hold_id: int, idempotency_key: Key) -> Status[None]:
    patron = reader_of_token(request)

    def act(by: Actor, at: datetime) -> int:
        circulation.cancel_hold(hold=readers.own_hold(patron, hold_id), by=by, at=at)
        return hold_id

    _once(request, act)
    return Status(204, None)


@router.put("/my/holds/{hold_id}/pickup", response={200: MyHoldOut, **FAILURES}, summary="Collect it somewhere else")
def move(request: HttpRequest, hold_id: int, body: PickupIn, idempotency_key: Key) -> MyHoldOut:
    patron = reader_of_token(request)

    def act(by: Actor, at: datetime) -> int:
        hold, pickup = readers.own_hold(patron, hold_id), find_facility(body.pickup)
        circulation.change_pickup(hold=hold, pickup=pickup, by=by, at=at)
        return hold_id

    return _standing(patron, _once(request, act))


@router.put("/my/holds/{hold_id}/suspension", response={200: MyHoldOut, **FAILURES}, summary="Let a hold sleep")
def suspend(request: HttpRequest, hold_id: int, body: SuspensionIn, idempotency_key: Key) -> MyHoldOut:
    """The place in the queue is kept."""
    patron = reader_of_token(request)

    def act(by: Actor, at: datetime) -> int:
        hold = readers.own_hold(patron, hold_id)
        if body.until > timezone.localdate(at) + LONGEST_SLEEP:
            raise Refused(Reason("suspension-days"))
        return circulation.suspend_hold(hold=hold, until=body.until, starts_on=body.since, by=by, at=at).pk

    return _standing(patron, _once(request, act))


@router.api_operation(
    ["DELETE"], "/my/holds/{hold_id}/suspension", response={200: MyHoldOut, **FAILURES}, summary="Wake a hold"
)
def wake(request: HttpRequest, hold_id: int, idempotency_key: Key) -> MyHoldOut:
    patron = reader_of_token(request)

    def act(by: Actor, at: datetime) -> int:
        circulation.wake_hold(hold=readers.own_hold(patron, hold_id), by=by, at=at)
        return hold_id

    return _standing(patron, _once(request, act))


def reader_of_token(request: HttpRequest) -> Patron:
    """Whom authentication found."""
    found = getattr(request, "auth", None)
    if not isinstance(found, Patron):
        raise TypeError("an operation of this router was called without authentication")
    return found


def _once(request: HttpRequest, act: Callable[[Actor, datetime], int]) -> int:
    """Do it once for this reader, address and key; answers the row's number, also when it was done before."""
    at = timezone.now()
    said = f"{readers.key_of(request)}:{request.method}:{request.path}:{request.headers.get(KEY_HEADER, '').strip()}"
    key = "my-api:" + hashlib.sha256(said.encode()).hexdigest()[:57]

    def acted() -> dict[str, Any]:
        return {"done": act(readers.actor_of(key), at)}

    done, _repeated = once(key, acted, door="my-api", at=at)
    return int(done["done"])


def _loan(loan: Loan) -> MyLoanOut:
    return MyLoanOut(
        id=loan.pk,
        record=loan.item.record_id,
        item=loan.item.barcode,
        title=loan.item.record.title,
        due_on=loan.due_on,
        renewals=loan.renewals,
        lent_at=loan.lent_at,
        explanation=f"/api/v1/my/loans/{loan.pk}/explanation",
    )


def _standing(patron: Patron, hold_id: int) -> MyHoldOut:
    hold: Hold = readers.own_hold(patron, hold_id)
    return _hold(circulation.standing_of_hold(hold, timezone.now()))


def _hold(one: Standing) -> MyHoldOut:
    return MyHoldOut(
        id=one.hold.pk,
        records=[title.record_id for title in one.titles],
        title=one.titles[0].record.title,
        pickup=one.hold.pickup.code,
        state=one.state,
        position=one.position,
        waiting=one.waiting,
        until=one.until,
        suspended_until=one.hold.suspended_until,
        explanation=f"/api/v1/my/holds/{one.hold.pk}/explanation",
    )
