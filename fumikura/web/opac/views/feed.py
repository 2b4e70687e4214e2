"""A search as a feed, RSS 2.0 or Atom 1.0: what came new of it. The address holds the whole question, so nobody has to be remembered."""

from datetime import UTC, datetime, time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.catalogue.queries import records_by_id
from fumikura.discovery.queries import parse, search
from fumikura.holdings.queries import items_of_records
from fumikura.kernel.japanese import spoken_name
from fumikura.web.design.days import in_japanese
from fumikura.web.opac.addresses import Search

ENTRIES = 30
KEPT = 900
"""Seconds. Feed readers come often; the shelves do not change so fast."""


@require_safe
def feed(request: HttpRequest, form: str = "rss") -> HttpResponse:
    asked = Search.read(request.GET)
    if asked.is_empty:
        return HttpResponseRedirect(reverse("opac:search"))
    answer = search(parse(asked.text), rows=ENTRIES, sort="arrived", filters=asked.by_facet, facets=())
    if not answer.ready:
        return HttpResponse(status=503, headers={"Retry-After": "300"})
    records = records_by_id(hit.record_id for hit in answer.hits)
    items = items_of_records(records)
    title = _("%(house)s：%(words)s") % {
        "house": settings.LIBRARY_NAME if in_japanese() else settings.LIBRARY_NAME_EN,
        "words": asked.text or _("えらんだ条件"),
    }
    kind = Atom1Feed if form == "atom" else Rss201rev2Feed
    made = kind(
        title=title,
        link=request.build_absolute_uri(asked.address),
        description=_("新しく入った本から順に並べています。"),
        language=get_language(),
        feed_url=request.build_absolute_uri(),
    )
    for hit in answer.hits:
        if (record := records.get(hit.record_id)) is None:
            continue
        address = request.build_absolute_uri(reverse("opac:title", args=[record.pk]))
        arrived = max((item.added_on for item in items.get(record.pk, [])), default=None)
        made.add_item(
            title=" ".join(filter(None, [record.title, record.volume])),
            link=address,
            description=" ".join(filter(None, [spoken_name(record.creator), record.publisher, str(record.year or "")])),
            unique_id=address,
            pubdate=(came := datetime.combine(arrived, time(), tzinfo=UTC) if arrived else None),
            updateddate=came,
        )
    page = HttpResponse(made.writeString("utf-8"), content_type=f"application/{form}+xml; charset=utf-8")
    page["Cache-Control"] = f"public, max-age={KEPT}"
    return page
