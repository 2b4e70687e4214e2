"""Bringing a file of records in: upload, look at what would happen, take it in."""

from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.catalogue.description import Description, description_of
from fumikura.catalogue.marc import formats, vendors
from fumikura.catalogue.queries import column_mappings, column_plan
from fumikura.catalogue.queries import imports as imports_so_far
from fumikura.catalogue.words import file_words, record_words
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason
from fumikura.web.asked_once import begins
from fumikura.web.office import uploads
from fumikura.web.office.frame import office
from fumikura.web.office.uploads import Upload
from fumikura.web.visitors import for_staff, typed, visitor

SHOWN_IMPORTS = 30
SHOWN_RECORDS = 8
TABLE_PROBLEMS = frozenset({"file:no-title-column", "file:unknown"})
"""Answered by saying which column is what."""
ENCODINGS = ("utf-8", "marc-8", "cp932", "euc_jp", "iso2022_jp", "iso8859-1")
FORMATS = {
    "iso2709": "MARC (ISO 2709)",
    "marcxml": "MARCXML",
    "marc-json": "MARC-in-JSON",
    "dcndl": "DC-NDL (RDF)",
    "rows-json": "JSON Lines",
    "tsv": "TSV",
    "csv": "CSV",
}


@require_http_methods(["GET", "POST"])
@for_staff("catalogue.import")
def imports(request: HttpRequest) -> HttpResponse:
    page: dict[str, object] = {"batches": imports_so_far()[:SHOWN_IMPORTS], "encodings": _encodings(), **_mappings()}
    if request.method == "GET":
        return office(request, "imports", page)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return office(request, "imports", {**page, "no_file": True}, status=422)
    if not begins(request, door="office"):
        return HttpResponseRedirect(reverse("office:imports"))
    source, encoding = typed(request.POST, "source", 40), request.POST.get("encoding", "")
    try:
        upload = uploads.receive(
            file,
            source=source,
            encoding=encoding if encoding in ENCODINGS else "",
            at=timezone.now(),
            plan=column_plan(typed(request.POST, "mapping", 60)),
        )
        uploads.rehearse(upload, by=visitor(request).staff_actor(via="office"))
    except OSError:
        return office(request, "imports", {**page, "disk_full": True}, status=507)
    return HttpResponseRedirect(reverse("office:upload", args=[upload.uuid]))


def _encodings() -> list[tuple[str, str]]:
    names = {"cp932": "Shift_JIS (CP932)", "euc_jp": "EUC-JP", "iso2022_jp": "ISO-2022-JP", "iso8859-1": "ISO 8859-1"}
    return [("", _("自動で見分ける")), *((code, names.get(code, code.upper())) for code in ENCODINGS)]


def _mappings() -> dict[str, object]:
    """Kept column mappings: to choose from, and to throw away."""
    names = [mapping.name for mapping in column_mappings()]
    return {"mappings": [("", _("列の名前から見分ける")), *((name, name) for name in names)], "kept": names}


def _found(key: UUID) -> Upload:
    upload = uploads.find(key)
    if upload is None:
        raise Http404
    return upload


@require_safe
@for_staff("catalogue.import")
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far it is: being read, ready to be taken in, being taken in, stopped; done leads to the report."""
    now, found = timezone.now(), _found(key)
    if found.phase == "done":
        return HttpResponseRedirect(reverse("office:report", args=[found.batch]))
    page = {
        "upload": found,
        "running": found.is_running(now),
        "stalled": found.has_stalled(now),
        "format": FORMATS.get(found.format) or vendors.label_of(found.format),
        "is_table": found.format in {"csv", "tsv"} or found.problem in TABLE_PROBLEMS,
        "problem": _problem(found.problem) if found.problem else None,
        "reasons": [(count, *record_words(code, _language())) for code, count in found.reasons.items()],
        "preview": _preview(found) if found.phase == "ready" else [],
    }
    return office(request, "upload", page)


@require_POST
@for_staff("catalogue.import")
def start(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take it in. Asked for twice, it is started once."""
    found = _found(key)
    if (found.phase in {"ready", "stopped"} or found.has_stalled(timezone.now())) and begins(request, door="office"):
        uploads.take_in(found, by=visitor(request).staff_actor(via="office"))
    return HttpResponseRedirect(reverse("office:upload", args=[key]))


@require_POST
@for_staff("catalogue.import")
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Not this file after all. One that is being taken in goes on."""
    found = uploads.find(key)
    if found is not None and not found.is_running(timezone.now()) and begins(request, door="office"):
        uploads.throw_away(found)
    return HttpResponseRedirect(reverse("office:imports"))


@dataclass(frozen=True)
class Previewed:
    title: str
    creator: str
    published: str
    number: str


def _preview(upload: Upload) -> list[Previewed]:
    """The first good records, as the catalogue would show them."""
    plan = upload.column_plan
    recognised = formats.recognise(upload.path, plan=plan, encoding=upload.encoding)
    with formats.opened(upload.path, recognised) as opened:
        arrivals = formats.arrivals(opened, recognised, encoding=upload.encoding, plan=plan)
        good = (arrival.decoded.content for arrival in arrivals if arrival.decoded)
        return [_previewed(description_of(content)) for content in islice(good, SHOWN_RECORDS)]


def _previewed(record: Description) -> Previewed:
    return Previewed(
        title=" ".join(part for part in (record.title, record.volume) if part),
        creator=record.creators[0].name if record.creators else record.responsibility,
        published=" ".join(part for part in (record.publisher, record.published) if part),
        number=next(iter(record.isbns), ""),
    )


def _problem(problem: str) -> tuple[str, str]:
    kind, _colon, code = problem.partition(":")
    if kind == "file":
        return file_words(code, _language())
    if kind == "refused":
        return words(Reason(code), _language())
    if kind == "disk-full":
        return (
            _("ディスクがいっぱいになり、途中で止まりました。"),
            _("ここまでの分は残っています。空きを作ってから「続きから取り込む」を押してください。"),
        )
    return (
        _("図書館側の不具合で、途中で止まりました（控え：{code}）。").format(code=code),
        _("ここまでの分は残っています。もう一度ためしても同じときは、控えを担当者に伝えてください。"),
    )


def _language() -> str:
    return get_language() or "ja"
