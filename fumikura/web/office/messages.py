"""Every text that readers receive: read it with an invented reader, write it in the library's own words, go back."""

from collections.abc import Container
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.kernel.actors import Actor
from fumikura.notices.composing import EXAMPLES, SLIP_EXAMPLE, SLIP_EXAMPLE_DAYS, Message, Slip, slip_written, written
from fumikura.notices.models import Notice
from fumikura.notices.queries import counted, own_wordings, troubles, waiting, wording
from fumikura.notices.rules import NEEDED, SENT, VARIABLES, WITHOUT_SUBJECT
from fumikura.notices.sentences import TABLES
from fumikura.notices.services import change_wording
from fumikura.notices.words import KIND_NAMES, LANGUAGES, PAPER_NAMES, TEXT_NAMES, TEXTS, VARIABLE_NAMES
from fumikura.web.design.days import day
from fumikura.web.office.frame import office
from fumikura.web.office.wordings import LANGUAGE_NAMES, RIGHT, Desk, Text, worked_on
from fumikura.web.visitors import for_staff

SHOWN_DAYS = 30
SHORT = {"ja-easy": "やさしい", "zh-hans": "中文"}
"""Names of languages where five stand in one line."""
INVENTED = {"en": "Hanako Mizuno", "ko": "미즈노 하나코"}


@require_safe
@for_staff(RIGHT)
def messages(request: HttpRequest) -> HttpResponse:
    """The kinds with their words, and how the sending goes."""
    today = timezone.localdate()
    since = today.fromordinal(today.toordinal() - SHOWN_DAYS)
    state = Notice.State
    own, kinds = own_wordings(), dict(counted(since))
    rows = [
        (
            KIND_NAMES[kind],
            found.get(state.WAITING, 0) + found.get(state.SENDING, 0),
            found.get(state.SENT, 0),
            found.get(state.OVERTAKEN, 0),
            found.get(state.GIVEN_UP, 0),
            _languages(kind, own),
            kind,
        )
        for kind in KIND_NAMES
        for found in [kinds.get(kind, {})]
    ]
    papers = [(name, _languages(kind, own), kind) for kind, name in PAPER_NAMES.items()]
    page = {"rows": rows, "papers": papers, "troubles": troubles(since), "next": waiting().first(), "days": SHOWN_DAYS}
    return office(request, "messages", {**page, "tables": TABLES.items()})


def _languages(kind: str, own: Container[tuple[str, str]]) -> list[tuple[str, str, str | None, bool]]:
    """(code, name, shorter name if there is one, whether the library has a text of its own) of each language."""
    return [(code, LANGUAGE_NAMES[code], SHORT.get(code), (kind, code) in own) for code in LANGUAGES]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def message(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    if (kind, language) not in TEXTS:
        raise Http404
    return worked_on(request, Desk("message", _present(kind, language), LANGUAGES, _keep, _shown))


def _present(kind: str, language: str) -> Text:
    subject, body, _own = wording(kind, language)
    return Text(kind, language, subject, body)


def _keep(text: Text, by: Actor, at: datetime) -> None:
    change_wording(kind=text.kind, language=text.language, subject=text.subject, body=text.body, by=by, at=at)


def _shown(text: Text) -> dict[str, object]:
    kind, is_slip = text.kind, text.kind in NEEDED
    example = None if is_slip else _example(text)
    return {
        "kind_words": TEXT_NAMES[kind],
        "example": example,
        "slip": _slip_example(text) if is_slip else None,
        "has_subject": kind not in WITHOUT_SUBJECT,
        "is_sent": kind in KIND_NAMES,
        "brief": example.brief if example and kind in SENT else "",
        "variables": [(f"{{{name}}}", VARIABLE_NAMES[name]) for name in VARIABLE_NAMES if name in VARIABLES[kind]],
    }


def _example(text: Text) -> Message:
    name = INVENTED.get(text.language, "水野 花子")
    return written(text.subject, text.body, EXAMPLES[text.kind], name=name, language=text.language)


def _slip_example(text: Text) -> Slip:
    with translation.override(text.language):
        values = {name: value if isinstance(value, str) else day(value) for name, value in SLIP_EXAMPLE.items()}
        days = [{**one, "day": day(on)} for on, one in SLIP_EXAMPLE_DAYS]
    return slip_written(text.subject, text.body, text.language, values, days)
