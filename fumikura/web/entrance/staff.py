"""Staff sign in with a user name, then say where they work; the place is remembered on this machine."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility, User
from fumikura.organisation.queries import (
    desks_at,
    factors_of,
    needs_second_factor,
    permissions_of,
    places_by_code,
    workplaces,
)
from fumikura.organisation.services.sign_in import note_staff_session, sign_in_staff
from fumikura.web.entrance.words import words_for_staff
from fumikura.web.visitors import DESK, FACILITY, PROVED_AT, SEEN_AT, address_of, device_of, safe_next, typed, visitor

DESK_HOME, OFFICE_HOME = "/desk/", "/office/"
AT_THE_DESK = frozenset({"circulation.check-out", "circulation.check-in"})
PLACE_COOKIE = "fumikura_place"
YEAR = 365 * 24 * 3600
BACKEND = "fumikura.web.accounts.Accounts"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    back = safe_next(request, "")
    here = visitor(request)
    if request.method == "GET" and here.staff is not None:
        return HttpResponseRedirect(_to_work(request, here.staff, back) if here.facility else _place_address(back))
    username, password = typed(request.POST, "username", 60), request.POST.get("password", "")[:1024]
    page = {"next": back, "username": username, "idle": "idle" in request.GET, "left": "left" in request.GET}
    if request.method == "GET" or not username or not password:
        return render(request, "entrance/staff_sign_in.html", page)
    try:
        user = sign_in_staff(username=username, password=password, address=address_of(request), at=timezone.now())
    except Refused as refused:
        return render(request, "entrance/staff_sign_in.html", {**page, "reasons": words_for_staff(refused)}, status=403)
    if factors_of(user) or needs_second_factor(user):
        from fumikura.web.entrance.factors import ask_for_factor

        return ask_for_factor(request, user, back)
    return come_in(request, user, back)


def come_in(request: HttpRequest, user: User, back: str, *, proved: bool = False) -> HttpResponse:
    """Begin the session. Nothing of what this browser did before signing in goes along: a new session, a new key."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    now = timezone.now()
    request.session[SEEN_AT] = now.timestamp()
    if proved:
        request.session[PROVED_AT] = now.timestamp()
    note_staff_session(user=user, session=request.session.session_key or "", device=device_of(request), at=now)
    if _remembered(request, user):
        return HttpResponseRedirect(_to_work(request, user, back))
    return HttpResponseRedirect(_place_address(back))


def _remembered(request: HttpRequest, user: User) -> bool:
    """Take the place this machine was used at last, or the only one there is; False when it must be chosen."""
    places = workplaces(user)
    code, _, desk = request.COOKIES.get(PLACE_COOKIE, "").partition("/")
    if not code and len(places) == 1 and len(desks_at(places)) <= 1:
        code, desk = places[0].code, next((point.code for point in desks_at(places)), "")
    return _work_at(request, places, code, desk)


def _work_at(request: HttpRequest, places: list[Facility], code: str, desk: str) -> bool:
    place = next((place for place in places if place.code == code), None)
    if place is None:
        return False
    request.session[FACILITY] = place.code
    request.session[DESK] = desk if desk in {point.code for point in desks_at([place])} else ""
    return True


@never_cache
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Choosing the facility and the desk; also to change it in the middle of the day."""
    back = safe_next(request, "")
    user = visitor(request).staff
    if user is None:
        return HttpResponseRedirect(f"{reverse('entrance:staff-sign-in')}?{urlencode({'next': back})}")
    places = workplaces(user)
    code, _, desk = request.POST.get("place", "").partition("/")
    if request.method == "POST" and _work_at(request, places, code, desk):
        response = HttpResponseRedirect(_to_work(request, user, back))
        response.set_cookie(
            PLACE_COOKIE,
            f"{code}/{desk}",
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SECURE_BEHIND_TLS,
        )
        return response
    choices = _choices(places)
    chosen = f"{request.session.get(FACILITY, '')}/{request.session.get(DESK, '')}"
    if chosen == "/" and len(choices) == 1:
        chosen = choices[0][1][0][0]  # Enter is then enough
    page = {"next": back, "groups": choices, "chosen": chosen, "unanswered": request.method == "POST"}
    page["invited"] = not factors_of(user)
    return render(request, "entrance/place.html", page)


def _choices(places: list[Facility]) -> list[tuple[Facility, list[tuple[str, str]]]]:
    """Each facility with its desks as (value, name); one without desks offers itself."""
    desks: dict[int, list[tuple[str, str]]] = {place.pk: [] for place in places}
    codes = {place.pk: place.code for place in places}
    for point in desks_at(places):
        desks[point.facility_id].append((f"{codes[point.facility_id]}/{point.code}", point.name))
    return [(place, desks[place.pk] or [(f"{place.code}/", place.name)]) for place in places]


def _to_work(request: HttpRequest, user: User, back: str) -> str:
    """The page that was asked for; else the counter, or the office for those who neither lend nor take back there."""
    if back:
        return back
    here = places_by_code().get(request.session.get(FACILITY, ""))
    return DESK_HOME if permissions_of(user, here) & AT_THE_DESK else OFFICE_HOME


def _place_address(back: str) -> str:
    return f"{reverse('entrance:place')}?{urlencode({'next': back})}"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = HttpResponseRedirect(f"{reverse('entrance:staff-sign-in')}?left=1")
    response["Clear-Site-Data"] = '"cache"'
    response.delete_cookie(settings.DESK_COOKIE_NAME, path=settings.DESK_COOKIE_PATH, samesite="Strict")
    return response
