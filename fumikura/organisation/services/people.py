"""Verbs about the people who work here: sign-in users, roles, grants."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.events import RoleDefined, RoleGranted, RoleWithdrawn, UserAdded, UserDeactivated
from fumikura.organisation.models import Facility, Grant, Role, User

SHORTEST_PASSWORD = 8


def require_here(permission: str, facility: Facility | None, by: Actor) -> None:
    """`permission` is for the actor's own facility; touching another, or all, takes organisation.configure as well."""
    by.require(permission)
    if facility is None or facility.code != by.facility:
        by.require("organisation.configure")


@transaction.atomic
def add_user(*, username: str, name: str, password: str, by: Actor, at: datetime) -> User:
    """Add a member of staff who signs in. Without a role there is nothing they may do."""
    by.require("organisation.grant-role")
    reasons = []
    if not username or not name:
        reasons.append(Reason.of("user-name-missing"))
    if User.objects.filter(username__iexact=username).exists():
        reasons.append(Reason.of("user-name-taken"))
    if len(password) < SHORTEST_PASSWORD:
        reasons.append(Reason.of("password-too-short", limit=SHORTEST_PASSWORD))
    if reasons:
        raise Refused(*reasons)
    user = User(username=username, name=name)
    user.set_password(password)
    user.save()
    record(UserAdded(user=user.pk), by=by, at=at, subject=f"organisation.user:{user.pk}")
    return user


@transaction.atomic
def deactivate_user(*, user: User, by: Actor, at: datetime) -> None:
    """End the user's sign-in. Sessions that are open end at their next request."""
    by.require("organisation.grant-role")
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(UserDeactivated(user=user.pk), by=by, at=at, subject=f"organisation.user:{user.pk}")


@transaction.atomic
def define_role(
    *, code: str, name: str, permissions: Iterable[str], by: Actor, at: datetime, name_en: str = ""
) -> Role:
    """Add a role, or give the one with this code exactly these permissions.

    All must be in kernel.permissions, and the actor must have them: nobody can make a role above their own.
    """
    by.require("organisation.grant-role")
    by.require("organisation.configure")
    wanted = sorted(set(permissions))
    unknown = [permission for permission in wanted if permission not in PERMISSIONS]
    if unknown:
        raise Refused(*(Reason.of("permission-unknown", permission=permission) for permission in unknown))
    for permission in wanted:
        by.require(permission)
    role, _ = Role.objects.update_or_create(
        code=code, defaults={"name": name, "name_en": name_en, "permissions": wanted}
    )
    record(RoleDefined(role=code, permissions=tuple(wanted)), by=by, at=at, subject=f"organisation.role:{code}")
    return role


@transaction.atomic
def grant_role(*, user: User, role: Role, by: Actor, at: datetime, facility: Facility | None = None) -> Grant:
    """Let `user` act as `role` at `facility`, or everywhere. Granting twice changes nothing.

    Nobody can give away rights that they do not have.
    """
    require_here("organisation.grant-role", facility, by)
    for permission in role.permissions:
        by.require(permission)
    grant, new = Grant.objects.get_or_create(user=user, role=role, facility=facility)
    if new:
        where = facility.code if facility else ""
        record(
            RoleGranted(user=user.pk, role=role.code, facility=where),
            by=by,
            at=at,
            subject=f"organisation.user:{user.pk}",
        )
    return grant


@transaction.atomic
def withdraw_role(*, user: User, role: Role, by: Actor, at: datetime, facility: Facility | None = None) -> None:
    """Take the role back; it ends with the next request. Nothing happens if it was not granted."""
    require_here("organisation.grant-role", facility, by)
    deleted, _ = Grant.objects.filter(user=user, role=role, facility=facility).delete()
    if deleted:
        where = facility.code if facility else ""
        record(
            RoleWithdrawn(user=user.pk, role=role.code, facility=where),
            by=by,
            at=at,
            subject=f"organisation.user:{user.pk}",
        )
