"""POST /line/webhook: LINE tells what a friend of the library's account did; the answer goes back by a reply message."""

import contextlib
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fumikura.kernel.actors import Actor
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.notices.composing import told_on_demand
from fumikura.notices.providers import reply_at_line
from fumikura.notices.words import language_of
from fumikura.organisation.queries import system_actor
from fumikura.patrons.services.contacts import leave_contact, take_code
from fumikura.protocols.line.codec import Said, is_signed, read


@csrf_exempt  # signed with the channel secret
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """404 where the library has no account at LINE, 403 for a body that LINE has not signed."""
    if not settings.LINE_SECRET:
        raise Http404
    body = request.body
    if not is_signed(body, request.headers.get("X-Line-Signature", ""), settings.LINE_SECRET):
        return HttpResponse(status=403)
    for said in read(body):
        _hear(said)
    return HttpResponse(status=200)


def _hear(said: Said) -> None:
    by, at = system_actor(via="line"), timezone.now()
    if said.kind == "unfollow":
        leave_contact(address=said.user, by=by, at=at)
        return
    answer = told_on_demand("line-welcome", "ja").body if said.kind == "follow" else _connected(said, by=by, at=at)
    # A friend who gets no answer asks again; LINE must not deliver the same event twice because of it.
    with contextlib.suppress(OSError):
        reply_at_line(said.reply_token, answer)


def _connected(said: Said, *, by: Actor, at: datetime) -> str:
    try:
        contact = take_code(said=said.text, address=said.user, by=by, at=at)
    except Refused as refused:
        return "".join(part for reason in refused.reasons for part in words(reason, "ja"))
    return told_on_demand("line-connected", language_of(contact.patron.language)).body
