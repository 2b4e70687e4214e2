"""What ties a person to the city: born here, lived here, wrote about it; with where and when, and where that is known from."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fumikura.catalogue.events import AuthoritiesChanged
from fumikura.catalogue.models import Authority, LocalTie
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

KINDS = ("born", "lived", "studied", "worked", "wrote-about", "stayed", "buried", "other")


@dataclass(frozen=True, kw_only=True)
class TieFacts:
    """What staff may say of a tie."""

    kind: str
    place: str
    dates: str = ""
    source: str = ""


@transaction.atomic
def add_tie(*, authority: Authority, facts: TieFacts, by: Actor, at: datetime) -> LocalTie:
    """Whoever has a tie is shown among 市ゆかりの人. Refused("tie-incomplete" | "authority-merged" | "tie-of-a-subject")."""
    by.require("catalogue.change-authority")
    row = Authority.objects.select_for_update().get(pk=authority.pk)
    if row.merged_into_id:
        raise Refused(Reason.of("authority-merged"))
    if row.kind == "subject":
        raise Refused(Reason.of("tie-of-a-subject"))
    if facts.kind not in KINDS or not facts.place.strip():
        raise Refused(Reason.of("tie-incomplete"))
    tie = LocalTie.objects.create(
        authority=row,
        kind=facts.kind,
        place=facts.place.strip()[:200],
        dates=facts.dates.strip()[:60],
        source=facts.source.strip()[:2000],
        added_at=at,
    )
    row.is_local, row.changed_at = True, at
    row.save(update_fields=["is_local", "changed_at"])
    _tell(row.pk, by=by, at=at)
    return tie


@transaction.atomic
def remove_tie(*, tie: LocalTie, by: Actor, at: datetime) -> None:
    """The person stays among 市ゆかりの人 until the mark is taken off."""
    by.require("catalogue.change-authority")
    authority = tie.authority_id
    if LocalTie.objects.filter(pk=tie.pk).delete()[0]:
        _tell(authority, by=by, at=at)


def _tell(authority: int, *, by: Actor, at: datetime) -> None:
    write_down(AuthoritiesChanged(authorities=(authority,)), by=by, at=at, subject=f"catalogue.authority:{authority}")
