"""家族と代理人: cards and loans of those in one's care on one page. Titles of a child who has grown are the child's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import holds_counted, open_loans_of
from fumikura.circulation.services import renew
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Patron, Proxy
from fumikura.patrons.queries import household
from fumikura.patrons.rules import age_on
from fumikura.patrons.services.proxies import end_proxy, helped_by, name_proxy, proxies_of
from fumikura.web.my.holds import said
from fumikura.web.my.page import CardPanel, LoanLine, Said, card_panel, loan_lines, renewal_answer
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, typed, visitor


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person of the page."""

    key: str
    name: str
    card: CardPanel | None
    loans: list[LoanLine]
    shows_titles: bool
    """Whether what they read is for the eyes of the one who looks."""
    ready: int
    role: str

    @property
    def renewed(self) -> int:
        return sum(line.renewed for line in self.loans)

    @property
    def refused(self) -> int:
        return sum(bool(line.refusals) for line in self.loans)

    @property
    def may_renew(self) -> bool:
        return any(not (line.is_received or line.renewed or line.refusals) for line in self.loans)


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def family(request: HttpRequest) -> HttpResponse:
    """A POST renews what somebody has (renew), names a helper (card), or ends one (end)."""
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    if request.method != "POST":
        return _page(request)
    reasons: list[Said] = []
    try:
        if "card" in request.POST:
            name_proxy(patron=patron, card=typed(request.POST, "card", 40), by=here.patron_actor(), at=at)
        elif "end" in request.POST:
            given = typed(request.POST, "end", 18)
            number = int(given) if given.isascii() and given.isdigit() else 0
            end_proxy(patron=patron, number=number, by=here.patron_actor(), at=at)
    except Refused as refused:
        return _page(request, reasons=said(refused))
    if "renew" in request.POST:
        return _renew(request)
    return HttpResponseRedirect(f"{reverse('my:family')}{'' if reasons else '?done=1'}")


def _renew(request: HttpRequest) -> HttpResponse:
    """Everything of one of them; each loan by itself, and once however often the form is sent."""
    here, at, wanted = visitor(request), timezone.now(), typed(request.POST, "renew", 40)
    members = in_care_of(signed_in(request))
    place, one = next(((n, who) for n, (who, _role) in enumerate(members, 1) if who.key == wanted), (1, None))
    key = here.request_key or uuid4().hex

    def act() -> dict[str, object]:
        loans = open_loans_of(one) if one else []
        return renewal_answer([(loan.pk, _refusal(loan, by=here.patron_actor(), at=at)) for loan in loans])

    once(key, act, door="my", at=at)
    return HttpResponseRedirect(f"{reverse('my:family')}?{urlencode({'after': key})}#m{place}")


def _refusal(loan: Loan, *, by: Actor, at: datetime) -> Refused | None:
    try:
        renew(loan=loan, by=by, at=at)
    except Refused as refused:
        return refused
    return None


def in_care_of(patron: Patron) -> list[tuple[Patron, str]]:
    """Children first, then those whom the patron helps as a proxy."""
    wards = [(one, "ward") for one in household(patron, timezone.localdate())[1:]]
    known = {one.pk for one, _role in wards} | {patron.pk}
    return wards + [(one, "helped") for one in helped_by(patron) if one.pk not in known]


def _page(request: HttpRequest, *, reasons: list[Said] | None = None) -> HttpResponse:
    patron = signed_in(request)
    outcome = answer_to(typed(request.GET, "after", 64), door="my")
    page = {
        "members": [_member(one, role, outcome) for one, role in in_care_of(patron)],
        "proxies": [(proxy, _end_of_card(proxy)) for proxy in proxies_of(patron)],
        "helping": Proxy.objects.filter(helper=patron, ended_at=None).select_related("patron"),
        "privacy_age": settings.PRIVACY_AGE,
        "reasons": reasons or [],
        "done": "done" in request.GET,
        "request_key": uuid4().hex,
    }
    return render(request, "my/family.html", page, status=422 if reasons else 200)


def _end_of_card(proxy: Proxy) -> str:
    """By which a patron knows again whom they named; the helper's name is the helper's."""
    card = card_panel(proxy.helper, at=timezone.now())
    return card.number.replace(" ", "")[-4:] if card else ""


def _member(one: Patron, role: str, outcome: Mapping[str, Any]) -> Member:
    at = timezone.now()
    today = timezone.localdate(at)
    age = age_on(one.born_on, today)
    shows = role == "helped" or (age is not None and age < settings.PRIVACY_AGE)
    return Member(
        key=one.key,
        name=one.name,
        card=card_panel(one, at=at),
        loans=loan_lines(open_loans_of(one), today=today, outcome=outcome, why={}),
        shows_titles=shows,
        ready=holds_counted(one)[1],
        role=role,
    )
