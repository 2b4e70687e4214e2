"""Who may do what where: every right with everybody who has it; operators, working hours, second factors."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from fumikura.journal.services import once
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import services
from fumikura.organisation.models import User
from fumikura.organisation.queries import operator_of, roles, users_with_factors, users_with_grants
from fumikura.web.design.days import in_japanese
from fumikura.web.office.frame import name_of, office
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "organisation.grant-role"


@dataclass(frozen=True)
class Holder:
    name: str
    role: str
    place: str
    """Empty: everywhere."""


@dataclass(frozen=True)
class Person:
    user: User
    has_factor: bool
    works: str
    """14:00–20:00, or empty for any hour."""


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
@stepped_up
def rights(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, [])
    acts: dict[str, Callable[[HttpRequest], None]] = {"person": _person, "factor": _factor, "lost": _lost}
    act = acts.get(request.POST.get("act", ""))
    try:
        if act is not None:
            once(visitor(request).request_key, lambda: act(request) or {}, door="office", at=timezone.now())
    except Refused as refused:
        return _page(request, [words(reason, get_language() or "ja") for reason in refused.reasons], status=422)
    return HttpResponseRedirect(f"{reverse('office:rights')}?saved=1")


def _visible(request: HttpRequest) -> list[User]:
    """An operator's manager sees the operator's own people."""
    operator = operator_of(visitor(request).staff_actor(via="office").ref)
    return [user for user in users_with_grants() if not operator or user.operator == operator]


def _user(request: HttpRequest) -> User:
    found = {str(user.pk): user for user in _visible(request)}.get(request.POST.get("user", ""))
    if found is None:
        raise Refused(Reason.of("user-unknown"))
    return found


def _person(request: HttpRequest) -> None:
    try:
        since, until = (time.fromisoformat(request.POST.get(name, "")[:5] or "00:00") for name in ("from", "until"))
    except ValueError:
        raise Refused(Reason.of("time-malformed")) from None
    services.change_user(
        user=_user(request),
        operator=typed(request.POST, "operator", 100),
        works_from=since,
        works_until=until,
        by=visitor(request).staff_actor(via="office"),
        at=timezone.now(),
    )


def _factor(request: HttpRequest) -> None:
    for role in roles():
        if role.code == request.POST.get("role", ""):
            required = request.POST.get("required") == "1"
            by = visitor(request).staff_actor(via="office")
            services.require_factor(role=role, required=required, by=by, at=timezone.now())


def _lost(request: HttpRequest) -> None:
    services.forget_factors(user=_user(request), by=visitor(request).staff_actor(via="office"), at=timezone.now())


def _page(request: HttpRequest, reasons: list[tuple[str, str]], *, status: int = 200) -> HttpResponse:
    known, people, factors = list(roles()), _visible(request), users_with_factors()
    asked = request.GET.get("right", "")
    asked = asked if asked in PERMISSIONS else ""
    page = {
        "roles": [(role, _role_name(role.name, role.name_en)) for role in known],
        "matrix": [
            (code, said, [code in role.permissions for role in known], len(_holders(code, people)))
            for code, said in _rights()
        ],
        "rights": _rights(),
        "asked": asked,
        "asked_words": dict(_rights()).get(asked, ""),
        "holders": _holders(asked, people) if asked else [],
        "people": [Person(user, user.pk in factors, _works(user)) for user in people if user.is_active],
        "reasons": reasons,
        "saved": "saved" in request.GET,
        "key": uuid4().hex,
    }
    return office(request, "rights", page, status=status)


def _rights() -> list[tuple[str, str]]:
    return [(code, said[0] if in_japanese() else said[1]) for code, said in PERMISSIONS.items()]


def _role_name(japanese: str, english: str) -> str:
    return japanese if in_japanese() or not english else english


def _works(user: User) -> str:
    return "" if user.works_from == user.works_until else f"{user.works_from:%H:%M}–{user.works_until:%H:%M}"


def _holders(code: str, people: list[User]) -> list[Holder]:
    """Everybody who has this right anywhere, with the role it comes from."""
    return [
        Holder(
            user.name,
            _role_name(grant.role.name, grant.role.name_en),
            name_of(grant.facility) if grant.facility else "",
        )
        for user in people
        if user.is_active
        for grant in user.grants.all()
        if code in grant.role.permissions
    ]
