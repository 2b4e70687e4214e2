"""For staff: preparing a browser, carrying a list over, and the work list after the line has come back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from fumikura.circulation import services as circulation
from fumikura.circulation.models import OfflineList, OfflineTerminal, ReplayedLine
from fumikura.circulation.rules.offline_settling import CORRECTABLE, proposal
from fumikura.circulation.rules.sealing import key_for
from fumikura.holdings.models import Item
from fumikura.holdings.queries import known_items
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel import reasons
from fumikura.kernel.refusals import NotPermitted, Reason, Refused
from fumikura.web.design.days import day
from fumikura.web.desk.answer import say
from fumikura.web.desk.offline.words import ADVICE, CHOICES, DONE, FIELDS, KINDS
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import grouped, joined, name_of, title_of
from fumikura.web.visitors import typed

LARGEST_FILE = 10_000_000


@require_POST
@at_counter
def terminals(request: HttpRequest, place: Place) -> HttpResponse:
    """Prepare this browser. What it is given is shown this once, and kept where no script can read it out."""
    try:
        terminal = circulation.prepare_terminal(
            facility=place.facility, name=typed(request.POST, "name", 60), by=place.by, at=place.at
        )
    except (Refused, NotPermitted) as refused:
        words = " ".join(joined(*say(reason)) for reason in refused.reasons)
        return JsonResponse({"words": words}, status=422)
    return JsonResponse({
        "code": terminal.code,
        "name": terminal.name,
        "site": place.facility.code,
        "site_name": name_of(place.facility),
        "sign": terminal.secret,
        "seal": key_for("seal", terminal.secret).hex(),
        "numbers": key_for("numbers", terminal.secret).hex(),
    })  # fmt: skip


@dataclass(frozen=True)
class Choice:
    code: str
    words: str
    icon: str
    is_first: bool


@dataclass(frozen=True)
class Row:
    """One line of the work list."""

    pk: int
    when: str
    kind: str
    state: str
    state_kind: str
    why: str
    way_out: str
    advice: str
    title: str
    item: str
    card: str
    number: str
    """Of the card, to look the reader up by."""
    words: str
    """What a slip said, to look the title up by."""
    facts: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str, str], ...]
    to_correct: str
    """The field that is most likely wrong."""
    choices: tuple[Choice, ...]


@require_safe
@at_counter
def conflicts(request: HttpRequest, place: Place) -> HttpResponse:
    return _page(request, place)


def _page(request: HttpRequest, place: Place, *, trouble: str = "", about: int = 0) -> HttpResponse:
    done = answer_to(typed(request.GET, "after", 64), door="desk")
    context = {
        "heading": gettext("オフラインの記録"),
        "modes": work_modes("offline"),
        "place_name": place.name,
        "rows": _rows(request, place, about),
        "aside": [_aside(kept) for kept in circulation.quarantined_lists(place.facility)],
        "terminals": [_terminal(one, place.at) for one in circulation.terminals_of(place.facility)],
        "said": str(DONE.get(done.get("did", ""), "")),
        "trouble": trouble,
        "about": about,
        "request_key": uuid4().hex,
    }
    return render(request, "desk/offline/conflicts.html", context, status=422 if trouble else 200)


def _rows(request: HttpRequest, place: Place, about: int) -> list[Row]:
    """What was refused just now stands first, with what was typed: it is to be looked at again."""
    lines = sorted(circulation.lines_to_settle(place.facility), key=lambda line: line.pk != about)
    typed_again = {name: typed(request.POST, name, 100) for name in FIELDS if name in request.POST}
    items = known_items(line.item for line in lines)
    return [_row(line, items.get(line.item), typed_again if line.pk == about else {}) for line in lines]


def _row(line: ReplayedLine, item: Item | None, typed_again: Mapping[str, str]) -> Row:
    proposed = proposal(kind=line.kind, why=line.why, is_entered=line.is_entered)
    sentence, way_out = _why(line)
    facts = [(str(FIELDS.get(name, name)), str(value)) for name, value in line.facts.items() if name in SHOWN]
    correctable = () if line.is_entered else CORRECTABLE.get(line.kind, ())
    given = {"card": line.card, "item": line.item, **line.facts, **typed_again}
    return Row(
        pk=line.pk,
        when=_moment(line.happened_at),
        kind=str(KINDS.get(line.kind, line.kind)),
        state=gettext("取り込みずみ") if line.is_entered else gettext("まだ取り込んでいません"),
        state_kind="ok" if line.is_entered else "wait",
        why=sentence,
        way_out=way_out,
        advice=str(ADVICE[proposed.first]),
        title=title_of(item) if item else "",
        item=grouped(line.item),
        card=grouped(line.card),
        number=line.card,
        words=str(line.facts.get("words", "")),
        facts=tuple(facts),
        fields=tuple((name, str(FIELDS[name]), str(given.get(name, ""))) for name in correctable if "enter" in proposed.choices),
        to_correct="" if proposed.first != "enter" else "card" if line.why in WRONG_CARD else "item",
        choices=tuple(
            Choice(code, str(CHOICES[code][0]), CHOICES[code][1], code == proposed.first)
            for code in sorted(proposed.choices, key=lambda code: code != proposed.first)
        ),
    )  # fmt: skip


WRONG_CARD = frozenset({"patron-unknown", "card-number-taken", "card-malformed", "has-card-already"})
SHOWN = frozenset({"name", "reading", "phone", "born_on", "words"})


def _why(line: ReplayedLine) -> tuple[str, str]:
    """As a refusal says it, or as a note to staff does."""
    code, language = line.why, get_language() or "ja"
    kind = Reason.of(code).kind
    if kind in reasons.REASONS:
        return reasons.words(Reason.of(code), language)
    return reasons.staff_words(code, language)


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{day(local.date())} {local:%H:%M}"


def _aside(kept: OfflineList) -> dict[str, Any]:
    sentence, way_out = reasons.words(Reason(kept.quarantined_for), get_language() or "ja")
    return {
        "pk": kept.pk,
        "terminal": kept.terminal.name or kept.terminal.code,
        "when": _moment(kept.received_at),
        "count": kept.count,
        "why": sentence,
        "way_out": way_out,
    }


def _terminal(one: OfflineTerminal, at: datetime) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "code": one.code,
        "name": one.name or one.code,
        "heard": _moment(one.heard_at or one.issued_at),
        "is_silent": (at - (one.heard_at or one.issued_at)).days >= 30,
        "received": one.received,
        "ahead": one.ahead_seconds,
    }


@require_POST
@at_counter
def settle(request: HttpRequest, place: Place, line_id: int) -> HttpResponse:
    """One key, one line: as proposed, or one of the other choices."""
    line = ReplayedLine.objects.filter(pk=line_id, facility=place.facility).select_related("facility").first()
    how = typed(request.POST, "how", 10)

    def act() -> dict[str, Any]:
        if line is None:
            return {}
        if how == "undo":
            circulation.undo_line(line=line, by=place.by, at=place.at)
        elif how == "enter":
            corrected = {name: typed(request.POST, name, 100) for name in FIELDS}
            circulation.enter_after_all(line=line, by=place.by, at=place.at, **corrected)
        else:
            settled_as = "called" if how == "call" else "accepted"
            circulation.settle_line(line=line, by=place.by, at=place.at, settled_as=settled_as)
        line.refresh_from_db()
        return {"did": line.settled_as}

    return _once(request, place, act, about=line_id)


@require_POST
@at_counter
def discard(request: HttpRequest, place: Place, list_id: int) -> HttpResponse:
    kept = OfflineList.objects.filter(pk=list_id, terminal__facility=place.facility).first()

    def act() -> dict[str, Any]:
        if kept is not None:
            circulation.discard_list(kept=kept, by=place.by, at=place.at)
        return {"did": "discarded"}

    return _once(request, place, act)


@require_POST
@at_counter
def revoke(request: HttpRequest, place: Place, terminal_id: int) -> HttpResponse:
    terminal = OfflineTerminal.objects.filter(pk=terminal_id, facility=place.facility).first()

    def act() -> dict[str, Any]:
        if terminal is not None:
            circulation.revoke_terminal(terminal=terminal, by=place.by, at=place.at)
        return {"did": "revoked"}

    return _once(request, place, act)


@require_POST
@at_counter
def carried(request: HttpRequest, place: Place) -> HttpResponse:
    """A list that was carried over as a file: received and entered."""
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST_FILE:
        return _page(request, place, trouble=gettext("オフライン窓口で書き出したファイルを選んでください。"))
    data = file.read()

    def act() -> dict[str, Any]:
        place.by.require("circulation.replay-offline")
        received = circulation.receive_file(data=data, at=place.at)
        return {"did": "" if received.quarantined_for else "file", "terminal": received.terminal}

    answer = _once(request, place, act)
    if code := answer_to(place.by.request_key, door="desk").get("terminal"):
        _enter_all(circulation.terminal_coded(code), place.at)
    return answer


def _enter_all(terminal: OfflineTerminal, at: datetime) -> None:
    """Outside the transaction that received the file: each line is one of its own."""
    while circulation.enter_received(terminal=terminal, at=at).left:
        pass


def _once(request: HttpRequest, place: Place, act: Callable[[], dict[str, Any]], *, about: int = 0) -> HttpResponse:
    key = place.by.request_key or uuid4().hex
    try:
        once(key, act, door="desk", at=place.at)
    except (Refused, NotPermitted) as refused:
        return _page(request, place, trouble=" ".join(joined(*say(one)) for one in refused.reasons), about=about)
    return HttpResponseRedirect(f"{reverse('desk:offline-conflicts')}?{urlencode({'after': key})}")
