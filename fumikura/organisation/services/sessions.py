"""For whoever manages the people here: ending what others have open, and opening a door that failures closed."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import clean
from fumikura.organisation.attempts import TRIES, TRIES_FROM_ONE_ADDRESS, locked_until
from fumikura.organisation.events import SignInLockLifted, StaffSessionsEnded
from fumikura.organisation.models import SignInAttempt, StaffSession, User
from fumikura.organisation.queries import find_user
from fumikura.organisation.services.people import require_own_people
from fumikura.organisation.services.sign_in import hashed


@transaction.atomic
def end_sessions_of(*, user: User, sessions: Collection[int], by: Actor, at: datetime) -> int:
    """Sign `user` out where these StaffSession rows (by number) name; the next request there finds nobody signed in.

    Rows of others are passed over. Answers how many were ended.
    """
    by.require("organisation.grant-role")
    require_own_people(user, by)
    chosen = StaffSession.objects.filter(user=user, pk__in=sessions)
    count, _ = Session.objects.filter(session_key__in=chosen.values("session")).delete()
    chosen.delete()
    if count:
        record(StaffSessionsEnded(count=count), by=by, at=at, subject=f"organisation.user:{user.pk}")
    return count


@transaction.atomic
def lift_sign_in_lock(*, door: str, name: str, by: Actor, at: datetime) -> bool:
    """Let somebody try again at once whom too many failures have shut out; False when nothing was shut.

    `door` is staff (with a user name, and the second factor too), patron (with a card's number as typed or scanned) or
    address (of a network, behind which a whole library may stand).
    """
    by.require("organisation.grant-role")
    tries = TRIES_FROM_ONE_ADDRESS if door == "address" else TRIES
    keys = _keys(door, name, by)
    if not any(_locked(key, at, tries=tries) for key in keys):
        return False
    SignInAttempt.objects.filter(what__in=keys).delete()
    record(SignInLockLifted(door=door), by=by, at=at)
    return True


def staff_locked_out(users: Iterable[User], at: datetime) -> list[tuple[User, datetime]]:
    """Which of these users cannot sign in because of failures, and until when."""
    owners = {key: user for user in users for key in _keys_of(user)}
    tried: dict[str, list[datetime]] = {}
    for what, moment in SignInAttempt.objects.filter(what__in=list(owners)).values_list("what", "tried_at"):
        tried.setdefault(what, []).append(moment)
    closed = {owners[key]: until for key, moments in tried.items() if (until := locked_until(moments, at))}
    return sorted(closed.items(), key=lambda pair: pair[0].username)


def _keys(door: str, name: str, by: Actor) -> list[str]:
    if door == "patron":
        return [hashed(f"patron:{clean(name)}")]
    if door == "address":
        return [hashed(f"address:{name.strip()}")]
    user = find_user(name.strip())
    if user is None:
        return [hashed(f"staff:{name.strip().lower()}")]
    require_own_people(user, by)
    return _keys_of(user)


def _keys_of(user: User) -> list[str]:
    return [hashed(f"staff:{user.username.lower()}"), hashed(f"factor:{user.pk}")]


def _locked(key: str, at: datetime, *, tries: int) -> datetime | None:
    tried = list(SignInAttempt.objects.filter(what=key).values_list("tried_at", flat=True))
    return locked_until(tried, at, tries=tries)
