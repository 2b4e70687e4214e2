"""電話と手紙のお知らせ: whom to call, what to say, what came of it; and the letters to print and post."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from fumikura.journal.services import once
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.composing import Message, Words, compose_each, told_on_demand
from fumikura.notices.models import Notice
from fumikura.notices.queries import by_hand, wording
from fumikura.notices.services import address_by_hand, hand, take_back
from fumikura.notices.words import KIND_NAMES, LANGUAGES, language_of
from fumikura.patrons.queries import guardian_of
from fumikura.patrons.services import view
from fumikura.web.design.days import day
from fumikura.web.desk.answer import say
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import joined
from fumikura.web.paper.letters import Letter, letters, sender_of
from fumikura.web.paper.printable import printable

OUTCOMES: tuple[tuple[str, Promise], ...] = (
    ("reached", _("話せた")),
    ("message-left", _("伝言した")),
    ("not-reached", _("出なかった")),
    ("wrong-number", _("番号がちがう")),
)


@dataclass(frozen=True)
class Call:
    """One line of the list: the text is what may be said to the reader, and to nobody else."""

    pk: int
    name: str
    phone: str
    about: Promise
    text: Message
    message: str
    """For whoever else answers, or a machine: neither what it is about nor a title."""
    tries: int
    language: str


@require_safe
@at_counter
def calls(request: HttpRequest, place: Place) -> HttpResponse:
    """Whom no mail reaches, or who asked to be called. What was overtaken in the meantime is not on it."""
    may = _may(place)
    told, words = _told(request), cache(wording)
    context: dict[str, Any] = {
        "heading": gettext("電話と手紙で知らせる"),
        "modes": work_modes("calls"),
        "place_name": place.name,
        "trouble": "" if may else joined(*say(Reason.of("not-permitted:notices.hand"))),
        "calls": [_call(one, text, place, words) for one, text in _open("telephone", place)] if may else [],
        "letters": [one.pk for one, _text in _open("letter", place)] if may else [],
        "outcomes": OUTCOMES,
        "today": day(timezone.localdate(place.at)),
        "told": told,
        "told_kind": "stop" if request.GET.get("many") == "0" else "ok",
        "undo": request.GET.get("of", "")[:12] if told and request.GET.get("of", "").isdecimal() else "",
        "request_key": uuid4().hex,
    }
    return render(request, "desk/calls.html", context)


def _may(place: Place) -> bool:
    """Names and numbers are shown only to whoever may tell and may look readers up."""
    return place.by.may("notices.hand") and place.by.may("patrons.view")


def _told(request: HttpRequest) -> str:
    outcome, many = request.GET.get("outcome", ""), request.GET.get("many", "")
    if outcome == "posted" and many.isdecimal():
        return ngettext("%(n)s通を投函しました。", "%(n)s通を投函しました。", int(many[:6])) % {"n": many[:6]}
    if outcome == "taken-back" and many == "0":
        return gettext("もう一覧にはもどせません。前の日までの結果は、夜のうちにまとめられています。")
    if outcome == "taken-back":
        return gettext("一覧にもどしました。")
    words = dict(OUTCOMES).get(outcome)
    return gettext("「%(outcome)s」と書きました。") % {"outcome": words} if words else ""


def _open(channel: str, place: Place) -> list[tuple[Notice, Message]]:
    today, languages = timezone.localdate(place.at), printable() if channel == "letter" else LANGUAGES
    rows = [one for one in by_hand(channel) if one.next_try_at <= place.at]
    texts = compose_each(rows, today, languages)
    return [(one, text) for one, text in zip(rows, texts, strict=True) if text is not None]


def _call(one: Notice, text: Message, place: Place, words: Words) -> Call:
    patron = one.patron
    phone = address_by_hand(patron, "telephone", timezone.localdate(place.at))
    language = language_of(patron.language)
    ours = place.facility.phone
    message = told_on_demand("telephone-message", language, name=patron.name, phone=ours, words=words).body
    return Call(one.pk, patron.name, phone, KIND_NAMES[one.kind], text, message, one.tries, language)


@require_POST
@at_counter
def done(request: HttpRequest, place: Place) -> HttpResponse:
    """What came of one call, of all letters, or back on the list."""
    if not _may(place):
        raise PermissionDenied
    outcome, of = request.POST.get("outcome", "")[:20], request.POST.get("notice", "")
    wanted = [int(of)] if of.isdecimal() and len(of) < 18 else []
    if outcome == "posted":
        # What the page counted: a letter that came since has not been printed.
        wanted = [int(one) for one in of.split() if one.isdecimal()]

    def act() -> dict[str, int]:
        if outcome == "taken-back":
            return {"many": take_back(notices=wanted, by=place.by, at=place.at)}
        return {"many": hand(notices=wanted, outcome=outcome, by=place.by, at=place.at)}

    try:
        answer, _is_new = once(request.POST.get("request_key", "")[:64], act, door="desk", at=place.at)
    except Refused:
        return HttpResponseRedirect(reverse("desk:calls"))
    said = {"outcome": outcome, "of": of if outcome in dict(OUTCOMES) else "", "many": answer["many"]}
    return HttpResponseRedirect(f"{reverse('desk:calls')}?{urlencode(said)}")


@require_POST
@at_counter
def print_letters(request: HttpRequest, place: Place) -> HttpResponse:
    """The PDF of every letter that the page counted. They stay on the list until somebody says they were posted."""
    if not _may(place):
        raise PermissionDenied
    counted = set(request.POST.get("notice", "").split())
    pages = [_letter(one, text, place) for one, text in _open("letter", place) if not counted or str(one.pk) in counted]
    if not pages:
        return HttpResponseRedirect(reverse("desk:calls"))
    response = HttpResponse(letters(pages), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="letters.pdf"'
    return response


def _letter(one: Notice, text: Message, place: Place) -> Letter:
    # An address is opened, and whoever it belongs to can ask who did.
    patron = view(patron=one.patron, by=place.by, at=place.at)
    guardian = None if patron.address else guardian_of(patron, timezone.localdate(place.at))
    holder = guardian or patron
    language = language_of(patron.language, printable())
    with translation.override(language):
        written = day(timezone.localdate(place.at))
    return Letter(
        postcode=holder.postcode,
        address=holder.address,
        name=patron.name,
        **sender_of(patron.home),
        written=written,
        heading=text.subject,
        text=text.body,
        language=language,
    )
