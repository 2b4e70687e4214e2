"""What can be done at a desk. One function, one transaction, at least one journal entry."""

from fumikura.circulation.services.history import PastLoan, take_over_loans
from fumikura.circulation.services.hold_shelf import expire_shelf, extend_shelf
from fumikura.circulation.services.holds import (
    Want,
    cancel_hold,
    change_pickup,
    expire_holds,
    place_hold,
    reorder_set,
    suspend_hold,
)
from fumikura.circulation.services.loans import check_out, objections, undo_check_out
from fumikura.circulation.services.lost import accept_replacement, claim_returned, declare_lost
from fumikura.circulation.services.movement import find_stuck, send
from fumikura.circulation.services.picking import allot, not_found, pick_list
from fumikura.circulation.services.policies import house_rules, save_policy_set
from fumikura.circulation.services.renewals import renew, undo_renew
from fumikura.circulation.services.returns import CheckedIn, check_in, undo_check_in
from fumikura.circulation.services.stock import mark_missing, withdraw

__all__ = [
    "CheckedIn",
    "PastLoan",
    "Want",
    "accept_replacement",
    "allot",
    "cancel_hold",
    "change_pickup",
    "check_in",
    "check_out",
    "claim_returned",
    "declare_lost",
    "expire_holds",
    "expire_shelf",
    "extend_shelf",
    "find_stuck",
    "house_rules",
    "mark_missing",
    "not_found",
    "objections",
    "pick_list",
    "place_hold",
    "renew",
    "reorder_set",
    "save_policy_set",
    "send",
    "suspend_hold",
    "take_over_loans",
    "undo_check_in",
    "undo_check_out",
    "undo_renew",
    "withdraw",
]
