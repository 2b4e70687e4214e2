"""Refusals and whys as readers meet them at every door: read with invented figures, written in the library's own words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.journal.services import once
from fumikura.kernel.japanese import fold
from fumikura.kernel.reasons import as_said, words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.queries import OwnSentences, earlier_wordings
from fumikura.notices.sentences import FIGURE_NAMES, SENTENCES, TABLES, figures_of
from fumikura.notices.services import change_sentence, restore_wording
from fumikura.notices.words import LANGUAGES
from fumikura.organisation.queries import staff_names
from fumikura.web.design.days import day
from fumikura.web.office.frame import office
from fumikura.web.office.messages import LANGUAGE_NAMES, RIGHT, Earlier
from fumikura.web.proving import proof_wanted
from fumikura.web.visitors import for_staff, typed, visitor

A_PAGE = 30
EXAMPLE_DAY = date(2026, 12, 6)
EXAMPLES: dict[str, str | int] = {
    "age": 15,
    "barcode": "1000000113",
    "copies": 3,
    "count": 2,
    "counter": "視聴覚資料",
    "counter_en": "audiovisual",
    "days": 14,
    "door": 7,
    "facility": "北",
    "from_time": "16:30",
    "have": 6,
    "instead": 1,
    "limit": 6,
    "line": 3,
    "minutes": 5,
    "most": 10,
    "number": "20000013",
    "position": 2,
    "rule": "本",
    "stops": 3,
    "times": 1,
    "waiting": 5,
}
"""What a figure might be; days and places are said in the language of the sentence."""
PLACES = {"ja": "中央図書館", "ja-easy": "中央図書館", "zh-hans": "中央图书馆", "ko": "중앙도서관"}


@dataclass(frozen=True)
class Row:
    name: str
    said: str
    way_out: str
    languages: list[tuple[str, str, bool]]


@require_safe
@for_staff(RIGHT)
def sentences(request: HttpRequest) -> HttpResponse:
    """?table=why ?q= words of the sentence ?own=yes only those that the library has written."""
    table = typed(request.GET, "table", 20)
    table = table if table in TABLES else "refusals"
    asked, only_own = typed(request.GET, "q", 80), request.GET.get("own") == "yes"
    own = OwnSentences()
    found = list(_rows(table, fold(asked), own, only_own=only_own))
    shown = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    page = {"table": table, "tables": list(TABLES.items()), "q": asked, "only_own": only_own, "rows": shown}
    return office(request, "sentences", {**page, "many": len(found), "pages": _pages(request, shown)})


def _pages(request: HttpRequest, shown: Page[Row]) -> list[dict[str, object]]:
    if shown.paginator.num_pages == 1:
        return []
    return [
        {"label": str(number), "href": f"?{_with(request, number)}", "current": number == shown.number}
        for number in shown.paginator.page_range
    ]


def _with(request: HttpRequest, number: int) -> str:
    asked = request.GET.copy()
    asked["page"] = str(number)
    return asked.urlencode()


def _rows(table: str, asked: str, own: OwnSentences, *, only_own: bool) -> Iterator[Row]:
    language = _language()
    for name, text in SENTENCES.items():
        if not name.startswith(f"{table}."):
            continue
        said, way_out = own(name, language) or text.in_language(language)
        written = [(one, LANGUAGE_NAMES[one], own(name, one) is not None) for one in LANGUAGES]
        if (asked and asked not in fold(f"{said} {way_out} {name}")) or (only_own and not any(w for *_x, w in written)):
            continue
        yield Row(name, said, way_out, written)


def _language() -> str:
    spoken = get_language() or "ja"
    return spoken if spoken in LANGUAGES else "ja"


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    name: str
    language: str
    said: str
    way_out: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def sentence(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """POST act=preview shows it and keeps nothing; act=save keeps it; act=restore goes back to the words of the house."""
    if name not in SENTENCES or language not in LANGUAGES:
        raise Http404
    if request.method != "POST":
        return _page(request, _present(name, language))
    if taken := typed(request.POST, "take_up", 20):
        earlier = next((one for one in earlier_wordings(name, language) if str(one.pk) == taken), None)
        present = _present(name, language)
        return _page(request, Typed(name, language, earlier.subject, earlier.body) if earlier else present)
    text = Typed(name, language, request.POST.get("said", "")[:1000], request.POST.get("way_out", "")[:1000])
    act = request.POST.get("act", "")
    if act == "preview":
        return _page(request, text)
    if asked := proof_wanted(request):
        return asked
    try:
        _do(request, act, text)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, text, told, status=422)
    return HttpResponseRedirect(f"{reverse('office:sentence', args=[name, language])}?saved={act}")


def _present(name: str, language: str) -> Typed:
    own = OwnSentences()(name, language)
    return Typed(name, language, *(own or SENTENCES[name].in_language(language)))


def _do(request: HttpRequest, act: str, text: Typed) -> None:
    here, at = visitor(request), timezone.now()

    def acting() -> dict[str, str]:
        by, name, language = here.staff_actor(via="office"), text.name, text.language
        if act == "restore":
            restore_wording(kind=name, language=language, by=by, at=at)
        elif act == "save":
            change_sentence(name=name, language=language, said=text.said, way_out=text.way_out, by=by, at=at)
        return {}

    once(here.request_key, acting, door="office", at=at)


def _page(
    request: HttpRequest, text: Typed, reasons: list[tuple[str, str]] | None = None, *, status: int = 200
) -> HttpResponse:
    name, language = text.name, text.language
    always, sometimes = figures_of(name)
    house = SENTENCES[name]
    saved = {"save": _("この文にしました。"), "restore": _("はじめの文にもどしました。")}
    page: dict[str, object] = {
        "name": name,
        "text": text,
        "language": language,
        "title": as_said(house.in_language(_language()), Reason(""), language)[0],
        "house": house.in_language(language),
        "language_words": LANGUAGE_NAMES[language],
        "others": [(one, LANGUAGE_NAMES[one]) for one in LANGUAGES if one != language],
        "is_refusal": name.startswith("refusals."),
        "is_own": OwnSentences()(name, language) is not None,
        "full": _example(text, always + sometimes),
        "bare": _example(text, always) if sometimes else None,
        "between": "" if language in {"ja", "zh-hans"} else " ",
        "figures": [*_figures(always, _("いつも分かります")), *_figures(sometimes, _("分からないこともあります"))],
        "earlier": _earlier(name, language),
        "reasons": reasons,
        "saved": saved.get(request.GET.get("saved", "")),
        "key": uuid4().hex,
    }
    return office(request, "sentence", page, status=status)


def _figures(names: tuple[str, ...], when: str) -> Iterator[tuple[str, str | Promise, str]]:
    for name in names:
        yield f"{{{name}}}", FIGURE_NAMES[name], when


def _example(text: Typed, names: tuple[str, ...]) -> tuple[str, str]:
    with translation.override(text.language):
        said_day = day(EXAMPLE_DAY)
    place = PLACES.get(text.language, "Central Library")
    usual = {"place": place, "site": place}
    values = tuple((one, EXAMPLES.get(one, usual.get(one, said_day))) for one in names if one not in {"about", "code"})
    about = ":circulation.check-out" if "about" in names else ""
    return as_said((text.said, text.way_out), Reason(f"7f3a91{about}", "", values), text.language)


def _earlier(name: str, language: str) -> list[Earlier]:
    rows = earlier_wordings(name, language)
    names = staff_names(one.by for one in rows)
    return [Earlier(one.pk, one.since, one.until, names.get(one.by, ""), one.subject, one.body) for one in rows]
