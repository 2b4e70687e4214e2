"""除籍: proposed by scanning, approved by somebody else, taken back; figures; the papers of the recycling day."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.holdings.queries import find_items
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.reasons import staff_words, words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.stocktake.models import RecyclingDay, WithdrawalProposal
from fumikura.stocktake.queries import decided_proposals, open_proposals, to_give_away, withdrawals_counted
from fumikura.stocktake.services import (
    approve_withdrawal,
    decline_withdrawal,
    propose_withdrawal,
    set_recycling_day,
    undo_withdrawal,
)
from fumikura.web.design.days import day
from fumikura.web.office.frame import name_of, office
from fumikura.web.overriding import WHY_OVERRIDDEN, need_a_reason
from fumikura.web.paper.slips import GivenAway, recycling_labels, recycling_list
from fumikura.web.proving import proof_wanted
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "stocktake.propose"
REASONS = {
    "worn": gettext_lazy("よごれ・いたみ"),
    "outdated": gettext_lazy("内容が古い"),
    "double": gettext_lazy("複本"),
    "missing": gettext_lazy("所在不明"),
    "lost": gettext_lazy("紛失・未返却"),
    "replaced": gettext_lazy("弁償・買い替え"),
    "moved": gettext_lazy("移管"),
}
WAYS = {
    "recycling": gettext_lazy("リサイクル市へ"),
    "exchange": gettext_lazy("ほかの館・団体へ"),
    "pulp": gettext_lazy("廃棄"),
    "none": gettext_lazy("現物なし"),
}
PASSED = {"anyway": "withdrawal-own-proposal", "last": "last-copy-with-holds"}
"""Boxes to tick, and what is passed over by each."""
LONGEST = 40_000
LISTED = 30
TYPED = ("reason", "way_out", "note", "name", "held_on", "anyway", "last", "why", "words")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def withdrawals(request: HttpRequest) -> HttpResponse:
    """The list of proposals; a POST is one act."""
    if request.method != "POST":
        return _page(request)
    if request.POST.get("act") == "approve" and (asked := proof_wanted(request)):
        return asked
    here, at = visitor(request), timezone.now()
    by = here.staff_actor(via="office")
    key = by.request_key or uuid4().hex
    try:
        once(key, lambda: _act(request, by, at), door="office", at=at)
    except Refused as refused:
        return _page(request, reasons=[words(reason, get_language() or "ja") for reason in refused.reasons])
    except ValueError:
        return _page(request, reasons=[(_("入力が読めません。もう一度入れてください。"), "")])
    return HttpResponseRedirect(f"{reverse('office:withdrawals')}?{urlencode({'after': key})}")


def _act(request: HttpRequest, by: Actor, at: datetime) -> dict[str, Any]:
    sent, act = request.POST, typed(request.POST, "act", 10)
    if act == "propose":
        numbers = sent.get("numbers", "")[:LONGEST].split()
        if not numbers:
            raise Refused(Reason("batch-empty"))
        items = find_items(numbers)
        made = propose_withdrawal(
            items=items,
            reason=typed(sent, "reason", 20),
            way_out=typed(sent, "way_out", 20),
            note=typed(sent, "note"),
            by=by,
            at=at,
        )
        return {"did": "proposed", "count": len(made)}
    if act == "day":
        facility = visitor(request).facility
        if facility is None:
            raise ValueError
        held_on = date.fromisoformat(typed(sent, "held_on", 10))
        made_day = set_recycling_day(facility=facility, name=typed(sent, "name", 60), held_on=held_on, by=by, at=at)
        return {"did": "day", "count": made_day.proposals.count()}
    chosen = list(
        WithdrawalProposal.objects.filter(pk__in=[int(pk) for pk in sent.getlist("proposal") if pk.isdecimal()])
    )
    if not chosen:
        raise Refused(Reason("batch-empty"))
    if act == "approve":
        overriding = frozenset(code for box, code in PASSED.items() if box in sent)
        why, words_ = typed(sent, "why", 20), typed(sent, "words", 200)
        need_a_reason(overriding, why, words_)
        told = [
            message
            for one in chosen
            for message in approve_withdrawal(proposal=one, by=by, at=at, overriding=overriding, why=why, words=words_)
        ]
        return {"did": "approved", "count": len(chosen), "messages": sorted(set(told))}
    if act not in {"decline", "undo"}:
        raise ValueError
    for one in chosen:
        (decline_withdrawal if act == "decline" else undo_withdrawal)(proposal=one, by=by, at=at)
    return {"did": "declined" if act == "decline" else "undone", "count": len(chosen)}


def _said(answer: dict[str, Any]) -> str:
    sentence = {
        "proposed": _("{count}点を除籍の案に入れました。"),
        "approved": _("{count}点を除籍しました。"),
        "declined": _("{count}点は除籍しないことにしました。"),
        "undone": _("{count}点の除籍を取り消しました。"),
        "day": _("リサイクル市を決めました。{count}点を出します。"),
    }.get(answer.get("did", ""), "")
    told = [" ".join(staff_words(message, get_language() or "ja")) for message in answer.get("messages", [])]
    return " ".join([sentence.format(**answer) if sentence else "", *told]).strip()


def _page(request: HttpRequest, *, reasons: list[tuple[str, str]] | None = None) -> HttpResponse:
    here, today = visitor(request), timezone.localdate()
    year = typed(request.GET, "year", 4)
    wanted = int(year) if year.isdecimal() and 1900 <= int(year) <= today.year else today.year
    days = RecyclingDay.objects.annotate(given=Count("proposals")).order_by("-held_on", "-pk")[:LISTED]
    page: dict[str, object] = {
        "reasons": reasons,
        "said": _said(answer_to(typed(request.GET, "after", 64), door="office")),
        "why": list(REASONS.items()),
        "ways_out": list(WAYS.items()),
        "sent": {name: typed(request.POST, name, 200) for name in TYPED},
        "chosen": set(request.POST.getlist("proposal")) if reasons else set(),
        "whys": [("", _("選んでください")), *WHY_OVERRIDDEN.items()],
        "numbers": request.POST.get("numbers", "")[:LONGEST] if reasons else "",
        "proposals": [_row(one, today) for one in open_proposals()],
        "decided": [_row(one, today) for one in decided_proposals(limit=LISTED)],
        "waiting": len(to_give_away(None)),
        "days": [(one.pk, one.name, day(one.held_on, today), vars(one)["given"]) for one in days],
        "year": wanted,
        "figures": _figures(wanted),
        "may": {
            "approve": "stocktake.approve" in here.permissions,
            "own": "stocktake.approve-own" in here.permissions,
            "last": "holdings.withdraw-last-copy" in here.permissions,
            "day": "stocktake.set-recycling-day" in here.permissions,
        },
        "request_key": uuid4().hex,
    }
    return office(request, "withdrawals", page, status=422 if reasons else 200)


def _row(one: WithdrawalProposal, today: date) -> dict[str, Any]:
    item = one.item
    return {
        "pk": one.pk,
        "key": str(one.pk),
        "title": f"{item.record.title} {item.volume}".strip(),
        "barcode": item.barcode,
        "call_number": item.call_number,
        "home": name_of(item.home),
        "why": REASONS.get(one.reason, one.reason),
        "way_out": WAYS.get(one.way_out, one.way_out),
        "note": one.note,
        "day": day(timezone.localdate(one.decided_at or one.proposed_at), today),
        "decided_as": one.decided_as,
    }


def _figures(year: int) -> list[tuple[str, list[int], int]]:
    """Rows of reasons, columns of the ten classes and "other", and the sum."""
    counted = withdrawals_counted(date(year, 1, 1), date(year, 12, 31))
    classes = [*"0123456789", ""]
    found = sorted({reason for reason, _ndc in counted})
    rows = [(str(REASONS.get(why, why)), [counted.get((why, one), 0) for one in classes]) for why in found]
    return [(why, figures, sum(figures)) for why, figures in rows]


@require_safe
@for_staff(RIGHT)
def recycling(request: HttpRequest, pk: int, paper: str) -> HttpResponse:
    """The list for the door, or labels "どうぞお持ち帰りください". Neither has a barcode or a reader on it."""
    one = RecyclingDay.objects.select_related("facility__agency").filter(pk=pk).first()
    if one is None or paper not in {"list", "labels"}:
        raise Http404
    things = to_give_away(one.pk)
    library, held = one.facility.agency.name, f"{one.held_on:%Y年%-m月%-d日}"
    if paper == "labels":
        return HttpResponse(
            recycling_labels(library=library, held=held, count=len(things)), content_type="application/pdf"
        )
    rows = [
        GivenAway(
            title=f"{given.item.record.title} {given.item.volume}".strip(),
            creator=spoken_name(given.item.record.creator),
            call_number=given.item.call_number.replace("/", " "),
            reason=str(REASONS.get(given.reason, given.reason)),
        )
        for given in things
    ]
    pdf = recycling_list(heading=one.name, held=held, library=library, things=rows)
    return HttpResponse(pdf, content_type="application/pdf")
