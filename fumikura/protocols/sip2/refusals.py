"""What a terminal is answered when a request is refused: the right answer to its message, saying no and why."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import DatabaseError

from fumikura.kernel.refusals import Reason
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import find_patron_by_card
from fumikura.protocols.sip2.codec import Message
from fumikura.protocols.sip2.layouts import ANSWERS
from fumikura.protocols.sip2.turn import CODES, Turn

_LENT: Final = {"ok": "0", "renewed": "N", "magnetic": "U", "desensitize": "N"}
_SHUT: Final = {"patron_status": "YYYY".ljust(14)}
_NOTHING: Final = dict.fromkeys(("holds", "overdue", "charged", "fines", "recalls", "unavailable"), "0000")

_NO: Final[Mapping[str, Mapping[str, str]]] = {
    "10": {"ok": "0", "resensitize": "N", "magnetic": "U", "alert": "Y"},
    "12": _LENT,
    "16": {"ok": "0", "available": "N"},
    "18": {"circulation_status": "01", "security_marker": "00", "fee_type": "01"},
    "20": {"ok": "0"},
    "24": _SHUT,
    "26": _SHUT,
    "30": _LENT,
    "36": {"ended": "N"},
    "38": {"accepted": "N"},
    "64": {**_SHUT, **_NOTHING},
    "66": {"ok": "0", "renewed": "0000", "not_renewed": "0000"},
    "98": {
        "online": "N", "checkin": "N", "checkout": "N", "renewal": "N", "status_update": "N", "offline": "Y",
        "timeout": "030", "retries": "003", "version": "2.00",
    },
}  # fmt: skip

_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "10": ("AB", "AQ", "AJ"),
    "12": ("AA", "AB", "AJ", "AH"),
    "16": ("AA",),
    "18": ("AB", "AJ"),
    "20": ("AB",),
    "24": ("AE", "AA"),
    "26": ("AE", "AA"),
    "30": ("AA", "AB", "AJ", "AH"),
    "36": ("AA",),
    "38": ("AA",),
    "64": ("AE", "AA"),
}
"""Fields that the standard wants in every answer; what the request said of them is said back, the rest is empty."""


def refusal(turn: Turn, reasons: Sequence[Reason]) -> Message:
    """A no in the shape of the answer that this request has."""
    code = ANSWERS[turn.message.code]
    fixed = dict(_NO[code])
    about_patron = code in {"24", "26", "64"}
    if about_patron:
        fixed["language"] = CODES[turn.language()]
    echoed = [(name, turn.message.get(name)) for name in _REQUIRED.get(code, ())]
    if about_patron:
        codes = [reason.kind for reason in reasons]
        echoed.append(("BL", "Y" if {"password-needed", "sign-in-failed", "sign-in-locked"} & {*codes} else "N"))
        echoed.append(("CQ", "N"))
    return turn.answer(code, fixed, *echoed, screen=turn.why(reasons, _reader(turn)))


def _reader(turn: Turn) -> Patron | None:
    """Whose language is spoken; nobody's when the tables cannot be asked."""
    number = turn.message.get("AA")
    try:
        return find_patron_by_card(number) if number and turn.device.pk else None
    except DatabaseError:
        return None
