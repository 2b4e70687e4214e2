"""Ways to reach a patron beside mail and telephone: friends at LINE, browsers that show notices."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.events import ContactPointAdded, ContactPointRemoved
from fumikura.patrons.models import ContactPoint, Patron

CODE_LASTS = timedelta(minutes=30)
MOST = 10
"""Browsers of one patron; the oldest goes when there are more."""
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def add_contact(
    *, patron: Patron, way: str, address: str, keys: Mapping[str, str], name: str, by: Actor, at: datetime
) -> ContactPoint:
    """Reach the patron there from now on. An address that was somebody else's before is theirs no longer."""
    by.require("patrons.change-own")
    row, is_new = ContactPoint.objects.update_or_create(
        digest=digest(address),
        defaults={
            "patron": patron, "way": way, "address": address, "keys": dict(keys), "name": name[:80], "since": at,
        },
    )  # fmt: skip
    mine = ContactPoint.objects.filter(patron=patron, way=way).exclude(address="").order_by("-since", "-pk")
    ContactPoint.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST:])).delete()
    if is_new:
        record(ContactPointAdded(way=way), by=by, at=at, patron_key=patron.key)
    return row


@transaction.atomic
def remove_contact(*, contact: ContactPoint, by: Actor, at: datetime) -> None:
    """Nothing is sent there any more."""
    by.require("patrons.change-own")
    if ContactPoint.objects.filter(pk=contact.pk).delete()[0]:
        record(ContactPointRemoved(way=contact.way), by=by, at=at, patron_key=contact.patron.key)


@transaction.atomic
def ask_for_code(*, patron: Patron, by: Actor, at: datetime) -> str:
    """A code for the patron to send to the library at LINE within half an hour. An earlier one is void."""
    by.require("patrons.change-own")
    ContactPoint.objects.filter(patron=patron, way="line", address="").delete()
    code = "".join(secrets.choice(_LETTERS) for _ in range(10))
    ContactPoint.objects.create(patron=patron, way="line", digest=digest(code), since=at)
    return code


@transaction.atomic
def take_code(*, said: str, address: str, by: Actor, at: datetime) -> ContactPoint:
    """Somebody at LINE sent a code: they are the patron to whom it was given. Refused("contact-code-unknown")."""
    code = "".join(letter for letter in said.upper() if letter in _LETTERS)
    given = ContactPoint.objects.select_related("patron").filter(
        way="line", address="", digest=digest(code), since__gt=at - CODE_LASTS, patron__closed_at=None
    )
    pending = given.first()
    if pending is None:
        raise Refused(Reason("contact-code-unknown"))
    ContactPoint.objects.filter(patron=pending.patron, way="line").delete()
    return add_contact(patron=pending.patron, way="line", address=address, keys={}, name="LINE", by=by, at=at)


@transaction.atomic
def leave_contact(*, address: str, by: Actor, at: datetime) -> int:
    """Whoever is behind this address wants no more messages there. Answers how many rows went."""
    rows = list(ContactPoint.objects.filter(digest=digest(address)).select_related("patron"))
    for row in rows:
        remove_contact(contact=row, by=by, at=at)
    return len(rows)
