"""Reads of notices for doors."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, QuerySet

from fumikura.notices.models import Choice, FailedAddress, Notice, Wording
from fumikura.notices.rules import KINDS
from fumikura.notices.words import TEXTS
from fumikura.patrons.models import Patron


def choices_of(patron: Patron) -> dict[str, Choice]:
    """By kind; of what was not chosen the choice of the house, unsaved."""
    made = {one.kind: one for one in Choice.objects.filter(patron=patron)}
    return {kind: made.get(kind) or Choice(patron=patron, kind=kind, channel="e-mail") for kind in KINDS}


def wording(kind: str, language: str) -> tuple[str, str, bool]:
    """(subject, body, whether they are the library's own)."""
    own = Wording.objects.filter(kind=kind, language=language).first()
    return (own.subject, own.body, True) if own else (*TEXTS[kind, language], False)


def address_has_failed(patron: Patron, channel: str = "e-mail") -> bool:
    return FailedAddress.objects.filter(patron=patron, channel=channel).exists()


def counted(since: date) -> list[tuple[str, Mapping[str, int]]]:
    """(kind, state → how many) of the notices of days from `since` on."""
    rows = Notice.objects.filter(on__gte=since).values_list("kind", "state").annotate(Count("pk")).order_by()
    found: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for kind, state, many in rows:
        found.setdefault(kind, {})[state] = many
    return list(found.items())


def waiting() -> QuerySet[Notice]:
    """Not settled yet, the next to leave first."""
    return Notice.objects.filter(settled_at=None).order_by("next_try_at", "pk")


def troubles(since: date) -> list[tuple[str, str, int]]:
    """(channel, kind of failure, how many) of what was given up."""
    rows = Notice.objects.filter(state=Notice.State.GIVEN_UP, on__gte=since).values_list("channel", "trouble")
    return [(channel, trouble, many) for channel, trouble, many in rows.annotate(Count("pk")).order_by("channel")]
