"""ウェブフック: which programs are told of changes, what arrived, what did not."""

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.asked_once import asked_once
from fumikura.web.office.frame import office
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import for_staff, typed, visitor
from fumikura.webhooks.models import Webhook
from fumikura.webhooks.services import (
    RIGHT,
    WebhookFacts,
    end_webhook,
    redeliver,
    resume_webhook,
    secret_of,
    set_webhook,
    webhooks,
)

SHOWN = 50
TOPICS = (
    ("record", _("書誌が変わったとき")),
    ("availability", _("借りられるかが変わったとき")),
    ("site", _("館が休む・開くとき")),
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
@stepped_up
def hooks(request: HttpRequest) -> HttpResponse:
    """All of them, and a form for a new one."""
    facts, reasons = WebhookFacts("", "", ("availability",)), []
    if request.method == "POST":
        sent = request.POST
        facts = WebhookFacts(typed(sent, "name", 80), typed(sent, "address", 300), tuple(sent.getlist("topics")))
        by, at = visitor(request).staff_actor(via="office"), timezone.now()
        try:
            done, _before = once(
                by.request_key, lambda: {"hook": set_webhook(facts, by=by, at=at).pk}, door="office", at=at
            )
            return HttpResponseRedirect(reverse("office:hook", args=[done["hook"]]))
        except Refused as refused:
            reasons = [words(reason, get_language() or "ja") for reason in refused.reasons]
    rows = [
        (
            one,
            one.deliveries.filter(arrived_at=None, given_up_at=None).count(),
            one.deliveries.exclude(given_up_at=None).count(),
        )
        for one in webhooks()
    ]
    page: dict[str, object] = {
        "rows": rows,
        "facts": facts,
        "topics": [(topic, label, topic in facts.topics) for topic, label in TOPICS],
        "reasons": reasons,
        "request_key": uuid4().hex,
    }
    return office(request, "hooks", page, status=422 if reasons else 200)


@require_safe
@for_staff(RIGHT)
def hook(request: HttpRequest, pk: int) -> HttpResponse:
    """One: its secret, and its last messages."""
    one = _find(pk)
    labels = dict(TOPICS)
    page: dict[str, object] = {
        "hook": one,
        "secret": secret_of(one),
        "told": [labels[topic] for topic in one.topics if topic in labels],
        "deliveries": [(each, labels.get(each.topic, each.topic)) for each in one.deliveries.order_by("-pk")[:SHOWN]],
        "again": typed(request.GET, "again", 6),
        "resumed": "resumed" in request.GET,
    }
    return office(request, "hook", page)


@require_POST
@for_staff(RIGHT)
@asked_once("office")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    one = _find(pk)
    chosen = [int(number) for number in request.POST.getlist("delivery") if number.isdecimal() and len(number) < 19]
    count = redeliver(chosen, webhook=one, by=visitor(request).staff_actor(via="office"), at=timezone.now())
    return HttpResponseRedirect(f"{reverse('office:hook', args=[pk])}?again={count}")


@require_POST
@for_staff(RIGHT)
@stepped_up
@asked_once("office")
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch on again what had answered 410."""
    resume_webhook(_find(pk), by=visitor(request).staff_actor(via="office"), at=timezone.now())
    return HttpResponseRedirect(f"{reverse('office:hook', args=[pk])}?resumed=1")


@require_POST
@for_staff(RIGHT)
@stepped_up
@asked_once("office")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    end_webhook(_find(pk), by=visitor(request).staff_actor(via="office"), at=timezone.now())
    return HttpResponseRedirect(reverse("office:hooks"))


def _find(pk: int) -> Webhook:
    found = webhooks().filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
