"""What one browser keeps to take back an act on a set: the database no longer knows who had it (返したら消える).

A signed cookie beside the counter's own, for half an hour, for the same person at the same place.
"""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from fumikura.web.desk.place import Place

SALT = "fumikura.web.desk.second-chance"
SECONDS = 1800
LARGEST = 3800
"""A cookie holds 4 KB; of a larger set the return is not undone at once but loan by loan."""


def _name() -> str:
    return f"{settings.DESK_COOKIE_NAME}_set"


def keep(response: HttpResponse, place: Place, chance: dict[str, Any]) -> None:
    """Remember the newest act; an empty `chance` forgets the one before."""
    whose = [place.user.pk, place.facility.code]
    written = signing.dumps([*whose, chance], salt=SALT, compress=True) if chance else ""
    if not written or len(written) > LARGEST:
        response.delete_cookie(_name(), path=settings.DESK_COOKIE_PATH)
        return
    response.set_cookie(
        _name(),
        written,
        max_age=SECONDS,
        path=settings.DESK_COOKIE_PATH,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def kept(request: HttpRequest, place: Place) -> dict[str, Any]:
    """What the newest act of this person here was; empty when there is none to take back."""
    try:
        user, facility, chance = signing.loads(request.COOKIES.get(_name(), ""), salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, TypeError, ValueError):
        return {}
    return dict(chance) if (user, facility) == (place.user.pk, place.facility.code) else {}
