"""Dates that were moved for many readers at once, by a closure or a shift, and put back: what each reader is to be told of."""

from datetime import date, datetime

from django.db.models import F, Q, QuerySet

from fumikura.circulation.models import Closure, DueShift, Hold, ShelfPlace, ShiftedLoan
from fumikura.circulation.queries import ready_for
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron

_WITH_READER = Q(
    loan__returned_at=None,
    loan__received_at=None,
    loan__claimed_at=None,
    loan__lost_at=None,
    loan__patron__closed_at=None,
)


def readers_moved(shift: int) -> list[Patron]:
    """Readers with a loan that this shift moved and that is still as it left it. By key, each once."""
    return _readers(_as_moved().filter(shift=shift))


def readers_put_back(shift: int) -> list[Patron]:
    """Readers with a loan that was put back when this shift was taken back."""
    return _readers(_as_before().filter(shift=shift))


def readers_reopened_for(closure: Closure) -> list[Patron]:
    """Readers who collect at a site that is open again, or were moved away from it meanwhile."""
    holds = Hold.objects.open().filter(Q(pickup=closure.facility_id) | Q(pk__in=closure.moved_holds))
    readers = Patron.objects.filter(pk__in=holds.values("patron"), closed_at=None)
    return list(readers.order_by("pk"))


def shift_made_at(shift: int) -> datetime | None:
    return DueShift.objects.filter(pk=shift).values_list("made_at", flat=True).first()


def get_closure(pk: int) -> Closure | None:
    return Closure.objects.filter(pk=pk).first()


def dues_moved(patron: Patron, since: datetime) -> list[date]:
    """The new due dates of what a reader has and a shift has moved since then, one for each loan, the first to come first."""
    rows = _as_moved().filter(loan__patron=patron, shift__made_at__gte=since)
    return sorted(dict(rows.values_list("loan_id", "loan__due_on")).values())


def dues_put_back(patron: Patron, since: datetime) -> list[date]:
    """The old due dates of what a reader has and was put back since then, one for each loan, the first to come first."""
    rows = _as_before().filter(loan__patron=patron, shift__undone_at__gte=since)
    return sorted(dict(rows.values_list("loan_id", "loan__due_on")).values())


def kept_longer(patron: Patron, since: datetime) -> list[date]:
    """The new last days of what lies ready for a reader and waits longer because of a closure made since then."""
    moved = Closure.objects.filter(undone_at=None, made_at__gte=since).values_list("kept_longer", flat=True)
    return _last_days(patron, {(place, after) for rows in moved for place, _before, after in rows})


def kept_as_before(patron: Patron, since: datetime) -> list[date]:
    """The old last days of what lies ready for a reader and waits no longer, as the closure was taken back since then."""
    moved = Closure.objects.filter(undone_at__gte=since).values_list("kept_longer", flat=True)
    return _last_days(patron, {(place, before) for rows in moved for place, before, _after in rows})


def reopened_for(patron: Patron, since: datetime) -> list[Facility]:
    """Sites whose closure was taken back since then, where the reader collects, or did before. Not closed on those days again."""
    holds = dict(Hold.objects.open().filter(patron=patron).values_list("pk", "pickup"))
    rows = Closure.objects.filter(undone_at__gte=since).select_related("facility").order_by("pk")
    mine = [one for one in rows if one.facility_id in holds.values() or not holds.keys().isdisjoint(one.moved_holds)]
    return list(dict.fromkeys(one.facility for one in mine if not _is_closed_again(one)))


def _is_closed_again(undone: Closure) -> bool:
    same_days = Closure.objects.filter(first_on__lte=undone.last_on, last_on__gte=undone.first_on, undone_at=None)
    return same_days.filter(facility=undone.facility_id).exists()


def _as_moved() -> "QuerySet[ShiftedLoan]":
    """Loans that are due when a shift in force says."""
    as_left = Q(loan__due_on=F("shift__new_due_on"), loan__renewals=F("renewals"))
    return ShiftedLoan.objects.filter(_WITH_READER, as_left, shift__undone_at=None)


def _as_before() -> "QuerySet[ShiftedLoan]":
    """Loans that are due when they were before a shift that was taken back."""
    as_it_was = Q(loan__due_on=F("due_before"), loan__renewals=F("renewals"))
    return ShiftedLoan.objects.filter(_WITH_READER, as_it_was, shift__undone_at__isnull=False)


def _readers(rows: "QuerySet[ShiftedLoan]") -> list[Patron]:
    return list(Patron.objects.filter(pk__in=rows.values("loan__patron")).order_by("pk"))


def _last_days(patron: Patron, wanted: set[tuple[int, str]]) -> list[date]:
    """Of what lies ready for the reader on one of these shelf places, if that is still its last day."""
    if not wanted:
        return []
    ready: list[ShelfPlace] = ready_for(patron)
    return sorted(one.until for one in ready if one.until and (one.pk, one.until.isoformat()) in wanted)
