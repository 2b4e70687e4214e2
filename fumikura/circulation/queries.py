"""Reading loans, journeys and rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from fumikura.circulation.house import house_names
from fumikura.circulation.models import Allotment, Closure, Hold, Loan, LoanQuerySet, PolicySet, ShelfPlace, Transit
from fumikura.circulation.rules.explaining import DueDecided, due_reasons
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.holdings.models import FrozenStock, Item, KeptAside, Missing
from fumikura.journal.queries import entries_on
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import mode_of_network
from fumikura.patrons.models import Patron
from fumikura.statements.ahead import Asked
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared


@dataclass(frozen=True)
class RulesInForce:
    policy_set: int
    version: int
    rule_set: RuleSet


def rules_in_force(day: date) -> RulesInForce:
    """The rules of that day. Refused("rules-missing") when the city has not set any."""
    found = _sets_in_force.first(day=day)
    if found is None:
        raise Refused(Reason.of("rules-missing", on=day.isoformat()))
    return RulesInForce(found[0], found[1], _rule_set(found[0], found[2]))


def asked_rules_in_force(day: date) -> Asked:
    """What `rules_in_force` reads, for `read_ahead`."""
    return _sets_in_force.asked(day=day)


@prepared
def _sets_in_force(day: date) -> "QuerySet[PolicySet, tuple[int, int, str]]":
    return PolicySet.objects.in_force(day).values_list("pk", "version", "digest")[:1]


@lru_cache(maxsize=16)
def _rule_set(pk: int, digest: str) -> RuleSet:
    """Read once a process: a set in force is never edited, and the digest tells two databases apart."""
    rule_set = RuleSet.read(PolicySet.objects.values_list("rules", flat=True).get(pk=pk, digest=digest))
    return replace(rule_set, names={**house_names(), **rule_set.names})


def needs_consent(day: date) -> tuple[str, ...]:
    """Kinds of material for which some rule of that day asks the guardian of a child."""
    rules = [rule for rule in rules_in_force(day).rule_set.rules if rule.in_force(day)]
    asked = [rule.gives.get("loan.guardian_consent_for", ()) for rule in rules]
    return tuple(dict.fromkeys(kind for kinds in asked if not isinstance(kinds, str) for kind in kinds))


def mode_for(rule_set: RuleSet, on: date | None = None) -> str:
    """The mode of the network, now or on a past day; looked up only when a rule asks for it."""
    return mode_of_network(on) if rule_set.speaks_of("mode") else "normal"


def place_path(facility: Facility) -> tuple[str, str]:
    """A facility as a value of a place dimension: itself, then its kind."""
    return facility.code, facility.kind


def loans_with_items() -> LoanQuerySet:
    return Loan.objects.select_related("item__record", "item__home", "patron", "lent_facility").defer(
        "item__record__marc"
    )


def get_loan(pk: int) -> Loan:
    """The loan with this row number, open or returned. Refused("loan-unknown")."""
    if loan := loans_with_items().filter(pk=pk).first():
        return loan
    raise Refused(Reason.of("loan-unknown"))


def open_loan_of(item: Item) -> Loan | None:
    """The open loan of an item, also when a machine has received it."""
    return loans_with_items().open().filter(item=item).first()


def need_open_loan_of(item: Item) -> Loan:
    """The same, or Refused("not-on-loan")."""
    if loan := open_loan_of(item):
        return loan
    raise Refused(Reason("not-on-loan"))


def open_loans_of(patron: Patron) -> list[Loan]:
    """What a reader has, the first to come due first."""
    return _open_loans_of(patron=patron.pk)


@prepared
def _open_loans_of(patron: int) -> "QuerySet[Loan]":
    return loans_by_day().filter(patron=patron)


def open_loans_of_each(patrons: Iterable[int]) -> dict[int, list[Loan]]:
    """The same of many readers, by row number: one question for all."""
    found: dict[int, list[Loan]] = {number: [] for number in patrons}
    for loan in loans_by_day().filter(patron__in=found):
        found[loan.patron_id or 0].append(loan)
    return found


def loans_by_day() -> LoanQuerySet:
    """With their copies and titles, the first to come due first."""
    rows = loans_with_items().open().select_related("policy_set").defer("policy_set__rules")
    return rows.defer("item__record__marc").order_by("due_on", "lent_at", "id")


def holds_counted(patron: Patron) -> tuple[int, int]:
    """How many open holds a reader has, and how many of them can be collected."""
    rows = Hold.objects.open().filter(patron=patron).annotate(is_ready=lies_ready("pk"))
    ready = list(rows.values_list("is_ready", flat=True))
    return len(ready), sum(ready)


def lies_ready(hold: str) -> Exists:
    """Whether something can be collected for the hold that the outer row names so."""
    places = ShelfPlace.objects.open().filter(
        item__allotments__title__hold=OuterRef(hold), item__allotments__ended_at=None, ready_on__isnull=False
    )
    return Exists(places)


def journey_of(item: Item) -> Transit | None:
    """Its open journey."""
    rows = Transit.objects.open().filter(item=item)
    return rows.select_related("origin", "destination", "seen_facility").first()


def readers_with_loans_due(on: date) -> list[Patron]:
    """Readers with something that is due on that day and not yet received, claimed or lost."""
    open_ones = Loan.objects.open().filter(due_on=on, kind="loan", received_at=None, claimed_at=None, lost_at=None)
    readers = Patron.objects.filter(pk__in=open_ones.values("patron")).select_related("guardian")
    return list(readers.order_by("pk"))


def readers_collecting_at(facility: str) -> list[Patron]:
    """Readers with an open hold to collect at this site, or moved away from it by a closure that still holds."""
    moved = Closure.objects.filter(facility__code=facility, undone_at=None).values_list("moved_holds", flat=True)
    holds = Hold.objects.open().filter(Q(pickup__code=facility) | Q(pk__in=[pk for pks in moved for pk in pks]))
    readers = Patron.objects.filter(pk__in=holds.values("patron"), closed_at=None).select_related("guardian")
    return list(readers.order_by("pk"))


def ready_for(patron: Patron) -> list[ShelfPlace]:
    """What lies ready for a reader, the first to go back first."""
    return ready_for_each([patron.pk])[patron.pk]


def ready_for_each(patrons: Iterable[int]) -> dict[int, list[ShelfPlace]]:
    """The same for many readers, by row number: one question for all."""
    found: dict[int, list[ShelfPlace]] = {number: [] for number in patrons}
    reader = "item__allotments__title__hold__patron"
    theirs = {f"{reader}__in": list(found), "item__allotments__ended_at": None}
    places = ShelfPlace.objects.open().filter(ready_on__isnull=False, **theirs).annotate(reader=F(reader))
    rows = places.select_related("item__record", "facility").defer("item__record__marc").order_by("until", "pk")
    for place in rows:
        found[vars(place)["reader"]].append(place)
    return found


@dataclass(frozen=True, kw_only=True)
class Overridden:
    """An objection that somebody passed over, and why. Never for whom."""

    code: str
    at: datetime
    why: str
    words: str


def overridden(*, item: int = 0, hold: int = 0, set: int = 0) -> list[Overridden]:
    """What was passed over for an item, for a hold and for a set, the latest first."""
    about = {"holdings.item": item, "circulation.hold": hold, "holdings.set": set}
    subjects = [f"{kind}:{number}" for kind, number in about.items() if number]
    return [
        Overridden(
            code=one.particulars["code"],
            at=one.happened_at,
            why=one.particulars.get("why", ""),
            words=one.particulars.get("words", ""),
        )
        for one in entries_on(subjects, event="circulation.refusal-overridden")
    ]


@dataclass(frozen=True, kw_only=True)
class DueExplained:
    """Why a loan is due when it is: by the rules of its own day, which later rules do not move."""

    due_on: date
    rules: str
    """Name of the policy set that decided."""
    given: Mapping[str, tuple[Any, str]]
    """Output to its value and the rule that it came from."""
    why: tuple[str, ...]
    """agreed-term, hard-date, card-expiry, moved-to-next-open, moved-to-previous-open."""
    reasons: tuple[Reason, ...]
    """The whole of it, in kernel.reasons.WHY."""


def explain_due(loan: Loan, *, is_shifted: bool = False) -> DueExplained:
    """`is_shifted`: the loan is among services.shifted_among. A loan that was brought in from another system has no reasons."""
    given = {output: (value, rule) for output, (value, rule) in loan.snapshot.get("given", {}).items()}
    why = tuple(loan.snapshot.get("why", ()))
    decided = DueDecided(
        kind=loan.kind,
        given=given,
        why=why,
        lent_on=timezone.localdate(loan.lent_at),
        due_on=loan.due_on,
        renewals=loan.renewals,
        is_shifted=is_shifted,
    )
    return DueExplained(
        due_on=loan.due_on, rules=loan.policy_set.name, given=given, why=why, reasons=due_reasons(decided)
    )


@dataclass(frozen=True, kw_only=True)
class HoldExplained:
    """By what a hold was taken: later rules do not change that."""

    rules: str
    """Name of the policy set."""
    effective_from: date
    given: Mapping[str, tuple[Any, str]]
    """Output to its value and the rule that it came from."""
    names: Mapping[str, Mapping[str, str]]


def explain_hold(hold: Hold) -> HoldExplained | None:
    """None when nothing was kept, or its rules are gone."""
    version = hold.snapshot.get("rules")
    found = PolicySet.objects.filter(version=version).first() if version else None
    if found is None:
        return None
    given = {output: (value, rule) for output, (value, rule) in hold.snapshot["given"].items()}
    names = _rule_set(found.pk, found.digest).names
    return HoldExplained(rules=found.name, effective_from=found.effective_from, given=given, names=names)


@dataclass(frozen=True, kw_only=True)
class ItemState:
    """Where an item is. Never who has it."""

    kind: str
    """on-shelf, on-loan, in-transit, on-hold-shelf, set-aside, missing or withdrawn."""
    facility: str
    """Code of the facility where it stands, was lent, left or was last seen."""
    due_on: date | None = None
    is_overdue: bool = False
    is_promised: bool = False
    """On a shelf, but on a pick list for somebody's hold."""
    is_resting: bool = False
    """On a shelf that nobody can get at: the stock of its site is frozen, while that works elsewhere or is rebuilt."""
    is_received: bool = False
    """A return machine has it; the loan awaits finalising."""
    destination: str = ""
    reference_only: bool = False
    last_seen_at: datetime | None = None
    searched_in_vain: int = 0
    """How often it was looked for and not found since it was last seen."""

    @property
    def is_available(self) -> bool:
        """On a shelf, and lent to whoever comes."""
        return self.kind == "on-shelf" and not (self.reference_only or self.is_promised or self.is_resting)


def states_of(items: Iterable[Item], at: datetime) -> dict[int, ItemState]:
    """Each item's state by row number, with as many queries for a thousand items as for one.

    `home` of the items should be read already.
    """
    rows = list(items)
    numbered = [(item.pk, item) for item in rows]
    ids = listed([pk for pk, _item in numbered])
    today = timezone.localdate(at)
    out_of_reach = dict(_out_of_reach(items=ids))
    loans = {loan.item_id: loan for loan in _open_loans(items=ids)}
    transits = {transit.item_id: transit for transit in _open_transits(items=ids)}
    away = {item.stands_at_id for item in rows if item.stands_at_id}
    elsewhere = dict(Facility.objects.filter(pk__in=away).values_list("pk", "code")) if away else {}
    held = dict(_open_shelf_places(items=ids))
    promised = {item for (item,) in _open_allotments(items=ids)}
    aside = dict(_kept_aside(items=ids))
    missing = dict(_missing(items=ids))
    return {
        pk: ItemState(
            reference_only=item.reference_only or item.in_house_only,
            last_seen_at=item.last_seen_at,
            searched_in_vain=item.searched_in_vain,
            is_promised=pk in promised,
            is_resting=out_of_reach.get(pk, pk) is None,
            **_state(
                item,
                today,
                standing_place=elsewhere.get(item.stands_at_id or 0, item.home.code),
                is_withdrawn=out_of_reach.get(pk) is not None,
                loan=loans.get(pk),
                transit=transits.get(pk),
                held=held.get(pk),
                aside=aside.get(pk),
                missing=missing.get(pk) or None,
                is_missing=pk in missing,
            ),
        )
        for pk, item in numbered
    }


@prepared
def _out_of_reach(items: str) -> "QuerySet[Item, tuple[int, int | None]]":
    """What was withdrawn, with itself; what stands where the stock is frozen, with nothing."""
    frozen = FrozenStock.objects.filter(facility=Coalesce(OuterRef("stands_at"), OuterRef("home")), ended_at=None)
    gone = Item.objects.filter(Among("pk", items)).filter(Q(withdrawal__isnull=False) | Exists(frozen))
    return gone.values_list("pk", "withdrawal__item")


@prepared
def _open_loans(items: str) -> "QuerySet[Loan]":
    return Loan.objects.open().filter(Among("item", items)).select_related("lent_facility")


@prepared
def _open_transits(items: str) -> "QuerySet[Transit]":
    return Transit.objects.open().filter(Among("item", items)).select_related("origin", "destination")


@prepared
def _open_shelf_places(items: str) -> "QuerySet[ShelfPlace, tuple[int, str]]":
    return ShelfPlace.objects.open().filter(Among("item", items)).values_list("item", "facility__code")


@prepared
def _open_allotments(items: str) -> "QuerySet[Allotment, tuple[int]]":
    return Allotment.objects.open().filter(Among("item", items)).values_list("item")


@prepared
def _kept_aside(items: str) -> "QuerySet[KeptAside, tuple[int, str]]":
    return KeptAside.objects.filter(Among("item", items), ended_at=None).values_list("item", "facility__code")


@prepared
def _missing(items: str) -> "QuerySet[Missing, tuple[int, str | None]]":
    return Missing.objects.filter(Among("item", items), found_at=None).values_list("item", "last_at__code")


def _state(
    item: Item,
    today: date,
    *,
    standing_place: str,
    is_withdrawn: bool,
    loan: Loan | None,
    transit: Transit | None,
    held: str | None,
    aside: str | None,
    missing: str | None,
    is_missing: bool,
) -> Mapping[str, Any]:
    home = standing_place
    if loan:
        return {
            "kind": "on-loan",
            "facility": loan.lent_facility.code,
            "due_on": loan.due_on,
            "is_overdue": loan.due_on < today and loan.received_at is None,
            "is_received": loan.received_at is not None,
        }
    if is_withdrawn:
        return {"kind": "withdrawn", "facility": home}
    if transit:
        return {"kind": "in-transit", "facility": transit.origin.code, "destination": transit.destination.code}
    if held:
        return {"kind": "on-hold-shelf", "facility": held}
    if aside:
        return {"kind": "set-aside", "facility": aside}
    if is_missing:
        return {"kind": "missing", "facility": missing or home}
    return {"kind": "on-shelf", "facility": home}
