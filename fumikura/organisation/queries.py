"""Reading the organisation: places, desks, and who may do what where."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone

from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import is_valid
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import rules
from fumikura.organisation.device_kinds import DEVICE_KINDS
from fumikura.organisation.models import (
    Agency,
    ApiToken,
    BrokenGlass,
    Device,
    DisasterMode,
    ExceptionalDay,
    Facility,
    Grant,
    MapLine,
    RecoveryCode,
    Role,
    SecondFactor,
    ServicePoint,
    StaffSession,
    User,
)
from fumikura.statements.ahead import Asked
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared


def facilities() -> list[Facility]:
    """Every facility in the order of the city's list."""
    return _facilities_listed()


@prepared
def _facilities_listed() -> "QuerySet[Facility]":
    return Facility.objects.select_related("agency", "calendar").order_by("listed_order", "code")


def place_names() -> list[tuple[str, str, str]]:
    """(code, Japanese name, English name or "") of every facility, in the order of the city's list."""
    return _places_named()


@prepared
def _places_named() -> "QuerySet[Facility, tuple[str, str, str]]":
    return Facility.objects.order_by("listed_order", "code").values_list("code", "name", "name_en")


def places_by_code() -> dict[str, Facility]:
    """Every facility by its code."""
    return {place.code: place for place in facilities()}


def find_facility(code: str) -> Facility:
    """The facility with this code. Refused("facility-unknown") when there is none."""
    found = facility_coded(code)
    if found is None:
        raise Refused(Reason.of("facility-unknown", facility=code))
    return found


def map_lines() -> list[MapLine]:
    """The lines of the city's map: areas first, so that lines are drawn on them."""
    order = {kind: place for place, kind in enumerate(("edge", "green", "water", "road", "rail"))}
    return sorted(MapLine.objects.order_by("pk"), key=lambda line: order.get(line.kind, len(order)))


def facility_coded(code: str) -> Facility | None:
    """The facility with this code, or None."""
    return _facilities_coded.first(code=code)


def asked_facility(code: str) -> Asked:
    """What `facility_coded` reads, for `read_ahead`."""
    return _facilities_coded.asked(code=code)


@prepared
def _facilities_coded(code: str) -> "QuerySet[Facility]":
    return Facility.objects.select_related("agency", "calendar").filter(code=code)


def workplace_coded(code: str) -> Facility | None:
    """The facility with this code as somebody works there: `disaster_since` answers for it without a question of its own."""
    return _workplaces_coded.first(code=code)


@prepared
def _workplaces_coded(code: str) -> "QuerySet[Facility]":
    running = DisasterMode.objects.filter(ended_at=None).order_by("pk").values("since")[:1]
    return Facility.objects.select_related("agency", "calendar").filter(code=code).annotate(disaster=Subquery(running))


def disaster_since(workplace: Facility) -> datetime | None:
    """Since when the network is in disaster mode, as it was when `workplace_coded` read that place; None in ordinary times."""
    found: datetime | None = vars(workplace).get("disaster")
    return found


def service_points(facility: Facility) -> Sequence[ServicePoint]:
    return desks_at([facility])


def desks_at(places: Sequence[Facility]) -> list[ServicePoint]:
    """The service points of all these facilities, by code."""
    return list(ServicePoint.objects.filter(facility__in=places).order_by("code"))


def fits_a_check_digit(number: str) -> bool:
    """Whether this could be a card or an item of any agency; if not, the scanner or the hand slipped."""
    schemes = {scheme for pair in Agency.objects.values_list("item_check", "card_check") for scheme in pair}
    return any(is_valid(scheme, number) for scheme in schemes)


def find_user(username: str) -> User | None:
    """The active user with this user name, case-insensitively."""
    return User.objects.filter(username__iexact=username, is_active=True).order_by("id").first()


def roles() -> Sequence[Role]:
    return list(Role.objects.order_by("code"))


def users_with_grants() -> Sequence[User]:
    """All users by user name, each with `grants` (role, facility) already read."""
    return list(User.objects.prefetch_related("grants__role", "grants__facility").order_by("username"))


def people_managed_by(ref: str) -> list[User]:
    """As users_with_grants; to a manager of an operator (指定管理者) the operator's own people only."""
    operator = operator_of(ref)
    return [user for user in users_with_grants() if not operator or user.operator == operator]


def open_staff_sessions(users: Iterable[User], at: datetime) -> list[tuple[StaffSession, dict[str, Any]]]:
    """Sessions of these users that have not lapsed, with what each holds; by user name, the newest first."""
    rows = list(StaffSession.objects.filter(user__in=list(users)).order_by("user__username", "-began_at"))
    alive = Session.objects.filter(session_key__in=[row.session for row in rows], expire_date__gt=at)
    held = {one.session_key: one.get_decoded() for one in alive}
    return [(row, held[row.session]) for row in rows if row.session in held]


def workplaces(user: User) -> list[Facility]:
    """The facilities at which any role was granted to `user`; all of them when one was granted everywhere."""
    granted = set(Grant.objects.filter(user=user).values_list("facility_id", flat=True))
    everything = facilities()
    return everything if None in granted else [place for place in everything if place.pk in granted]


def permissions_of(user: User, facility: Facility | None) -> frozenset[str]:
    """What `user` may do at `facility`; without one, only what was granted everywhere."""
    if not user.is_active:
        return frozenset()
    lists = _granted_everywhere(user=user.pk) + (_granted_at(user=user.pk, facility=facility.pk) if facility else [])
    granted = {code for codes in lists for code in codes}
    return frozenset(granted & PERMISSIONS.keys())


@prepared
def _granted_everywhere(user: int) -> "QuerySet[Grant, list[str]]":
    return Grant.objects.filter(user=user, facility=None).values_list("role__permissions", flat=True)


@prepared
def _granted_at(user: int, facility: int) -> "QuerySet[Grant, list[str]]":
    return Grant.objects.filter(user=user, facility=facility).values_list("role__permissions", flat=True)


def staff_names(refs: Iterable[str]) -> dict[str, str]:
    """Names of the people behind Actor.ref values; what is no person (system, patron) is left out."""
    pks = [int(ref.removeprefix("staff:")) for ref in refs if re.fullmatch(r"staff:[0-9]{1,18}", ref)]
    return {f"staff:{pk}": name for pk, name in User.objects.filter(pk__in=pks).values_list("pk", "name")}


def actor_for(user: User, *, facility: Facility | None, desk: str = "", via: str, request_key: str = "") -> Actor:
    """The Actor of a signed-in member of staff, with the rights that the grants give at `facility`."""
    return Actor(
        ref=f"staff:{user.pk}",
        facility=facility.code if facility else "",
        desk=desk,
        via=via,
        permissions=permissions_of(user, facility),
        request_key=request_key,
    )


def system_actor(*, via: str, facility: str = "", request_key: str = "") -> Actor:
    """The installation itself, for the command line and jobs: it may everything."""
    return Actor(ref="system", facility=facility, via=via, permissions=frozenset(PERMISSIONS), request_key=request_key)


def exceptional_days(facility: Facility, *, since: date, until: date) -> Sequence[ExceptionalDay]:
    """Days from `since` to `until`, both included, on which `facility` departs from its calendar."""
    return list(ExceptionalDay.objects.filter(facility=facility, on__range=(since, until)).order_by("on"))


def calendar_for(facility: Facility) -> rules.Calendar:
    """When `facility` is open: the rules of its calendar and its own exceptional days."""
    exceptions = dict(_exceptional_days_of(facility=facility.pk))
    return rules.Calendar(tuple(facility.calendar.rules), exceptions)


def asked_exceptional_days(facility: Facility) -> Asked:
    """What `calendar_for` reads, for `read_ahead`."""
    return _exceptional_days_of.asked(facility=facility.pk)


@prepared
def _exceptional_days_of(facility: int) -> "QuerySet[ExceptionalDay, tuple[date, bool]]":
    return ExceptionalDay.objects.filter(facility=facility).values_list("on", "is_open")


def calendars_for(places: Sequence[Facility]) -> dict[int, rules.Calendar]:
    """Calendars by facility id, with one query for however many facilities (their `calendar` should be read already)."""
    exceptions: dict[int, dict[date, bool]] = {place.pk: {} for place in places}
    for facility, on, is_open in _exceptional_days_of_all(facilities=listed(exceptions)):
        exceptions[facility][on] = is_open
    return {place.pk: rules.Calendar(tuple(place.calendar.rules), exceptions[place.pk]) for place in places}


@prepared
def _exceptional_days_of_all(facilities: str) -> "QuerySet[ExceptionalDay, tuple[int, date, bool]]":
    days = ExceptionalDay.objects.filter(Among("facility", facilities))
    return days.values_list("facility_id", "on", "is_open")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Whether a place is open, and when it opens next."""

    is_open_today: bool
    is_open_now: bool
    opens: time
    closes: time
    next_open_on: date
    """Today when it is open now or opens later today, else the next open day."""


def opening_today(facility: Facility, at: datetime) -> Opening:
    """What to say about `facility` at that moment, in local time."""
    return opening(facility, calendar_for(facility), at)


def opening(facility: Facility, calendar: rules.Calendar, at: datetime) -> Opening:
    """The same with a calendar that has been read already."""
    local = timezone.localtime(at)
    today, now = local.date(), local.time()
    is_open_today = calendar.is_open(today)
    over = facility.opens < facility.closes <= now
    return Opening(
        is_open_today=is_open_today,
        is_open_now=is_open_today and facility.opens <= now and not over,
        opens=facility.opens,
        closes=facility.closes,
        next_open_on=calendar.next_open(today + timedelta(days=1) if over else today),
    )


def digest_of(token: str) -> str:
    """Under what an API token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_api_token(token: str) -> ApiToken | None:
    """The token if it is good: not revoked, of an active user. `user` and `facility` are already read."""
    good = ApiToken.objects.filter(digest=digest_of(token), revoked_at=None, user__is_active=True)
    return good.select_related("user", "facility").first()


def api_tokens() -> Sequence[ApiToken]:
    """Every token that is not revoked, with user and facility read."""
    return list(ApiToken.objects.filter(revoked_at=None).select_related("user", "facility").order_by("id"))


def devices() -> Sequence[Device]:
    """Every device that was not stopped, by code, with its facility read."""
    return list(Device.objects.filter(stopped_at=None).select_related("facility__agency").order_by("code"))


def find_device(code: str) -> Device | None:
    """The device with this code, unless it was stopped."""
    found = Device.objects.filter(code__iexact=code, stopped_at=None)
    return found.select_related("facility__agency").order_by("id").first()


def device_actor(device: Device, *, request_key: str = "", besides: frozenset[str] = frozenset()) -> Actor:
    """A machine that acts: what its kind may do at its facility, and `besides` what the moment asks for."""
    kind = DEVICE_KINDS[device.kind]
    return Actor(
        ref=f"device:{device.code}",
        facility=device.facility.code,
        via=kind.via,
        permissions=kind.permissions | besides,
        request_key=request_key,
    )


def mode_of_network(on: date | None = None) -> str:
    """normal, or disaster while the network is in disaster mode; of a past day: whether it was at the end of that day."""
    running = Q(ended_at=None) if on is None else Q(ended_at=None) | Q(ended_at__date__gt=on)
    began = Q() if on is None else Q(since__date__lte=on)
    return "disaster" if DisasterMode.objects.filter(running, began).exists() else "normal"


def open_disaster() -> DisasterMode | None:
    return DisasterMode.objects.filter(ended_at=None).first()


def find_user_numbered(pk: int) -> User | None:
    """The active user with this row number."""
    return _active_users.first(pk=pk)


@prepared
def _active_users(pk: int) -> "QuerySet[User]":
    return User.objects.filter(pk=pk, is_active=True)


def factors_of(user: User) -> list[SecondFactor]:
    """The second factors of a user, the oldest first."""
    return list(SecondFactor.objects.filter(user=user).order_by("added_at", "pk"))


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def needs_second_factor(user: User) -> bool:
    """Whether any role of the user asks for one."""
    return Grant.objects.filter(user=user, role__needs_second_factor=True).exists()


def users_with_factors() -> frozenset[int]:
    """Row numbers of the users who have a second factor."""
    return frozenset(SecondFactor.objects.values_list("user_id", flat=True))


def open_glass(pk: int, user: User, at: datetime) -> BrokenGlass | None:
    """The rights that this user took and still has."""
    return BrokenGlass.objects.filter(pk=pk, user=user, ended_at=None, until__gt=at).select_related("facility").first()


def glass_to_review() -> list[BrokenGlass]:
    """Rights that were taken and that nobody responsible has looked at, the newest first."""
    return list(BrokenGlass.objects.filter(reviewed_at=None).select_related("user", "facility").order_by("-opened_at"))


def glass_since(moment: datetime) -> list[BrokenGlass]:
    """Rights that somebody had after that moment, looked at or not."""
    return list(BrokenGlass.objects.filter(until__gt=moment))


def glass_reviewed(limit: int) -> list[BrokenGlass]:
    done = BrokenGlass.objects.exclude(reviewed_at=None).select_related("user", "facility")
    return list(done.order_by("-opened_at")[:limit])


def may_work_at(user: User, at: datetime) -> bool:
    """Whether this lies in the user's working hours; a night shift may go over midnight."""
    since, until = user.works_from, user.works_until
    now = timezone.localtime(at).time()
    if since == until:
        return True
    return since <= now < until if since < until else now >= since or now < until


def operator_of(ref: str) -> str:
    """Whose employee the actor is; empty for the city's own and for what is no person."""
    if not re.fullmatch(r"staff:[0-9]{1,18}", ref):
        return ""
    return User.objects.filter(pk=int(ref.removeprefix("staff:"))).values_list("operator", flat=True).first() or ""
