"""Asking for something, withdrawing it, answering it. A wish that is granted becomes a hold at the place of its day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from fumikura.acquisitions.events import (
    SuggestionDecided,
    SuggestionMade,
    SuggestionsForgotten,
    SuggestionWithdrawn,
)
from fumikura.acquisitions.models import Suggestion
from fumikura.acquisitions.queries import things_asked_for
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_with
from fumikura.circulation.models import Hold
from fumikura.circulation.services import Want, objections_to_request, place_hold
from fumikura.holdings.models import Item
from fumikura.journal.services import forget_patron_of, record
from fumikura.kernel.actors import Actor
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.refusals import Reason, Refused, standing
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron

AGAIN = "stocktake"
"""How a suggestion came that no reader made: a missing copy is to be bought again."""
ANSWERS_ARE_KEPT = timedelta(days=90)
"""How long a reader finds the answer on their page; then nobody can tell who asked."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a reader asks for, in the reader's words."""

    title: str
    creator: str = ""
    publisher: str = ""
    published: str = ""
    isbn: str = ""
    """Thirteen digits, or empty."""
    material: str = "book"
    note: str = ""


@transaction.atomic
def suggest(
    *,
    patron: Patron,
    wish: Wish,
    pickup: Facility,
    by: Actor,
    at: datetime,
    contact: str = "e-mail",
    asked_at: datetime | None = None,
    overriding: frozenset[str] = frozenset(),
) -> Suggestion:
    """Ask the library for something that it has not. It fills the limit of holds until it is answered or is a hold.

    Refused with every objection there is to a hold for the reader at that pickup, "suggestion-without-title",
    "suggested-already", and "in-the-catalogue" when a copy of that ISBN can be waited for.
    """
    by.require("acquisitions.suggest")
    asked = asked_at or at
    objections = [
        *_about_wish(wish, patron),
        *objections_to_request(
            patron=patron, material=wish.material, pickup=pickup, accepted_at=asked,
            requested=things_asked_for(patron), by=by, at=at,
        ),
    ]  # fmt: skip
    if reasons := standing(tuple(objections), overriding=overriding, permissions=by.permissions):
        raise Refused(*reasons)
    made = Suggestion.objects.create(
        patron=patron, title=wish.title.strip(), creator=wish.creator, publisher=wish.publisher,
        published=wish.published, isbn=wish.isbn, material=wish.material, note=wish.note, pickup=pickup,
        contact=contact, asked_at=asked, via=by.via,
    )  # fmt: skip
    event = SuggestionMade(suggestion=made.pk, material=made.material)
    record(event, by=by, at=at, subject=_subject(made), patron_key=patron.key)
    return made


@transaction.atomic
def suggest_again(*, item: Item, by: Actor, at: datetime) -> Suggestion:
    """買い替え: ask that another copy of this title be bought for the home of a missing item, its record filled in.

    Its note is the barcode. Refused("suggested-already") while that is not yet decided.
    """
    by.require("stocktake.propose")
    title, home = item.record, item.home
    if Suggestion.objects.undecided().filter(via=AGAIN, record=title, note=item.barcode).exists():
        raise Refused(Reason("suggested-already"))
    isbns = [one for one in title.identifiers.filter(scheme="isbn").values_list("value", flat=True) if len(one) == 13]
    made = Suggestion.objects.create(
        title=f"{title.title} {title.volume}".strip()[:300], creator=spoken_name(title.creator)[:200],
        publisher=title.publisher[:200], published=str(title.year or ""),
        isbn=isbns[0] if isbns else "", material=item.material, note=item.barcode, pickup=home, contact="",
        asked_at=at, via=AGAIN, record=title,
    )  # fmt: skip
    record(SuggestionMade(suggestion=made.pk, material=made.material), by=by, at=at, subject=_subject(made))
    return made


def _about_wish(wish: Wish, patron: Patron) -> list[Reason]:
    if not wish.title.strip():
        return [Reason("suggestion-without-title")]
    mine = Suggestion.objects.counted().filter(patron=patron)
    if mine.filter(title=wish.title.strip(), creator=wish.creator).exists():
        return [Reason("suggested-already")]
    if not wish.isbn:
        return []
    if mine.filter(isbn=wish.isbn).exists():
        return [Reason("suggested-already")]
    held = records_with("isbn", wish.isbn).filter(items__withdrawal=None, items__isnull=False).first()
    return [Reason.of("in-the-catalogue", record=held.pk)] if held else []


@transaction.atomic
def withdraw_suggestion(*, suggestion: Suggestion, by: Actor, at: datetime) -> Suggestion:
    """The reader no longer wants it. Refused("suggestion-decided") once it was answered."""
    by.require("acquisitions.suggest")
    row = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
    if row.decided_at or row.withdrawn_at:
        raise Refused(Reason("suggestion-decided"))
    row.withdrawn_at, row.patron = at, None
    row.save(update_fields=["withdrawn_at", "patron"])
    record(SuggestionWithdrawn(suggestion=row.pk), by=by, at=at, subject=_subject(row))
    forget_patron_of(_subject(row))
    return row


@transaction.atomic
def decide(
    *, suggestion: Suggestion, decision: str, answer: str, by: Actor, at: datetime, record_: BibliographicRecord | None
) -> Suggestion:
    """Answer the reader; with a record, the reader waits for it from the day of asking.

    A promise (buy, borrow) may be made first and given its record later by deciding the same again. Refused:
    suggestion-decided, suggestion-answer-missing (a "no" needs a reason), and what speaks against the hold.
    """
    by.require("acquisitions.decide")
    row = Suggestion.objects.select_for_update(of=("self",)).select_related("patron", "pickup").get(pk=suggestion.pk)
    promised = row.decision in {"buy", "borrow"} and not row.hold_id and row.via != AGAIN
    settled = row.decided_at is not None and not promised
    if row.withdrawn_at or settled:
        raise Refused(Reason("suggestion-decided"))
    if decision not in Suggestion.Decision.values or (decision == "decline" and not answer.strip()):
        raise Refused(Reason("suggestion-answer-missing"))
    if decision == "have" and record_ is None and row.record_id is None:
        raise Refused(Reason("suggestion-record-missing"))
    hold = _hold_for(row, record_, by, at) if record_ and row.patron else None
    row.decision, row.answer, row.decided_at, row.decided_by = decision, answer.strip(), at, by.ref
    row.record, row.hold = record_ or row.record, hold
    row.save(update_fields=["decision", "answer", "decided_at", "decided_by", "record", "hold"])
    event = SuggestionDecided(suggestion=row.pk, decision=decision, hold=hold.pk if hold else 0)
    record(event, by=by, at=at, subject=_subject(row), patron_key=row.patron.key if row.patron else "")
    return row


def _hold_for(row: Suggestion, wanted: BibliographicRecord, by: Actor, at: datetime) -> Hold:
    """Its place in the queue is that of the day on which the reader asked. The wish has filled the limit already."""
    assert row.patron is not None
    patron = row.patron.merged_into or row.patron
    return place_hold(
        patron=patron, want=Want((wanted,)), pickup=row.pickup, by=by, at=at, accepted_at=row.asked_at,
        contact=row.contact, on_order=1,
    )  # fmt: skip


@transaction.atomic
def forget_old_answers(*, by: Actor, at: datetime) -> int:
    """Part answers that are older than ANSWERS_ARE_KEPT from their readers. Answers how many."""
    by.require("acquisitions.decide")
    old = Suggestion.objects.filter(decided_at__lt=at - ANSWERS_ARE_KEPT).exclude(patron=None)
    old = old.exclude(pk__in=Suggestion.objects.counted().values("pk"))
    rows = list(old.order_by("pk"))
    for row in rows:
        forget_patron_of(_subject(row))
    Suggestion.objects.filter(pk__in=[row.pk for row in rows]).update(patron=None)
    if rows:
        record(SuggestionsForgotten(count=len(rows)), by=by, at=at)
    return len(rows)


def _subject(suggestion: Suggestion) -> str:
    return f"acquisitions.suggestion:{suggestion.pk}"
