"""Who stands at the door: a member of staff, a patron, nobody. Read once per request, and only when a page asks.

Staff have Django's session and `request.user`; patrons have a session and a cookie of their own. The two know nothing of
each other: a librarian who looks at her own loans neither brings her rights along nor leaves them behind.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, wraps
from unicodedata import category
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.defaults import permission_denied

from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import OWN_RIGHTS
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import NotPermitted, Reason
from fumikura.organisation.models import BrokenGlass, Facility, User
from fumikura.organisation.queries import (
    actor_for,
    disaster_since,
    may_work_at,
    open_glass,
    permissions_of,
    workplace_coded,
)
from fumikura.organisation.services import BEHIND_GLASS
from fumikura.patrons.models import Patron
from fumikura.patrons.services.sessions import patron_of_session

FACILITY, DESK = "staff_facility", "staff_desk"
"""Session keys of the place where a member of staff works; set at the staff sign-in."""
SEEN_AT = "seen_at"
AUDIENCE = "audience"
"""Attribute of a view: who it is for and with which rights; docs/reference/rights.md is written from it."""
GLASS, PROVED_AT = "broken_glass", "factor_proved_at"
STAFF_DOORS = ("/desk/", "/office/", "/cataloguing/", "/staff/")
PASSKEY_CHALLENGE = "passkey_challenge"
"""Session key of the question to which a passkey has to sign."""
PROOF_LASTS = 600.0
SEEN_EVERY = 60.0

View = Callable[..., HttpResponse]


class Visitor:
    """The person behind one request."""

    missing: tuple[str, ...] = ()
    """The permissions for want of which this request was refused."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def helped_by_glass(self) -> tuple[str, ...]:
        """What was missing, when this member of staff could take all of it by 緊急の権限; otherwise nothing."""
        may_break = "organisation.break-glass" in self.permissions
        return self.missing if may_break and BEHIND_GLASS.issuperset(self.missing) else ()

    @cached_property
    def patron(self) -> Patron | None:
        key = self._request.COOKIES.get(settings.PATRON_COOKIE_NAME, "")
        return patron_of_session(key, at=timezone.now()) if key else None

    @cached_property
    def staff(self) -> User | None:
        user = self._request.user if settings.SESSION_COOKIE_NAME in self._request.COOKIES else None
        return user if isinstance(user, User) and user.is_active else None

    @cached_property
    def facility(self) -> Facility | None:
        """Where the member of staff works today."""
        code = self._request.session.get(FACILITY, "") if self.staff else ""
        return workplace_coded(code) if code else None

    @property
    def at_work(self) -> bool:
        """Whether a member of staff stands at a door of the staff: what answers there, also a page that is not, has their frame."""
        return self._request.path.startswith(STAFF_DOORS) and self.staff is not None

    @property
    def disaster_since(self) -> date | None:
        """Since which day the network is in disaster mode: to be said on every page of the staff."""
        since = disaster_since(self.facility) if self.facility else None
        return timezone.localdate(since) if since else None

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What the member of staff may do there."""
        if self.staff is None:
            return frozenset()
        mine = permissions_of(self.staff, self.facility)
        return mine | frozenset(self.glass.permissions) if self.glass else mine

    @cached_property
    def glass(self) -> BrokenGlass | None:
        """緊急の権限 that this member of staff took in this session and still has, here."""
        number = self._request.session.get(GLASS, 0) if self.staff else 0
        found = open_glass(number, self.staff, timezone.now()) if number and self.staff else None
        return found if found and self.facility and found.facility_id == self.facility.pk else None

    @property
    def proved_lately(self) -> bool:
        """Whether a second factor was shown in this session within the last minutes: enough for a dangerous act."""
        proved_at = float(self._request.session.get(PROVED_AT, 0))
        return timezone.now().timestamp() - proved_at < PROOF_LASTS

    def staff_actor(self, *, via: str) -> Actor:
        """The member of staff as the `by=` of a verb. PermissionDenied when there is none."""
        if self.staff is None:
            raise PermissionDenied
        desk = self._request.session.get(DESK, "")
        actor = actor_for(self.staff, facility=self.facility, desk=desk, via=via, request_key=self.request_key)
        if self.glass is None:
            return actor
        by_glass = frozenset(self.glass.permissions) - actor.permissions
        return replace(actor, permissions=actor.permissions | by_glass, by_glass=by_glass)

    def patron_actor(self, *, via: str = "opac") -> Actor:
        """The patron as the `by=` of a verb about themselves. PermissionDenied when there is none."""
        if self.patron is None:
            raise PermissionDenied
        return Actor(ref="patron", via=via, permissions=OWN_RIGHTS, request_key=self.request_key)

    @property
    def request_key(self) -> str:
        """The hidden request key of the form that was sent."""
        return typed(self._request.POST, "request_key", 64) if self._request.method == "POST" else ""


class VisitorMiddleware:
    """Puts the Visitor on the request (read it with `visitor`), and `request.patron` for templates.

    Ends a staff session that was idle for too long. Stands after Django's authentication.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        here = Visitor(request)
        vars(request)["visitor"] = here
        vars(request)["patron"] = SimpleLazyObject(lambda: here.patron)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _end_when_idle(request, timezone.now())
        response = self._get_response(request)
        if "patron" in vars(here) or "staff" in vars(here):
            patch_vary_headers(response, ("Cookie",))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What a verb does not permit, and its page has no words of its own for, is answered by the page that says so."""
        if not isinstance(exception, NotPermitted):
            return None
        visitor(request).missing = (exception.permission,)
        return _private(permission_denied(request, PermissionDenied(_which_right(exception.permission))))


def visitor(request: HttpRequest) -> Visitor:
    found = vars(request).get("visitor")
    return found if isinstance(found, Visitor) else Visitor(request)


def _end_when_idle(request: HttpRequest, at: datetime) -> None:
    if not request.user.is_authenticated:
        return
    idle = at.timestamp() - float(request.session.get(SEEN_AT, 0))
    out_of_hours = isinstance(request.user, User) and not may_work_at(request.user, at)
    if idle >= settings.STAFF_IDLE_MINUTES * 60 or out_of_hours:
        logout(request)
    elif idle >= SEEN_EVERY:
        request.session[SEEN_AT] = at.timestamp()


def for_patrons(view: View) -> View:
    """Only for a signed-in patron; others are led to the sign-in and come back. Never kept by a cache."""

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if visitor(request).patron is None:
            was_here = settings.PATRON_COOKIE_NAME in request.COOKIES
            return _to_sign_in(request, "entrance:sign-in", {"idle": "1"} if was_here else {})
        return _private(view(request, *args, **kwargs))

    vars(entered)[AUDIENCE] = ("patron", ())
    return entered


def for_staff(*permissions: str) -> Callable[[View], View]:
    """Only for staff who have chosen a place and have all these permissions there.

    Without a sign-in or a place they are led to it and come back; without the right they see the page that says so.
    """

    def around(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            here = visitor(request)
            if here.staff is None:
                return _to_sign_in(request, "entrance:staff-sign-in", {})
            if here.facility is None:
                return _to_sign_in(request, "entrance:place", {})
            if missing := tuple(one for one in permissions if one not in here.permissions):
                here.missing = missing
                raise PermissionDenied(_which_right(missing[0]))
            return _private(view(request, *args, **kwargs))

        vars(entered)[AUDIENCE] = ("staff", permissions)
        return entered

    return around


def _which_right(permission: str) -> str:
    """For the page that says no: staff can tell their manager what they would need."""
    return words(Reason(f"not-permitted:{permission}"), get_language() or "ja")[0]


def _to_sign_in(request: HttpRequest, name: str, extra: dict[str, str]) -> HttpResponse:
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    return _private(HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': back, **extra})}"))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def keep_patron_signed_in(response: HttpResponse, key: str) -> None:
    """Give the browser the key of a patron's session. It forgets it when it is closed."""
    response.set_cookie(
        settings.PATRON_COOKIE_NAME, key, httponly=True, samesite="Lax", secure=settings.SECURE_BEHIND_TLS
    )


def typed(values: QueryDict, name: str, limit: int = 200) -> str:
    """What was typed or scanned into a field, without blanks around it and without control characters.

    PostgreSQL cannot keep a NUL, and nobody means to write one. The wide blank of Japanese keyboards, which Python holds for
    unprintable, parts a name from the family's as any blank does.
    """
    written = values.get(name, "")[: limit * 2]
    spaced = (" " if category(letter) == "Zs" else letter for letter in written)
    return "".join(letter for letter in spaced if letter.isprintable()).strip()[:limit]


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where the form or link wants to go back to, if that is a page of ours; else `otherwise`."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else otherwise


def origin_of(request: HttpRequest) -> str:
    """Scheme, host and port of our own pages, as the browser sees them."""
    return settings.PUBLIC_ADDRESS or f"{request.scheme}://{request.get_host()}"


def device_of(request: HttpRequest) -> str:
    """Browser and machine in two words, so that somebody knows their own again. Nothing finer is kept."""
    said = request.headers.get("User-Agent", "")
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    machines = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac", "Mac"), ("Linux", "Linux"))  # fmt: skip
    found = [next((name for mark, name in known if mark in said), "") for known in (browsers, machines)]
    return " / ".join(name for name in found if name) or "—"


def address_of(request: HttpRequest) -> str:
    """The network address the request came from, as the first middleware found it."""
    return str(request.META.get("REMOTE_ADDR", ""))
