"""How many more: the limits that the rules of the day set a reader at a place, and how far each is filled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import RulesInForce, place_path
from fumikura.circulation.rules.policies import LoanPolicy, plain
from fumikura.circulation.rules.resolution import counters_of
from fumikura.organisation.models import Facility
from fumikura.patrons.rules import PatronFacts


@dataclass(frozen=True)
class Quota:
    """One counter that has a limit."""

    counter: str
    names: tuple[tuple[str, str], ...]
    """(language, words) pairs, e.g. (("ja", "図書・雑誌"), ("en", "books and magazines"))."""
    have: int
    limit: int


def quotas_of(
    facts: PatronFacts, loans: Iterable[Loan], *, rules: RulesInForce, at: Facility, on: date, via: str
) -> tuple[Quota, ...]:
    """Every counter with a limit for this reader here, in the order of the rules. `loans` are the reader's open ones."""
    rule_set = rules.rule_set
    subject = {
        "mode": "normal",
        "category": facts.categories,
        "residency": facts.residency,
        "age": facts.age,
        "transaction": place_path(at),
        "channel": via,
    }
    limits = LoanPolicy.of(plain(rule_set.decide(subject, on))).limits
    have: dict[str, int] = {}
    for loan in loans:
        if loan.kind != "in-house" and loan.received_at is None:
            for counter in counters_of(rule_set, loan.item.material):
                have[counter] = have.get(counter, 0) + 1
    return tuple(
        Quota(counter, tuple(rule_set.names.get(counter, {}).items()), have.get(counter, 0), limit)
        for counter, limit in limits.items()
        if isinstance(limit, int)
    )
