"""What can be done at a desk. One function, one transaction, at least one journal entry."""

from fumikura.circulation.services.asking import may_borrow
from fumikura.circulation.services.closing import close_site, plan_closure, undo_close_site
from fumikura.circulation.services.crates import close_crate, find_crate, pack, receive_crate, send_crate, unpack
from fumikura.circulation.services.drafting import (
    begin_draft,
    change_draft,
    discard_draft,
    publish_draft,
    reopen_draft,
    withdraw_policy_set,
)
from fumikura.circulation.services.expecting import Standing, holds_of, standing_of_hold, waiting_for
from fumikura.circulation.services.history import PastLoan, take_over_loans
from fumikura.circulation.services.hold_shelf import expire_shelf, extend_shelf
from fumikura.circulation.services.holds import (
    Want,
    begin_suspensions,
    cancel_hold,
    change_pickup,
    expire_holds,
    place_hold,
    reorder_set,
    suspend_hold,
)
from fumikura.circulation.services.late import LateJourney, late_journeys
from fumikura.circulation.services.loans import check_out, objections, undo_check_out
from fumikura.circulation.services.lockers import (
    Door,
    collect_from_locker,
    doors_of,
    fill_locker,
    get_stay,
    locker_of,
    note_door,
    open_locker,
    set_up_locker,
    stay_here,
    take_out_of_locker,
)
from fumikura.circulation.services.lost import accept_replacement, claim_returned, declare_lost
from fumikura.circulation.services.merging import merge_patron, part_patrons
from fumikura.circulation.services.movement import find_stuck, lose_on_the_way, send
from fumikura.circulation.services.notes import acknowledge_note, notes_about, write_note
from fumikura.circulation.services.offline import prepare_terminal, replay_offline, revoke_terminal
from fumikura.circulation.services.offline_lists import (
    Progress,
    Received,
    enter_received,
    receive_file,
    receive_list,
    terminal_asking,
    terminal_coded,
)
from fumikura.circulation.services.offline_settling import (
    discard_list,
    enter_after_all,
    lines_to_settle,
    quarantined_lists,
    settle_line,
    terminals_of,
    undo_line,
)
from fumikura.circulation.services.offline_snapshot import snapshot_for
from fumikura.circulation.services.picking import allot, allot_everywhere, not_found, pick_list
from fumikura.circulation.services.placing import objections_to_request
from fumikura.circulation.services.policies import house_rules, save_policy_set
from fumikura.circulation.services.reminding import finish_reminders, overdue_of_household, remind, reminders_to_do
from fumikura.circulation.services.renewals import renew, undo_renew
from fumikura.circulation.services.returns import CheckedIn, check_in, undo_check_in
from fumikura.circulation.services.rotations import end_rotation, plan_of, to_move_on, turn_rotations, write_rotation
from fumikura.circulation.services.routes import (
    arrival_between,
    estimate_arrival,
    timetable_of,
    timetables,
    way_between,
    write_route,
)
from fumikura.circulation.services.runs import (
    Load,
    PlannedRun,
    find_run,
    manifest,
    note_run,
    read_on_run,
    readings_of,
    runs_on,
)
from fumikura.circulation.services.second_thoughts import note_reached, set_needed_by, undo_cancel_hold, wake_hold
from fumikura.circulation.services.sets import lend_set, return_set
from fumikura.circulation.services.shifting import plan_shift, shift_due_dates, undo_shift
from fumikura.circulation.services.stock import mark_missing, withdraw
from fumikura.circulation.services.temporary import end_temporary_site, open_temporary_site, temporary_site_of
from fumikura.circulation.services.terminal import Arrived, receive_whole_crate, return_into_crate, waiting_for_reader
from fumikura.circulation.services.titles import merge_titles, unmerge_titles

__all__ = [
    "Arrived",
    "CheckedIn",
    "Door",
    "LateJourney",
    "Load",
    "PastLoan",
    "PlannedRun",
    "Progress",
    "Received",
    "Standing",
    "Want",
    "accept_replacement",
    "acknowledge_note",
    "allot",
    "allot_everywhere",
    "arrival_between",
    "begin_draft",
    "begin_suspensions",
    "cancel_hold",
    "change_draft",
    "change_pickup",
    "check_in",
    "check_out",
    "claim_returned",
    "close_crate",
    "close_site",
    "collect_from_locker",
    "declare_lost",
    "discard_draft",
    "discard_list",
    "doors_of",
    "end_rotation",
    "end_temporary_site",
    "enter_after_all",
    "enter_received",
    "estimate_arrival",
    "expire_holds",
    "expire_shelf",
    "extend_shelf",
    "fill_locker",
    "find_crate",
    "find_run",
    "find_stuck",
    "finish_reminders",
    "get_stay",
    "holds_of",
    "house_rules",
    "late_journeys",
    "lend_set",
    "lines_to_settle",
    "locker_of",
    "lose_on_the_way",
    "manifest",
    "mark_missing",
    "may_borrow",
    "merge_patron",
    "merge_titles",
    "not_found",
    "note_door",
    "note_reached",
    "note_run",
    "notes_about",
    "objections",
    "objections_to_request",
    "open_locker",
    "open_temporary_site",
    "overdue_of_household",
    "pack",
    "part_patrons",
    "pick_list",
    "place_hold",
    "plan_closure",
    "plan_of",
    "plan_shift",
    "prepare_terminal",
    "publish_draft",
    "quarantined_lists",
    "read_on_run",
    "readings_of",
    "receive_crate",
    "receive_file",
    "receive_list",
    "receive_whole_crate",
    "remind",
    "reminders_to_do",
    "renew",
    "reopen_draft",
    "reorder_set",
    "replay_offline",
    "return_into_crate",
    "return_set",
    "revoke_terminal",
    "runs_on",
    "save_policy_set",
    "send",
    "send_crate",
    "set_needed_by",
    "set_up_locker",
    "settle_line",
    "shift_due_dates",
    "snapshot_for",
    "standing_of_hold",
    "stay_here",
    "suspend_hold",
    "take_out_of_locker",
    "take_over_loans",
    "temporary_site_of",
    "terminal_asking",
    "terminal_coded",
    "terminals_of",
    "timetable_of",
    "timetables",
    "to_move_on",
    "turn_rotations",
    "undo_cancel_hold",
    "undo_check_in",
    "undo_check_out",
    "undo_close_site",
    "undo_line",
    "undo_renew",
    "undo_shift",
    "unmerge_titles",
    "unpack",
    "waiting_for",
    "waiting_for_reader",
    "wake_hold",
    "way_between",
    "withdraw",
    "withdraw_policy_set",
    "write_note",
    "write_rotation",
    "write_route",
]
