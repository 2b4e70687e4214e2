"""みなさんのリスト: a list of a reader's own that all may see, once staff have looked at it. Never made from loans.

The reader chooses the name under which it is shown, and takes it back at any time: then it is erased.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery.events import ListOffered, OfferAnswered, OfferTakenBack
from fumikura.discovery.lists import Facts, Line
from fumikura.discovery.models import FeatureList, ListedRecord
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron

MOST_OFFERED, MOST_BOOKS = 10, 60


def offered_by(patron: Patron) -> list[FeatureList]:
    """The reader's own, also from a registration that was joined to this one; the latest first."""
    mine = Q(patron=patron) | Q(patron__merged_into=patron)
    return list(FeatureList.objects.filter(mine).order_by("-made_at", "-pk"))


def offers_to_answer() -> QuerySet[FeatureList]:
    """Those that staff have not yet looked at, the oldest first."""
    waiting = FeatureList.objects.filter(patron__isnull=False, answered_at=None)
    return waiting.order_by("made_at", "pk")


def offers_shown() -> QuerySet[FeatureList]:
    return FeatureList.objects.filter(patron__isnull=False, ended_at=None).order_by("-changed_at", "-pk")


@transaction.atomic
def offer_list(
    *, patron: Patron, facts: Facts, shown_as: str, lines: Sequence[Line], by: Actor, at: datetime
) -> FeatureList:
    """Offer these records for all to see, in this order. Staff look at the list before it is shown.

    Refused("list-without-title"), ("list-without-pen-name"), ("offered-list-empty"), ("too-many-offered-lists"): all at once.
    """
    by.require("discovery.keep-wishes")
    Patron.objects.select_for_update(of=("self",)).get(pk=patron.pk)
    wanted = {line.record_id: line for line in lines[:MOST_BOOKS]}
    known = set(BibliographicRecord.objects.filter(pk__in=wanted, deleted_at=None).values_list("pk", flat=True))
    reasons = [
        *([] if facts.title.strip() else [Reason("list-without-title")]),
        *([] if shown_as.strip() else [Reason("list-without-pen-name")]),
        *([] if known else [Reason("offered-list-empty")]),
        *_too_many(patron),
    ]
    if reasons:
        raise Refused(*reasons)
    made = FeatureList.objects.create(
        title=facts.title, note=facts.note, patron=patron, shown_as=shown_as, made_at=at, changed_at=at, ended_at=at
    )
    kept = [line for line in wanted.values() if line.record_id in known]
    ListedRecord.objects.bulk_create(
        ListedRecord(feature=made, record_id=line.record_id, note=line.note, place=place, added_at=at)
        for place, line in enumerate(kept)
    )
    record(ListOffered(), by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)
    return made


def _too_many(patron: Patron) -> list[Reason]:
    there = FeatureList.objects.filter(patron=patron).count()
    return [Reason.of("too-many-offered-lists", most=MOST_OFFERED)] if there >= MOST_OFFERED else []


@transaction.atomic
def take_back(*, patron: Patron, number: int, by: Actor, at: datetime) -> None:
    """The reader shows this list no more: it is erased, with what staff answered. Nothing happens when it is not theirs."""
    by.require("discovery.keep-wishes")
    mine = FeatureList.objects.filter(Q(patron=patron) | Q(patron__merged_into=patron), pk=number)
    if mine.delete()[0]:
        record(OfferTakenBack(), by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)


@transaction.atomic
def show_offer(offer: FeatureList, *, by: Actor, at: datetime) -> None:
    """Let everybody see a reader's list."""
    by.require("discovery.keep-lists")
    rows = FeatureList.objects.filter(pk=offer.pk, patron__isnull=False)
    if rows.update(ended_at=None, answered_at=at, changed_at=at, answer=""):
        _answered(offer, OfferAnswered(list=offer.pk, shown=True), by, at)


@transaction.atomic
def decline_offer(offer: FeatureList, *, answer: str, by: Actor, at: datetime) -> None:
    """Do not show a reader's list, or no longer. The reader reads why. Refused("answer-missing")."""
    by.require("discovery.keep-lists")
    if not answer.strip():
        raise Refused(Reason("answer-missing"))
    rows = FeatureList.objects.filter(pk=offer.pk, patron__isnull=False)
    if rows.update(ended_at=at, answered_at=at, answer=answer.strip()[:300]):
        _answered(offer, OfferAnswered(list=offer.pk, shown=False), by, at)


def _answered(offer: FeatureList, event: OfferAnswered, by: Actor, at: datetime) -> None:
    """The reader whose list it is hears of it: now that of whoever their registration was joined to."""
    reader = offer.patron.merged_into or offer.patron if offer.patron else None
    record(event, by=by, at=at, subject=f"discovery.feature-list:{offer.pk}", patron_key=reader.key if reader else "")
