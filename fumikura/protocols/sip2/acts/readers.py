"""Patron Status, Patron Information, Block Patron, Patron Enable, End Patron Session, Fee Paid.

An address, a telephone number or a mail address is never told to a machine, whatever the standard allows.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone

from fumikura.circulation.models import Hold, HoldTitle, Loan, ShelfPlace
from fumikura.circulation.queries import open_loans_of
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import lending_facts, open_blocks
from fumikura.patrons.services import block, unblock
from fumikura.protocols.sip2.acts.scanning import reader_of
from fumikura.protocols.sip2.codec import Message
from fumikura.protocols.sip2.turn import CODES, Turn

CARD_KEPT = "card-retained"
"""The block that Block Patron makes and Patron Enable lifts; no other block is touched by a machine."""


_NOTHING: Final = re.compile(r"0+(\.0+)?")


def tell_status(turn: Turn) -> Message:
    return _status(turn, "24", reader_of(turn))


def block_patron(turn: Turn) -> Message:
    """The machine has seen a card that must not be used, or has swallowed it."""
    patron = reader_of(turn)

    def act() -> dict[str, Any]:
        return {"block": block(patron=patron, reason=CARD_KEPT, by=turn.by, at=turn.at).pk}

    turn.once(act, stands=lambda done: True)
    return _status(turn, "24", patron)


def enable_patron(turn: Turn) -> Message:
    patron = reader_of(turn)
    turn.by.require("patrons.unblock")
    for one in open_blocks(patron, timezone.localdate(turn.at)):
        if one.reason == CARD_KEPT:
            unblock(block=one, by=turn.by, at=turn.at)
    return _status(turn, "26", patron)


def end_session(turn: Turn) -> Message:
    """Nothing is kept between messages, so there is nothing that could fail to end."""
    return turn.answer("36", {"ended": "Y"}, ("AA", turn.message.get("AA")), screen=turn.tell("session-over"))


def take_fee(turn: Turn) -> Message:
    """Public libraries take no fees (図書館法 第17条). Nothing to pay is paid; anything else is refused with the reason."""
    reader = reader_of(turn)
    if _NOTHING.fullmatch(turn.message.get("BV").strip()):
        return turn.answer("38", {"accepted": "Y"}, *_known_by(turn, reader))
    raise Refused(Reason("fees-not-taken"))


def _status(turn: Turn, code: str, patron: Patron) -> Message:
    loans = open_loans_of(patron)
    fixed = {"patron_status": flags(turn, patron, loans), "language": CODES[turn.language(patron)]}
    return turn.answer(code, fixed, *_known_by(turn, patron), screen=_screen(turn, patron))


def _known_by(turn: Turn, patron: Patron) -> tuple[tuple[str, str | None], ...]:
    """Who it is. CQ only when a password was shown: reader_of has refused a wrong one where one is asked for."""
    password = turn.message.get("AD")
    valid = ("Y" if turn.device.asks_password else None) if password else None
    return ("AE", patron.name), ("AA", turn.message.get("AA")), ("BL", "Y"), ("CQ", valid)


def flags(turn: Turn, patron: Patron, loans: Sequence[Loan]) -> str:
    """Fourteen places, Y or blank. It is a hint for the screen: whether something is lent, the verb decides."""
    today = timezone.localdate(turn.at)
    facts = lending_facts(patron, today)
    expired = facts.card_expires_on is None or facts.card_expires_on < today
    shut = facts.card_stopped or expired
    no_loans = shut or any(reason != "holds-paused" for reason in facts.blocks)
    no_holds = shut or any(reason != "loans-paused" for reason in facts.blocks)
    overdue = any(loan.due_on < today and loan.received_at is None for loan in loans)
    claimed = any(loan.claimed_at is not None for loan in loans)
    lost = any(loan.lost_at is not None for loan in loans)
    places = [no_loans, shut, no_holds, no_holds, facts.card_stopped, False, overdue, False, claimed, lost]
    return "".join("Y" if is_so else " " for is_so in places).ljust(14)


def _screen(turn: Turn, patron: Patron) -> tuple[str, ...]:
    today = timezone.localdate(turn.at)
    facts = lending_facts(patron, today)
    reasons = [Reason("card-stopped")] if facts.card_stopped else []
    if facts.card_expires_on and facts.card_expires_on < today:
        reasons.append(Reason.of("card-expired", expired_on=facts.card_expires_on.isoformat()))
    if facts.blocks:
        reasons.append(Reason("patron-blocked"))
    return turn.why(reasons, patron)


def tell_patron(turn: Turn) -> Message:
    patron = reader_of(turn)
    today = timezone.localdate(turn.at)
    loans = [loan for loan in open_loans_of(patron) if loan.received_at is None]
    overdue = [loan for loan in loans if loan.due_on < today]
    ready, waiting = _holds(turn, patron)
    fixed = {
        "patron_status": flags(turn, patron, loans),
        "language": CODES[turn.language(patron)],
        "holds": f"{len(ready):04}",
        "overdue": f"{len(overdue):04}",
        "charged": f"{len(loans):04}",
        "fines": "0000",
        "recalls": "0000",
        "unavailable": f"{len(waiting):04}",
    }
    lists = {
        0: ("AS", ready),
        1: ("AT", [_named(turn, loan) for loan in overdue]),
        2: ("AU", [_named(turn, loan) for loan in loans]),
        5: ("CD", waiting),
    }
    asked = turn.message.fixed["summary"].find("Y")
    name, entries = lists.get(asked, ("", []))
    items = [(name, text) for text in _page(turn, entries)]
    return turn.answer("64", fixed, *_known_by(turn, patron), *items, screen=_screen(turn, patron))


def _named(turn: Turn, loan: Loan) -> str:
    return loan.item.record.title if turn.dialect.titles_in_lists else loan.item.barcode


def _page(turn: Turn, entries: Sequence[str]) -> Sequence[str]:
    """BP and BQ: the first and the last wanted, from 1."""
    first, last = turn.message.get("BP"), turn.message.get("BQ")
    start = max(int(first), 1) - 1 if first.isdecimal() and len(first) < 6 else 0
    end = int(last) if last.isdecimal() and len(last) < 6 else len(entries)
    return entries[start:end]


def _holds(turn: Turn, patron: Patron) -> tuple[list[str], list[str]]:
    """What lies on the hold shelf, and what is waited for: item numbers, and record numbers of titles."""
    shelved = ShelfPlace.objects.open().exclude(ready_on=None)
    places = shelved.filter(
        item__allotments__ended_at=None, item__allotments__title__hold__patron=patron
    ).select_related("item__record")
    by_title = turn.dialect.titles_in_lists
    ready = {place.item.record_id: place.item for place in places}
    waiting = HoldTitle.objects.filter(hold__in=Hold.objects.open().filter(patron=patron), done_at=None).select_related(
        "record"
    )
    return (
        [item.record.title if by_title else item.barcode for item in ready.values()],
        [
            title.record.title if by_title else str(title.record_id)
            for title in waiting.order_by("hold__accepted_at", "pk")
            if title.record_id not in ready
        ],
    )
