"""Renewing, and taking a renewal back."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fumikura.circulation.events import LoanRenewed, RenewalUndone
from fumikura.circulation.models import Loan
from fumikura.circulation.rules.lending import is_at_its_end
from fumikura.circulation.rules.policies import LoanPolicy, RenewalPolicy
from fumikura.circulation.rules.renewing import Renewing, objections_to_renew, renewed_due_date, without_copy
from fumikura.circulation.services.copies import copies_on_shelves
from fumikura.circulation.services.queue import unfilled
from fumikura.circulation.services.scene import Scene, Whereabouts, find, loan_subject, lock_patron
from fumikura.circulation.services.wishes import calendar_of_desk
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused, standing
from fumikura.organisation.queries import calendar_for
from fumikura.patrons.queries import lending_facts
from fumikura.patrons.rules import PatronFacts


@transaction.atomic
def renew(
    *,
    loan: Loan,
    by: Actor,
    at: datetime,
    overriding: frozenset[str] = frozenset(),
    why: str = "",
    words: str = "",
) -> Loan:
    """Move the due date on, by the rules of the day of the loan. Refused with every reason at once.

    `why` and `words` say why objections are passed over.
    """
    by.require("circulation.renew")
    scene = Scene(by, at, why=why, words=words)
    where, current, facts = _under_lock(loan, scene)
    given = {output: value for output, (value, _rule) in current.snapshot["given"].items()}
    loan_policy, policy = LoanPolicy.of(given), RenewalPolicy.of(given)
    renewing = _renewing(current, where, facts, scene.on)
    by_owner = loan_policy.calendar_of == "owning-site"
    desk = current.snapshot.get("desk", "")
    calendar = calendar_for(where.item.home) if by_owner else calendar_of_desk(facts, current.lent_facility, desk)
    due = renewed_due_date(renewing, loan_policy, policy, calendar)
    objections = objections_to_renew(renewing, due, policy)
    if reasons := standing(objections, overriding=overriding, permissions=by.permissions):
        raise Refused(*reasons)
    current.messages = _remarks(current, facts, scene.on)
    current.due_on, current.renewals, current.renewed_at = due.on, current.renewals + 1, at
    current.snapshot["why"] = list(due.why)
    # The stages that were carried out belong to the day that was: late again, the reader is reminded again.
    current.snapshot["reminded"], current.reminded = current.reminded, []
    current.save(update_fields=["due_on", "renewals", "renewed_at", "snapshot", "reminded"])
    renewed = LoanRenewed(
        loan=current.pk,
        item=where.item.pk,
        record=where.item.record_id,
        due_on=due.on.isoformat(),
        material=where.item.material,
        ndc=where.item.record.ndc,
    )
    scene.record(renewed, loan_subject(current), patron_key=facts.key)
    scene.record_overridden(objections, where.item)
    return current


def _remarks(loan: Loan, facts: PatronFacts, on: date) -> tuple[str, ...]:
    """What staff are told of a renewal that is made: said before the due date is moved on."""
    late = ["was-overdue"] if loan.due_on < on else []
    return (*late, *(["card-needs-renewal"] if is_at_its_end(facts.card_expires_on, on) else []))


def _under_lock(loan: Loan, scene: Scene) -> tuple[Whereabouts, Loan, PatronFacts]:
    """Lock the reader, then the item. Refused("not-on-loan") when the loan has ended meanwhile."""
    reader = Loan.objects.open().filter(pk=loan.pk).values_list("patron_id", flat=True).first()
    if reader is None:
        raise Refused(Reason("not-on-loan"))
    patron = lock_patron(reader)
    where = find(loan.item)
    if where.loan is None or where.loan.pk != loan.pk or where.loan.patron_id != reader:
        raise Refused(Reason("not-on-loan"))
    return where, where.loan, lending_facts(patron, scene.on)


def _renewing(loan: Loan, where: Whereabouts, facts: PatronFacts, on: date) -> Renewing:
    item, wanted = where.item, unfilled(where.item.record_id, on)
    # A copy from another library serves only those who asked for it.
    serves = {item.pk} if item.origin == "interlibrary" else {None, item.pk}
    return Renewing(
        kind=loan.kind,
        on=on,
        lent_on=timezone.localdate(loan.lent_at),
        due_on=loan.due_on,
        renewals=loan.renewals,
        card_expires_on=facts.card_expires_on,
        card_stopped=facts.card_stopped,
        is_withdrawn=where.is_withdrawn,
        is_interlibrary=item.origin == "interlibrary",
        is_received=loan.received_at is not None,
        is_in_dispute=loan.claimed_at is not None or loan.lost_at is not None,
        unfilled=sum(copy in serves for copy in wanted),
        without_copy=without_copy(wanted, this=item.pk, on_shelves=copies_on_shelves(item.record_id, on)),
    )


@transaction.atomic
def undo_renew(*, loan: Loan, due_on: date, renewals: int, by: Actor, at: datetime) -> Loan:
    """Put back the due date and count from before a renewal. Refused("not-undoable") unless that was the last thing."""
    by.require("circulation.renew")
    where = find(loan.item)
    current = where.loan
    if current is None or current.pk != loan.pk or current.renewals != renewals + 1 or current.received_at:
        raise Refused(Reason("not-undoable"))
    current.due_on, current.renewals, current.renewed_at = due_on, renewals, None
    # A renewal from before stages were set aside left them where they were.
    current.reminded = current.snapshot.pop("reminded", current.reminded)
    current.save(update_fields=["due_on", "renewals", "renewed_at", "reminded", "snapshot"])
    undone = RenewalUndone(loan=current.pk, item=where.item.pk, due_on=due_on.isoformat())
    Scene(by, at).record(undone, loan_subject(current))
    return current
