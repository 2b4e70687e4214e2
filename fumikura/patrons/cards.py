"""Everybody's cards at once, without names: what a counter that works without a line takes along, and what it asks before."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db.models.functions import Length, Substr

from fumikura.patrons.models import Card


class Registered(NamedTuple):
    """One card as a list of who may borrow needs it. No name."""

    number: str
    expires_on: date
    stopped: bool
    patron: int
    household: int
    """The guardian's number, or the patron's own."""
    category: str
    residency: str
    services: tuple[str, ...]
    born_on: date | None


def register_of_cards() -> Iterator[Registered]:
    """Every card of everybody who is registered, stopped ones too; the cards of a patron stand together, by row number.

    Read in chunks: however many there are, the caller holds one.
    """
    rows = Card.objects.filter(patron__closed_at=None).values_list(
        "number", "expires_on", "stopped_at", "patron_id", "patron__guardian_id", "patron__category__code",
        "patron__residency", "patron__services", "patron__born_on",
    ).order_by("patron_id", "pk")  # fmt: skip
    for number, expires_on, stopped_at, patron, guardian, category, residency, services, born_on in rows.iterator(
        chunk_size=5000
    ):
        stopped, household = stopped_at is not None, guardian or patron
        yield Registered(
            number, expires_on, stopped, patron, household, category, residency, tuple(services), born_on
        )  # fmt: skip


def kinds_of_readers() -> Iterator[tuple[str, str, tuple[str, ...], date | None]]:
    """(category, residency, services, born on) of everybody with a card, each combination once."""
    rows = Card.objects.filter(patron__closed_at=None).order_by()
    kinds = rows.values_list("patron__category__code", "patron__residency", "patron__services", "patron__born_on")
    for category, residency, services, born_on in kinds.distinct().iterator(chunk_size=5000):
        yield category, residency, tuple(services), born_on


def shapes_of_cards() -> Iterator[tuple[int, str]]:
    """(length, first two letters) of the card numbers in use."""
    yield from Card.objects.values_list(Length("number"), Substr("number", 1, 2)).distinct().order_by()
