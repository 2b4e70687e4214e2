"""The four things a counter does with a book, each as one verb of circulation, and how each is remembered for undoing.

Every act answers with the counter's new memory; a refusal leaves everything as it was and brings all its reasons.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import open_loan_of
from fumikura.circulation.services import check_in, check_out, renew, undo_check_in, undo_check_out, undo_renew
from fumikura.holdings.models import Item
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import get_patron
from fumikura.web.desk.memory import Act, Memory, Question, Said
from fumikura.web.overriding import USUAL_WHY

LEND, TAKE_BACK, RENEW = "lend", "take-back", "renew"


@dataclass(frozen=True)
class Moment:
    """Who acts, when, and under which request key: read once per request."""

    by: Actor
    at: datetime
    why: str = USUAL_WHY
    """Why objections are passed over, when some are; whoever answers by a scanned yes says the usual thing."""
    words: str = ""

    def turn(self, number: int) -> "Moment":
        """The same moment for one of several acts that one request asks for: each has a key of its own."""
        key = f"{self.by.request_key[:52]}.{number}" if self.by.request_key else ""
        return replace(self, by=replace(self.by, request_key=key))

    def once(self, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do `act` unless this request was answered before; then that answer."""
        body, _answered_before = once(self.by.request_key, act, door="desk", at=self.at)
        return body


def lend(memory: Memory, item: Item, *, now: Moment, overriding: frozenset[str] = frozenset()) -> Memory:
    kind = memory.kind or "loan"

    def act() -> dict[str, Any]:
        patron = get_patron(memory.patron)
        loan = check_out(
            item=item,
            patron=patron,
            by=now.by,
            at=now.at,
            overriding=overriding,
            kind=kind,
            why=now.why,
            words=now.words,
        )
        return {"loan": loan.pk, "due_on": loan.due_on.isoformat(), "messages": list(loan.messages)}

    try:
        done = now.once(act)
    except Refused as refused:
        return _refused(memory, refused, Question(LEND, item=item.pk, ticked=overriding), now=now)
    return memory.having_done(Act("lent", done["loan"], item.pk)).saying(
        Said("lent", item=item.pk, due_on=done["due_on"], messages=tuple(done["messages"]))
    )


def take_back(
    memory: Memory,
    item: Item,
    *,
    now: Moment,
    overriding: frozenset[str] = frozenset(),
    missing_parts: tuple[str, ...] = (),
) -> Memory:
    before: list[Act] = []

    def act() -> dict[str, Any]:
        if open_loan := open_loan_of(item):
            before.append(_as_it_was("returned", open_loan))
        back = check_in(
            item=item,
            by=now.by,
            at=now.at,
            overriding=overriding,
            missing_parts=missing_parts,
            why=now.why,
            words=now.words,
        )
        return {
            "stop": back.stop.kind,
            "to": back.stop.to,
            "messages": list(back.messages),
        }

    try:
        done = now.once(act)
    except Refused as refused:
        asked = Question(TAKE_BACK, item=item.pk, ticked=overriding, lacks_parts=bool(missing_parts))
        return _refused(memory, refused, asked, now=now)
    returned = before[0] if before else Act("returned", 0, item.pk)
    return memory.having_done(replace(returned, stop=done["stop"], to=done["to"])).saying(
        Said(done["stop"], item=item.pk, to=done["to"], messages=tuple(done["messages"]))
    )


def renew_loans(
    memory: Memory, loans: Sequence[Loan], *, now: Moment, overriding: frozenset[str] = frozenset()
) -> Memory:
    """Renew every loan that can be; those that cannot come back with their reasons, one question for a single loan."""
    before = {loan.pk: _as_it_was("renewed", loan) for loan in loans}
    refusals: list[Reason] = []

    def act() -> dict[str, Any]:
        renewed = {}
        for loan in loans:
            try:
                longer = renew(loan=loan, by=now.by, at=now.at, overriding=overriding, why=now.why, words=now.words)
                renewed[str(loan.pk)] = longer.due_on.isoformat()
            except Refused as refused:
                refusals.extend(reason for reason in refused.reasons if reason not in refusals)
        if not renewed:
            raise Refused(*refusals)
        return {"renewed": renewed}

    try:
        done: dict[str, str] = now.once(act)["renewed"]
    except Refused as refused:
        asked = Question(RENEW, loan=loans[0].pk, item=loans[0].item_id, ticked=overriding)
        return _refused(memory, refused, asked if len(loans) == 1 else None, now=now)
    acts = [before[int(key)] for key in done if int(key) in before]
    return memory.having_done(*acts).saying(
        Said(
            "renewed",
            item=acts[0].item if len(acts) == 1 else 0,
            due_on=min(done.values()),
            count=len(done),
            reasons=tuple(refusals),
        )
    )


def undo_last(memory: Memory, *, now: Moment) -> Memory:
    """Take back the newest act of this counter."""
    last = memory.acts[-1] if memory.acts else None
    if last is None or not last.is_undoable:
        return memory.saying(Said("nothing-to-undo"))

    def act() -> dict[str, Any]:
        loan = Loan.objects.select_related("item").get(pk=last.loan)
        if last.did == "lent":
            undo_check_out(loan=loan, by=now.by, at=now.at)
        elif last.did == "renewed":
            undo_renew(loan=loan, due_on=date.fromisoformat(last.due_on), renewals=last.renewals, by=now.by, at=now.at)
        else:
            undo_check_in(
                loan=loan,
                patron=Patron.objects.get(key=last.patron_key),
                due_on=date.fromisoformat(last.due_on),
                renewals=last.renewals,
                by=now.by,
                at=now.at,
            )
        return {"loan": last.loan}

    try:
        now.once(act)
    except Refused as refused:
        return memory.saying(Said("refused", item=last.item, reasons=refused.reasons))
    return replace(memory, acts=memory.acts[:-1], last_number="").saying(Said(f"undone-{last.did}", item=last.item))


def _as_it_was(did: str, loan: Loan) -> Act:
    key = loan.patron.key if did == "returned" and loan.patron else ""
    return Act(did, loan.pk, loan.item_id, patron_key=key, due_on=loan.due_on.isoformat(), renewals=loan.renewals)


def _refused(memory: Memory, refused: Refused, question: Question | None, *, now: Moment) -> Memory:
    """A question when this person may set aside every reason; otherwise an answer that blocks nobody."""
    said = Said("refused", item=question.item if question else 0, reasons=refused.reasons)
    may_pass = all(reason.overridable_with and now.by.may(reason.overridable_with) for reason in refused.reasons)
    return memory.saying(said, question=question if may_pass else None)
