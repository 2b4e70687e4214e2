"""How many more: the limits that the rules of the day set a reader at a place, and how far each is filled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import HoldTitle, Loan
from fumikura.circulation.queries import RulesInForce, lies_ready, mode_for, place_path
from fumikura.circulation.rules.counting import awaited_thing, filled, lent_thing
from fumikura.circulation.rules.policies import LoanPolicy, plain
from fumikura.circulation.rules.resolution import Subject
from fumikura.circulation.subjects import reader_in_dimensions
from fumikura.holdings.models import Item
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from fumikura.patrons.rules import Standing
from fumikura.statements.ahead import Asked
from fumikura.statements.reads import prepared


@dataclass(frozen=True)
class Quota:
    """One counter that has a limit."""

    counter: str
    names: tuple[tuple[str, str], ...]
    """(language, words) pairs, e.g. (("ja", "図書・雑誌"), ("en", "books and magazines"))."""
    have: int
    limit: int


def quotas_of(
    facts: Standing, loans: Iterable[Loan], *, rules: RulesInForce, at: Facility, on: date, via: str
) -> tuple[Quota, ...]:
    """Every counter with a limit for this reader here, in the order of the rules. `loans` are the reader's open ones."""
    rule_set = rules.rule_set
    subject = {
        "mode": mode_for(rule_set),
        **reader_in_dimensions(facts),
        "transaction": place_path(at),
        "channel": via,
    }
    limits = LoanPolicy.of(plain(rule_set.decide(subject, on))).limits
    counted = (loan for loan in loans if loan.kind != "in-house" and loan.received_at is None)
    have = filled(rule_set, map(thing_of, counted))
    return tuple(
        Quota(counter, tuple(rule_set.names.get(counter, {}).items()), have.get(counter, 0), limit)
        for counter, limit in limits.items()
        if isinstance(limit, int)
    )


def thing_of(loan: Loan) -> Subject:
    """A loan as counters see it; its copy and both places were read with it."""
    item = loan.item
    return lent_thing(
        material=item.material,
        collection=item.collection,
        origin=item.origin,
        owner=place_path(item.home),
        transaction=place_path(loan.lent_facility),
    )


class Awaited(NamedTuple):
    """One title of an open hold."""

    hold: int
    material: str
    """That of its first copy; without copies, what the record says it is."""
    collection: str
    """That of its first copy."""
    is_ready: bool
    """Something can be collected for this hold."""
    record: BibliographicRecord
    """Without its MARC."""
    pickup: Facility

    @property
    def thing(self) -> Subject:
        """As counters see it."""
        return awaited_thing(material=self.material, collection=self.collection, pickup=place_path(self.pickup))


def awaited_by(patron: Patron) -> list[Awaited]:
    """Every title a reader waits for, the titles of one hold together and in their order."""
    return [
        Awaited(
            hold=title.hold_id,
            material=vars(title)["of_a_copy"] or title.record.kind,
            collection=vars(title)["collection"] or "",
            is_ready=bool(vars(title)["is_ready"]),
            record=title.record,
            pickup=title.hold.pickup,
        )
        for title in _titles_awaited_by(patron=patron.pk)
    ]


def asked_awaited_by(patron: Patron) -> Asked:
    """What `awaited_by` reads, for `read_ahead`."""
    return _titles_awaited_by.asked(patron=patron.pk)


@prepared
def _titles_awaited_by(patron: int) -> "QuerySet[HoldTitle]":
    copies = Item.objects.filter(record=OuterRef("record")).order_by("pk")
    rows = HoldTitle.objects.filter(hold__patron=patron, hold__closed_at=None).order_by("hold", "place", "pk")
    told = rows.select_related("record", "hold__pickup").defer("record__marc")
    return told.annotate(
        of_a_copy=Subquery(copies.values("material")[:1]),
        collection=Subquery(copies.values("collection")[:1]),
        is_ready=lies_ready("hold"),
    )
