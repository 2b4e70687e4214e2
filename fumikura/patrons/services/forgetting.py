"""Forgetting a patron: what stays is a row that says nothing about anybody, so that counts of the past still add up."""

from datetime import datetime

from django.db import models, transaction

from fumikura.journal.services import forget_entries_of, record
from fumikura.kernel.actors import Actor
from fumikura.patrons.events import PatronForgotten
from fumikura.patrons.models import Block, Card, Patron, new_key

EMPTIED = (
    "name", "reading", "sort_key", "name_key", "postcode", "address", "district", "phone", "phone_key", "email", "note",
    "password",
)  # fmt: skip


@transaction.atomic
def forget(*, patron: Patron, by: Actor, at: datetime) -> None:
    """Erase everything that says who this was, at once and for good. It cannot be taken back.

    Name, address, cards, blocks, passkeys and every row of any room that goes with its patron are deleted; the journal
    loses the key; records that were joined into this one are emptied too. Category, home library and the day of
    registration stay, for statistics. Whoever forgets readers who may have loans calls circulation.services.leave.
    """
    by.require("patrons.close-own")
    row = Patron.objects.select_for_update(of=("self",)).get(pk=patron.pk)
    for one in [row, *Patron.objects.filter(merged_into=row)]:
        forget_entries_of(one.key)
        _delete_what_goes_along(one)
        Block.objects.filter(patron=one).delete()
        Card.objects.filter(patron=one).delete()
        for name in EMPTIED:
            setattr(one, name, "")
        one.key, one.language, one.born_on, one.guardian = new_key(), "ja", None, None
        one.consents, one.services = [], []
        one.closed_at = one.closed_at or at
        one.save()
    record(PatronForgotten(category=row.category.code), by=by, at=at)


def _delete_what_goes_along(patron: Patron) -> None:
    """Rows of whatever room whose key says that they go with their patron."""
    for relation in Patron._meta.related_objects:
        if relation.on_delete is models.CASCADE:
            relation.related_model._base_manager.filter(**{relation.field.name: patron.pk}).delete()
