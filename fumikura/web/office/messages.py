"""Every text that readers receive: read it with an invented reader, write it in the library's own words, go back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.notices.composing import EXAMPLES, SLIP_EXAMPLE, SLIP_EXAMPLE_DAYS, Message, Slip, slip_written, written
from fumikura.notices.models import Notice
from fumikura.notices.queries import counted, earlier_wordings, own_wordings, troubles, waiting, wording
from fumikura.notices.rules import NEEDED, SENT, VARIABLES, WITHOUT_SUBJECT
from fumikura.notices.sentences import TABLES
from fumikura.notices.services import change_wording, restore_wording
from fumikura.notices.words import KIND_NAMES, LANGUAGES, PAPER_NAMES, TEXT_NAMES, TEXTS, VARIABLE_NAMES
from fumikura.organisation.queries import staff_names
from fumikura.web.design.days import day
from fumikura.web.office.frame import office
from fumikura.web.proving import proof_wanted
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "notices.change-wording"
SHOWN_DAYS = 30
LANGUAGE_NAMES = dict(settings.LANGUAGES)
INVENTED = {"en": "Hanako Mizuno", "ko": "미즈노 하나코"}


@dataclass(frozen=True)
class Text:
    """What stands in the form."""

    kind: str
    language: str
    subject: str
    body: str


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
            [(language, LANGUAGE_NAMES[language], (kind, language) in own) for language in LANGUAGES],
            kind,
        )
        for kind in KIND_NAMES
        for found in [kinds.get(kind, {})]
    ]
    papers = [
        (name, [(language, LANGUAGE_NAMES[language], (kind, language) in own) for language in LANGUAGES], kind)
        for kind, name in PAPER_NAMES.items()
    ]
    page = {"rows": rows, "papers": papers, "troubles": troubles(since), "next": waiting().first(), "days": SHOWN_DAYS}
    return office(request, "messages", {**page, "tables": TABLES.items()})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def message(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """POST act=preview shows the text and keeps nothing; act=save keeps it; act=restore goes back to the first words."""
    if (kind, language) not in TEXTS:
        raise Http404
    if request.method != "POST":
        return _page(request, _present(kind, language))
    if taken := typed(request.POST, "take_up", 20):
        earlier = next((one for one in earlier_wordings(kind, language) if str(one.pk) == taken), None)
        return _page(
            request, Text(kind, language, earlier.subject, earlier.body) if earlier else _present(kind, language)
        )
    text = Text(kind, language, request.POST.get("subject", "")[:500], request.POST.get("body", "")[:20_000])
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
    return HttpResponseRedirect(f"{reverse('office:message', args=[kind, language])}?saved={act}")


def _present(kind: str, language: str) -> Text:
    subject, body, _own = wording(kind, language)
    return Text(kind, language, subject, body)


def _do(request: HttpRequest, act: str, text: Text) -> None:
    here, at = visitor(request), timezone.now()

    def acting() -> dict[str, str]:
        by, kind, language = here.staff_actor(via="office"), text.kind, text.language
        if act == "restore":
            restore_wording(kind=kind, language=language, by=by, at=at)
        elif act == "save":
            change_wording(kind=kind, language=language, subject=text.subject, body=text.body, by=by, at=at)
        return {}

    once(here.request_key, acting, door="office", at=at)


@dataclass(frozen=True)
class Earlier:
    """Words that were in force once, or are."""

    pk: int
    since: datetime
    until: datetime | None
    who: str
    subject: str
    body: str


def _earlier(kind: str, language: str) -> list[Earlier]:
    rows = earlier_wordings(kind, language)
    names = staff_names(one.by for one in rows)
    return [Earlier(one.pk, one.since, one.until, names.get(one.by, ""), one.subject, one.body) for one in rows]


def _example(text: Text) -> Message:
    name = INVENTED.get(text.language, "水野 花子")
    return written(text.subject, text.body, EXAMPLES[text.kind], name=name, language=text.language)


def _slip_example(text: Text) -> Slip:
    with translation.override(text.language):
        values = {name: value if isinstance(value, str) else day(value) for name, value in SLIP_EXAMPLE.items()}
        days = [{**one, "day": day(on)} for on, one in SLIP_EXAMPLE_DAYS]
    return slip_written(text.subject, text.body, text.language, values, days)


def _page(
    request: HttpRequest, text: Text, reasons: list[tuple[str, str]] | None = None, *, status: int = 200
) -> HttpResponse:
    kind, language = text.kind, text.language
    is_slip = kind in NEEDED
    example = None if is_slip else _example(text)
    saved = {"save": _("この文にしました。"), "restore": _("はじめの文にもどしました。")}
    page: dict[str, object] = {
        "kind": kind,
        "kind_words": TEXT_NAMES[kind],
        "language": language,
        "language_words": LANGUAGE_NAMES[language],
        "others": [(one, LANGUAGE_NAMES[one]) for one in LANGUAGES if one != language],
        "subject": text.subject,
        "body": text.body,
        "is_own": wording(kind, language)[2],
        "example": example,
        "slip": _slip_example(text) if is_slip else None,
        "has_subject": kind not in WITHOUT_SUBJECT,
        "is_sent": kind in KIND_NAMES,
        "brief": example.brief if example and kind in SENT else "",
        "earlier": _earlier(kind, language),
        "variables": [(f"{{{name}}}", VARIABLE_NAMES[name]) for name in VARIABLE_NAMES if name in VARIABLES[kind]],
        "reasons": reasons,
        "saved": saved.get(request.GET.get("saved", "")),
        "key": uuid4().hex,
    }
    return office(request, "message", page, status=status)
