"""はじめのページ."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.catalogue.queries import records_to_list
from fumikura.circulation.lending_counts import most_lent
from fumikura.holdings.queries import newest_records
from fumikura.kernel.japanese import spoken_name
from fumikura.web.opac import places
from fumikura.web.opac.addresses import Search
from fumikura.web.opac.views.events import coming, news_of_the_day
from fumikura.web.opac.views.lists import shelf_of_newest_list
from fumikura.web.opac.views.search import doorways

_SHELF, _RANKS = 16, 6
_EVENTS, _NEWS = 6, 4
_POPULAR_SINCE, _POPULAR_LEAST, _POPULAR_KEPT = timedelta(weeks=4), 3, 3600
_POPULAR_KEY = "opac.popular"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    everywhere = places.all_today(request, now)
    return render(
        request,
        "opac/home.html",
        {
            "address": request.build_absolute_uri(reverse("opac:home")),
            "everywhere": everywhere,
            "usual": next((one for one in everywhere if one.is_usual), None),
            "today": timezone.localdate(now),
            "ways": _ways(),
            "new_books": _books(newest_records(_SHELF)),
            "popular": _books(_popular(now))[:_RANKS],
            "feature": shelf_of_newest_list(),
            "classes": doorways(),
            "events": coming(now, most=_EVENTS),
            "news": news_of_the_day(now, most=_NEWS),
            "doors": _doors(),
        },
    )


def _ways() -> list[tuple[str, str, str]]:
    """(words, address, icon): where those go on who have no word to type yet."""
    return [
        (_("大きな活字の本"), Search(filters=(("kind", "large-print"),)).address, "letters"),
        (_("耳で読む本"), Search(filters=(("accessible", "daisy"),)).address, "headphones"),
        (_("特集"), reverse("opac:lists"), "bookmark"),
        (_("分類から"), reverse("opac:classes"), "book"),
    ]


def _doors() -> list[dict[str, str]]:
    """Pages that are made for somebody or for a task of their own."""
    return [
        {
            "title": _("こどものページ"),
            "note": _("えと ひらがなで さがせます"),
            "href": reverse("kids:home"),
            "icon": "child",
        },
        {
            "title": _("利用カードを作る"),
            "note": _("スマートフォンで書いて、窓口で受け取り"),
            "href": reverse("join:form"),
            "icon": "card",
        },
        {
            "title": _("読書に困りごとのある方へ"),
            "note": _("大活字・録音・点字・郵送"),
            "href": f"{reverse('opac:help')}#everybody",
            "icon": "headphones",
        },
        {
            "title": _("移動図書館"),
            "note": _("近くに来る日と場所"),
            "href": reverse("opac:bookmobile"),
            "icon": "truck",
        },
    ]


def _popular(now: datetime) -> list[int]:
    """Counted once an hour. What fewer than three borrowed is not told: it might point to somebody."""
    found: list[int] | None = cache.get(_POPULAR_KEY)
    if found is None:
        found = most_lent(since=now - _POPULAR_SINCE, most=_SHELF, at_least=_POPULAR_LEAST)
        cache.set(_POPULAR_KEY, found, _POPULAR_KEPT)
    return found


def _books(numbers: list[int]) -> list[dict[str, str]]:
    records = records_to_list(numbers)
    return [
        {
            "title": record.title,
            "creator": spoken_name(record.creator),
            "ndc": record.ndc,
            "kind": record.kind,
            "href": reverse("opac:title", args=[record.pk]),
        }
        for number in numbers
        if (record := records.get(number))
    ]
