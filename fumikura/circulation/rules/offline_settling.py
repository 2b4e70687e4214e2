"""What to do about an offline line that a person must look at: the resolution to propose, and those one may choose."""

from dataclasses import dataclass

ACCEPT, CALL, UNDO, ENTER = "accept", "call", "undo", "enter"

_CALL_FIRST = frozenset({
    "card-expired", "card-stopped", "item-withdrawn", "held-for-someone-else", "age-restricted", "guardian-consent-needed",
    "superseded-by-later-loan", "due-before-printed", "category-unknown", "already-held-by-you",
})  # fmt: skip
_ENTER_FIRST = frozenset({
    "patron-unknown", "item-unknown", "hold-needs-title", "card-number-taken", "card-malformed", "has-card-already",
    "record-unknown",
})  # fmt: skip
"""Something was misread or is not known: with the right number it can be entered."""


@dataclass(frozen=True)
class Proposal:
    first: str
    """accept: it stays as it is. call: the reader is to be told. undo: the loan is taken back. enter: enter it corrected."""
    choices: tuple[str, ...]


def proposal(*, kind: str, why: str, is_entered: bool) -> Proposal:
    """By the kind of line and the note or the reason it came with."""
    if is_entered:
        may_undo = kind == "loan" and why not in {"superseded-by-later-loan", "seen-since"}
        choices = (ACCEPT, CALL, UNDO) if may_undo else (ACCEPT, CALL)
        return Proposal(CALL if why in _CALL_FIRST else ACCEPT, choices)
    if kind in {"undo", "unreadable"} or why == "older-than-open-loan":
        return Proposal(ACCEPT, (ACCEPT, CALL))
    first = ENTER if why in _ENTER_FIRST else CALL if why in _CALL_FIRST else ACCEPT
    return Proposal(first, (ENTER, CALL, ACCEPT))


CORRECTABLE = {
    "register": ("card", "name", "category"),
    "loan": ("card", "item"),
    "hold": ("card", "item"),
    "return": ("item",),
}
"""What of a line a person may put right before it is entered after all."""
