"""返す日の暦: a secret address that calendars read. Without titles unless the reader asks for them."""

from datetime import timedelta
from uuid import uuid4

import icalendar
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.circulation.queries import open_loans_of
from fumikura.patrons.models import CalendarFeed
from fumikura.patrons.services.feeds import feed_with, make_feed, revoke_feed
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, typed, visitor


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def settings(request: HttpRequest) -> HttpResponse:
    """Make an address (shown this once), or let it answer no more."""
    patron, here, at, address = signed_in(request), visitor(request), timezone.now(), ""
    if request.method == "POST" and "revoke" in request.POST:
        revoke_feed(patron=patron, by=here.patron_actor(), at=at)
    elif request.method == "POST":
        titles = typed(request.POST, "titles", 3)
        token = make_feed(patron=patron, titles=titles, by=here.patron_actor(), at=at)
        address = request.build_absolute_uri(reverse("feeds:due-dates", args=[token]))
    feed = CalendarFeed.objects.filter(patron=patron).first()
    return render(request, "my/calendar.html", {"feed": feed, "address": address, "request_key": uuid4().hex})


@require_safe
def due_dates(request: HttpRequest, token: str) -> HttpResponse:
    """One entry a day on which something is due. An address that is not good any more is simply not there."""
    feed = feed_with(token)
    if feed is None:
        raise Http404
    by_day: dict[object, list[str]] = {}
    for loan in open_loans_of(feed.patron):
        if loan.received_at is None:
            by_day.setdefault(loan.due_on, []).append(loan.item.record.title)
    book = icalendar.Calendar()
    book.add("prodid", "-//Fumikura//JA")
    book.add("version", "2.0")
    book.add("x-wr-calname", _("図書館の返す日"))
    for on, titles in by_day.items():
        event = icalendar.Event()
        event.add("uid", f"due-{on}@{request.get_host().partition(':')[0]}")
        event.add("dtstamp", timezone.localtime())
        event.add("dtstart", on)
        event.add("dtend", on + timedelta(days=1))  # type: ignore[operator]
        words = ngettext("本を%(count)s点返す日", "本を%(count)s点返す日", len(titles)) % {"count": len(titles)}
        event.add("summary", words)
        if feed.with_titles:
            event.add("description", "\n".join(titles))
        event.add("transp", "TRANSPARENT")
        book.add_component(event)
    answer = HttpResponse(book.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=1800"
    answer["X-Robots-Tag"] = "noindex"
    return answer
