"""The city's places, and the people who work there."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation import services as organisation
from fumikura.organisation.models import Agency, Facility
from fumikura.project.demo.files import folder, toml

PASSWORD = "minase-demo"  # noqa: S105 - printed for everybody who tries the demo


def build_town(*, by: Actor, at: datetime) -> tuple[Agency, list[Facility]]:
    """The agency and its facilities, in the order of the file, with calendars, desks, roles and staff."""
    plan = toml("town.toml")
    agency = organisation.add_agency(**plan["agency"], by=by, at=at)
    calendars = {
        code: organisation.write_calendar(code=code, name=one["name"], rules=one["rules"], by=by, at=at)
        for code, one in plan["calendars"].items()
    }
    facilities = [
        organisation.add_facility(
            agency=agency,
            calendar=calendars[one["calendar"]],
            listed_order=order,
            by=by,
            at=at,
            **{name: value for name, value in one.items() if name != "calendar"},
        )
        for order, one in enumerate(plan["facilities"], start=1)
    ]
    organisation.draw_map(json.loads((folder() / "map.geojson").read_text("utf-8")), by=by, at=at)
    _hire(plan, {facility.code: facility for facility in facilities}, by=by, at=at)
    return agency, facilities


def _hire(plan: Mapping[str, Any], places: Mapping[str, Facility], *, by: Actor, at: datetime) -> None:
    roles = {
        code: organisation.define_role(
            code=code, name=one["name"], name_en=one["name_en"], permissions=granted(one["permissions"]), by=by, at=at
        )
        for code, one in plan["roles"].items()
    }
    for one in plan["staff"]:
        user = organisation.add_user(username=one["username"], name=one["name"], password=PASSWORD, by=by, at=at)
        for role, where in one["grants"]:
            organisation.grant_role(user=user, role=roles[role], facility=places.get(where), by=by, at=at)


def granted(wanted: Iterable[str]) -> set[str]:
    """Permissions by name; "all" stands for every one there is, "holdings." for all of one room."""
    found: set[str] = set()
    for name in wanted:
        if name == "all":
            found |= PERMISSIONS.keys()
        elif name.endswith("."):
            found |= {permission for permission in PERMISSIONS if permission.startswith(name)}
        else:
            found.add(name)
    return found
