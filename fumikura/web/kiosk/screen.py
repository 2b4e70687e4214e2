"""Which device this screen is, and whose card lies open on it. Nothing of a reader is kept in the browser but in the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from fumikura.kernel.actors import Actor
from fumikura.organisation.models import Device
from fumikura.organisation.queries import device_actor, find_device
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import get_patron
from fumikura.web.design.names import name_of
from fumikura.web.visitors import typed

KINDS = frozenset({"kiosk", "combined", "self-check"})
KEPT = 400 * 24 * 3600
OPEN_FOR = 75
"""Seconds for which the page of a reader is good: the minute that is shown, and the time a slow finger needs."""
_DEVICE, _READER = "kiosk.device", "kiosk.reader"


@dataclass(frozen=True)
class Screen:
    device: Device
    by: Actor
    at: datetime

    @property
    def place_name(self) -> str:
        return name_of(self.device.facility)


View = Callable[..., HttpResponse]


def on_a_device(view: View) -> View:
    """Give `view` its Screen. A browser without the key of a device is led to where the key is typed; nothing is cached."""

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        device = device_of(request)
        if device is None:
            response: HttpResponse = HttpResponseRedirect(reverse("kiosk:start"))
        else:
            key = typed(request.POST, "request_key", 64) if request.method == "POST" else ""
            screen = Screen(device, device_actor(device, request_key=key), timezone.now())
            response = view(request, screen, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return entered


def device_of(request: HttpRequest) -> Device | None:
    """The device whose key was typed here, until it is stopped or gets a new key."""
    sealed = request.COOKIES.get(settings.KIOSK_COOKIE_NAME, "")
    if not sealed:
        return None
    try:
        code, mark = signing.loads(sealed, salt=_DEVICE, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    device = find_device(str(code))
    if device is None or device.kind not in KINDS or not constant_time_compare(str(mark), _mark(device)):
        return None
    return device


def remember(response: HttpResponse, device: Device) -> None:
    response.set_cookie(
        settings.KIOSK_COOKIE_NAME,
        signing.dumps([device.code, _mark(device)], salt=_DEVICE),
        max_age=KEPT,
        path=settings.KIOSK_COOKIE_PATH,
        httponly=True,
        samesite="Strict",
        secure=settings.SECURE_BEHIND_TLS,
    )


def _mark(device: Device) -> str:
    """Changes with the key, and says nothing about it."""
    return salted_hmac(_DEVICE, device.digest, algorithm="sha256").hexdigest()[:24]


def seal(patron: Patron) -> str:
    return signing.dumps(patron.pk, salt=_READER)


def reader_of(request: HttpRequest) -> Patron | None:
    """The reader whose card was shown on the page that sent this form, if that was not more than a moment ago."""
    try:
        patron = get_patron(int(signing.loads(request.POST.get("open", "")[:200], salt=_READER, max_age=OPEN_FOR)))
    except (signing.BadSignature, ValueError, TypeError, Patron.DoesNotExist):
        return None
    return patron if patron.closed_at is None else None
