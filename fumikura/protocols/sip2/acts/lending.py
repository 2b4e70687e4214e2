"""Checkout, Checkin, Renew, Renew All."""

from datetime import date
from functools import partial
from typing import Any

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import get_loan, open_loans_of
from fumikura.circulation.services import check_in, check_out, renew, undo_check_out
from fumikura.holdings.models import Item
from fumikura.holdings.queries import find_item, get_item
from fumikura.journal.services import once
from fumikura.kernel.reasons import why_words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.services.sign_in import hashed
from fumikura.patrons.models import Patron
from fumikura.protocols.sip2.acts.scanning import MAGNETIC, both, described, item_of, reader_of, their_open_loan
from fumikura.protocols.sip2.codec import Message
from fumikura.protocols.sip2.turn import Turn, spoken_day

ALERTS = {"hold-shelf": "01", "send": "04", "set-aside": "99", "keep": "99"}
"""CV by where the item goes; a copy that travels for a hold is 02."""


def lend(turn: Turn) -> Message:
    item, patron = both(turn)
    if turn.message.get("BI") == "Y":
        return _take_back_the_loan(turn, item, patron)
    may_renew = turn.message.fixed["may_renew"] == "Y" or turn.dialect.renews_by_lending

    def act(passed_over: frozenset[str]) -> dict[str, Any]:
        has = their_open_loan(item, patron) if may_renew and not turn.is_done_already else None
        if has:
            return _remembered(renew(loan=get_loan(has.pk), by=turn.by, at=turn.when), renewed=True)
        loan = check_out(item=item, patron=patron, by=turn.by, at=turn.when, overriding=passed_over)
        return _remembered(loan, renewed=False)

    done = turn.once(lambda: turn.passing_over(act), stands=lambda done: _is_open(done["loan"]))
    return _lent(turn, "12", item, patron, done)


def _remembered(loan: Loan, *, renewed: bool) -> dict[str, Any]:
    """What is kept under the request key: no pair of reader and title."""
    why = list(loan.snapshot.get("why", ()))
    return {"loan": loan.pk, "due_on": loan.due_on.isoformat(), "renewed": renewed, "why": why}


def _is_open(loan: int) -> bool:
    return Loan.objects.open().filter(pk=loan).exists()


def _take_back_the_loan(turn: Turn, item: Item, patron: Patron) -> Message:
    """BI: the machine could not finish (no paper, no desensitizing): as if it had not been lent."""

    def act() -> dict[str, Any]:
        loan = their_open_loan(item, patron)
        if loan is None:
            raise Refused(Reason("not-on-loan"))
        undo_check_out(loan=get_loan(loan.pk), by=turn.by, at=turn.at)
        return {"undone": loan.pk}

    turn.once(act, stands=lambda done: True)
    fixed = {"ok": "1", "renewed": "N", "magnetic": "U", "desensitize": "N"}
    return turn.answer("12", fixed, ("AA", turn.message.get("AA")), *described(item), ("AH", ""))


def _lent(turn: Turn, code: str, item: Item, patron: Patron, done: dict[str, Any]) -> Message:
    renewed, due_on = bool(done["renewed"]), date.fromisoformat(done["due_on"])
    fixed = {
        "ok": "1",
        "renewed": "Y" if renewed else "N",
        "magnetic": "Y" if item.material in MAGNETIC else "N",
        "desensitize": "N" if renewed else "Y",
    }
    screen = turn.tell("renewed" if renewed else "lent", patron, due=spoken_day(due_on, turn.spoken(patron)))
    moved = tuple(why_words(Reason(f"due-{one}"), turn.spoken(patron)) for one in done.get("why", ()))
    fields = (("AA", turn.message.get("AA")), *described(item), ("AH", turn.due(due_on)))
    return turn.answer(code, fixed, *fields, screen=(*screen, *moved))


def take_back(turn: Turn) -> Message:
    if turn.message.get("BI") == "Y":
        # Who had it is forgotten with the return, so only the desk that took it back can open it again.
        raise Refused(Reason("not-undoable"))
    item = item_of(turn)
    mode = "provisional" if turn.device.returns_provisionally else "final"

    def act(passed_over: frozenset[str]) -> dict[str, Any]:
        back = check_in(item=item, by=turn.by, at=turn.when, mode=mode, overriding=passed_over)
        for_hold = back.stop.kind == "send" and getattr(back.stop, "hold", None) is not None
        return {"item": item.pk, "stop": back.stop.kind, "to": back.stop.to, "for_hold": for_hold}

    done = turn.once(
        lambda: turn.passing_over(act),
        stands=lambda done: mode == "provisional" or not Loan.objects.open().filter(item=done["item"]).exists(),
    )
    return _taken_back(turn, get_item(done["item"]), done, is_final=mode == "final")


def _taken_back(turn: Turn, item: Item, done: dict[str, Any], *, is_final: bool) -> Message:
    stop, to = done["stop"], done["to"]
    magnetic = item.material in MAGNETIC
    alert = ALERTS.get(stop) if is_final else None
    if done["for_hold"]:
        alert = "02"
    fixed = {
        "ok": "1",
        "resensitize": "N" if magnetic else "Y",
        "magnetic": "Y" if magnetic else "N",
        "alert": "Y" if alert else "N",
    }
    bins = turn.device.bins
    drop = bins.get(f"{stop}:{to}") or bins.get(stop)
    fields = (
        *described(item),
        ("AQ", item.home.code),
        ("CL", drop),
        ("CV", alert),
        ("CT", to if stop == "send" else None),
    )
    return turn.answer("10", fixed, *fields, screen=turn.tell("returned" if is_final else "returned-provisionally"))


def renew_one(turn: Turn) -> Message:
    patron = reader_of(turn)
    number = turn.message.get("AB")
    item = item_of(turn) if number else _by_title(patron, turn.message.get("AJ"))
    if turn.message.get("BI") == "Y":
        raise Refused(Reason("not-undoable"))

    def act() -> dict[str, Any]:
        loan = their_open_loan(item, patron)
        if loan is None:
            raise Refused(Reason("not-on-loan"))
        return _remembered(renew(loan=get_loan(loan.pk), by=turn.by, at=turn.when), renewed=True)

    done = turn.once(act, stands=lambda done: _is_open(done["loan"]))
    return _lent(turn, "30", item, patron, done)


def _by_title(patron: Patron, title: str) -> Item:
    """A renewal may name the title instead of the item."""
    for loan in open_loans_of(patron):
        if title and title in {loan.item.record.title, str(loan.item.record_id)}:
            return find_item(loan.item.barcode)
    raise Refused(Reason("not-on-loan"))


def renew_everything(turn: Turn) -> Message:
    """Each loan by itself: one that cannot be renewed does not keep the others from it."""
    patron = reader_of(turn)
    refused: dict[str, tuple[Reason, ...]] = {}
    renewed: list[str] = []
    for loan in open_loans_of(patron):
        if loan.received_at is not None:
            continue
        key = f"sip2:{hashed(f'{turn.request_key}:{loan.pk}')[:59]}" if turn.request_key else ""
        try:
            once(key, partial(_renewed, turn, loan), door="sip2", at=turn.at)
            renewed.append(loan.item.barcode)
        except Refused as no:
            refused[loan.item.barcode] = no.reasons
    reasons = dict.fromkeys(reason for some in refused.values() for reason in some)
    fixed = {"ok": "1", "renewed": f"{len(renewed):04}", "not_renewed": f"{len(refused):04}"}
    numbers = [("BM", number) for number in renewed] + [("BN", number) for number in refused]
    return turn.answer("66", fixed, *numbers, screen=turn.why(reasons, patron))


def _renewed(turn: Turn, loan: Loan) -> dict[str, Any]:
    return {"loan": renew(loan=loan, by=turn.by, at=turn.at).pk}
