"""Pauses that a rule sets: after a late return, after holds not collected. The city's rule blocks, not the person at the desk."""

from dataclasses import replace
from datetime import date, timedelta

from django.utils import timezone

from fumikura.circulation.events import LoanReturned
from fumikura.circulation.models import Loan, NoShow
from fumikura.circulation.queries import mode_for, place_path
from fumikura.circulation.rules.policies import HoldPolicy, plain
from fumikura.circulation.services.scene import Scene, loan_subject
from fumikura.circulation.subjects import reader_in_dimensions
from fumikura.journal.queries import entries_on, subjects_at
from fumikura.patrons.events import PatronBlocked
from fumikura.patrons.models import Block, Patron
from fumikura.patrons.queries import lending_facts
from fumikura.patrons.services import block, unblock


def pause_loans(patron: Patron, loan: Loan, days_late: int, scene: Scene) -> None:
    """So many days of pause for each day late, counted from the day of the return, where there is such a rule.

    Who is scanned long after the return (a machine, a box) may have it behind them already: then there is none.
    """
    assert loan.returned_at is not None
    facts = lending_facts(patron, scene.on)
    rules = scene.rules.rule_set
    subject = {
        "mode": mode_for(rules),
        "material": loan.item.material,
        **reader_in_dimensions(facts),
        "transaction": place_path(scene.site),
    }
    values = plain(rules.decide(subject, scene.on))
    days = days_late * values["overdue.pause_days_per_day"]
    if values["overdue.pause_most"] != "unlimited":
        days = min(days, values["overdue.pause_most"])
    until = timezone.localdate(loan.returned_at) + timedelta(days=days)
    if days and until >= scene.on:
        _block(patron, "loans-paused", until, scene)


def end_pause_of(patron: Patron, loan: Loan, scene: Scene) -> None:
    """A return that is taken back pauses nobody: what it set is lifted, and nothing that was set for another reason."""
    for returned in entries_on([loan_subject(loan)], event=LoanReturned.name, limit=1):
        begun = subjects_at(returned.happened_at, event=PatronBlocked.name)
        rows = [int(subject.removeprefix("patrons.block:")) for subject in begun]
        pauses = Block.objects.filter(pk__in=rows, patron=patron, reason="loans-paused", lifted_at=None)
        by = replace(scene.by, permissions=scene.by.permissions | {"patrons.unblock"})
        for pause in pauses.order_by("pk"):
            unblock(block=pause, by=by, at=scene.at)


def count_no_show(patron: Patron, policy: HoldPolicy, scene: Scene) -> None:
    """Remember a hold not collected, only where the city counts them, and pause new ones when there are too many."""
    if policy.no_shows == "unlimited":
        return
    NoShow.objects.create(patron=patron, on=scene.on)
    a_year_ago = scene.on - timedelta(days=365)
    NoShow.objects.filter(patron=patron, on__lt=a_year_ago).delete()
    if NoShow.objects.filter(patron=patron).count() >= policy.no_shows:
        _block(patron, "holds-paused", scene.on + timedelta(days=policy.no_show_pause_days), scene)


def _block(patron: Patron, reason: str, until: date, scene: Scene) -> None:
    by = replace(scene.by, permissions=scene.by.permissions | {"patrons.block"})
    block(patron=patron, reason=reason, ends_on=until, by=by, at=scene.at)
