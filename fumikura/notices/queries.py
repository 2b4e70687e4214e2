"""Reads of notices for doors."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Final

from django.db import DatabaseError
from django.db.models import Count, QuerySet
from django.utils import timezone

from fumikura.notices.models import Choice, FailedAddress, Habit, Notice, Wording
from fumikura.notices.rules import KINDS
from fumikura.notices.words import TEXTS
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import guardian_of
from fumikura.statements.ahead import Asked
from fumikura.statements.reads import prepared

MOST_BY_HAND = 300
HOUSE_CHOICE: Final = ("e-mail",)
"""The ways for who has not chosen."""


def choices_of(patron: Patron) -> dict[str, Choice]:
    """By kind; of what was not chosen the choice of the house, unsaved."""
    return choices_of_each([patron.pk])[patron.pk]


def choices_of_each(patrons: Iterable[int]) -> dict[int, dict[str, Choice]]:
    """The same of many readers, by row number: one question for all."""
    house = [*HOUSE_CHOICE]
    found = {
        number: {kind: Choice(patron_id=number, kind=kind, channels=[*house]) for kind in KINDS} for number in patrons
    }
    for one in Choice.objects.filter(patron__in=found):
        if one.kind in found[one.patron_id]:
            found[one.patron_id][one.kind] = one
    return found


def habit_of(patron: Patron) -> Habit:
    """The reader's own hours; unsaved, those of the house."""
    return Habit.objects.filter(patron=patron).first() or Habit(patron=patron)


def wording(kind: str, language: str) -> tuple[str, str, bool]:
    """(subject, body, whether they are the library's own)."""
    own = Wording.objects.filter(kind=kind, language=language, until=None).first()
    return (own.subject, own.body, True) if own else (*TEXTS[kind, language], False)


class OwnSentences:
    """What the library says instead of kernel.reasons, for `in_words_of`: asked once, at the first sentence said."""

    def __init__(self) -> None:
        self._found: Mapping[tuple[str, str], tuple[str, str]] | None = None

    def __call__(self, name: str, language: str) -> tuple[str, str] | None:
        if self._found is None:
            self._found = self._read()
        return self._found.get((name, language))

    def _read(self) -> Mapping[tuple[str, str], tuple[str, str]]:
        try:
            return {(name, language): (said, way_out) for name, language, said, way_out in _own_sentences()}
        except DatabaseError:
            return {}  # what is to be said is perhaps that the database is gone


def asked_own_sentences() -> Asked:
    """What `OwnSentences` reads, for `read_ahead`."""
    return _own_sentences.asked()


@prepared
def _own_sentences() -> "QuerySet[Wording, tuple[str, str, str, str]]":
    rows = Wording.objects.filter(until=None, kind__contains=".")
    return rows.values_list("kind", "language", "subject", "body")


def own_wordings() -> set[tuple[str, str]]:
    """(kind, language) of what is said in the library's own words."""
    return set(Wording.objects.filter(until=None).values_list("kind", "language"))


def earlier_wordings(kind: str, language: str) -> list[Wording]:
    """The library's words over time, the latest first, the one in force among them."""
    return list(Wording.objects.filter(kind=kind, language=language).order_by("-since", "-pk")[:20])


def by_hand(channel: str) -> list[Notice]:
    """Whom staff have to telephone, or to write to, the oldest first."""
    rows = Notice.objects.filter(channel=channel, settled_at=None, patron__closed_at=None)
    return list(rows.select_related("patron__guardian", "patron__home").order_by("on", "pk")[:MOST_BY_HAND])


def address_has_failed(patron: Patron, on: date, channel: str = "e-mail") -> bool:
    """Whether mail to the address that the reader has now came back; who has none costs no question."""
    if not patron.email and patron.guardian_id is None:
        return False
    failed = _failed_addresses.first(patron=patron.pk, channel=channel)
    return failed is not None and failed == digest_of_address(address_of_mail(patron, on))


def asked_address_has_failed(patron: Patron, channel: str = "e-mail") -> tuple[Asked, ...]:
    """What `address_has_failed` reads, for `read_ahead`."""
    return (_failed_addresses.asked(patron=patron.pk, channel=channel),) if patron.email else ()


@prepared
def _failed_addresses(patron: int, channel: str) -> "QuerySet[FailedAddress, str]":
    return FailedAddress.objects.filter(patron=patron, channel=channel).values_list("digest", flat=True)


def address_of_mail(patron: Patron, on: date) -> str:
    """The reader's, else the guardian's of who is not of age; empty when the library knows none."""
    if patron.email:
        return patron.email
    guardian = guardian_of(patron, on)
    return guardian.email if guardian else ""


def digest_of_address(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


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


def told_since(kind: str, since: datetime) -> set[int]:
    """Row numbers of readers to whom a message of this kind has left since then, or was leaving when last heard of.

    Of earlier days only the day is known.
    """
    gone = (Notice.State.SENT, Notice.State.LEFT, Notice.State.SENDING)
    rows = Notice.objects.filter(kind=kind, on__gte=timezone.localdate(since), state__in=gone)
    return {
        patron
        for patron, on, settled in rows.values_list("patron", "on", "settled_at")
        if settled is None or settled >= since or settled == midnight(on)
    }


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def troubles(since: date) -> list[tuple[str, str, int]]:
    """(channel, kind of failure, how many) of what was given up."""
    rows = Notice.objects.filter(state=Notice.State.GIVEN_UP, on__gte=since).values_list("channel", "trouble")
    return [(channel, trouble, many) for channel, trouble, many in rows.annotate(Count("pk")).order_by("channel")]
