"""Verbs of the organisation: places, the people who work there, signing in."""

from fumikura.organisation.services.people import add_user, deactivate_user, define_role, grant_role, withdraw_role
from fumikura.organisation.services.places import (
    add_agency,
    add_facility,
    change_facility,
    close_day,
    follow_calendar,
    open_day,
    write_calendar,
)
from fumikura.organisation.services.sign_in import sign_in_staff
from fumikura.organisation.services.tokens import issue_api_token, revoke_api_token

__all__ = [
    "add_agency",
    "add_facility",
    "add_user",
    "change_facility",
    "close_day",
    "deactivate_user",
    "define_role",
    "follow_calendar",
    "grant_role",
    "issue_api_token",
    "open_day",
    "revoke_api_token",
    "sign_in_staff",
    "withdraw_role",
    "write_calendar",
]
