"""How I wish to be told: by which way for each kind, with or without titles, and what such a message looks like."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.notices.channels import channels
from fumikura.notices.composing import EXAMPLES, Message, worded
from fumikura.notices.models import Choice
from fumikura.notices.queries import address_has_failed, choices_of
from fumikura.notices.rules import CHANNELS, KINDS
from fumikura.notices.services import choose
from fumikura.notices.words import CHANNEL_NAMES, KIND_NAMES
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, typed, visitor


@dataclass(frozen=True)
class Row:
    kind: str
    words: Promise
    choice: Choice
    example: Message


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def notices(request: HttpRequest) -> HttpResponse:
    """One form with a row for each kind."""
    if request.method != "POST":
        return _page(request, [])

    def act() -> dict[str, str]:
        patron, made = signed_in(request), choices_of(signed_in(request))
        for kind in KINDS:
            channel, with_titles = typed(request.POST, f"{kind}-by"), f"{kind}-titles" in request.POST
            now = made[kind]
            if channel and (channel, with_titles) != (now.channel, now.with_titles):
                by = visitor(request).patron_actor()
                choose(patron=patron, kind=kind, channel=channel, with_titles=with_titles, by=by, at=timezone.now())
        return {}

    try:
        once(visitor(request).request_key, act, door="my", at=timezone.now())
    except Refused as refused:
        told = [Said(*words(reason, get_language() or "ja")) for reason in refused.reasons]
        return _page(request, told, status=422)
    return HttpResponseRedirect(f"{reverse('my:notices')}?saved=1")


def _page(request: HttpRequest, reasons: list[Said], *, status: int = 200) -> HttpResponse:
    patron = signed_in(request)
    rows = [
        Row(kind, KIND_NAMES[kind], choice, worded(kind, EXAMPLES[kind], patron, choice, channel=choice.channel))
        for kind, choice in choices_of(patron).items()
    ]
    usable = [(name, CHANNEL_NAMES[name]) for name in CHANNELS if name in channels() or name == "none"]
    page = {
        "rows": rows,
        "usable": usable,
        "email": patron.email or (patron.guardian.email if patron.guardian else ""),
        "has_failed": address_has_failed(patron),
        "reasons": reasons,
        "saved": "saved" in request.GET,
        "request_key": uuid4().hex,
    }
    return render(request, "my/notices.html", page, status=status)
