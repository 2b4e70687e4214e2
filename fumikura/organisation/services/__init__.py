"""Verbs of the organisation: places, the people who work there, signing in."""

from fumikura.organisation.services.devices import (
    add_device,
    change_device,
    count_visitors,
    hear_stack,
    renew_device_key,
    sign_in_device,
    stop_device,
)
from fumikura.organisation.services.emergencies import declare_disaster, end_disaster
from fumikura.organisation.services.factors import (
    add_passkey,
    add_totp,
    forget_factors,
    make_recovery_codes,
    prove_code,
    prove_passkey,
    remove_factor,
    require_factor,
)
from fumikura.organisation.services.glass import BEHIND_GLASS, break_glass, close_glass, review_glass
from fumikura.organisation.services.maps import draw_map, place_on_map
from fumikura.organisation.services.people import (
    add_user,
    change_user,
    deactivate_user,
    define_role,
    grant_role,
    withdraw_role,
)
from fumikura.organisation.services.places import (
    add_agency,
    add_facility,
    change_facility,
    close_day,
    follow_calendar,
    open_day,
    write_calendar,
)
from fumikura.organisation.services.sessions import end_sessions_of, lift_sign_in_lock, staff_locked_out
from fumikura.organisation.services.sign_in import end_staff_sessions, note_staff_session, sign_in_staff
from fumikura.organisation.services.tokens import issue_api_token, revoke_api_token

__all__ = [
    "BEHIND_GLASS",
    "add_agency",
    "add_device",
    "add_facility",
    "add_passkey",
    "add_totp",
    "add_user",
    "break_glass",
    "change_device",
    "change_facility",
    "change_user",
    "close_day",
    "close_glass",
    "count_visitors",
    "deactivate_user",
    "declare_disaster",
    "define_role",
    "draw_map",
    "end_disaster",
    "end_sessions_of",
    "end_staff_sessions",
    "follow_calendar",
    "forget_factors",
    "grant_role",
    "hear_stack",
    "issue_api_token",
    "lift_sign_in_lock",
    "make_recovery_codes",
    "note_staff_session",
    "open_day",
    "place_on_map",
    "prove_code",
    "prove_passkey",
    "remove_factor",
    "renew_device_key",
    "require_factor",
    "review_glass",
    "revoke_api_token",
    "sign_in_device",
    "sign_in_staff",
    "staff_locked_out",
    "stop_device",
    "withdraw_role",
    "write_calendar",
]
