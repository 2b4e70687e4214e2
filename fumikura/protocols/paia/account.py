"""PAIA core: the reader's card, what they have and wait for, and what they ask for."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.circulation.queries import open_loans_of
from fumikura.circulation.services import Standing, renew
from fumikura.holdings.queries import find_item
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import current_card
from fumikura.protocols import readers
from fumikura.protocols.paia.answers import (
    barcode_of,
    copy,
    edition,
    failed,
    hold_of,
    is_edition,
    promise,
    record_of,
    said,
    sentence_of,
)

RESERVED, ORDERED, HELD, PROVIDED = 1, 2, 3, 4
_STATES = {"waiting": RESERVED, "allotted": ORDERED, "travelling": ORDERED, "collecting": ORDERED, "ready": PROVIDED}
ACTIVE, INACTIVE, EXPIRED = 0, 1, 2
STORAGE = "http://purl.org/ontology/paia#StorageCondition"
MOST_AT_ONCE = 50
View = Callable[[HttpRequest, Patron], HttpResponse]


def _own(method: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Only with the token of the reader whom the address names."""

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt  # a program without cookies
        @wraps(view)
        def checked(request: HttpRequest, patron: str) -> HttpResponse:
            if request.method not in (method, "HEAD" if method == "GET" else method):
                return failed("invalid_request", 405, method)
            reader = readers.reader_of(readers.key_of(request))
            if reader is None:
                return failed("invalid_grant", 401)
            card = current_card(reader)
            if card is None or card.number != patron:
                return failed("access_denied", 403)
            return view(request, reader)

        return checked

    return wrap


@_own("GET")
def patron(request: HttpRequest, reader: Patron) -> HttpResponse:
    account = readers.account_of(reader, timezone.now())
    state = EXPIRED if "card-expired" in account.reasons else ACTIVE if account.is_valid else INACTIVE
    body: dict[str, Any] = {"name": reader.name, "status": state}
    if account.expires_on:
        body["expires"] = account.expires_on
    return said(body, scope="read_patron")


@_own("GET")
def items(request: HttpRequest, reader: Patron) -> HttpResponse:
    at = timezone.now()
    loans, holds = open_loans_of(reader), circulation.holds_of(reader, at)
    due, turns = readers.why_due(loans), circulation.whys_mine(reader, holds, at)
    found = [{**_loan(request, loan), "why": readers.sentences_why(due[loan.pk])} for loan in loans]
    found += [{**_hold(request, one), "why": readers.sentences_why(turns[one.hold.pk])} for one in holds]
    return said({"doc": found}, scope="read_items")


@_own("GET")
def fees(request: HttpRequest, reader: Patron) -> HttpResponse:
    """Public libraries in Japan ask no fees (図書館法 第17条)."""
    return said({"amount": "0 JPY", "fee": []}, scope="read_fees")


@csrf_exempt  # a program without cookies
def change(request: HttpRequest, patron: str, what: str) -> HttpResponse:
    """Request, renew or cancel each document that is named: one that is refused stops none of the others."""

    @_own("POST")
    def changed(request: HttpRequest, reader: Patron) -> HttpResponse:
        try:
            wanted = _documents(request)
        except ValueError as wrong:
            return failed("invalid_request", 422, str(wrong))
        act = {"request": _request, "renew": _renew, "cancel": _cancel}[what]
        at = timezone.now()
        done = []
        for one in wanted:
            try:
                done.append({**act(request, reader, one, at), **_item_named(one)})
            except Refused as refused:
                done.append({**_named(one), "status": 0, "error": sentence_of(refused)})
        return said({"doc": done}, scope="write_items")

    return changed(request, patron)


def _documents(request: HttpRequest) -> Sequence[dict[str, Any]]:
    """Raises ValueError."""
    body = json.loads(request.body.decode())
    documents = body.get("doc") if isinstance(body, dict) else None
    if not isinstance(documents, list) or not 0 < len(documents) <= MOST_AT_ONCE:
        raise ValueError("doc")
    if not all(isinstance(one, dict) and _named(one) for one in documents):
        raise ValueError("doc: item, edition")
    return documents


def _named(one: dict[str, Any]) -> dict[str, str]:
    """By what a document is named."""
    return {name: one[name][:300] for name in ("item", "edition") if isinstance(one.get(name), str) and one[name]}


def _item_named(one: dict[str, Any]) -> dict[str, str]:
    """By its item a client finds the answer to what it asked."""
    return {name: text for name, text in _named(one).items() if name == "item"}


def _request(request: HttpRequest, reader: Patron, one: dict[str, Any], at: datetime) -> dict[str, Any]:
    record = _title(_named(one))
    hold = readers.place(reader, record, _pickup(one), by=readers.actor_of(), at=at)
    standing = circulation.standing_of_hold(hold, at)
    why = circulation.whys_mine(reader, [standing], at)[hold.pk]
    return {**_hold(request, standing), "why": readers.sentences_why(why)}


def _title(named: dict[str, str]) -> int:
    """Of an edition, of a copy, or of an edition that came as `item`, as simple clients send whatever they were given."""
    said = named.get("edition", "") or named.get("item", "")
    return record_of(said) if "edition" in named or is_edition(said) else find_item(barcode_of(said)).record_id


def _pickup(one: dict[str, Any]) -> str:
    """The site that was chosen: PAIA confirms a condition of storage; a plain storageid is understood too."""
    confirmed = one.get("confirm")
    chosen = confirmed.get(STORAGE) if isinstance(confirmed, dict) else one.get("storageid")
    first = next(iter(chosen), "") if isinstance(chosen, list) else chosen
    return first if isinstance(first, str) else ""


def _renew(request: HttpRequest, reader: Patron, one: dict[str, Any], at: datetime) -> dict[str, Any]:
    loan = renew(loan=_loan_named(reader, _named(one)), by=readers.actor_of(), at=at)
    now = readers.own_loan(reader, loan.pk)
    return {**_loan(request, now), "why": readers.sentences_why(readers.why_due([now])[now.pk])}


def _loan_named(reader: Patron, named: dict[str, str]) -> Loan:
    barcode, record = barcode_of(named.get("item", "")), record_of(named.get("edition", ""))
    for loan in open_loans_of(reader):
        if loan.item.barcode == barcode or (not barcode and loan.item.record_id == record):
            return loan
    raise Refused(Reason("not-on-loan"))


def _cancel(request: HttpRequest, reader: Patron, one: dict[str, Any], at: datetime) -> dict[str, Any]:
    named = _named(one)
    number = hold_of(named.get("item", ""))
    record = 0 if number else _title(named)
    for standing in circulation.holds_of(reader, at):
        if standing.hold.pk == number or (not number and record in {title.record_id for title in standing.titles}):
            circulation.cancel_hold(hold=standing.hold, by=readers.actor_of(), at=at)
            return {"status": 0, "edition": edition(request, standing.titles[0].record_id)}
    raise Refused(Reason("hold-closed"))


def _loan(request: HttpRequest, loan: Loan) -> dict[str, Any]:
    return {
        "status": HELD,
        "item": copy(request, loan.item.record_id, loan.item.barcode),
        "edition": edition(request, loan.item.record_id),
        "about": loan.item.record.title,
        "label": loan.item.call_number,
        "renewals": loan.renewals,
        "starttime": timezone.localdate(loan.lent_at).isoformat(),
        "endtime": loan.due_on.isoformat(),
        "duedate": loan.due_on.isoformat(),
        "canrenew": loan.received_at is None,
        "cancancel": False,
    }


def _hold(request: HttpRequest, one: Standing) -> dict[str, Any]:
    told: dict[str, Any] = {
        "status": _STATES.get(one.state, RESERVED),
        "item": promise(request, one.titles[0].record_id, one.hold.pk),
        "edition": edition(request, one.titles[0].record_id),
        "about": one.titles[0].record.title,
        "queue": one.position,
        "starttime": timezone.localdate(one.hold.accepted_at).isoformat(),
        "storage": one.hold.pickup.name,
        "storageid": one.hold.pickup.code,
        "cancancel": True,
        "canrenew": False,
    }
    if one.until:
        told["endtime"] = one.until.isoformat()
    return told
