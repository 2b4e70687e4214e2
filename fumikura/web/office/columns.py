"""Saying which column of a table is what: guessed first, shown with its first rows, kept under a name for the next delivery."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.catalogue.marc import formats, rows
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.queries import column_mappings, column_plan
from fumikura.catalogue.services import forget_mapping, save_mapping
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.asked_once import asked_once, begins
from fumikura.web.office import uploads
from fumikura.web.office.frame import office
from fumikura.web.office.uploads import Upload
from fumikura.web.visitors import for_staff, typed, visitor

SHOWN_ROWS = 20
OURS: tuple[tuple[str, Promise], ...] = (
    ("title", gettext_lazy("書名")),
    ("title_reading", gettext_lazy("書名のヨミ")),
    ("subtitle", gettext_lazy("副書名")),
    ("volume", gettext_lazy("巻次")),
    ("creator", gettext_lazy("著者")),
    ("creator_reading", gettext_lazy("著者のヨミ")),
    ("responsibility", gettext_lazy("責任表示")),
    ("edition", gettext_lazy("版")),
    ("place", gettext_lazy("出版地")),
    ("publisher", gettext_lazy("出版者")),
    ("published", gettext_lazy("出版年月")),
    ("extent", gettext_lazy("ページ数・大きさ")),
    ("series", gettext_lazy("シリーズ")),
    ("isbn", gettext_lazy("ISBN")),
    ("issn", gettext_lazy("ISSN")),
    ("jpno", gettext_lazy("全国書誌番号")),
    ("ndc", gettext_lazy("NDC")),
    ("call_number", gettext_lazy("請求記号")),
    ("subject", gettext_lazy("件名")),
    ("language", gettext_lazy("言語（3文字）")),
    ("note", gettext_lazy("注記")),
    ("number", gettext_lazy("書誌番号（同じ番号は書きかえる）")),
)
"""What a column may be, in the order of the menu."""


@dataclass(frozen=True)
class Column:
    """One column of the file, and what it was taken for."""

    field: str
    name: str
    chosen: str
    first: str


@require_http_methods(["GET", "POST"])
@for_staff("catalogue.import")
def columns(request: HttpRequest, key: UUID) -> HttpResponse:
    upload = uploads.find(key)
    if upload is None or upload.is_running(timezone.now()):
        raise Http404
    lines = _lines(upload)
    if not lines:
        raise Http404
    has_header = _has_header(request, upload)
    names = _names(lines, has_header)
    if request.method == "GET":
        return _page(request, upload, lines, _first_plan(request, upload, lines, has_header))
    chosen = {name: request.POST.get(f"column-{place}", "") for place, name in enumerate(names)}
    plan = ColumnPlan.of({"columns": chosen, "has_header": has_header})
    if "again" in request.POST:
        return _page(request, upload, lines, _guess(lines, has_header))
    if not begins(request, door="office"):
        return HttpResponseRedirect(reverse("office:upload", args=[key]))
    if problem := _kept(request, plan):
        return _page(request, upload, lines, plan, problem=problem)
    by = visitor(request).staff_actor(via="office")
    uploads.rehearse(replace(upload, plan=plan.facts(), reasons={}, counts={}), by=by)
    return HttpResponseRedirect(reverse("office:upload", args=[key]))


@require_POST
@for_staff("catalogue.import")
@asked_once("office")
def forget(request: HttpRequest) -> HttpResponse:
    """Throw a kept mapping away."""
    by = visitor(request).staff_actor(via="office")
    forget_mapping(typed(request.POST, "name", 60), by=by, at=timezone.now())
    return HttpResponseRedirect(reverse("office:imports"))


def _lines(upload: Upload) -> list[list[str]]:
    """The first lines of the table; none when the file is no table at all."""
    try:
        recognised = formats.recognise(upload.path, plan=ColumnPlan({}), encoding=upload.encoding)
    except formats.NotReadable:
        return []
    with formats.opened(upload.path, recognised) as opened:
        delimiter = "\t" if recognised.format == formats.TSV else ","
        return rows.sample(opened.stream, delimiter=delimiter, encoding=recognised.encoding, count=SHOWN_ROWS + 1)


def _has_header(request: HttpRequest, upload: Upload) -> bool:
    asked = (request.POST if request.method == "POST" else request.GET).get("header", "")
    return asked != "no" if asked else bool(upload.plan.get("has_header", True))


def _names(lines: list[list[str]], has_header: bool) -> list[str]:
    width = max(map(len, lines))
    return [name.strip() for name in lines[0]] if has_header else [str(place) for place in range(1, width + 1)]


def _first_plan(request: HttpRequest, upload: Upload, lines: list[list[str]], has_header: bool) -> ColumnPlan:
    """What was chosen before, a kept mapping that fits these columns, or what their names tell."""
    names = _names(lines, has_header)
    if kept := column_plan(typed(request.GET, "mapping", 60)):
        return kept
    if (chosen := upload.column_plan) and chosen.has_header == has_header:
        return chosen
    for mapping in column_mappings() if has_header else ():
        if mapping.has_header and set(mapping.columns) <= set(names):
            return ColumnPlan.of({"columns": mapping.columns, "has_header": True})
    return _guess(lines, has_header)


def _guess(lines: list[list[str]], has_header: bool) -> ColumnPlan:
    names = _names(lines, has_header)
    return ColumnPlan(rows.guessed_from_values(names, lines[1:] if has_header else lines), has_header)


def _kept(request: HttpRequest, plan: ColumnPlan) -> tuple[str, str] | None:
    """Keep the plan when a name was given; answer what is wrong with it."""
    name = typed(request.POST, "name", 60)
    try:
        if name:
            save_mapping(name, plan, by=visitor(request).staff_actor(via="office"), at=timezone.now())
    except Refused as refused:
        return words(refused.reasons[0], get_language() or "ja")
    if "title" not in plan.columns.values():
        return _("書名の列が選ばれていません。"), _("どの列が書名か、選んでください。")
    return None


def _page(
    request: HttpRequest,
    upload: Upload,
    lines: list[list[str]],
    plan: ColumnPlan,
    *,
    problem: tuple[str, str] | None = None,
) -> HttpResponse:
    names = _names(lines, plan.has_header)
    body = lines[1:] if plan.has_header else lines[:SHOWN_ROWS]
    shown = [
        Column(
            f"column-{place}",
            name if plan.has_header else _("{number}列目").format(number=name),
            plan.columns.get(name, ""),
            next((row[place] for row in body if place < len(row) and row[place].strip()), ""),
        )
        for place, name in enumerate(names)
    ]
    page: dict[str, object] = {
        "upload": upload,
        "columns": shown,
        "rows": [row + [""] * (len(names) - len(row)) for row in body],
        "choices": [("", _("使わない")), *OURS],
        "has_header": plan.has_header,
        "problem": problem,
        "kept": [mapping.name for mapping in column_mappings()],
        "name": request.POST.get("name", ""),
    }
    return office(request, "columns", page, status=422 if problem else 200)
