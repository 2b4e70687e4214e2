"""Whether something may be lent. All objections at once, each with the permission that may set it aside."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from fumikura.circulation.rules.policies import Count, LoanPolicy, OverduePolicy, is_full, reaches
from fumikura.kernel.refusals import Reason

LIMIT = "circulation.override-limit"
CARD = "circulation.override-card"
ITEM = "circulation.override-item"
HOLD = "circulation.override-hold"
BLOCK = "circulation.override-block"
AGE = "circulation.override-age"
PLACE = "circulation.override-place"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What lending must know of the reader."""

    card_expires_on: date | None
    card_stopped: bool = False
    age: int | None = None
    blocks: tuple[str, ...] = ()
    overdue_since: date | None = None
    """The first overdue day of anything the rule's scope looks at."""
    have: Mapping[str, int] = field(default_factory=dict)
    """Counter to the number of loans that fill it."""
    consents: frozenset[str] = frozenset()
    """Kinds of material to which the guardian has agreed."""
    has_guardian: bool = False


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What lending must know of the item in hand."""

    kinds: tuple[str, ...]
    """The material and everything above it in the tree."""
    counters: tuple[str, ...]
    is_withdrawn: bool = False
    on_loan_to: str = ""
    """"", "reader" or "other"; a loan that a machine has received counts as none."""
    is_held_for_another: bool = False
    is_shelf_time_over: bool = False
    """The reader's own time on the hold shelf has ended and another waits."""
    reference_only: bool = False
    in_house_only: bool = False
    is_latest_issue: bool = False
    lendable_from: date | None = None
    age_from: int | None = None


@dataclass(frozen=True, kw_only=True)
class Lending:
    """One wish to borrow: who, what, where, when and how."""

    on: date
    reader: Reader
    copy: Copy
    kind: str = "loan"
    """loan, in-house or overnight."""
    site_lends: bool = True
    audience_is_served: bool = True
    is_too_early_for_overnight: bool = False
    overnight_from: str = ""


def objections_to_check_out(
    lending: Lending,
    policy: LoanPolicy,
    overdue: OverduePolicy,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Reason, ...]:
    """Everything that speaks against lending; empty when nothing does. `names` are the words for counters."""
    return (
        *_about_whereabouts(lending.copy),
        *_about_material(lending, policy),
        *objections_to_reader(lending.reader, overdue.blocks_loans_from_day, lending.on),
        *_about_place(lending),
        *_about_limits(lending, policy, names or {}),
    )


def _about_whereabouts(copy: Copy) -> Iterator[Reason]:
    if copy.is_withdrawn:
        yield Reason("item-withdrawn")
    if copy.on_loan_to == "reader":
        yield Reason("already-on-loan-to-you")
    if copy.on_loan_to == "other":
        yield Reason("item-on-loan")
    if copy.is_held_for_another:
        yield Reason("held-for-someone-else", HOLD)
    if copy.is_shelf_time_over:
        yield Reason("hold-shelf-time-over", HOLD)


def _about_material(lending: Lending, policy: LoanPolicy) -> Iterator[Reason]:
    copy, reader = lending.copy, lending.reader
    if copy.age_from and (reader.age is None or reader.age < copy.age_from):
        yield Reason.of("age-restricted", AGE, age=copy.age_from)
    asked_for = reader.has_guardian and not set(policy.guardian_consent_for).isdisjoint(copy.kinds)
    if asked_for and reader.consents.isdisjoint(copy.kinds):
        yield Reason("guardian-consent-needed", AGE)
    if lending.kind == "in-house":
        return
    if not policy.allowed:
        yield Reason("loans-not-allowed", ITEM)
    if copy.in_house_only:
        yield Reason("in-house-only", ITEM)
    if lending.kind == "overnight":
        return
    if copy.reference_only:
        yield Reason("reference-only", ITEM)
    if copy.is_latest_issue:
        yield Reason("latest-issue", ITEM)
    if copy.lendable_from and lending.on < copy.lendable_from:
        yield Reason.of("not-yet-lendable", ITEM, from_day=copy.lendable_from.isoformat())


def objections_to_reader(reader: Reader, blocks_from_day: Count, on: date) -> Iterator[Reason]:
    """What speaks against this reader whatever is in hand: the card, blocks, things overdue."""
    if reader.card_stopped:
        yield Reason("card-stopped")
    if reader.card_expires_on and reader.card_expires_on < on:
        yield Reason.of("card-expired", CARD, expired_on=reader.card_expires_on.isoformat())
    if reader.blocks:
        yield Reason("patron-blocked", BLOCK)
    if reaches(days_overdue(reader.overdue_since, on), blocks_from_day):
        yield Reason("overdue-blocks", BLOCK)


def _about_place(lending: Lending) -> Iterator[Reason]:
    if not lending.site_lends:
        yield Reason("site-does-not-lend", PLACE)
    if not lending.audience_is_served:
        yield Reason("audience-not-now", PLACE)
    if lending.kind == "overnight" and lending.is_too_early_for_overnight:
        yield Reason.of("overnight-not-yet", ITEM, from_time=lending.overnight_from)


def _about_limits(lending: Lending, policy: LoanPolicy, names: Mapping[str, Mapping[str, str]]) -> Iterator[Reason]:
    if lending.kind == "in-house":
        return
    yield from full_counters("loan", lending.copy.counters, lending.reader.have, policy.limits, names)


def full_counters(
    what: str,
    counters: Iterable[str],
    have: Mapping[str, int],
    limits: Mapping[str, Count],
    names: Mapping[str, Mapping[str, str]],
) -> Iterator[Reason]:
    """Every counter that one more thing would overfill, in words; `what` is loan or hold."""
    for counter in counters:
        limit, filled = limits.get(counter, "unlimited"), have.get(counter, 0)
        if is_full(filled, limit):
            yield Reason.of(
                f"{what}-limit-reached:{counter}",
                LIMIT,
                limit=limit,
                have=filled,
                counter=names.get(counter, {}).get("ja", counter),
                counter_en=names.get(counter, {}).get("en", counter),
            )


def days_overdue(overdue_since: date | None, on: date) -> int:
    """1 on the first overdue day; 0 when nothing is overdue."""
    return max(0, (on - overdue_since).days + 1) if overdue_since else 0


def is_at_its_end(card_expires_on: date | None, on: date) -> bool:
    """Whether a card ends today or has ended: its reader is to be asked to renew it."""
    return card_expires_on is not None and card_expires_on <= on


def remarks_on_check_out(lending: Lending, overdue: OverduePolicy, *, site_is_open: bool) -> tuple[str, ...]:
    """What the desk is told although nothing stands in the way, or although somebody has passed over it."""
    reader = lending.reader
    remarks = []
    if is_at_its_end(reader.card_expires_on, lending.on):
        remarks.append("card-needs-renewal")
    days_late = days_overdue(reader.overdue_since, lending.on)
    if days_late and not reaches(days_late, overdue.blocks_loans_from_day):
        remarks.append("patron-has-overdue")
    if not site_is_open:
        remarks.append("site-closed-today")
    return tuple(remarks)
