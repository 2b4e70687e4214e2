"""督促: whom to telephone, and the print run of postcards and letters: one page for a household, folded with nothing showing."""

from collections import Counter
from datetime import date
from functools import cache, partial
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan, Reminder
from fumikura.kernel.refusals import Reason
from fumikura.notices.composing import Facts, Words, letter_text, told_on_demand
from fumikura.notices.queries import wording
from fumikura.notices.words import language_of
from fumikura.organisation.queries import open_disaster
from fumikura.patrons.services import view
from fumikura.web.design.days import day, in_japanese
from fumikura.web.design.names import name_of
from fumikura.web.desk.answer import say
from fumikura.web.desk.doing import do, done
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import joined, title_of
from fumikura.web.paper.letters import Letter, letters, postcards, sender_of
from fumikura.web.paper.printable import printable

BY_VOICE, PRINTED = ("telephone", "visit"), ("postcard", "letter")


@require_safe
@at_counter
def reminders(request: HttpRequest, place: Place) -> HttpResponse:
    """What the night has left to do by hand."""
    may = may_remind(place)
    today, words = timezone.localdate(place.at), cache(wording)
    rows = circulation.reminders_to_do(*BY_VOICE, *PRINTED) if may else []
    overdue = circulation.overdue_of_households([one.patron for one in rows], today)
    by_way = {
        way: [(one, overdue[one.patron_id]) for one in rows if one.channel == way] for way in (*BY_VOICE, *PRINTED)
    }
    context: dict[str, Any] = {
        "heading": gettext("督促"),
        "modes": work_modes("overdue"),
        "place_name": place.name,
        "trouble": "" if may else joined(*say(Reason.of("not-permitted:circulation.remind"))),
        "calls": [_call(*one, today, place, words) for way in BY_VOICE for one in by_way[way]],
        "disaster": day(timezone.localdate(mode.since), today) if (mode := open_disaster()) else "",
        "prints": [_run(channel, by_way[channel], today) for channel in PRINTED] if may else [],
        "told": _told(answer := done(request)),
        "undo": " ".join(map(str, answer.get("finished", ()))),
        "request_key": uuid4().hex,
    }
    return render(request, "desk/reminders.html", context)


def _told(answer: dict[str, Any]) -> str:
    if answer.get("again"):
        return gettext("一覧にもどしました。")
    if answer.get("letters"):
        return gettext("手紙にしました。下の「手紙」でPDFを出せます。")
    many = len(answer.get("finished", ()))
    return ngettext("%(n)s件を済みにしました。", "%(n)s件を済みにしました。", many) % {"n": many} if many else ""


def _call(one: Reminder, overdue: list[Loan], today: date, place: Place, words: Words) -> dict[str, Any]:
    language, ours = language_of(one.patron.language), place.facility.phone
    said = partial(told_on_demand, language=language, name=one.patron.name, words=words)
    return {
        "pk": one.pk,
        "name": one.patron.name,
        "phone": one.patron.phone,
        "things": len(overdue),
        "stage": one.stage,
        "days": _days(overdue, today),
        "visits": one.channel == "visit",
        "language": language,
        "say": said("telephone-overdue", count=len(overdue)).body,
        "message": said("telephone-message", phone=ours).body,
    }


def _days(overdue: list[Loan], today: date) -> int:
    """How long the household has kept what was due first; the loans come in that order."""
    return (today - overdue[0].due_on).days if overdue else 0


def _run(channel: str, rows: list[tuple[Reminder, list[Loan]]], today: date) -> dict[str, Any]:
    """One print run: how many, of which stages (days after the due date), and how late the latest of them is."""
    stages = Counter(one.stage for one, _overdue in rows)
    days = [_days(overdue, today) for _one, overdue in rows]
    return {
        "channel": channel,
        "count": len(rows),
        "stages": sorted(stages.items()),
        "days": max(days, default=0),
        "which": " ".join(str(one.pk) for one, _overdue in rows),
    }


def may_remind(place: Place) -> bool:
    """Names and addresses are shown only to whoever may remind and may look readers up."""
    return place.by.may("circulation.remind") and place.by.may("patrons.view")


@require_POST
@at_counter
def print_run(request: HttpRequest, place: Place) -> HttpResponse:
    """The PDF of everything that the page counted for this way. It stays on the list until somebody says it was posted."""
    channel = request.POST.get("channel", "")
    if not may_remind(place):
        raise PermissionDenied
    channel = channel if channel in PRINTED else "letter"
    counted = set(request.POST.get("reminder", "").split())
    waiting = [one for one in circulation.reminders_to_do(channel) if not counted or str(one.pk) in counted]
    overdue = circulation.overdue_of_households([one.patron for one in waiting], timezone.localdate(place.at))
    words = cache(wording)
    pages = [_letter(one, overdue[one.patron_id], place, words) for one in waiting]
    if not pages:
        return HttpResponseRedirect(reverse("desk:reminders"))
    sheet = postcards if channel == "postcard" else letters
    response = HttpResponse(sheet(pages), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{channel}.pdf"'
    return response


def _letter(one: Reminder, loans: list[Loan], place: Place, words: Words) -> Letter:
    today = timezone.localdate(place.at)
    # An address is opened, and whoever it belongs to can ask who did.
    patron = view(patron=one.patron, by=place.by, at=place.at)
    language = language_of(patron.language, printable())
    with translation.override(language):
        written = day(today)
        if one.channel == "postcard":
            first = min((loan.due_on for loan in loans), default=None)
            facts = Facts(count=len(loans), since=first, place=name_of(patron.home))
        else:
            facts = Facts([_overdue(loan, today) for loan in loans])
    said = letter_text(f"overdue-{one.channel}", facts, patron, language, words=words)
    return Letter(
        postcode=patron.postcode,
        address=patron.address,
        name=patron.name,
        **sender_of(patron.home),
        written=written,
        heading=said.subject,
        text=said.body,
        language=language,
    )


def _overdue(loan: Loan, today: date) -> str:
    """In the language in force: that of whoever reads the letter."""
    due = gettext("返す日：{due}").format(due=day(loan.due_on, today))
    return f"{title_of(loan.item)}（{due}）" if in_japanese() else f"{title_of(loan.item)} ({due})"


@require_POST
@at_counter
def finish(request: HttpRequest, place: Place) -> HttpResponse:
    """Telephoned, visited, or all of one print run posted; written to instead; or back on the list when it was the wrong line.

    Of a print run only what the page counted: what the night added since has not been printed.
    """
    if not may_remind(place):
        raise PermissionDenied
    wanted = [int(number) for number in request.POST.get("reminder", "").split() if number.isdecimal()]

    def act() -> dict[str, Any]:
        if "again" in request.POST:
            return {"again": circulation.reopen_reminders(reminders=wanted, by=place.by, at=place.at)}
        if "letter" in request.POST:
            return {"letters": circulation.remind_by_letter(reminders=wanted, by=place.by, at=place.at)}
        return {"finished": circulation.finish_reminders(reminders=wanted, by=place.by, at=place.at)}

    again = reverse("desk:reminders")
    return do(place, act, back=again, again=lambda _trouble: HttpResponseRedirect(again))
