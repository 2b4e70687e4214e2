"""Lending, and taking a loan back as if it had not been made."""

from datetime import datetime, time, timedelta

from django.db import transaction

from fumikura.circulation.events import HoldAllotted, LoanMade, LoanUndone
from fumikura.circulation.models import Allotment, Hold, HoldTitle, Loan, ShelfPlace, Transit
from fumikura.circulation.network_events import HoldRestored
from fumikura.circulation.rules.bands import age_band
from fumikura.circulation.rules.dates import Due, due_date
from fumikura.circulation.rules.policies import LoanPolicy, plain
from fumikura.circulation.services.binding import hold_subject
from fumikura.circulation.services.claims import settle_promises
from fumikura.circulation.services.journeys import end_journey
from fumikura.circulation.services.returns import end_loan
from fumikura.circulation.services.scene import Scene, find, loan_subject
from fumikura.circulation.services.wishes import Wish, calendar_for_reader, consider
from fumikura.holdings.models import Item
from fumikura.holdings.services import end_kept_aside, end_missing
from fumikura.journal.services import forget_patron_of
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused, standing
from fumikura.organisation.queries import calendar_for
from fumikura.patrons.models import Patron
from fumikura.statements.writes import insert


@transaction.atomic
def check_out(
    *,
    item: Item,
    patron: Patron,
    by: Actor,
    at: datetime,
    overriding: frozenset[str] = frozenset(),
    kind: str = "loan",
    why: str = "",
    words: str = "",
) -> Loan:
    """Lend item to patron, or raise Refused with every reason at once.

    `kind` is loan, in-house or overnight. `why` and `words` are the choice and the words of whoever passes over
    objections: the journal keeps them. The answer's `messages` are for staff.
    """
    by.require("circulation.check-out")
    wish = consider(item=item, patron=patron, scene=Scene(by, at, why=why, words=words), kind=kind)
    if reasons := standing(wish.objections, overriding=overriding, permissions=by.permissions):
        raise Refused(*reasons)
    return carry_out(wish)


def carry_out(wish: Wish) -> Loan:
    """Lend whatever was objected: the second half of check_out, and what an offline list says has left the building."""
    messages = _free_the_item(wish)
    loan = _lend(wish)
    messages += settle_promises(wish.where, wish.patron, wish.scene)
    wish.scene.record_overridden(wish.objections, wish.where.item)
    loan.messages = (*messages, *wish.remarks)
    return loan


@transaction.atomic
def objections(*, item: Item, patron: Patron, by: Actor, at: datetime, kind: str = "loan") -> tuple[Reason, ...]:
    """What check_out would object to, without lending: the dry run."""
    by.require("circulation.check-out")
    return consider(item=item, patron=patron, scene=Scene(by, at), kind=kind).objections


def _free_the_item(wish: Wish) -> list[str]:
    """End what the item is in the middle of: a received return, a journey, being missing, being set aside."""
    scene, where = wish.scene, wish.where
    messages: list[str] = []
    if where.loan:
        messages += end_loan(where.loan, where.item, scene)
    if where.transit:
        end_journey(where.transit, where.item, scene)
    if where.is_missing and end_missing(where.item, by=scene.by, at=scene.at):
        messages.append("missing-item-found")
    if where.is_kept_aside:
        end_kept_aside(where.item, at=scene.at)
    return messages


def _lend(wish: Wish) -> Loan:
    scene, item = wish.scene, wish.where.item
    due, due_time = _due(wish)
    loan = Loan(
        item=item,
        patron=wish.patron,
        kind=wish.kind,
        lent_at=scene.at,
        lent_facility=scene.site,
        due_on=due.on,
        due_time=due_time,
        policy_set_id=wish.rules.policy_set,
        snapshot={
            "given": {
                output: [given.value, given.rule]
                for output, given in wish.answers.items()
                if output.startswith(("loan.", "renewal.")) and not output.startswith("loan.limit.")
            },
            "why": list(due.why),
            **({"shelf": True} if wish.patron.keeps_shelf else {}),
            **({"desk": scene.by.desk} if scene.keeps_days_of_its_own else {}),
        },
    )
    insert(loan)
    made = LoanMade(
        loan=loan.pk,
        item=item.pk,
        record=item.record_id,
        due_on=due.on.isoformat(),
        kind=loan.kind,
        material=item.material,
        ndc=item.record.ndc,
        category=wish.facts.categories[0],
        age_band=age_band(wish.facts.age),
        district=wish.patron.district,
    )
    scene.record(made, loan_subject(loan), patron_key=wish.facts.key)
    return loan


def _due(wish: Wish) -> tuple[Due, time | None]:
    """An agreed term: its last day. In the house: today. Overnight: the next open day, shortly after opening. Otherwise as the rules say."""
    scene, values = wish.scene, plain(wish.answers)
    if wish.term:
        return Due(wish.term, ("agreed-term",)), None
    if wish.kind == "in-house":
        return Due(scene.on), None
    if wish.kind == "overnight":
        day = scene.calendar.next_open(scene.on + timedelta(days=1))
        after = timedelta(minutes=values["overnight.until_minutes_after_opening"])
        return Due(day), (datetime.combine(day, scene.site.opens) + after).time()
    policy = LoanPolicy.of(values)
    home = wish.where.item.home
    by_owner = policy.calendar_of == "owning-site" and home.pk != scene.site.pk
    calendar = calendar_for(home) if by_owner else calendar_for_reader(wish.facts, scene)
    return due_date(
        start=scene.on, terms=policy.terms(card_expires_on=wish.facts.card_expires_on), calendar=calendar
    ), None


@transaction.atomic
def undo_check_out(*, loan: Loan, by: Actor, at: datetime) -> None:
    """Take a loan back as if it had not been made. Refused("not-undoable") once it was renewed or has ended."""
    by.require("circulation.check-out")
    where = find(loan.item)
    current = where.loan
    if current is None or current.pk != loan.pk or current.renewals or current.received_at:
        raise Refused(Reason("not-undoable"))
    restored = _as_before_the_loan(where.item, current)
    undone = LoanUndone(loan=current.pk, item=where.item.pk, record=where.item.record_id)
    scene = Scene(by, at)
    scene.record(undone, loan_subject(current))
    forget_patron_of(loan_subject(current))
    _tell_of_restored(restored, where.item, current, scene)
    current.delete()


def _as_before_the_loan(item: Item, loan: Loan) -> list[tuple[int, bool]]:
    """The journey that this loan cut short goes on; the reader's hold that it fulfilled waits on the hold shelf again.

    Answers the holds that wait again, each with whether the copy is bound to it again.
    """
    restored = []
    then = loan.lent_at
    # Several journeys may have ended in one moment; the loan cut the last of them short.
    last_journey = Transit.objects.filter(item=item, arrived_at=then).order_by("-pk").values_list("pk", flat=True)[:1]
    Transit.objects.filter(pk__in=list(last_journey)).update(arrived_at=None)
    last_place = ShelfPlace.objects.filter(item=item, ended_at=then).order_by("-pk").values_list("pk", flat=True)[:1]
    ShelfPlace.objects.filter(pk__in=list(last_place)).update(ended_at=None)
    for title in HoldTitle.objects.filter(record=item.record_id, done_at=then, hold__closed_as__in=["", "fulfilled"]):
        HoldTitle.objects.filter(hold=title.hold_id, done_at=then).update(done_at=None)
        Hold.objects.filter(pk=title.hold_id, closed_at=then).update(closed_at=None, closed_as="", patron=loan.patron)
        bound = Allotment.objects.filter(title=title, item=item, ended_at=then).update(ended_at=None)
        restored.append((title.hold_id, bool(bound)))
    return restored


def _tell_of_restored(restored: list[tuple[int, bool]], item: Item, loan: Loan, scene: Scene) -> None:
    for hold, is_bound in restored:
        scene.record(HoldRestored(hold=hold), hold_subject(hold), patron_key=loan.patron.key if loan.patron else "")
        if is_bound:
            allotted = HoldAllotted(hold=hold, item=item.pk, record=item.record_id)
            scene.record(allotted, hold_subject(hold))
