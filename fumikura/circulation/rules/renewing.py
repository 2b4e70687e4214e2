"""Whether a loan may be renewed, and until when. The rules of the day of the loan judge it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from fumikura.circulation.rules.dates import Due, due_date
from fumikura.circulation.rules.lending import CARD, ITEM
from fumikura.circulation.rules.policies import LoanPolicy, RenewalPolicy, is_full
from fumikura.kernel.refusals import Reason
from fumikura.organisation.rules import Calendar

RENEWAL = "circulation.override-renewal"


@dataclass(frozen=True, kw_only=True)
class Renewing:
    """One wish to renew."""

    kind: str = "loan"
    """loan, in-house or overnight."""
    on: date
    lent_on: date
    due_on: date
    renewals: int
    card_expires_on: date | None
    card_stopped: bool = False
    is_withdrawn: bool = False
    is_interlibrary: bool = False
    is_received: bool = False
    is_in_dispute: bool = False
    """Declared lost, or claimed returned."""
    unfilled: int = 0
    """Readers whom this copy could serve and who wait, or whose copy is still on a pick list; not the suspended."""
    without_copy: int = 0
    """Of them, those whom no copy on a shelf can serve (see `without_copy`)."""


def renewed_due_date(renewing: Renewing, loan: LoanPolicy, renewal: RenewalPolicy, calendar: Calendar) -> Due:
    """The due day after a renewal, by the calendar that decided the loan."""
    anchor = renewing.on if renewal.anchor == "renewal-day" else renewing.due_on
    terms = renewal.terms(loan, lent_on=renewing.lent_on, card_expires_on=renewing.card_expires_on)
    return due_date(start=anchor, terms=terms, calendar=calendar, lent_on=renewing.lent_on)


def objections_to_renew(renewing: Renewing, due: Due, policy: RenewalPolicy) -> tuple[Reason, ...]:
    """Everything that speaks against renewing to `due`."""
    times = tuple(_about_times(renewing, policy))
    # Where the time itself is refused, that the new date gains nothing says no more.
    if not times and (due.on <= renewing.due_on or due.on < renewing.on):
        times = (Reason("renewal-gains-nothing"),)
    return (*_about_loan(renewing), *_about_waiting(renewing, policy), *times)


def without_copy(wanted: Iterable[int | None], *, this: int, on_shelves: Collection[int]) -> int:
    """How many of those who wait for a title could be served with `this` copy and with none of those on shelves.

    `wanted`: for each, the one copy that was asked for, or None when any will do.
    """
    wishes = list(wanted)
    asked_for = {copy for copy in wishes if copy is not None}
    left = len(set(on_shelves) - asked_for)
    return wishes.count(this) + max(0, wishes.count(None) - left)


def _about_loan(renewing: Renewing) -> Iterator[Reason]:
    if renewing.is_withdrawn:
        yield Reason("item-withdrawn")
    if renewing.is_interlibrary:
        yield Reason("interlibrary-not-renewable", ITEM)
    if renewing.is_received:
        yield Reason("already-received")
    if renewing.is_in_dispute:
        yield Reason("loan-in-dispute")
    if renewing.card_stopped:
        yield Reason("card-stopped")


def _about_waiting(renewing: Renewing, policy: RenewalPolicy) -> Iterator[Reason]:
    match policy.blocked_by_holds:
        case "any-waiting" if renewing.unfilled:
            yield Reason("holds-waiting", RENEWAL)
        case "more-than-free-copies" if renewing.without_copy:
            yield Reason("holds-waiting", RENEWAL)


def _about_times(renewing: Renewing, policy: RenewalPolicy) -> Iterator[Reason]:
    if renewing.kind != "loan":
        # What is read in the house or goes home for one night would otherwise be lent for weeks.
        yield Reason("not-renewable")
    elif policy.max == 0:
        yield Reason("not-renewable", RENEWAL)
    elif is_full(renewing.renewals, policy.max):
        yield Reason.of("renewal-limit-reached", RENEWAL, limit=policy.max)
    yield from _about_lateness((renewing.on - renewing.due_on).days, policy)
    if policy.card_expired == "blocks" and renewing.card_expires_on and renewing.card_expires_on < renewing.on:
        yield Reason.of("card-expired", CARD, expired_on=renewing.card_expires_on.isoformat())
    if policy.on_loan_day == "refused" and renewing.on == renewing.lent_on:
        yield Reason("renewed-on-loan-day", RENEWAL)
    if policy.not_before_due_days != "unlimited":
        opens = renewing.due_on - timedelta(days=policy.not_before_due_days)
        if renewing.on < opens:
            yield Reason.of("renewal-too-early", RENEWAL, from_day=opens.isoformat())


def _about_lateness(days_late: int, policy: RenewalPolicy) -> Iterator[Reason]:
    """Renewing what is overdue: in 小金井 never, in 町田 always, in 武蔵野 while it is at most two weeks late."""
    if policy.overdue == "blocks" and days_late > 0:
        yield Reason("overdue", RENEWAL)
    elif isinstance(policy.overdue, int) and days_late > policy.overdue:
        yield Reason.of("overdue", RENEWAL, days=policy.overdue)
