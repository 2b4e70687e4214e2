"""What may become what. No state is stored: each is read off open rows; these tables say which changes there are.

The cases are played against them: a change that is not here fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass

NOWHERE = ""
"""Before it begins and after it has ended."""


@dataclass(frozen=True, order=True)
class Move:
    noun: str
    """item, loan, hold or transit."""
    was: str
    verb: str
    """The verb that made the change, as in the cases: check-in, place-hold …"""
    becomes: str


TABLES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "item": {
        "": {
            "set-aside": "accept-replacement",
        },
        "collecting": {
            "on-hold-shelf": "check-in",
            "to-be-fetched": "cancel-hold",
        },
        "in-transit": {
            "missing": "find-stuck",
            "on-hold-shelf": "check-in",
            "on-loan": "check-out",
            "on-shelf": "check-in receive",
        },
        "missing": {
            "in-transit": "check-in found",
            "on-hold-shelf": "check-in",
            "on-loan": "check-out",
            "on-shelf": "check-in",
        },
        "on-hold-shelf": {
            "on-loan": "check-out replay-offline",
            "to-be-fetched": "cancel-hold change-pickup expire-shelf",
        },
        "on-loan": {
            "collecting": "check-in",
            "in-transit": "check-in",
            "on-hold-shelf": "check-in replay-offline",
            "on-shelf": "check-in",
            "set-aside": "check-in replay-offline",
            "withdrawn": "accept-replacement check-in",
        },
        "on-pick-list": {
            "in-transit": "check-in",
            "on-hold-shelf": "check-in",
            "on-loan": "check-out",
            "on-shelf": "cancel-hold check-in check-out expire-holds not-found",
        },
        "on-shelf": {
            "in-transit": "check-in send",
            "missing": "mark-missing",
            "on-hold-shelf": "check-in",
            "on-loan": "check-out replay-offline",
            "on-pick-list": "allot check-out not-found place-hold reorder-set",
            "withdrawn": "withdraw",
        },
        "set-aside": {
            "in-transit": "check-in",
        },
        "to-be-fetched": {
            "on-hold-shelf": "check-in",
            "in-transit": "check-in",
            "on-shelf": "check-in",
        },
    },
    "loan": {
        "": {
            "open": "check-out replay-offline",
        },
        "claimed": {
            "": "check-in",
        },
        "lost": {
            "": "accept-replacement check-in",
        },
        "open": {
            "": "check-in replay-offline",
            "claimed": "claim-returned",
            "lost": "declare-lost",
            "received": "check-in",
        },
        "received": {
            "": "check-in",
            "open": "check-out",
        },
    },
    "hold": {
        "": {
            "allotted": "place-hold",
            "waiting": "place-hold replay-offline",
        },
        "allotted": {
            "cancelled": "cancel-hold",
            "fulfilled": "check-out",
            "lapsed": "expire-holds",
            "ready": "check-in",
            "travelling": "check-in",
            "waiting": "check-out suspend",
        },
        "collecting": {
            "cancelled": "cancel-hold",
            "ready": "check-in",
            "waiting": "check-in",
        },
        "ready": {
            "allotted": "change-pickup",
            "cancelled": "cancel-hold",
            "expired": "check-in expire-shelf",
            "fulfilled": "check-out",
            "waiting": "replay-offline",
        },
        "travelling": {
            "cancelled": "cancel-hold",
            "ready": "check-in",
            "waiting": "find-stuck",
        },
        "waiting": {
            "allotted": "allot reorder-set suspend",
            "cancelled": "cancel-hold",
            "collecting": "check-in",
            "lapsed": "expire-holds",
            "merged": "merge-patron",
            "ready": "check-in replay-offline",
            "travelling": "check-in",
        },
    },
    "transit": {
        "": {
            "for-a-hold": "check-in",
            "to-its-place": "check-in found send",
        },
        "for-a-hold": {
            "": "check-in find-stuck",
            "to-its-place": "cancel-hold",
        },
        "to-its-place": {
            "": "check-in check-out receive",
            "for-a-hold": "check-in",
        },
    },
}
"""Noun → state before → state after → the verbs that lead there. A verb on one thing may move another: a loan of one copy
lets go of the copy that was on a pick list for the same reader."""

MOVES: frozenset[Move] = frozenset(
    Move(noun, was, verb, becomes)
    for noun, table in TABLES.items()
    for was, after in table.items()
    for becomes, verbs in after.items()
    for verb in verbs.split()
)


def diagram(noun: str) -> str:
    """The table of a noun as a Mermaid state diagram."""
    table = TABLES[noun]
    states = sorted({*table, *(after for row in table.values() for after in row)} - {NOWHERE})
    lines = ["stateDiagram-v2", *(f"    {_name(state)} : {state}" for state in states)]
    for was, after in table.items():
        for becomes, verbs in after.items():
            lines.append(f"    {_name(was)} --> {_name(becomes)} : {verbs.replace(' ', ', ')}")
    return "\n".join(lines)


def _name(state: str) -> str:
    return state.replace("-", "_") or "[*]"
