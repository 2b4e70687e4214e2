"""The short sentences of pages and machines: read with invented figures, written in the library's own words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.kernel.actors import Actor
from fumikura.kernel.japanese import fold
from fumikura.kernel.reasons import as_said
from fumikura.kernel.refusals import Reason
from fumikura.notices.queries import OwnSentences
from fumikura.notices.sentences import FIGURE_NAMES, SENTENCES, TABLES, figures_of, languages_of
from fumikura.notices.services import change_sentence
from fumikura.notices.words import LANGUAGES
from fumikura.web.design.days import day
from fumikura.web.office.frame import office
from fumikura.web.office.wordings import LANGUAGE_NAMES, RIGHT, Desk, Text, worked_on
from fumikura.web.visitors import for_staff, typed

A_PAGE = 30
EXAMPLE_DAY = date(2026, 12, 6)
EXAMPLES: dict[str, str | int] = {
    "age": 15,
    "barcode": "1000000113",
    "bin": "青い箱",
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
    "place_en": "Central Library",
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
        written = [(one, LANGUAGE_NAMES[one], own(name, one) is not None) for one in languages_of(name)]
        if (asked and asked not in fold(f"{said} {way_out} {name}")) or (only_own and not any(w for *_x, w in written)):
            continue
        yield Row(name, said, way_out, written)


def _language() -> str:
    spoken = get_language() or "ja"
    return spoken if spoken in LANGUAGES else "ja"


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def sentence(request: HttpRequest, name: str, language: str) -> HttpResponse:
    if name not in SENTENCES or language not in languages_of(name):
        raise Http404
    return worked_on(request, Desk("sentence", _present(name, language), languages_of(name), _keep, _shown))


def _present(name: str, language: str) -> Text:
    own = OwnSentences()(name, language)
    return Text(name, language, *(own or SENTENCES[name].in_language(language)))


def _keep(text: Text, by: Actor, at: datetime) -> None:
    change_sentence(name=text.kind, language=text.language, said=text.subject, way_out=text.body, by=by, at=at)


def _shown(text: Text) -> dict[str, object]:
    table, language = text.kind.partition(".")[0], text.language
    always, sometimes = figures_of(text.kind)
    first, here = SENTENCES[text.kind], _language()
    return {
        "title": _example(Text(text.kind, here, *first.in_language(here)), always)[0],
        "first": first.in_language(language),
        "table": table,
        "has_way_out": table == "refusals" or bool(first.way_out_ja),
        "full": _example(text, always + sometimes),
        "bare": _example(text, always) if sometimes else None,
        "between": "" if language in {"ja", "zh-hans"} else " ",
        "figures": [*_figures(always, _("いつも分かります")), *_figures(sometimes, _("分からないこともあります"))],
    }


def _figures(names: tuple[str, ...], when: str) -> Iterator[tuple[str, str | Promise, str]]:
    for name in names:
        yield f"{{{name}}}", FIGURE_NAMES[name], when


def _example(text: Text, names: tuple[str, ...]) -> tuple[str, str]:
    with translation.override(text.language):
        said_day = day(EXAMPLE_DAY)
    place = PLACES.get(text.language, "Central Library")
    usual = {"place": place, "site": place}
    values = tuple((one, EXAMPLES.get(one, usual.get(one, said_day))) for one in names if one not in {"about", "code"})
    about = ":circulation.check-out" if "about" in names else ""
    return as_said((text.subject, text.body), Reason(f"7f3a91{about}", "", values), text.language)
