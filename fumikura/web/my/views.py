"""My page: loans, renewing, the card."""

from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from fumikura.circulation.queries import open_loans_of
from fumikura.circulation.services import renew
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.refusals import Refused
from fumikura.notices.queries import address_has_failed, asked_address_has_failed, asked_own_sentences
from fumikura.patrons.models import Patron
from fumikura.statements.ahead import read_ahead
from fumikura.web.my.page import asked_my_page, card_panel, my_page, renewal_answer
from fumikura.web.visitors import for_patrons, typed, visitor


def signed_in(request: HttpRequest) -> Patron:
    """The patron whom for_patrons has let in."""
    patron = visitor(request).patron
    if patron is None:
        raise Http404
    return patron


@require_safe
@for_patrons
def loans(request: HttpRequest) -> HttpResponse:
    patron, at = signed_in(request), timezone.now()
    outcome = answer_to(typed(request.GET, "after", 64), door="my")
    with read_ahead(*asked_my_page(patron, at=at), *asked_address_has_failed(patron), asked_own_sentences()):
        page = my_page(patron, at=at, outcome=outcome)
        mail_failed = address_has_failed(patron, timezone.localdate(at))
    return render(request, "my/loans.html", {"page": page, "mail_failed": mail_failed, "request_key": uuid4().hex})


@require_POST
@for_patrons
def renewals(request: HttpRequest) -> HttpResponse:
    """Renew the loans that are named. Each by itself: one that cannot be renewed stops none of the others."""
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    wanted = {number for number in request.POST.getlist("loan") if number.isdecimal()}
    key = here.request_key or uuid4().hex

    def act() -> dict[str, object]:
        outcomes: list[tuple[int, Refused | None]] = []
        for loan in open_loans_of(patron):
            if str(loan.pk) in wanted:
                try:
                    renew(loan=loan, by=here.patron_actor(), at=at)
                    outcomes.append((loan.pk, None))
                except Refused as refused:
                    outcomes.append((loan.pk, refused))
        return renewal_answer(outcomes)

    once(key, act, door="my", at=at)
    return HttpResponseRedirect(f"{reverse('my:loans')}?{urlencode({'after': key})}")


@require_safe
@for_patrons
def card(request: HttpRequest) -> HttpResponse:
    """The card alone, large, to be held under a scanner."""
    patron = signed_in(request)
    drawn = card_panel(patron, at=timezone.now())
    return render(request, "my/card.html", {"card": drawn, "holder": patron.name, "library": settings.LIBRARY_NAME})
