"""Two records of one reader become one: loans and holds are joined, and nothing is refused for limits."""

from datetime import datetime

from django.db import transaction

from fumikura.circulation.models import Hold, HoldTitle, Loan, NoShow, Reminder
from fumikura.circulation.network_events import HoldMerged
from fumikura.circulation.queries import open_loans_of
from fumikura.circulation.quotas import quotas_of
from fumikura.circulation.services.binding import allot, hold_subject
from fumikura.circulation.services.hold_shelf import close_hold
from fumikura.circulation.services.queue import copies_of_titles
from fumikura.circulation.services.scene import Scene
from fumikura.journal.services import hand_over_entries
from fumikura.kernel.actors import Actor
from fumikura.patrons import services as patrons
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import lending_facts


@transaction.atomic
def merge_patron(*, old: Patron, into: Patron, by: Actor, at: datetime) -> tuple[str, ...]:
    """Join `old` into `into`. Of two holds for one title the earlier place stays. Answers what staff are told.

    Refused("patrons-not-two") when they are one already.
    """
    survivor = patrons.merge(old=old, into=into, by=by, at=at)
    scene = Scene(by, at)
    Loan.objects.open().filter(patron=old).update(patron=survivor)
    Hold.objects.open().filter(patron=old).update(patron=survivor)
    NoShow.objects.filter(patron=old).update(patron=survivor)
    Reminder.objects.filter(patron=old).update(patron=survivor)
    hand_over_entries(old.key, survivor.key)
    for hold in _doubled(survivor):
        freed = close_hold(hold, "merged", scene)
        scene.record(HoldMerged(hold=hold.pk), hold_subject(hold.pk))
        for record in sorted({one.item.record_id for one in freed if one.picked_at is None}):
            allot(record, scene)
    return ("over-limit-after-merge",) if _is_over_limit(survivor, scene) else ()


def _doubled(patron: Patron) -> list[Hold]:
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
    quotas = quotas_of(facts, open_loans_of(patron), at=scene.site, on=scene.on, via=scene.by.via)
    return any(quota.have > quota.limit for quota in quotas)
