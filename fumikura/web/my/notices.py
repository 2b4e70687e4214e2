"""How I wish to be told: by which ways for each kind, in which hours, with or without titles, and what it looks like."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.channels import address_on, channels
from fumikura.notices.composing import EXAMPLES, Message, worded
from fumikura.notices.models import Choice, Habit
from fumikura.notices.queries import address_has_failed, address_of_mail, choices_of, habit_of
from fumikura.notices.rules import BY_HAND, CHANNELS, KINDS, PUBLIC_SCREENS, WITH_TITLES, ways_of
from fumikura.notices.services import address_by_hand, choose, set_habit
from fumikura.notices.web_push import is_allowed, public_key
from fumikura.notices.words import CHANNEL_NAMES, KIND_NAMES
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import contacts_of
from fumikura.patrons.services.contacts import add_contact, ask_for_code, remove_contact
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import device_of, for_patrons, typed, visitor


@dataclass(frozen=True)
class Way:
    """One box to tick."""

    name: str
    words: Promise
    ticked: bool
    reaches: bool
    """Whether the library knows where."""


@dataclass(frozen=True)
class Row:
    kind: str
    words: Promise
    choice: Choice
    ways: list[Way]
    has_titles: bool
    mail: Message
    screen: Message


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def notices(request: HttpRequest) -> HttpResponse:
    """One form with a row for each kind; act=line gives a code, act=remove takes a browser or LINE away."""
    if request.method != "POST":
        return _page(request, [])
    patron, by, at = signed_in(request), visitor(request).patron_actor(), timezone.now()
    code = ""

    def act() -> dict[str, str]:
        _keep(request, patron, at)
        return {}

    try:
        match request.POST.get("act", ""):
            case "line":
                code = ask_for_code(patron=patron, by=by, at=at)
                return _page(request, [], code=code)
            case "remove":
                for contact in contacts_of(patron):
                    if str(contact.pk) == request.POST.get("of", ""):
                        remove_contact(contact=contact, by=by, at=at)
            case _:
                once(visitor(request).request_key, act, door="my", at=at)
    except Refused as refused:
        told = [Said(*words(reason, get_language() or "ja")) for reason in refused.reasons]
        return _page(request, told, status=422)
    return HttpResponseRedirect(f"{reverse('my:notices')}?saved=1")


def _keep(request: HttpRequest, patron: Patron, at: datetime) -> None:
    sent, by, made = request.POST, visitor(request).patron_actor(), choices_of(patron)
    for kind in KINDS:
        if f"{kind}-asked" not in sent:
            continue
        by_ways = [way[:20] for way in sent.getlist(f"{kind}-by")]
        wanted = (by_ways, f"{kind}-titles" in sent, f"{kind}-screens" in sent)
        now = made[kind]
        # A box for a way that the library cannot use at the moment was not shown: it stays as it was.
        hidden = [way for way in now.channels if way not in _shown(kind)]
        if wanted != ([way for way in now.channels if way not in hidden], now.with_titles, now.titles_on_screens):
            choose(
                patron=patron, kind=kind, by_ways=[*by_ways, *hidden], with_titles=wanted[1],
                titles_on_screens=wanted[2], by=by, at=at,
            )  # fmt: skip
    if "opens" in sent:
        hours = tuple(int(text) if (text := typed(sent, name, 2)).isdecimal() else -1 for name in ("opens", "closes"))
        old = habit_of(patron)
        if (*hours, "digest" in sent) != (old.opens, old.closes, old.digest):
            set_habit(patron=patron, opens=hours[0], closes=hours[1], digest="digest" in sent, by=by, at=at)


def _shown(kind: str) -> list[str]:
    return [way for way in ways_of(kind) if way in BY_HAND or way in channels()]


@require_POST
@for_patrons
def browsers(request: HttpRequest) -> HttpResponse:
    """A browser says where push messages for it go (its PushSubscription); answers whether it was taken."""
    patron, at = signed_in(request), timezone.now()
    address, keys = typed(request.POST, "endpoint", 1000), {}
    for name in ("p256dh", "auth"):
        keys[name] = typed(request.POST, name, 200)
    if not is_allowed(address) or not all(keys.values()):
        sentence, way_out = words(Reason("channel-unknown"), get_language() or "ja")
        return JsonResponse({"trouble": f"{sentence}{way_out}"}, status=422)
    by = visitor(request).patron_actor()
    add_contact(patron=patron, way="push", address=address, keys=keys, name=device_of(request), by=by, at=at)
    return JsonResponse({"taken": True})


@require_safe
@for_patrons
def push_worker(request: HttpRequest) -> HttpResponse:
    """The service worker that shows a push message; a touch on it opens my page."""
    page = {"mine": reverse("my:loans")}
    response = render(request, "my/push-worker.js", page, content_type="text/javascript")
    response["Service-Worker-Allowed"] = reverse("my:notices")
    return response


def _page(request: HttpRequest, reasons: list[Said], *, code: str = "", status: int = 200) -> HttpResponse:
    patron = signed_in(request)
    contacts = contacts_of(patron)
    today = timezone.localdate()
    email = address_of_mail(patron, today)
    has_failed = address_has_failed(patron, today)
    usable = channels()
    reached = {way for way in usable if address_on(patron, way, today)} | {
        way for way in BY_HAND if address_by_hand(patron, way, today)
    }
    habit = habit_of(patron)
    page: dict[str, Any] = {
        "rows": [_row(kind, choice, patron, reached) for kind, choice in choices_of(patron).items()],
        "email": email,
        "has_failed": has_failed,
        "contacts": contacts,
        "has_line": "line" in usable,
        "has_sms": "sms" in usable,
        "line_id": settings.LINE_ID,
        "code": code,
        "push_key": public_key(),
        "habit": habit,
        "hours": _hours(habit),
        "house": (settings.NOTICES_FROM, settings.NOTICES_UNTIL),
        "reasons": reasons,
        "saved": "saved" in request.GET,
        "request_key": uuid4().hex,
    }
    page["house_from"], page["house_until"] = page.pop("house")
    return render(request, "my/notices.html", page, status=status)


def _hours(habit: Habit) -> list[tuple[str, int, list[int]]]:
    """(name of the field, what is chosen, what can be chosen), within the hours of the library."""
    first, last = settings.NOTICES_FROM, settings.NOTICES_UNTIL
    return [
        ("opens", max(habit.opens, first), list(range(first, last))),
        ("closes", min(habit.closes, last), list(range(first + 1, last + 1))),
    ]


def _row(kind: str, choice: Choice, patron: Patron, reached: set[str]) -> Row:
    shown, example = _shown(kind), replace(EXAMPLES[kind], phone="")
    return Row(
        kind=kind,
        words=KIND_NAMES[kind],
        choice=choice,
        ways=[Way(way, CHANNEL_NAMES[way], way in choice.channels, way in reached) for way in CHANNELS if way in shown],
        has_titles=kind in WITH_TITLES,
        mail=worded(kind, example, patron, choice, channel="e-mail"),
        screen=worded(kind, example, patron, choice, channel=min(PUBLIC_SCREENS)),
    )
