"""What a reader asks for: renewing, holding, letting go. The verbs decide; here their answers are only put in other words."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_by_id
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.circulation.queries import open_loans_of
from fumikura.circulation.services import renew
from fumikura.holdings.models import Item
from fumikura.holdings.queries import get_item
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.protocols import readers
from fumikura.protocols.ilsdi.account import day_and_time, own
from fumikura.protocols.ilsdi.answers import Node, Told, said, sentence_of
from fumikura.protocols.ilsdi.arguments import Arguments, day_of, number_of

KEY_HEADER = "Idempotency-Key"
Act = Callable[[Actor, datetime], int]


def services(_request: HttpRequest, arguments: Arguments) -> HttpResponse:
    """What this reader may do with a copy now. Each verb is asked in earnest and everything taken back: no second opinion."""
    reader, item = own(arguments), _item(arguments)
    loan = _loan_of(reader, item)
    found: list[Node] = []
    if _would(lambda by, at: readers.place(reader, item.record_id, "", by=by, at=at).pk):
        found.append("title level hold")
    if _would(lambda by, at: readers.place(reader, item.record_id, "", by=by, at=at, item=item).pk):
        found.append("item level hold")
    held = circulation.holds_of(reader, timezone.now())
    if any(title.item_id == item.pk for one in held for title in one.titles):
        found.append("hold cancellation")
    if loan is not None and _would(lambda by, at: renew(loan=loan, by=by, at=at).pk):
        found.append("loan renewal")
    # PHP's SimpleXML takes a root without elements for no answer at all; Koha says nothing with an empty element too.
    return said("GetServices", {"AvailableFor": found or [{}]})


def renew_loan(request: HttpRequest, arguments: Arguments) -> HttpResponse:
    """The day is the rules' own; desired_due_date is heard and not followed. Refused: success 0 and why."""
    reader, item = own(arguments), _item(arguments)
    loan = _loan_of(reader, item)
    if loan is None:
        return said("RenewLoan", {"success": 0, "error": "not-on-loan", "message": _words("not-on-loan")})
    try:
        _once(request, lambda by, at: renew(loan=loan, by=by, at=at).pk)
    except Refused as refused:
        told: dict[str, Node] = {"renewals": loan.renewals, "date_due": day_and_time(loan), "success": 0}
        told["error"] = " ".join(reason.code for reason in refused.reasons)
        return said("RenewLoan", {**told, "message": sentence_of(refused)})
    now = readers.own_loan(reader, loan.pk)
    why = readers.sentences_why(readers.why_due([now])[now.pk])
    return said("RenewLoan", {"renewals": now.renewals, "date_due": day_and_time(now), "success": 1, "why": why})


def hold_title(request: HttpRequest, arguments: Arguments) -> HttpResponse:
    reader, record = own(arguments), _record(arguments)
    pickup = _held(request, arguments, reader, record, None)
    return said("HoldTitle", {"title": record.title, "pickup_location": pickup})


def hold_item(request: HttpRequest, arguments: Arguments) -> HttpResponse:
    """This copy and no other."""
    reader, record, item = own(arguments), _record(arguments), _item(arguments)
    if item.record_id != record.pk:
        raise Told("RecordNotFound")
    return said("HoldItem", {"pickup_location": _held(request, arguments, reader, record, item)})


def cancel_hold(request: HttpRequest, arguments: Arguments) -> HttpResponse:
    """`item_id` is the number of the hold (reserve_id). Somebody else's is as unknown as one that never was."""
    reader, number = own(arguments), number_of(arguments["item_id"])

    def act(by: Actor, at: datetime) -> int:
        circulation.cancel_hold(hold=readers.own_hold(reader, number), by=by, at=at)
        return number

    try:
        _once(request, act)
    except Refused as refused:
        code = "RecordNotFound" if _codes(refused) == {"hold-closed"} else "NotCanceled"
        raise Told(code, sentence_of(refused)) from None
    return said("CancelHold", {"code": "Canceled"})


def _held(
    request: HttpRequest, arguments: Arguments, reader: Patron, record: BibliographicRecord, item: Item | None
) -> str:
    """Where it is collected."""
    pickup = arguments.get("pickup_location", "").strip()
    needed_by = day_of(arguments, "needed_before_date", "expiry_date")
    if needed_by and needed_by < timezone.localdate(timezone.now()):
        raise Told("IllegalParameter", "needed_before_date")

    def act(by: Actor, at: datetime) -> int:
        return readers.place(reader, record.pk, pickup, by=by, at=at, item=item, needed_by=needed_by).pk

    try:
        number = _once(request, act)
        return readers.own_hold(reader, number).pickup.name
    except Refused as refused:
        code = "LocationNotFound" if "facility-unknown" in _codes(refused) else "NotHoldable"
        raise Told(code, sentence_of(refused)) from None


def _record(arguments: Arguments) -> BibliographicRecord:
    number = number_of(arguments["bib_id"])
    found = records_by_id([number]).get(number)
    if found is None:
        raise Told("RecordNotFound")
    return found


def _item(arguments: Arguments) -> Item:
    try:
        return get_item(number_of(arguments["item_id"]))
    except Refused:
        raise Told("RecordNotFound") from None


def _loan_of(reader: Patron, item: Item) -> Loan | None:
    return next((loan for loan in open_loans_of(reader) if loan.item_id == item.pk), None)


def _codes(refused: Refused) -> set[str]:
    return {reason.code for reason in refused.reasons}


def _words(code: str) -> str:
    return sentence_of(Refused(Reason(code)))


def _would(act: Act) -> bool:
    """Whether the verb would do it; nothing of it stays."""
    try:
        with transaction.atomic():
            act(readers.actor_of(), timezone.now())
            transaction.set_rollback(True)
    except Refused:
        return False
    return True


def _once(request: HttpRequest, act: Act) -> int:
    """Once for each Idempotency-Key, when the program sends one: the protocol has none of its own."""
    at, key = timezone.now(), request.headers.get(KEY_HEADER, "").strip()
    if key:
        said_all = sorted((*request.GET.lists(), *request.POST.lists()))
        key = "ilsdi:" + hashlib.sha256(f"{key}:{said_all}".encode()).hexdigest()[:58]

    def acted() -> dict[str, Any]:
        return {"done": act(readers.actor_of(key), at)}

    done, _repeated = once(key, acted, door="ilsdi", at=at)
    return int(done["done"])
