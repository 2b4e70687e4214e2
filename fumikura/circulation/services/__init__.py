"""What can be done at a desk. One function, one transaction, at least one journal entry."""

from fumikura.circulation.services.history import PastLoan, take_over_loans
from fumikura.circulation.services.loans import check_out, objections, undo_check_out
from fumikura.circulation.services.policies import house_rules, save_policy_set
from fumikura.circulation.services.renewals import renew, undo_renew
from fumikura.circulation.services.returns import CheckedIn, check_in, undo_check_in

__all__ = [
    "CheckedIn",
    "PastLoan",
    "check_in",
    "check_out",
    "house_rules",
    "objections",
    "renew",
    "save_policy_set",
    "take_over_loans",
    "undo_check_in",
    "undo_check_out",
    "undo_renew",
]
