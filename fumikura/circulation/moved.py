"""Many readers concerned at once: dates moved by a closure or a shift and put back, or holds left without a copy."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from fumikura.circulation.models import Closure, DueShift, Hold, ShiftedLoan
from fumikura.circulation.queries import ready_for_each
from fumikura.organisation.models import ExceptionalDay, Facility
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


def readers_of_holds(holds: Iterable[int]) -> list[Patron]:
    """Readers of these holds, as far as they still wait: each once."""
    waiting = Hold.objects.open().filter(pk__in=list(holds))
    readers = Patron.objects.filter(pk__in=waiting.values("patron"), closed_at=None)
    return list(readers.order_by("pk"))


def shift_made_at(shift: int) -> datetime | None:
    return DueShift.objects.filter(pk=shift).values_list("made_at", flat=True).first()


def get_closure(pk: int) -> Closure | None:
    return Closure.objects.filter(pk=pk).first()


def closings_for_each(patrons: Collection[int], on: date, *, days: int) -> dict[int, list[tuple[Facility, date, date]]]:
    """Where readers collect and which exceptional days it is closed within so many days: (site, first, last)."""
    holds, moved = _holds_of(patrons), Closure.objects.filter(undone_at=None, last_on__gte=on)
    left = [(one.facility_id, set(one.moved_holds)) for one in moved]
    sites = {
        reader: {*mine.values(), *(site for site, gone in left if not mine.keys().isdisjoint(gone))}
        for reader, mine in holds.items()
    }
    closed = ExceptionalDay.objects.filter(
        facility__in=set().union(*sites.values()), is_open=False, on__gte=on, on__lte=on + timedelta(days=days)
    )
    shut: dict[Facility, list[date]] = {}
    for one in closed.select_related("facility").order_by("on"):
        shut.setdefault(one.facility, []).append(one.on)
    return {
        reader: [(site, min(shut[site]), max(shut[site])) for site in shut if site.pk in mine]
        for reader, mine in sites.items()
    }


def dues_moved(patrons: Collection[int], since: datetime) -> dict[int, list[date]]:
    """The new due dates of what readers have and a shift has moved since then, one for each loan, the first to come first."""
    return _due_days(_as_moved().filter(loan__patron__in=patrons, shift__made_at__gte=since), patrons)


def dues_put_back(patrons: Collection[int], since: datetime) -> dict[int, list[date]]:
    """The old due dates of what readers have and was put back since then, one for each loan, the first to come first."""
    return _due_days(_as_before().filter(loan__patron__in=patrons, shift__undone_at__gte=since), patrons)


def kept_longer(patrons: Collection[int], since: datetime) -> dict[int, list[date]]:
    """The new last days of what lies ready for readers and waits longer because of a closure made since then."""
    moved = Closure.objects.filter(undone_at=None, made_at__gte=since).values_list("kept_longer", flat=True)
    return _last_days(patrons, {(place, after) for rows in moved for place, _before, after in rows})


def kept_as_before(patrons: Collection[int], since: datetime) -> dict[int, list[date]]:
    """The old last days of what lies ready for readers and waits no longer, as the closure was taken back since then."""
    moved = Closure.objects.filter(undone_at__gte=since).values_list("kept_longer", flat=True)
    return _last_days(patrons, {(place, before) for rows in moved for place, before, _after in rows})


def reopened_for(patrons: Collection[int], since: datetime) -> dict[int, list[Facility]]:
    """Sites whose closure was taken back since then, where the reader collects, or did before. Not closed on those days again."""
    rows = Closure.objects.filter(undone_at__gte=since).select_related("facility").order_by("pk")
    open_again = [one for one in rows if not _is_closed_again(one)]
    return {
        reader: list(
            dict.fromkeys(
                one.facility
                for one in open_again
                if one.facility_id in mine.values() or not mine.keys().isdisjoint(one.moved_holds)
            )
        )
        for reader, mine in _holds_of(patrons).items()
    }


def _holds_of(patrons: Collection[int]) -> dict[int, dict[int, int]]:
    """Reader → open hold → where it is to be collected."""
    found: dict[int, dict[int, int]] = {number: {} for number in patrons}
    rows = Hold.objects.open().filter(patron__in=found).values_list("patron", "pk", "pickup")
    for reader, hold, pickup in rows:
        found[reader][hold] = pickup
    return found


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


def _due_days(rows: "QuerySet[ShiftedLoan]", patrons: Collection[int]) -> dict[int, list[date]]:
    found: dict[int, dict[int, date]] = {number: {} for number in patrons}
    for reader, loan, due_on in rows.values_list("loan__patron", "loan_id", "loan__due_on"):
        found[reader][loan] = due_on
    return {reader: sorted(days.values()) for reader, days in found.items()}


def _last_days(patrons: Collection[int], wanted: set[tuple[int, str]]) -> dict[int, list[date]]:
    """Of what lies ready for the readers on one of these shelf places, if that is still its last day."""
    if not wanted:
        return {number: [] for number in patrons}
    return {
        reader: sorted(one.until for one in ready if one.until and (one.pk, one.until.isoformat()) in wanted)
        for reader, ready in ready_for_each(patrons).items()
    }
