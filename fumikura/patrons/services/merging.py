"""Two records of one person become one, and, when that was a mistake, two again."""

from datetime import datetime, timedelta

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.events import PatronMerged, PatronsParted
from fumikura.patrons.models import Block, Patron, PatronMerge

ERASED = ("address", "phone", "phone_key", "email", "note", "postcode", "password")
KEPT_DAYS = 30
"""So long what was erased is kept for taking it back; then it is really gone."""


@transaction.atomic
def merge(*, old: Patron, into: Patron, by: Actor, at: datetime) -> Patron:
    """Join `old` into `into`: its card leads there, its blocks and its wards move, its personal data goes.

    Whoever merges readers with loans calls circulation.services.merge_patron, which does this as its first step.
    Refused("patrons-not-two") when they are one already.
    """
    by.require("patrons.merge")
    rows = {
        row.pk: row
        for row in Patron.objects.select_for_update(of=("self",)).filter(pk__in=[old.pk, into.pk]).order_by("pk")
    }
    if len(rows) != 2 or rows[old.pk].merged_into_id or rows[into.pk].merged_into_id:
        raise Refused(Reason("patrons-not-two"))
    gone = rows[old.pk]
    chain, wards = Patron.objects.filter(merged_into=old.pk), Patron.objects.filter(guardian=old.pk).exclude(pk=into.pk)
    blocks = Block.objects.filter(patron=old.pk, lifted_at=None)
    before = {
        "fields": {name: getattr(gone, name) for name in ERASED},
        "guardian": gone.guardian_id,
        "chain": list(chain.values_list("pk", flat=True)),
        "wards": list(wards.values_list("pk", flat=True)),
        "blocks": list(blocks.values_list("pk", flat=True)),
    }
    PatronMerge.objects.create(old=gone, into=rows[into.pk], merged_at=at, before=before)
    chain.update(merged_into=into.pk)
    wards.update(guardian=into.pk)
    blocks.update(patron=into.pk)
    gone.merged_into, gone.closed_at = rows[into.pk], at
    for name in ERASED:
        setattr(gone, name, "")
    gone.guardian = None
    gone.save()
    record(PatronMerged(), by=by, at=at, subject=f"patrons.patron:{into.pk}", patron_key=rows[into.pk].key)
    return rows[into.pk]


def last_merge_into(patron: Patron) -> PatronMerge | None:
    """The latest joining into this record that can still be taken back."""
    rows = PatronMerge.objects.filter(into=patron, undone_at=None).exclude(before={})
    return rows.select_related("old", "into").order_by("-merged_at", "-pk").first()


@transaction.atomic
def part(*, merge: PatronMerge, by: Actor, at: datetime) -> Patron:
    """Two records again, each with what was its own. Answers the one that had gone. Refused("not-undoable").

    Whoever parts readers with loans calls circulation.services.part_patrons, which does this as its first step.
    """
    by.require("patrons.merge")
    row = PatronMerge.objects.select_for_update(of=("self",)).select_related("old", "into").get(pk=merge.pk)
    if row.undone_at or not row.before or row.old.merged_into_id != row.into_id:
        raise Refused(Reason("not-undoable"))
    back, before = row.old, row.before
    for name, value in before["fields"].items():
        setattr(back, name, value)
    back.guardian_id, back.merged_into, back.closed_at = before["guardian"], None, None
    back.save()
    Patron.objects.filter(pk__in=before["chain"], merged_into=row.into).update(merged_into=back)
    Patron.objects.filter(pk__in=before["wards"], guardian=row.into).update(guardian=back)
    Block.objects.filter(pk__in=before["blocks"], patron=row.into).update(patron=back)
    row.undone_at, row.before = at, {}
    row.save(update_fields=["undone_at", "before"])
    record(PatronsParted(), by=by, at=at, subject=f"patrons.patron:{back.pk}", patron_key=back.key)
    return back


def forget_merges(at: datetime) -> int:
    """What was erased at a joining some weeks ago is erased here too. Answers how many."""
    old = PatronMerge.objects.filter(merged_at__lt=at - timedelta(days=KEPT_DAYS)).exclude(before={})
    return old.update(before={})
