"""Files of authorities: look what one would do, take it in, see the differences, take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.catalogue.authorities import authority_imports, lines_of_import
from fumikura.catalogue.marc.formats import NotReadable
from fumikura.catalogue.models import AuthorityImport
from fumikura.catalogue.services import (
    import_authorities,
    rehearse_authorities,
    undo_authority_import,
)
from fumikura.catalogue.words import authority_words, file_words, outcome_words
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.asked_once import begins
from fumikura.web.office.authorities import RIGHT
from fumikura.web.office.frame import office
from fumikura.web.office.relinking import relink, relinking_of
from fumikura.web.visitors import for_staff, typed, visitor

MOST_BYTES = 20_000_000
"""Worked on while the reader waits; larger files are for the command line."""
SHOWN = 200


@dataclass(frozen=True)
class Line:
    heading: str
    is_new: bool
    changes: list[tuple[str, str, str]]
    """(what, before, after)"""
    outcome: str = ""
    authority: int | None = None


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
def files(request: HttpRequest) -> HttpResponse:
    """What was brought in, and the form; a file that is sent is rehearsed first."""
    if request.method == "GET":
        return _list(request, {"discarded": "discarded" in request.GET})
    sent = request.FILES.get("file")
    if sent is None or not sent.size:
        return _list(
            request,
            {"problem": (_("ファイルが選ばれていません。"), _("ファイルを選んで、もう一度送ってください。"))},
            status=422,
        )
    if sent.size > MOST_BYTES:
        way = _("20MBまでです。大きなファイルは fumikura authorities import で取り込んでください。")
        return _list(request, {"problem": (_("ファイルが大きすぎます。"), way)}, status=422)
    name = "".join(letter for letter in Path(sent.name or "").name if letter.isprintable())[-80:] or "file"
    kept = _shelf() / uuid4().hex / name
    kept.parent.mkdir(parents=True)
    with kept.open("wb") as place:
        for piece in sent.chunks():
            place.write(piece)
    return _rehearsed(request, kept, typed(request.POST, "source", 40))


def _shelf() -> Path:
    return Path(settings.FILES_DIR) / "authorities"


def _rehearsed(request: HttpRequest, kept: Path, source: str) -> HttpResponse:
    by = visitor(request).staff_actor(via="office")
    try:
        report = rehearse_authorities(kept, by=by, at=timezone.now(), source=source)
    except NotReadable as problem:
        rmtree(kept.parent, ignore_errors=True)
        return _list(request, {"problem": file_words(problem.code, _language())}, status=422)
    page = {
        "report": report,
        "lines": [Line(heading, was is None, _changes(was, now)) for heading, was, now in report.samples],
        "problems": _problems(report.problems),
        "key": UUID(kept.parent.name),
        "name": kept.name,
        "source": source,
        "request_key": uuid4().hex,
    }
    return office(request, "authority_rehearsal", page)


@require_POST
@for_staff(RIGHT)
def start(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take in what was rehearsed, or (when the form says so) throw it away."""
    folder = _shelf() / key.hex
    kept = next(iter(folder.glob("*")), None)
    if not begins(request, door="office"):
        return HttpResponseRedirect(reverse("office:authority-files"))
    if kept is None:
        raise Http404
    if "discard" in request.POST:
        rmtree(folder, ignore_errors=True)
        return HttpResponseRedirect(f"{reverse('office:authority-files')}?discarded=1")
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    report = import_authorities(kept, by=by, at=at, source=typed(request.POST, "source", 40))
    rmtree(folder, ignore_errors=True)
    relink(_found(report.batch), by=by)
    return HttpResponseRedirect(f"{reverse('office:authority-file', args=[report.batch])}?done=1")


@require_POST
@for_staff(RIGHT)
def relink_again(request: HttpRequest, batch: int) -> HttpResponse:
    """For one that was broken off when the server stopped."""
    found = _found(batch)
    if not found.undone_at:
        relink(found, by=visitor(request).staff_actor(via="office"))
    return HttpResponseRedirect(reverse("office:authority-file", args=[batch]))


@require_safe
@for_staff(RIGHT)
def file(request: HttpRequest, batch: int) -> HttpResponse:
    """What an import did, authority by authority."""
    found = _found(batch)
    return _report(request, found, {"done": "done" in request.GET, "relinked": relinking_of(found)})


@require_POST
@for_staff(RIGHT)
def undo(request: HttpRequest, batch: int) -> HttpResponse:
    found = _found(batch)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    state = relinking_of(found)
    if state and state.is_under_way:
        wait = _("前からある書誌を結び直しているところです。"), _("終わってから、もう一度取り消してください。")
        return _report(request, found, {"reasons": [wait], "relinked": state}, status=422)

    def act() -> dict[str, int]:
        return dict(undo_authority_import(batch=found, by=by, at=at))

    try:
        done, _before = once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        return _report(request, found, {"reasons": [words(one, _language()) for one in refused.reasons]}, status=422)
    found.refresh_from_db()
    return _report(
        request, found, {"undone": [(outcome_words(code, _language()), count) for code, count in done.items()]}
    )


def _found(batch: int) -> AuthorityImport:
    found = authority_imports().filter(pk=batch).first()
    if found is None:
        raise Http404
    return found


def _report(
    request: HttpRequest, batch: AuthorityImport, values: dict[str, object], *, status: int = 200
) -> HttpResponse:
    lines = [
        Line(
            line.heading,
            line.before is None,
            _changes(line.before, line.after),
            outcome_words(line.outcome, _language()) if line.outcome else "",
            line.authority_id,
        )
        for line in lines_of_import(batch)[:SHOWN]
    ]
    page = {"batch": batch, "lines": lines, "problems": _problems(batch.problems), "request_key": uuid4().hex}
    return office(request, "authority_file", {**page, **values}, status=status)


def _list(request: HttpRequest, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    return office(request, "authority_files", {"batches": list(authority_imports()[:50]), **values}, status=status)


def _problems(problems: Any) -> list[tuple[int, str, str]]:
    return [(number, authority_words(code, _language()), about) for number, code, about in problems[:SHOWN]]


def _language() -> str:
    return get_language() or "ja"


def _changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    names = {
        "reading": _("読み"),
        "dates": _("生没年"),
        "variants": _("別名"),
        "numbers": _("番号"),
        "note": _("注記"),
        "scheme": _("件名の表"),
    }
    was = before or {}
    found = [(words_, _said(was.get(name)), _said(after.get(name))) for name, words_ in names.items()]
    changed = [(words_, old, new) for words_, old, new in found if old != new]
    related = len(after.get("relations", [])) - len(was.get("relations", []))
    return [*changed, (_("ほかの典拠との関係"), "", f"+{related}")] if related > 0 else changed


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(" ".join(filter(None, map(str, one))) for one in value)
    return str(value or "")
