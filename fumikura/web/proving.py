"""Step-up: before a dangerous act whoever has a second factor shows it once more, when it was not shown in ten minutes."""

from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import User
from fumikura.organisation.queries import factors_of
from fumikura.organisation.services import prove_code, prove_passkey
from fumikura.web.visitors import PASSKEY_CHALLENGE, PROVED_AT, View, address_of, origin_of, typed, visitor

_OURS = frozenset({"csrfmiddlewaretoken", "proof", "passkey", "asked_from"})


def stepped_up(view: View) -> View:
    """Stands between `for_staff` and a view whose POST is dangerous."""

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return proof_wanted(request) or view(request, *args, **kwargs)

    return entered


def proof_wanted(request: HttpRequest) -> HttpResponse | None:
    """The page that asks for the second factor; None when the act may go on.

    What was written in the form comes along, so that nothing is typed twice. Who has no second factor is not asked: the
    roles that need one have one since the sign-in.
    """
    here = visitor(request)
    if request.method != "POST" or here.staff is None or here.proved_lately:
        return None
    factors = factors_of(here.staff)
    if not factors:
        return None
    reasons: list[tuple[str, str]] = []
    if "proof" in request.POST or "passkey" in request.POST:
        try:
            _prove(request, here.staff)
        except Refused as refused:
            reasons = [words(reason, get_language() or "ja") for reason in refused.reasons]
        else:
            request.session[PROVED_AT] = timezone.now().timestamp()
            return None
    page = {
        "written": [(name, one) for name, all_of in request.POST.lists() if name not in _OURS for one in all_of],
        "has_passkey": any(factor.kind == "passkey" for factor in factors),
        "reasons": reasons,
        "asked_from": _asked_from(request),
    }
    return render(request, "design/prove.html", page, status=403)


def _asked_from(request: HttpRequest) -> str:
    """The page of the form, said by the second and third attempt; empty at the first, which the browser knows from."""
    said = request.POST.get("asked_from", "")
    return said if said.startswith("/") and url_has_allowed_host_and_scheme(said, allowed_hosts=None) else ""


def _prove(request: HttpRequest, user: User) -> None:
    at = timezone.now()
    if answer := request.POST.get("passkey", "")[:8000]:
        challenge = request.session.pop(PASSKEY_CHALLENGE, "")
        prove_passkey(answer=answer, challenge=challenge, origin=origin_of(request), at=at, user=user)
    else:
        prove_code(user=user, typed=typed(request.POST, "proof", 40), address=address_of(request), at=at)
