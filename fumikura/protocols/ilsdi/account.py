"""A reader signs in and sees what is theirs. The number that others call borrowernumber is the key of this reader's session."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.circulation.queries import open_loans_of
from fumikura.circulation.services import Standing
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.protocols import readers
from fumikura.protocols.ilsdi.answers import Node, Told, said, sentence_of
from fumikura.protocols.ilsdi.arguments import Arguments

ACTIVE, INACTIVE, EXPIRED = 0, 1, 2
_KEY: Final = re.compile(r"[A-Za-z0-9]{8,64}")
_FOUND: Final = {"ready": "W", "collecting": "T", "travelling": "T"}


def own(arguments: Arguments) -> Patron:
    """Whose session patron_id is. Told PatronNotFound for a card's number, a guess, or a session that has ended."""
    key = arguments["patron_id"].strip()
    reader = readers.reader_of(key) if _KEY.fullmatch(key) else None
    if reader is None:
        raise Told("PatronNotFound")
    return reader


@sensitive_variables("arguments")
def authenticate(request: HttpRequest, arguments: Arguments) -> HttpResponse:
    """As at the library's own door, with the same lock-out."""
    address = request.META.get("REMOTE_ADDR", "")
    try:
        _patron, key = readers.sign_in(
            arguments["username"].strip(), arguments["password"], address=address, at=timezone.now()
        )
    except Refused as refused:
        raise Told("PatronNotFound", sentence_of(refused)) from None
    return said("AuthenticatePatron", {"id": key})


def info(_request: HttpRequest, arguments: Arguments) -> HttpResponse:
    """Name, card and library; loans and holds when asked for. Address, telephone and e-mail go to no program."""
    reader, at = own(arguments), timezone.now()
    account = readers.account_of(reader, at)
    family, _blank, given = reader.name.replace("\u3000", " ").partition(" ")
    told: dict[str, Node] = {
        "borrowernumber": arguments["patron_id"].strip(),
        "cardnumber": account.card,
        "surname": family,
        "lastname": family,
        "firstname": given,
        "branchcode": reader.home.code,
        "branchname": reader.home.name,
        "categorycode": reader.category.code,
        "dateexpiry": account.expires_on,
        "charges": "0.00",
    }
    if _is_wished(arguments, "show_fines"):
        told["fines"] = {}  # public libraries in Japan ask no fees (図書館法 第17条)
    if _is_wished(arguments, "show_holds"):
        holds = circulation.holds_of(reader, at)
        turns = circulation.whys_mine(reader, holds, at)
        told["holds"] = {"hold": [{**_hold(one), "why": _why(turns[one.hold.pk])} for one in holds]}
    if _is_wished(arguments, "show_loans"):
        loans = open_loans_of(reader)
        due = readers.why_due(loans)
        told["loans"] = {"loan": [{**_loan(loan), "why": _why(due[loan.pk])} for loan in loans]}
    return said("GetPatronInfo", told)


def status(_request: HttpRequest, arguments: Arguments) -> HttpResponse:
    """0: may borrow; 1: may not; 2: the card is over."""
    reader = own(arguments)
    account = readers.account_of(reader, timezone.now())
    state = EXPIRED if "card-expired" in account.reasons else ACTIVE if account.is_valid else INACTIVE
    return said("GetPatronStatus", {"type": reader.category.code, "status": state, "expiry": account.expires_on})


def _why(whys: Sequence[Reason]) -> str:
    """Not an element of ILS-DI; clients pass over what they do not know."""
    return readers.sentences_why(whys)


def day_and_time(loan: Loan) -> str:
    """Koha's clients part it at the blank. A loan is due at the end of its day."""
    return f"{loan.due_on.isoformat()} 23:59"


def _is_wished(arguments: Arguments, name: str) -> bool:
    return arguments.get(name, "").strip() == "1"


def _loan(loan: Loan) -> Mapping[str, Node]:
    return {
        "itemnumber": loan.item_id,
        "biblionumber": loan.item.record_id,
        "barcode": loan.item.barcode,
        "title": loan.item.record.title,
        "author": loan.item.record.creator,
        "itemcallnumber": loan.item.call_number,
        "issuedate": _local(loan.lent_at),
        "date_due": day_and_time(loan),
        "renewals": loan.renewals,
    }


def _hold(one: Standing) -> Mapping[str, Node]:
    first = one.titles[0]
    told: dict[str, Node] = {
        "reserve_id": one.hold.pk,
        "biblionumber": first.record_id,
        "title": first.record.title,
        "branchcode": one.hold.pickup.code,
        "branchname": one.hold.pickup.name,
        "reservedate": timezone.localdate(one.hold.accepted_at).isoformat(),
        "priority": one.position,
        "found": _FOUND.get(one.state, ""),
        "suspend": int(one.is_asleep),
    }
    if first.item_id:
        told["itemnumber"] = first.item_id
    if one.until:
        told["expirationdate"] = one.until.isoformat()
    return told


def _local(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")
