"""Verbs about the people who work here: sign-in users, roles, grants."""

from collections.abc import Iterable
from datetime import datetime, time

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import NotPermitted, Reason, Refused
from fumikura.organisation.events import (
    RoleDefined,
    RoleGranted,
    RoleWithdrawn,
    UserAdded,
    UserChanged,
    UserDeactivated,
)
from fumikura.organisation.models import Facility, Grant, Role, User
from fumikura.organisation.queries import operator_of

SHORTEST_PASSWORD = 8


def require_here(permission: str, facility: Facility | None, by: Actor) -> None:
    """`permission` is for the actor's own facility; touching another, or all, takes organisation.configure as well."""
    by.require(permission)
    if facility is None or facility.code != by.facility:
        by.require("organisation.configure")


def require_own_people(user: User, by: Actor) -> None:
    """A manager of an operator (指定管理者) manages the operator's own people only."""
    operator = operator_of(by.ref)
    if operator and user.operator != operator:
        raise NotPermitted("organisation.grant-role")


@transaction.atomic
def add_user(*, username: str, name: str, password: str, by: Actor, at: datetime) -> User:
    """Add a member of staff who signs in. Without a role there is nothing they may do.

    Whom an operator's manager adds is of the same operator.
    """
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
    user = User(username=username, name=name, operator=operator_of(by.ref))
    user.set_password(password)
    user.save()
    record(UserAdded(user=user.pk), by=by, at=at, subject=f"organisation.user:{user.pk}")
    return user


@transaction.atomic
def deactivate_user(*, user: User, by: Actor, at: datetime) -> None:
    """End the user's sign-in. Sessions that are open end at their next request."""
    by.require("organisation.grant-role")
    require_own_people(user, by)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(UserDeactivated(user=user.pk), by=by, at=at, subject=f"organisation.user:{user.pk}")


@transaction.atomic
def change_user(*, user: User, operator: str, works_from: time, works_until: time, by: Actor, at: datetime) -> None:
    """Whose employee it is, and between which hours the sign-in works (two equal times: at any hour)."""
    by.require("organisation.grant-role")
    require_own_people(user, by)
    if operator_of(by.ref):
        operator = user.operator
    user.operator, user.works_from, user.works_until = operator, works_from, works_until
    user.save(update_fields=["operator", "works_from", "works_until"])
    event = UserChanged(user=user.pk, fields=("operator", "works_from", "works_until"))
    record(event, by=by, at=at, subject=f"organisation.user:{user.pk}")


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
    require_own_people(user, by)
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
    require_own_people(user, by)
    deleted, _ = Grant.objects.filter(user=user, role=role, facility=facility).delete()
    if deleted:
        where = facility.code if facility else ""
        record(
            RoleWithdrawn(user=user.pk, role=role.code, facility=where),
            by=by,
            at=at,
            subject=f"organisation.user:{user.pk}",
        )
