"""Versions of the rules beside each other, and the past replayed against a draft."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.circulation.models import PolicyDraft, PolicySet
from fumikura.circulation.rules.comparing import Effect, totals
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.evaluation.models import Fact, Replay
from fumikura.evaluation.services import begin_replay, effects_of, run_replay
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.asked_once import begins
from fumikura.web.office.drafts import RIGHT, changes_in_words, found, withdrawn_to
from fumikura.web.office.frame import office
from fumikura.web.office.history import history_of_rules
from fumikura.web.office.rule_sentences import tell, tell_counter
from fumikura.web.office.rule_words import Names, say
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import for_staff, typed, visitor

AT_ONCE = 2_000
"""Loans that are judged while the reader of the page waits."""
STANDS_STILL = timedelta(seconds=30)
"""A replay that has done no day for so long was cut off."""


@require_safe
@for_staff(RIGHT)
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version as sentences: what it changed, who put it in force, and the way back to it."""
    return _version(request, number)


def _version(request: HttpRequest, number: int, *, reasons: Any = (), status: int = 200) -> HttpResponse:
    kept = PolicySet.objects.filter(version=number).first()
    if kept is None:
        raise Http404
    rule_set = RuleSet.read(kept.rules)
    before = PolicySet.objects.filter(version__lt=number).order_by("-version").first()
    names = Names.for_page(rule_set)
    page: dict[str, object] = {
        "version": kept,
        "rules": [tell(rule, names) for rule in rule_set.rules],
        "counters": [tell_counter(code, names) for code in rule_set.counters],
        "before": before,
        "changes": changes_in_words(RuleSet.read(before.rules), rule_set) if before else [],
        "history": history_of_rules(f"circulation.policy-set:{kept.pk}"),
        "lies_ahead": kept.effective_from > timezone.localdate(),
        "published": "after" in request.GET,
        "reasons": reasons,
        "request_key": uuid4().hex,
    }
    return office(request, "version", page, status=status)


@require_POST
@for_staff(RIGHT)
@stepped_up
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take it back while its first day lies ahead."""
    try:
        return withdrawn_to(number, request, timezone.now())
    except Refused as refused:
        reasons = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _version(request, number, reasons=reasons, status=422)


@require_safe
@for_staff(RIGHT)
def compare(request: HttpRequest) -> HttpResponse:
    """Any two versions or drafts: v1, d2."""
    known = [(f"v{one.version}", f"{one.version} {one.name}") for one in PolicySet.objects.order_by("-version")]
    drafts = PolicyDraft.objects.filter(closed_at=None).order_by("-changed_at")
    known += [(f"d{one.pk}", _("下書き {name}").format(name=one.name)) for one in drafts]
    left, right = (_chosen(typed(request.GET, side, 10)) for side in ("left", "right"))
    page: dict[str, object] = {
        "known": known,
        "left": typed(request.GET, "left", 10),
        "right": typed(request.GET, "right", 10),
        "both": left is not None and right is not None,
        "changes": changes_in_words(left, right) if left and right else [],
    }
    return office(request, "compare", page)


def _chosen(written: str) -> RuleSet | None:
    kind, number = written[:1], written[1:]
    if not number.isdecimal():
        return None
    kept = {
        "v": PolicySet.objects.filter(version=int(number)),
        "d": PolicyDraft.objects.filter(pk=int(number)),
    }.get(kind)  # fmt: skip
    row = kept.values_list("rules", flat=True).first() if kept is not None else None
    return RuleSet.read(row) if row else None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One site or age band of the replay."""

    name: str
    effect: Effect
    average: str
    limits: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def replayed(request: HttpRequest, pk: int) -> HttpResponse:
    """The loans of the last 90 days, judged by the rules in force and by the draft. No person is in it: counted facts only.

    A POST begins, or goes on where it was cut off; the page tells how far it is and may be left.
    """
    wanted, at = found(pk), timezone.now()
    latest = Replay.objects.filter(draft=wanted, revision=wanted.revision).order_by("-pk").first()
    if request.method == "POST":
        if not begins(request, door="office"):
            return HttpResponseRedirect(reverse("office:replay", args=[pk]))
        _replay(begin_replay(draft=wanted, by=visitor(request).staff_actor(via="office"), at=at), request)
        return HttpResponseRedirect(reverse("office:replay", args=[pk]))
    page: dict[str, object] = {"draft": wanted, "one": latest, "has_rules": PolicySet.objects.exists()}
    if latest is not None and latest.finished_at:
        effects = effects_of(latest)
        rule_set = RuleSet.read(wanted.rules)
        called_before = wanted.base.rules.get("names", {}) if wanted.base else {}
        names = Names.for_page(replace(rule_set, names={**called_before, **rule_set.names}))
        page |= {
            "whole": _row("", totals(effects), names),
            "by_site": _rows(effects, 0, names, names.places, list(names.places).index),
            "by_age": _rows(effects, 1, names, _ages(effects), _lower),
        }
    elif latest is not None:
        page |= {"stands_still": at - latest.noted_at > STANDS_STILL, "percent": 100 * latest.days_done // latest.days}
    return office(request, "replay", page)


def _replay(begun: Replay | None, request: HttpRequest) -> None:
    """Few loans are judged while one waits; many beside the request."""
    if begun is None or begun.finished_at:
        return
    by = visitor(request).staff_actor(via="office")
    few = Fact.objects.filter(measure="loans", on__gte=begun.since, on__lte=begun.until)[: AT_ONCE + 1].count()
    if few <= AT_ONCE:
        run_replay(replay=begun, by=by, clock=timezone.now)
        return

    def beside() -> None:
        try:
            run_replay(replay=begun, by=by, clock=timezone.now)
        finally:
            connection.close()

    threading.Thread(target=beside, name=f"replay-{begun.pk}", daemon=True).start()


def _rows(
    effects: Mapping[tuple[str, str], Effect],
    axis: int,
    names: Names,
    words_of: Mapping[str, str],
    order: Callable[[str], int],
) -> list[Row]:
    """What is not known stands last."""
    keys = sorted(
        {key[axis] for key in effects}, key=lambda one: (one not in words_of, order(one) if one in words_of else 0)
    )
    return [
        _row(
            words_of.get(key, key) or _("分からない"),
            totals({pair: effect for pair, effect in effects.items() if pair[axis] == key}),
            names,
        )
        for key in keys
    ]


def _lower(band: str) -> int:
    lower = band.partition("-")[0]
    return int(lower) if lower.isdecimal() else 0


def _ages(effects: Mapping[tuple[str, str], Effect]) -> dict[str, str]:
    bands = {band for _site, band in effects if band}
    return {
        band: _("{first}〜{last}歳").format(first=first, last=last) if last else _("{first}歳から").format(first=first)
        for band in bands
        for first, _dash, last in [band.partition("-")]
    }


def _row(name: str, effect: Effect, names: Names) -> Row:
    average = f"{effect.days / effect.moved:+.1f}" if effect.moved else ""
    limits = "、".join(
        f"{names.counter(counter)} {say(before)} → {say(after)}"
        for counter, (before, after) in sorted(effect.limits.items())
    )
    return Row(name=name, effect=effect, average=average, limits=limits)
