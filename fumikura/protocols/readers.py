"""Readers who come through another program: signed in by card and password, known by the key of their session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from fumikura.acquisitions.queries import things_asked_for
from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold, Loan
from fumikura.circulation.queries import explain_due, holds_counted, open_loans_of
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import OWN_RIGHTS
from fumikura.kernel.reasons import why_words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import find_facility, places_by_code
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import current_card, lending_facts
from fumikura.patrons.services.passwords import check_password
from fumikura.patrons.services.sessions import end_session, open_session, patron_of_session

BEARER = "Bearer "
MOST = 2**63 - 1


def sign_in(card: str, password: str, *, address: str, at: datetime) -> tuple[Patron, str]:
    """The reader and a key for what follows. Refused as at the library's own door, with the same lock-out."""
    patron = check_password(card[:64], password[:1024], address, at)
    return patron, open_session(patron=patron, at=at)


def sign_out(key: str) -> None:
    end_session(key=key)


def reader_of(key: str) -> Patron | None:
    return patron_of_session(key, at=timezone.now()) if key else None


def key_of(request: HttpRequest) -> str:
    """The bearer token of a request; empty when it has none."""
    said = request.headers.get("Authorization", "")
    return said.removeprefix(BEARER).strip()[:64] if said.startswith(BEARER) else ""


def actor_of(request_key: str = "") -> Actor:
    """A reader who acts for themselves. The journal never names a reader."""
    return Actor(ref="patron", via="api", permissions=OWN_RIGHTS, request_key=request_key)


@dataclass(frozen=True)
class Account:
    """What a program may know of its reader's card."""

    card: str
    is_valid: bool
    expires_on: str
    reasons: tuple[str, ...]
    """Codes: card-expired, card-stopped, patron-blocked."""
    loans: int
    holds: int
    ready: int


def account_of(patron: Patron, at: datetime) -> Account:
    today = timezone.localdate(at)
    card, facts = current_card(patron), lending_facts(patron, today)
    reasons = ["patron-blocked"] if facts.blocks else []
    if facts.card_stopped:
        reasons.insert(0, "card-stopped")
    elif facts.card_expires_on and facts.card_expires_on < today:
        reasons.insert(0, "card-expired")
    holds, ready = holds_counted(patron)
    return Account(
        card=card.number if card else "",
        is_valid=not reasons,
        expires_on=facts.card_expires_on.isoformat() if facts.card_expires_on else "",
        reasons=tuple(reasons),
        loans=len(open_loans_of(patron)),
        holds=holds,
        ready=ready,
    )


def why_due(loans: Sequence[Loan]) -> dict[int, tuple[Reason, ...]]:
    """Why each of a reader's loans is due on its day, by row number, in codes of kernel.reasons.WHY."""
    shifted = circulation.shifted_among(loans)
    return {loan.pk: explain_due(loan, is_shifted=loan.pk in shifted).reasons for loan in loans}


def sentence_why(why: Reason) -> str:
    """One of these in the language asked for; the code of a place becomes its name."""
    language = get_language() or "ja"
    facts = dict(why.values)
    if place := places_by_code().get(str(facts.get("place", ""))):
        facts["place"] = place.name if language.startswith("ja") else place.name_en or place.name
    return why_words(Reason(why.code, "", tuple(sorted(facts.items()))), language)


def sentences_why(whys: Sequence[Reason]) -> str:
    """All of them as one text."""
    between = "" if (get_language() or "ja").startswith(("ja", "zh")) else " "
    return between.join(sentence_why(one) for one in whys)


def own_loan(patron: Patron, pk: int) -> Loan:
    """Refused("loan-unknown") also for a loan of somebody else: whose it is, is nobody's business."""
    found = next((loan for loan in open_loans_of(patron) if loan.pk == pk), None)
    if found is None:
        raise Refused(Reason.of("loan-unknown"))
    return found


def own_hold(patron: Patron, pk: int) -> Hold:
    """Refused("hold-closed") for what is closed, unknown or somebody else's."""
    open_ones = Hold.objects.open().select_related("pickup").filter(patron=patron)
    found = open_ones.filter(pk=pk).first() if 0 < pk <= MOST else None
    if found is None:
        raise Refused(Reason("hold-closed"))
    return found


def place(
    patron: Patron,
    record: int,
    pickup: str,
    *,
    by: Actor,
    at: datetime,
    item: Item | None = None,
    needed_by: date | None = None,
) -> Hold:
    """Let the reader wait for a title; collected at `pickup`, or at the library of their own. Refused with every reason.

    Only this `item` of it, when named.
    """
    there = BibliographicRecord.objects.filter(pk=record, deleted_at=None) if 0 < record <= MOST else None
    found = there.first() if there is not None else None
    if found is None:
        raise Refused(Reason("no-lendable-copy"))
    return circulation.place_hold(
        patron=patron,
        want=circulation.Want((found,), item=item),
        pickup=find_facility(pickup[:20]) if pickup else patron.home,
        by=by,
        at=at,
        needed_by=needed_by,
        requested=things_asked_for(patron),
    )
