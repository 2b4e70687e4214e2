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
            "in-transit": "check-in",
            "missing": "mark-missing",
            "set-aside": "set-aside",
            "on-hold-shelf": "check-in check-out",
            "on-loan": "check-out replay-offline",
            "to-be-fetched": "cancel-hold change-pickup check-in check-out expire-holds merge-patron merge-record",
            "withdrawn": "withdraw",
        },
        "in-transit": {
            "collecting": "check-in receive",
            "missing": "find-stuck",
            "on-hold-shelf": "check-in receive replay-offline",
            "on-loan": "check-out replay-offline",
            "on-shelf": "check-in receive replay-offline",
            "set-aside": "check-in receive set-aside",
        },
        "missing": {
            "collecting": "check-in found",
            "in-transit": "check-in found replay-offline send",
            "on-hold-shelf": "check-in found replay-offline",
            "on-loan": "check-out replay-offline",
            "on-shelf": "check-in found replay-offline",
            "set-aside": "check-in found set-aside",
            "withdrawn": "withdraw",
        },
        "on-hold-shelf": {
            "collecting": "check-in check-out mark-missing replay-offline set-aside withdraw",
            "in-transit": "check-in",
            "set-aside": "set-aside",
            "missing": "mark-missing",
            "on-loan": "check-out replay-offline",
            "on-shelf": "check-in",
            "to-be-fetched": "cancel-hold change-pickup check-in check-out close-site expire-shelf merge-patron "
            "merge-record replay-offline",
            "withdrawn": "withdraw",
        },
        "on-loan": {
            "collecting": "check-in replay-offline",
            "in-transit": "check-in replay-offline",
            "on-hold-shelf": "check-in replay-offline",
            "on-shelf": "check-in replay-offline",
            "set-aside": "check-in replay-offline",
            "withdrawn": "accept-replacement check-in replay-offline",
        },
        "on-pick-list": {
            "collecting": "check-in",
            "in-transit": "check-in",
            "missing": "mark-missing not-found",
            "on-hold-shelf": "check-in",
            "on-loan": "check-out replay-offline",
            "on-shelf": "cancel-hold check-in check-out expire-holds expire-shelf merge-patron merge-record not-found "
            "replay-offline suspend",
            "set-aside": "set-aside",
            "withdrawn": "withdraw",
        },
        "on-shelf": {
            "collecting": "check-in",
            "in-transit": "check-in send",
            "missing": "mark-missing",
            "on-hold-shelf": "check-in",
            "on-loan": "check-out replay-offline",
            "on-pick-list": "allot cancel-hold check-in check-out expire-holds expire-shelf mark-missing merge-patron "
            "merge-record not-found place-hold reorder-set replay-offline set-aside suspend withdraw",
            "set-aside": "set-aside",
            "withdrawn": "withdraw",
        },
        "set-aside": {
            "collecting": "check-in",
            "in-transit": "check-in send",
            "missing": "mark-missing",
            "on-hold-shelf": "check-in",
            "on-loan": "check-out replay-offline",
            "on-shelf": "check-in",
            "withdrawn": "withdraw",
        },
        "to-be-fetched": {
            "collecting": "check-in",
            "in-transit": "check-in send",
            "set-aside": "set-aside",
            "missing": "mark-missing",
            "on-hold-shelf": "change-pickup check-in",
            "on-loan": "check-out replay-offline",
            "on-shelf": "check-in",
            "withdrawn": "withdraw",
        },
    },
    "loan": {
        "": {
            "open": "check-out replay-offline",
        },
        "claimed": {
            "": "accept-replacement check-in replay-offline",
            "lost": "declare-lost",
            "open": "check-out replay-offline",
        },
        "lost": {
            "": "accept-replacement check-in replay-offline",
            "open": "check-out replay-offline",
        },
        "open": {
            "": "accept-replacement check-in replay-offline",
            "claimed": "claim-returned",
            "lost": "declare-lost",
            "received": "check-in",
        },
        "received": {
            "": "accept-replacement check-in replay-offline",
            "claimed": "claim-returned",
            "lost": "declare-lost",
            "open": "check-out replay-offline",
        },
    },
    "hold": {
        "": {
            "allotted": "place-hold replay-offline",
            "collecting": "replay-offline",
            "ready": "replay-offline",
            "travelling": "replay-offline",
            "waiting": "place-hold replay-offline",
        },
        "allotted": {
            "cancelled": "cancel-hold",
            "collecting": "check-in check-out mark-missing not-found replay-offline set-aside suspend withdraw",
            "fulfilled": "check-out replay-offline",
            "lapsed": "expire-holds",
            "merged": "merge-patron merge-record",
            "ready": "change-pickup check-in check-out",
            "travelling": "check-in",
            "waiting": "check-out mark-missing not-found replay-offline set-aside suspend withdraw",
        },
        "collecting": {
            "allotted": "allot cancel-hold change-pickup check-in check-out expire-holds expire-shelf mark-missing "
            "merge-patron merge-record not-found set-aside suspend withdraw",
            "cancelled": "cancel-hold",
            "fulfilled": "check-out",
            "lapsed": "expire-holds",
            "merged": "merge-patron merge-record",
            "ready": "check-in check-out",
            "travelling": "check-in",
            "waiting": "check-in check-out mark-missing replay-offline set-aside withdraw",
        },
        "ready": {
            "allotted": "change-pickup check-out close-site mark-missing set-aside withdraw",
            "cancelled": "cancel-hold",
            "collecting": "check-out mark-missing replay-offline set-aside withdraw",
            "expired": "check-in check-out expire-shelf replay-offline",
            "fulfilled": "check-out replay-offline",
            "merged": "merge-patron merge-record",
            "travelling": "change-pickup check-in check-out mark-missing set-aside withdraw",
            "waiting": "check-out mark-missing replay-offline set-aside withdraw",
        },
        "travelling": {
            "allotted": "check-out find-stuck set-aside",
            "cancelled": "cancel-hold",
            "collecting": "check-in check-out find-stuck set-aside",
            "fulfilled": "check-out replay-offline",
            "merged": "merge-patron merge-record",
            "ready": "check-in check-out",
            "waiting": "check-out find-stuck replay-offline set-aside",
        },
        "waiting": {
            "allotted": "allot cancel-hold check-in check-out expire-holds expire-shelf mark-missing merge-patron "
            "merge-record not-found place-hold reorder-set replay-offline set-aside suspend withdraw",
            "cancelled": "cancel-hold",
            "collecting": "check-in",
            "fulfilled": "check-out replay-offline",
            "lapsed": "expire-holds",
            "merged": "merge-patron merge-record",
            "ready": "check-in found replay-offline",
            "travelling": "check-in found replay-offline",
        },
    },
    "transit": {
        "": {
            "for-a-hold": "check-in found replay-offline",
            "to-its-place": "check-in found replay-offline send",
        },
        "for-a-hold": {
            "": "check-in check-out find-stuck replay-offline set-aside",
            "to-its-place": "cancel-hold check-in check-out expire-shelf merge-patron merge-record replay-offline",
        },
        "to-its-place": {
            "": "check-in check-out find-stuck receive replay-offline set-aside",
            "for-a-hold": "check-in",
        },
    },
}
"""Noun → state before → state after → the verbs that lead there. A verb on one thing may move another: a loan of one copy
lets go of the copy that was on a pick list for the same reader."""

SAME = {
    "check-in": ("receive", "found", "replay-offline"),
    "check-out": ("replay-offline",),
    "place-hold": ("replay-offline",),
    "change-pickup": ("close-site",),
    "mark-missing": ("find-stuck",),
}
"""A verb that does what another does, with its own name: an offline list lends and takes back, a closure moves pickups."""

MOVES: frozenset[Move] = frozenset(
    Move(noun, was, one, becomes)
    for noun, table in TABLES.items()
    for was, after in table.items()
    for becomes, verbs in after.items()
    for verb in verbs.split()
    for one in (verb, *SAME.get(verb, ()))
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
