"""What a terminal says to the house: what time is it, what shall I take along, here is my list, go on entering it."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from fumikura.circulation import services as circulation
from fumikura.circulation.models import OfflineTerminal
from fumikura.circulation.rules.offline_lists import Stretch
from fumikura.journal.queries import newest_entry
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.web.desk.words import name_of
from fumikura.web.visitors import visitor

SNAPSHOT_LASTS = 1800
"""Seconds during which a terminal is not given another one, whatever has happened."""


@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """The time, and who is signed in here: the sign that the line holds."""
    here = visitor(request)
    staff, site = here.staff, here.facility if here.staff else None
    return _answer({
        "now": timezone.now().isoformat(),
        "staff": f"staff:{staff.pk}" if staff else "",
        "name": staff.name if staff else "",
        "site": site.code if site else "",
        "site_name": name_of(site) if site else "",
        "token": get_token(request) if staff else "",
    })  # fmt: skip


@require_GET
def snapshot(request: HttpRequest) -> HttpResponse:
    """What this terminal takes along, sealed; 304 when it has it already."""
    try:
        terminal = _signed_by(request.GET.dict(), "snapshot")
    except Refused as refused:
        return _refused(refused)
    at, entry = timezone.now(), newest_entry()
    if _is_good_still(request.headers.get("If-None-Match", ""), terminal, at, entry):
        return _kept(HttpResponse(status=304))
    try:
        data = circulation.snapshot_for(terminal=terminal, at=at)
    except Refused as refused:
        return _refused(refused)
    response = HttpResponse(data, content_type="application/octet-stream")
    response["ETag"] = f'"{terminal.code}.{int(at.timestamp())}.{entry}"'
    return _kept(response)


def _is_good_still(tag: str, terminal: OfflineTerminal, at: datetime, entry: int) -> bool:
    """The same day, and nothing has happened since or not much time has passed."""
    parts = tag.removeprefix("W/").strip('"').rsplit(".", 2)
    if len(parts) != 3 or parts[0] != terminal.code or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return False
    built = float(parts[1][:12])
    is_today = built <= at.timestamp() and timezone.localdate(at) == timezone.localdate(_moment(built))
    return is_today and (int(parts[2][:18]) == entry or at.timestamp() - built < SNAPSHOT_LASTS)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(seconds, 4_000_000_000), tz=timezone.get_current_timezone())


@csrf_exempt  # the list bears its terminal's signature; nobody need be signed in, and after a long outage nobody is
@require_POST
def lists(request: HttpRequest) -> HttpResponse:
    """A stretch of a terminal's list: {head, lines, signature}."""
    try:
        said = _read(request)
        lines = tuple(line for line in said["lines"] if isinstance(line, str))
        stretch = Stretch(head=str(said["head"]), lines=lines, signature=str(said["signature"]))
        received = circulation.receive_list(stretch=stretch, via="line", at=timezone.now())
    except (ValueError, TypeError, KeyError):
        return _refused(Refused(Reason("list-unreadable")))
    except Refused as refused:
        return _refused(refused)
    why = received.quarantined_for
    return _answer({"next": received.next, "quarantined": why, "words": _words(Reason(why)) if why else ""})


@csrf_exempt  # signed like a list
@require_POST
def replays(request: HttpRequest) -> HttpResponse:
    """Go on entering what has arrived: {terminal, at, signature}. Called again until nothing is left."""
    try:
        terminal = _signed_by(_read(request), "replays")
    except (ValueError, TypeError, KeyError):
        return _refused(Refused(Reason("list-unreadable")))
    except Refused as refused:
        return _refused(refused)
    progress = circulation.enter_received(terminal=terminal, at=timezone.now())
    counted = Counter(answer.status for answer in progress.answers)
    return _answer({
        "left": progress.left,
        "entered": counted["applied"] + counted["applied-with-note"] + counted["already-applied"],
        "set_aside": counted["set-aside"],
        "to_settle": len(circulation.lines_to_settle(terminal.facility)),
    })  # fmt: skip


def _signed_by(said: dict[str, Any], what: str) -> OfflineTerminal:
    return circulation.terminal_asking(
        code=str(said.get("terminal", ""))[:40],
        what=what,
        asked_at=str(said.get("at", ""))[:40],
        signature=str(said.get("signature", ""))[:64],
        at=timezone.now(),
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    said = json.loads(request.body)
    if not isinstance(said, dict):
        raise TypeError
    return said


def _refused(refused: Refused) -> HttpResponse:
    reason = refused.reasons[0]
    return _answer({"refused": reason.code, "words": _words(reason), **reason.facts()}, status=422)


def _words(reason: Reason) -> str:
    return " ".join(words(reason, get_language() or "ja"))


def _answer(body: dict[str, Any], status: int = 200) -> HttpResponse:
    return _kept(JsonResponse(body, status=status))


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
