"""Verbs of the organisation: places, the people who work there, signing in."""

from fumikura.organisation.services.devices import (
    add_device,
    change_device,
    count_visitors,
    renew_device_key,
    sign_in_device,
    stop_device,
)
from fumikura.organisation.services.emergencies import declare_disaster, end_disaster
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
    "add_device",
    "add_facility",
    "add_user",
    "change_device",
    "change_facility",
    "close_day",
    "count_visitors",
    "deactivate_user",
    "declare_disaster",
    "define_role",
    "end_disaster",
    "follow_calendar",
    "grant_role",
    "issue_api_token",
    "open_day",
    "renew_device_key",
    "revoke_api_token",
    "sign_in_device",
    "sign_in_staff",
    "stop_device",
    "withdraw_role",
    "write_calendar",
]
