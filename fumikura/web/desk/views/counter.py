"""The counter's addresses: each POST is one call of the flow, then the page again. Plain forms and desk.js alike."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from fumikura.circulation.models import CounterNote
from fumikura.circulation.services import acknowledge_note
from fumikura.web.design.markup import filled, together
from fumikura.web.desk import counter
from fumikura.web.desk.acts import LEND, TAKE_BACK, Moment, undo_last
from fumikura.web.desk.memory import Memory, Said, keep, recall
from fumikura.web.desk.pads import pads_at
from fumikura.web.desk.page import counter_page, work_modes
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.overriding import USUAL_WHY
from fumikura.web.visitors import typed

LONGEST_STACK = 6000
CARRIED = ("request_key", "visit", "mode")
PAGES = {LEND: "desk:lend", TAKE_BACK: "desk:take-back"}

Turn = Callable[[Memory, Moment], Memory]


@require_GET
@ensure_csrf_cookie
@at_counter
def lend(request: HttpRequest, place: Place) -> HttpResponse:
    return _page(request, place, _recalled(request, place), mode=LEND)


@require_GET
@ensure_csrf_cookie
@at_counter
def take_back(request: HttpRequest, place: Place) -> HttpResponse:
    return _page(request, place, _recalled(request, place), mode=TAKE_BACK)


@require_POST
@at_counter
def scans(request: HttpRequest, place: Place) -> HttpResponse:
    """One number, from a scanner or by hand."""
    scanned, mode = request.POST.get("scanned", ""), _mode(request)
    return _turn(request, place, lambda memory, now: counter.hear(memory, scanned, mode=mode, now=now))


@require_POST
@at_counter
def answers(request: HttpRequest, place: Place) -> HttpResponse:
    """The answer to the open question: F9 with what was ticked, or Esc."""
    ticked = frozenset(request.POST.getlist("overriding"))
    if request.POST.get("say") == "yes":
        why, words = typed(request.POST, "why", 20) or USUAL_WHY, typed(request.POST, "words", 200)

        def yes(memory: Memory, now: Moment) -> Memory:
            return counter.answer_yes(memory, ticked, now=replace(now, why=why, words=words))

        return _turn(request, place, yes)
    return _turn(request, place, lambda memory, now: counter.leave(memory, now=now))


@require_POST
@at_counter
def stacks(request: HttpRequest, place: Place) -> HttpResponse:
    """A stack of tags, or books typed one a line, with the count of the hand."""
    numbers = request.POST.get("numbers", "")[:LONGEST_STACK].split()
    counted, mode = typed(request.POST, "counted", 3), _mode(request)
    count = int(counted) if counted.isdecimal() else 0
    return _turn(
        request, place, lambda memory, now: counter.hear_stack(memory, numbers, counted=count, mode=mode, now=now)
    )


@require_POST
@at_counter
def kinds(request: HttpRequest, place: Place) -> HttpResponse:
    """Lend as usual, in the house, or overnight, until the patron leaves."""
    return _turn(request, place, lambda memory, now: counter.lend_as(memory, typed(request.POST, "kind", 10)))


@require_POST
@at_counter
def note_read(request: HttpRequest, place: Place) -> HttpResponse:
    """読みました: the note is not shown again; the counter stays as it is."""
    number = typed(request.POST, "note", 18)
    if number.isdecimal() and (note := CounterNote.objects.open().filter(pk=int(number)).first()):
        acknowledge_note(note=note, by=place.by, at=place.at)
    return _turn(request, place, lambda memory, now: memory)


@require_POST
@at_counter
def renewals(request: HttpRequest, place: Place) -> HttpResponse:
    """Renew the ticked loans of the patron at the counter."""
    loans = [int(loan) for loan in request.POST.getlist("loan") if loan.isdecimal()]
    return _turn(request, place, lambda memory, now: counter.renew_ticked(memory, loans, now=now))


@require_POST
@at_counter
def undos(request: HttpRequest, place: Place) -> HttpResponse:
    return _turn(request, place, lambda memory, now: undo_last(memory, now=now))


@require_POST
@at_counter
def visits(request: HttpRequest, place: Place) -> HttpResponse:
    """Open a patron found by name: the same as reading the card."""
    key = request.POST.get("patron", "")
    return _turn(request, place, lambda memory, now: counter.open_found(memory, key, now=now), mode=LEND)


@require_POST
@at_counter
def departures(request: HttpRequest, place: Place) -> HttpResponse:
    """終わる (with a slip), 次の方 (without), or nobody has touched the counter for a while."""
    ways: dict[str, Turn] = {
        "slip": lambda memory, now: counter.finish(memory),
        "left": lambda memory, now: counter.closed_if_left(memory, now.at)[0],
    }
    way: Turn = ways.get(request.POST.get("how", ""), lambda memory, now: counter.next_patron(memory))
    return _turn(request, place, way)


def _turn(request: HttpRequest, place: Place, turn: Turn, *, mode: str = "") -> HttpResponse:
    """One step of the counter. The same request sent twice is answered from memory; a page of another visit is not obeyed."""
    memory, key = _recalled(request, place), place.by.request_key
    was_answered = bool(key) and key == memory.last_key
    if not was_answered and _is_out_of_date(request, memory):
        memory = memory.saying(Said("page-out-of-date"))
    elif not was_answered:
        memory = replace(turn(memory, Moment(by=place.by, at=place.at)), last_key=key)
    mode = mode or _mode(request)
    if request.headers.get("X-Desk") == "part":
        return _page(request, place, memory, mode=mode)
    response = HttpResponseRedirect(reverse(PAGES[mode]))
    keep(response, memory)
    return response


def _is_out_of_date(request: HttpRequest, memory: Memory) -> bool:
    """Whether the page shows another visit than the counter is at. A book that is only returned concerns nobody's visit."""
    is_a_return = request.path == reverse("desk:scans") and _mode(request) == TAKE_BACK
    return not is_a_return and request.POST.get("visit", memory.visit) != memory.visit


def _page(request: HttpRequest, place: Place, memory: Memory, *, mode: str) -> HttpResponse:
    memory, _was_closed = counter.closed_if_left(memory, place.at)
    titles = request.GET.get("titles") == "yes"
    is_part = request.headers.get("X-Desk") == "part"
    page = counter_page(memory, place, mode=mode, titles=titles)
    page["is_part"] = is_part
    page["hidden"] = _hidden(request, page)
    if not is_part:
        page |= {"pads": pads_at(place), "modes": work_modes(mode)}
    response = render(request, "desk/counter.html" if is_part else "desk/page.html", page)
    keep(response, memory)
    return response


def _hidden(request: HttpRequest, page: Mapping[str, Any]) -> SafeString:
    """What each of the ten forms of a counter's page carries along."""
    carried = {"csrfmiddlewaretoken": get_token(request), **{name: page[name] for name in CARRIED}}
    return together([filled('<input type="hidden" name="{}" value="{}">', *one) for one in carried.items()])


def _recalled(request: HttpRequest, place: Place) -> Memory:
    return recall(request, user=place.user.pk, facility=place.facility.code, at=place.at)


def _mode(request: HttpRequest) -> str:
    mode = request.POST.get("mode", LEND)
    return mode if mode in PAGES else LEND
