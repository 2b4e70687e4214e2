"""督促の猶予: a reader or one loan is not reminded for a while, because of illness, a flood, a book that is searched for.

Where the rules say `overdue.exemption_stops: reminders-and-blocks`, what is exempted does not stop loans and holds either.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from fumikura.circulation.models import Exemption, Loan, LoanQuerySet
from fumikura.circulation.network_events import ExemptionEnded, RemindersExempted
from fumikura.circulation.services.scene import Scene
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron

WHY = ("illness", "disaster", "post", "searching", "other")


@transaction.atomic
def exempt(
    *,
    until: date,
    why: str,
    words: str,
    by: Actor,
    at: datetime,
    patron: Patron | None = None,
    loan: Loan | None = None,
) -> Exemption:
    """No reminders through `until` for a reader, with everybody they answer for, or for one loan.

    One that stands already is replaced. Refused: exemption-days (the day has passed), exemption-without-reason
    ("other" needs words), loan-returned.
    """
    by.require("circulation.remind")
    scene = Scene(by, at)
    reasons = [
        *([Reason("exemption-days")] if until < scene.on else []),
        *([Reason("exemption-without-reason")] if why not in WHY or (why == "other" and not words.strip()) else []),
        *([Reason("loan-returned")] if loan and loan.returned_at else []),
    ]
    if reasons:
        raise Refused(*reasons)
    Exemption.objects.filter(patron=patron, loan=loan, ended_at=None).update(ended_at=at)
    made = Exemption.objects.create(
        patron=patron, loan=loan, why=why, words=words.strip()[:200], until=until, made_at=at
    )  # fmt: skip
    event = RemindersExempted(exemption=made.pk, why=why, until=until.isoformat())
    scene.record(event, _subject(made), patron_key=_key(made))
    return made


@transaction.atomic
def end_exemption(*, exemption: Exemption, by: Actor, at: datetime) -> None:
    """Remind again from now on; what was missed is made good as one. A second time changes nothing."""
    by.require("circulation.remind")
    if Exemption.objects.filter(pk=exemption.pk, ended_at=None).update(ended_at=at):
        Scene(by, at).record(ExemptionEnded(exemption=exemption.pk), _subject(exemption), patron_key=_key(exemption))


def exemptions(on: date) -> list[Exemption]:
    """Those in force, the first to end first; of loans only while they are open."""
    rows = Exemption.objects.in_force(on).filter(Q(loan=None) | Q(loan__returned_at=None))
    wanted = rows.select_related("patron", "loan__patron", "loan__item__record").defer("loan__item__record__marc")
    return list(wanted.order_by("until", "pk"))


def not_exempt(loans: LoanQuerySet, on: date) -> LoanQuerySet:
    """Without the loans that are exempted themselves, through their reader or through who answers for the reader."""
    standing = Exemption.objects.in_force(on)
    return loans.exclude(
        Exists(standing.filter(loan=OuterRef("pk")))
        | Exists(standing.filter(patron=OuterRef("patron")))
        | Exists(standing.filter(patron=OuterRef("patron__guardian")))
    )


def forget_exemptions(scene: Scene) -> int:
    """What is over says nothing about anybody any more: ended, past its day, or of a loan that came back."""
    over = Q(ended_at__isnull=False) | Q(until__lt=scene.on) | Q(loan__returned_at__isnull=False)
    return Exemption.objects.filter(over).delete()[0]


def _subject(exemption: Exemption) -> str:
    return f"circulation.loan:{exemption.loan_id}" if exemption.loan_id else f"circulation.exemption:{exemption.pk}"


def _key(exemption: Exemption) -> str:
    reader = exemption.patron or (exemption.loan.patron if exemption.loan else None)
    return reader.key if reader else ""
