"""Two records of one person become one."""

from datetime import datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.events import PatronMerged
from fumikura.patrons.models import Block, Patron


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
    Patron.objects.filter(merged_into=old.pk).update(merged_into=into.pk)
    Patron.objects.filter(guardian=old.pk).exclude(pk=into.pk).update(guardian=into.pk)
    Block.objects.filter(patron=old.pk, lifted_at=None).update(patron=into.pk)
    gone = rows[old.pk]
    gone.merged_into, gone.closed_at, gone.password = rows[into.pk], at, ""
    gone.address = gone.phone = gone.phone_key = gone.email = gone.note = gone.postcode = ""
    gone.guardian = None
    gone.save()
    record(PatronMerged(), by=by, at=at, subject=f"patrons.patron:{into.pk}", patron_key=rows[into.pk].key)
    return rows[into.pk]
