"""Words of the library's own: an earlier text taken up, looked at, kept behind a proof, given back to the house. One flow for every kind of text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.notices.queries import earlier_wordings
from fumikura.notices.services import restore_wording
from fumikura.organisation.queries import staff_names
from fumikura.web.office.frame import office
from fumikura.web.proving import proof_wanted
from fumikura.web.visitors import typed, visitor

RIGHT = "notices.change-wording"
LANGUAGE_NAMES = dict(settings.LANGUAGES)
_LONGEST = {"subject": 1_000, "body": 20_000}
"""Characters taken from a form; what may be kept is said by the verbs."""


@dataclass(frozen=True)
class Text:
    """What stands in the form: of a sentence the subject is what is said, the body the way out."""

    kind: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True)
class Earlier:
    """Words that were in force once, or are."""

    pk: int
    since: datetime
    until: datetime | None
    who: str
    subject: str
    body: str


@dataclass(frozen=True)
class Desk:
    """Where one text is worked on: how it is kept, and what its page shows of it beside the form."""

    page: str
    """Name of its address and of its template."""
    present: Text
    languages: Sequence[str]
    keep: Callable[[Text, Actor, datetime], None]
    shown: Callable[[Text], dict[str, object]]


def worked_on(request: HttpRequest, desk: Desk) -> HttpResponse:
    """POST take_up=… makes an earlier text the draft; act=preview keeps nothing; act=save keeps; act=restore goes back."""
    if request.method != "POST":
        return _page(request, desk, desk.present)
    if taken := typed(request.POST, "take_up", 20):
        earlier = (one for one in _earlier(desk.present) if str(one.pk) == taken)
        draft = (replace(desk.present, subject=one.subject, body=one.body) for one in earlier)
        return _page(request, desk, next(draft, desk.present))
    sent = {name: request.POST.get(name, "")[:longest] for name, longest in _LONGEST.items()}
    text, act = replace(desk.present, **sent), request.POST.get("act", "")
    if act == "preview":
        return _page(request, desk, text)
    if asked := proof_wanted(request):
        return asked
    try:
        _do(request, desk, act, text)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, desk, text, told, status=422)
    return HttpResponseRedirect(f"{request.path}?saved={act}")


def _do(request: HttpRequest, desk: Desk, act: str, text: Text) -> None:
    here, at = visitor(request), timezone.now()

    def acting() -> dict[str, str]:
        by = here.staff_actor(via="office")
        if act == "restore":
            restore_wording(kind=text.kind, language=text.language, by=by, at=at)
        elif act == "save":
            desk.keep(text, by, at)
        return {}

    once(here.request_key, acting, door="office", at=at)


def _page(
    request: HttpRequest, desk: Desk, text: Text, reasons: list[tuple[str, str]] | None = None, *, status: int = 200
) -> HttpResponse:
    earlier = _earlier(text)
    saved = {"save": _("この文にしました。"), "restore": _("はじめの文にもどしました。")}
    page: dict[str, object] = {
        "text": text,
        "language": text.language,
        "language_words": LANGUAGE_NAMES[text.language],
        "here": request.path,
        "others": [(_in(one, desk), LANGUAGE_NAMES[one]) for one in desk.languages if one != text.language],
        "is_own": any(one.until is None for one in earlier),
        "earlier": earlier,
        "reasons": reasons,
        "saved": saved.get(request.GET.get("saved", "")),
        "key": uuid4().hex,
    }
    return office(request, desk.page, page | desk.shown(text), status=status)


def _in(language: str, desk: Desk) -> str:
    """The address of the same text in another language."""
    return reverse(f"office:{desk.page}", args=[desk.present.kind, language])


def _earlier(text: Text) -> list[Earlier]:
    rows = earlier_wordings(text.kind, text.language)
    names = staff_names(one.by for one in rows)
    return [Earlier(one.pk, one.since, one.until, names.get(one.by, ""), one.subject, one.body) for one in rows]
