"""Two records of one reader become one: loans and holds are joined, and nothing is refused for limits."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from fumikura.circulation.models import (
    AccountMerge,
    CounterNote,
    Exemption,
    Hold,
    HoldTitle,
    Loan,
    NoShow,
    Reminder,
    SetBooking,
)
from fumikura.circulation.network_events import HoldMerged, HoldRestored
from fumikura.circulation.queries import open_loans_of
from fumikura.circulation.quotas import quotas_of
from fumikura.circulation.services.binding import allot, hold_subject, offer_again
from fumikura.circulation.services.hold_shelf import close_hold
from fumikura.circulation.services.queue import copies_of_titles
from fumikura.circulation.services.scene import Scene
from fumikura.journal.services import give_entries_back, hand_over_entries
from fumikura.kernel.actors import Actor
from fumikura.patrons import services as patrons
from fumikura.patrons.models import Patron, PatronMerge
from fumikura.patrons.queries import lending_facts


@transaction.atomic
def merge_patron(*, old: Patron, into: Patron, by: Actor, at: datetime) -> tuple[str, ...]:
    """Join `old` into `into`. Of two holds for one title the earlier place stays. Answers what staff are told.

    Refused("patrons-not-two") when they are one already.
    """
    survivor = patrons.merge(old=old, into=into, by=by, at=at)
    scene = Scene(by, at)
    rows: dict[str, QuerySet[Any]] = {
        "loans": Loan.objects.open().filter(patron=old),
        "holds": Hold.objects.open().filter(patron=old),
        "no_shows": NoShow.objects.filter(patron=old),
        "reminders": Reminder.objects.filter(patron=old),
        "notes": CounterNote.objects.filter(patron=old),
        "bookings": SetBooking.objects.open().filter(patron=old),
        "exemptions": Exemption.objects.filter(patron=old),
    }
    moved: dict[str, list[int]] = {name: list(found.values_list("pk", flat=True)) for name, found in rows.items()}
    for found in rows.values():
        found.update(patron=survivor)
    moved["entries"] = hand_over_entries(old.key, survivor.key)
    doubled = doubled_holds(survivor)
    moved["closed"] = [hold.pk for hold in doubled]
    AccountMerge.objects.create(merge=_merge_of(old, survivor), moved=moved)
    close_doubled(doubled, scene)
    return ("over-limit-after-merge",) if _is_over_limit(survivor, scene) else ()


def _merge_of(old: Patron, survivor: Patron) -> PatronMerge:
    return PatronMerge.objects.filter(old=old, into=survivor, undone_at=None).order_by("-pk")[0]


@transaction.atomic
def part_patrons(*, merge: PatronMerge, by: Actor, at: datetime) -> Patron:
    """A joining was a mistake: what came from the old record and is still open goes back to it.

    What was returned or closed meanwhile stays as it is. Answers the record that had gone. Refused("not-undoable").
    """
    back = patrons.part(merge=merge, by=by, at=at)
    scene, joined = Scene(by, at), AccountMerge.objects.select_related("merge__into").get(merge=merge)
    moved, survivor = joined.moved, joined.merge.into
    Loan.objects.open().filter(pk__in=moved["loans"], patron=survivor).update(patron=back)
    Hold.objects.open().filter(pk__in=moved["holds"], patron=survivor).update(patron=back)
    NoShow.objects.filter(pk__in=moved["no_shows"], patron=survivor).update(patron=back)
    Reminder.objects.filter(pk__in=moved["reminders"], patron=survivor).update(patron=back)
    CounterNote.objects.filter(pk__in=moved["notes"], patron=survivor).update(patron=back)
    SetBooking.objects.open().filter(pk__in=moved.get("bookings", ()), patron=survivor).update(patron=back)
    Exemption.objects.filter(pk__in=moved.get("exemptions", ()), patron=survivor).update(patron=back)
    give_entries_back(moved["entries"], held_by=survivor.key, to=back.key)
    for hold in Hold.objects.filter(pk__in=moved["closed"], closed_as="merged"):
        whose = back if hold.pk in moved["holds"] else survivor
        titles = HoldTitle.objects.filter(hold=hold, done_at=hold.closed_at)
        records = list(titles.values_list("record", flat=True))
        titles.update(done_at=None)
        Hold.objects.filter(pk=hold.pk).update(closed_at=None, closed_as="", patron=whose)
        scene.record(HoldRestored(hold=hold.pk), hold_subject(hold.pk), patron_key=whose.key)
        for record in records:
            allot(record, scene)
    return back


def entries_to_give_back() -> set[int]:
    """Numbers of the journal's entries that change hands again if a joining is taken back."""
    open_still = AccountMerge.objects.filter(merge__undone_at=None).exclude(merge__before={})
    return {number for moved in open_still.values_list("moved", flat=True) for number in moved["entries"]}


def close_doubled(holds: list[Hold], scene: Scene) -> None:
    """Of two holds of one reader for one title the later is closed; what it had on a pick list serves the next."""
    for hold in holds:
        freed = close_hold(hold, "merged", scene)
        scene.record(HoldMerged(hold=hold.pk), hold_subject(hold.pk))
        offer_again(freed, scene)


def doubled_holds(patron: Patron) -> list[Hold]:
    """The later of two single holds for one title; one that lies ready is kept before one that waits."""
    titles = HoldTitle.objects.filter(
        hold__patron=patron, hold__closed_at=None, hold__kind=Hold.Kind.ONE, done_at=None
    ).select_related("hold__patron")  # fmt: skip
    rows = list(titles.order_by("hold__accepted_at", "hold"))
    states = copies_of_titles([title.pk for title in rows])
    kept: dict[tuple[int, int | None], HoldTitle] = {}
    doubled = []
    for title in sorted(rows, key=lambda title: states.get(title.pk) not in {"ready", "travelling"}):
        wanted = (title.record_id, title.item_id)
        if wanted in kept:
            doubled.append(title.hold)
        else:
            kept[wanted] = title
    return doubled


def _is_over_limit(patron: Patron, scene: Scene) -> bool:
    facts = lending_facts(patron, scene.on)
    quotas = quotas_of(facts, open_loans_of(patron), rules=scene.rules, at=scene.site, on=scene.on, via=scene.by.via)
    return any(quota.have > quota.limit for quota in quotas)
