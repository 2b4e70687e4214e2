"""Staff and their roles: who may do what where."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fumikura.journal.services import once
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import services
from fumikura.organisation.models import Role, User
from fumikura.organisation.queries import facilities, people_managed_by, places_by_code, roles
from fumikura.web.design.days import in_japanese
from fumikura.web.office.frame import name_of, office
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import for_staff, typed, visitor


@dataclass(frozen=True)
class Granted:
    role: str
    role_name: str
    place: str
    """Code; empty: everywhere."""
    place_name: str


@dataclass(frozen=True)
class Person:
    user: User
    grants: tuple[Granted, ...]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@for_staff("organisation.grant-role")
@stepped_up
def people(request: HttpRequest) -> HttpResponse:
    """The matrix; each form names what it does: add, grant, withdraw, deactivate."""
    if request.method == "GET":
        return _page(request, [])
    acts: dict[str, Callable[[HttpRequest], None]] = {
        "add": _add,
        "grant": _grant,
        "withdraw": _withdraw,
        "deactivate": _deactivate,
    }
    try:
        act = acts.get(request.POST.get("act", ""))
        if act is not None:
            _once(request, act)
    except Refused as refused:
        return _page(request, [words(reason, get_language() or "ja") for reason in refused.reasons], status=422)
    return HttpResponseRedirect(f"{reverse('office:people')}?saved=1")


def _once(request: HttpRequest, act: Callable[[HttpRequest], None]) -> None:
    def acting() -> dict[str, str]:
        act(request)
        return {}

    once(visitor(request).request_key, acting, door="office", at=timezone.now())


def _add(request: HttpRequest) -> None:
    username, name = (typed(request.POST, field, 60) for field in ("username", "name"))
    services.add_user(
        username=username,
        name=name,
        password=request.POST.get("password", "")[:1024],
        by=visitor(request).staff_actor(via="office"),
        at=timezone.now(),
    )


def _visible(request: HttpRequest) -> list[User]:
    """An operator's manager sees the operator's own people."""
    return people_managed_by(visitor(request).staff_actor(via="office").ref)


def _user(request: HttpRequest) -> User:
    found = {str(user.pk): user for user in _visible(request)}.get(request.POST.get("user", ""))
    if found is None:
        raise Refused(Reason.of("user-unknown"))
    return found


def _role(request: HttpRequest) -> Role:
    found = {role.code: role for role in roles()}.get(request.POST.get("role", ""))
    if found is None:
        raise Refused(Reason.of("role-unknown"))
    return found


def _grant(request: HttpRequest) -> None:
    services.grant_role(
        user=_user(request),
        role=_role(request),
        facility=places_by_code().get(request.POST.get("place", "")),
        by=visitor(request).staff_actor(via="office"),
        at=timezone.now(),
    )


def _withdraw(request: HttpRequest) -> None:
    services.withdraw_role(
        user=_user(request),
        role=_role(request),
        facility=places_by_code().get(request.POST.get("place", "")),
        by=visitor(request).staff_actor(via="office"),
        at=timezone.now(),
    )


def _deactivate(request: HttpRequest) -> None:
    user = _user(request)
    if user == visitor(request).staff:
        raise Refused(Reason.of("not-yourself"))
    services.deactivate_user(user=user, by=visitor(request).staff_actor(via="office"), at=timezone.now())


def _page(request: HttpRequest, reasons: list[tuple[str, str]], *, status: int = 200) -> HttpResponse:
    known = list(roles())
    page = {
        "people": [Person(user, tuple(_granted(user))) for user in _visible(request)],
        "roles": [(role.code, _name(role)) for role in known],
        "matrix": [(said, [code in role.permissions for role in known]) for code, said in _permissions()],
        "places": [(place.code, name_of(place)) for place in facilities()],
        "reasons": reasons,
        "saved": "saved" in request.GET,
        "key": uuid4().hex,
        "typed": {field: request.POST.get(field, "") for field in ("username", "name")} if reasons else {},
    }
    return office(request, "people", page, status=status)


def _granted(user: User) -> list[Granted]:
    return [
        Granted(
            role=grant.role.code,
            role_name=_name(grant.role),
            place=grant.facility.code if grant.facility else "",
            place_name=name_of(grant.facility) if grant.facility else "",
        )
        for grant in user.grants.all()
    ]


def _name(role: Role) -> str:
    return role.name if in_japanese() or not role.name_en else role.name_en


def _permissions() -> list[tuple[str, str]]:
    return [(code, said[0] if in_japanese() else said[1]) for code, said in PERMISSIONS.items()]
