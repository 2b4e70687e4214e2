"""Lending, returning, renewing: for staff and for programs that act for them."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router, Status

from fumikura.circulation.queries import explain_due, get_loan
from fumikura.circulation.services import check_in, check_out, renew, shifted_among
from fumikura.holdings.models import Item
from fumikura.holdings.queries import find_item, get_item
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import clean
from fumikura.kernel.reasons import staff_words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import fits_a_check_digit
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import card_is_stopped, find_patron_by_card
from fumikura.protocols.api.auth import BearerToken, Key
from fumikura.protocols.api.problems import why_out
from fumikura.protocols.api.schemas import (
    ExplanationOut,
    GivenOut,
    LoanIn,
    LoanOut,
    MessageOut,
    Problem,
    RenewalIn,
    ReturnIn,
    ReturnOut,
)

MOST_ROWS = 2**63 - 1
router = Router(tags=["lending"], auth=BearerToken())
FAILURES = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


@router.post("/loans", response={201: LoanOut, **FAILURES}, summary="Lend an item")
def lend(request: HttpRequest, body: LoanIn, idempotency_key: Key) -> Status[LoanOut]:
    """Lend, or answer 409 with every objection at once. A retry with the same `Idempotency-Key` cannot lend twice."""
    by, at = actor_of(request), timezone.now()

    def act() -> dict[str, Any]:
        item, patron = scanned(body.item, body.card)
        return {"loan": check_out(item=item, patron=patron, by=by, at=at, overriding=frozenset(body.overriding)).pk}

    done, repeated = once(by.request_key, act, door="api", at=at)
    return Status(201, loan_out(done["loan"], repeated=repeated))


@router.post("/loans/{loan_id}/renewals", response={201: LoanOut, **FAILURES}, summary="Renew a loan")
def renew_loan(request: HttpRequest, loan_id: int, body: RenewalIn, idempotency_key: Key) -> Status[LoanOut]:
    """Move the due date on by the rules that were in force when the item was lent."""
    by, at = actor_of(request), timezone.now()

    def act() -> dict[str, Any]:
        return {"loan": renew(loan=get_loan(loan_id), by=by, at=at, overriding=frozenset(body.overriding)).pk}

    done, repeated = once(by.request_key, act, door="api", at=at)
    return Status(201, loan_out(done["loan"], repeated=repeated))


@router.post("/returns", response={201: ReturnOut, **FAILURES}, summary="Return an item")
def take_back(request: HttpRequest, body: ReturnIn, idempotency_key: Key) -> Status[ReturnOut]:
    """Close the loan, cut its link to the reader, and say where the item goes now."""
    by, at = actor_of(request), timezone.now()

    def act() -> dict[str, Any]:
        item = item_of(body.item)
        taken = check_in(item=item, by=by, at=at)
        return {"item": item.pk, "next": taken.stop.kind, "to": taken.stop.to, "messages": list(taken.messages)}

    done, repeated = once(by.request_key, act, door="api", at=at)
    item = get_item(done["item"])
    answer = ReturnOut(
        item=item.barcode,
        title=item.record.title,
        next=done["next"],
        destination=done["to"] if done["next"] == "send" else "",
        messages=[message_out(message) for message in done["messages"]],
        repeated=repeated,
        explanation=f"/api/v1/items/{item.barcode}/explanation" if done["next"] in {"send", "hold-shelf"} else "",
    )
    return Status(201, answer)


@router.get(
    "/loans/{loan}/explanation", response={200: ExplanationOut, **FAILURES}, summary="Why it is due on that day"
)
def explanation(request: HttpRequest, loan: int) -> ExplanationOut:
    """The rule behind each value, and what moved the date. Never who has the book."""
    actor_of(request).require("circulation.check-out")
    found = get_loan(loan if loan <= MOST_ROWS else 0)
    explained = explain_due(found, is_shifted=bool(shifted_among([found])))
    return ExplanationOut(
        due_on=explained.due_on,
        rules=explained.rules,
        why=list(explained.why),
        told=[why_out(reason) for reason in explained.reasons],
        given=[
            GivenOut(output=output, value=str(value), rule=rule) for output, (value, rule) in explained.given.items()
        ],
    )


def actor_of(request: HttpRequest) -> Actor:
    """Whom authentication found; see protocols.api.auth."""
    actor = getattr(request, "api_actor", None)
    if not isinstance(actor, Actor):
        raise TypeError("an operation of this router was called without authentication")
    return actor


def scanned(item: str, card: str) -> tuple[Item, Patron]:
    """Both numbers looked up; what is wrong with either is told in one answer."""
    reasons: list[Reason] = []
    found: Item | None = None
    try:
        found = item_of(item)
    except Refused as refused:
        reasons.extend(refused.reasons)
    patron = find_patron_by_card(card)
    if patron is None:
        reasons.append(_not_a_card(card))
    elif card_is_stopped(card):
        reasons.append(Reason("card-stopped"))
    if found is None or patron is None or reasons:
        raise Refused(*reasons)
    return found, patron


def item_of(number: str) -> Item:
    """The item; Refused says whether a card was read in its place, the number was misread, or nobody knows it."""
    try:
        return find_item(number)
    except Refused as unknown:
        if find_patron_by_card(number):
            raise Refused(Reason.of("card-not-item")) from None
        if not fits_a_check_digit(clean(number)):
            raise Refused(Reason.of("barcode-misread", barcode=clean(number))) from None
        raise unknown from None


def _not_a_card(number: str) -> Reason:
    try:
        find_item(number)
    except Refused:
        return Reason.of("card-unknown" if fits_a_check_digit(clean(number)) else "card-malformed")
    return Reason.of("item-not-card")


def loan_out(loan_id: int, *, repeated: bool) -> LoanOut:
    loan = get_loan(loan_id)
    return LoanOut(
        id=loan.pk,
        item=loan.item.barcode,
        title=loan.item.record.title,
        due_on=loan.due_on,
        renewals=loan.renewals,
        lent_at=loan.lent_at,
        repeated=repeated,
        explanation=f"/api/v1/loans/{loan.pk}/explanation",
    )


def message_out(message: str) -> MessageOut:
    sentence, way_out = staff_words(message, get_language() or "ja")
    return MessageOut(code=message, sentence=sentence, way_out=way_out)
