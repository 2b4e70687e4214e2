"""The editor: one record as a form or as MARC, kept while it is typed, saved when it is whole."""

from dataclasses import replace
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.catalogue.editing.differences import differences, merged
from fumikura.catalogue.editing.lines import read, text_of
from fumikura.catalogue.editing.templates import templates
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_by_id, unsaved_edit, unsaved_edits
from fumikura.catalogue.same_works import others_of_work
from fumikura.catalogue.services import forget_unsaved, keep_unsaved, save_edit
from fumikura.discovery.queries import parse, search
from fumikura.journal.services import once
from fumikura.kernel.refusals import Refused
from fumikura.web.cataloguing import edits
from fumikura.web.cataloguing.edits import FORM, MARC, Edit
from fumikura.web.cataloguing.frame import language, page, told
from fumikura.web.visitors import for_staff, typed, visitor

ROWS = 20
SHOWN_UNSAVED = 8


@require_safe
@for_staff("catalogue.save")
def home(request: HttpRequest) -> HttpResponse:
    """Which record? A search, a new one, or one that was begun and not saved."""
    text = typed(request.GET, "q")
    found: list[BibliographicRecord] = []
    if text:
        ids = [hit.record_id for hit in search(parse(text), rows=ROWS, facets=()).hits]
        records = records_by_id(ids)
        found = [records[number] for number in ids if number in records]
    by = visitor(request).staff_actor(via="cataloguing")
    begun = [(unsaved, _title(unsaved.text)) for unsaved in unsaved_edits(by.ref)[:SHOWN_UNSAVED]]
    kinds = [(key, one.words.said(language())) for key, one in templates().items()]
    return page(request, "home", {"q": text, "found": found, "begun": begun, "kinds": kinds})


def _title(text: str) -> str:
    title = next((entry.text("a") for entry in read(text)[0].entries if entry.tag == "245"), "")
    return title.rstrip(" /:;") or _("書名のない書誌")


@require_safe
@for_staff("catalogue.save")
def new(request: HttpRequest, template: str) -> HttpResponse:
    if template not in templates():
        raise Http404
    return _editor(request, edits.begun(uuid4(), None, templates()[template]), {})


@require_safe
@for_staff("catalogue.save")
def record(request: HttpRequest, record: int) -> HttpResponse:
    """A record to change. What was begun with it before is offered, never taken by itself."""
    found = records_by_id([record]).get(record)
    if found is None:
        raise Http404
    by = visitor(request).staff_actor(via="cataloguing")
    begun = unsaved_edits(by.ref).filter(record=found).first()
    edit = edits.begun(uuid4(), found)
    view = MARC if request.GET.get("view") == MARC else FORM
    return _editor(request, replace(edit, view=view), {"begun": begun, "saved": "saved" in request.GET})


@require_http_methods(["GET", "POST"])
@for_staff("catalogue.save")
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Go on with what was kept; or do what a button of the editor says."""
    by = visitor(request).staff_actor(via="cataloguing")
    if request.method == "GET":
        unsaved = unsaved_edit(by.ref, key)
        if unsaved is None:
            return page(request, "no_edit", {}, status=404)
        return _editor(request, edits.kept(unsaved), {"resumed": True})
    sent = edits.sent(request, key)
    match request.POST.get("act", ""):
        case "discard":
            forget_unsaved(key, by=by)
            return HttpResponseRedirect(_after(sent.record))
        case "show-marc":
            return _kept(request, replace(sent, view=MARC), {})
        case "show-form":
            # Lines that are no fields would be lost in the form: first they are put right.
            return _kept(request, sent if sent.unread else replace(sent, view=FORM), {"stays": bool(sent.unread)})
        case "paste":
            changed, unread = edits.pasted(sent, request.POST.get("paste", ""))
            return _kept(request, changed, {"not_pasted": unread, "paste_again": [one.text for one in unread]})
        case "merge":
            return _merge(request, sent)
        case "overwrite":
            return _save(request, _on_present(sent))
    return _save(request, sent)


def _after(record: BibliographicRecord | None) -> str:
    return reverse("cataloguing:record", args=[record.pk]) if record else reverse("cataloguing:home")


@require_POST
@for_staff("catalogue.save")
def keep(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep what is typed, and answer what the checks say: asked by the page itself at each pause."""
    sent = edits.sent(request, key)
    _keep(request, sent)
    return render(request, "cataloguing/findings.html", {"told": edits.told_of(sent), "kept_at": timezone.now()})


def _keep(request: HttpRequest, edit: Edit) -> None:
    keep_unsaved(
        edit.key,
        record=edit.record,
        base=edit.base,
        template=edit.template.key,
        text=edit.text,
        by=visitor(request).staff_actor(via="cataloguing"),
        at=timezone.now(),
    )


def _kept(request: HttpRequest, edit: Edit, values: dict[str, object]) -> HttpResponse:
    _keep(request, edit)
    return _editor(request, edit, values)


def _save(request: HttpRequest, edit: Edit) -> HttpResponse:
    if not edits.may_be_saved(edit):
        _keep(request, edit)
        return _editor(request, edit, {"not_saved": True}, status=422)
    by = visitor(request).staff_actor(via="cataloguing")
    at = timezone.now()

    def act() -> dict[str, int]:
        return {"record": save_edit(edit.key, edit.content, record=edit.record, base=edit.base, by=by, at=at).pk}

    try:
        saved, _before = once(visitor(request).request_key, act, door="cataloguing", at=at)
    except Refused as refused:
        _keep(request, edit)
        if edit.record and any(reason.kind == "record-changed-meanwhile" for reason in refused.reasons):
            return _conflict(request, edit)
        return _editor(request, edit, {"reasons": told(refused)}, status=422)
    return HttpResponseRedirect(f"{reverse('cataloguing:record', args=[saved['record']])}?saved=1")


def _conflict(request: HttpRequest, edit: Edit) -> HttpResponse:
    """Two people changed one record: both changes side by side, and three ways on."""
    theirs = _on_present(edit).base
    base = read(edit.base)[0]
    both = merged(base, read(theirs)[0], edit.content)
    values = {
        "request_key": uuid4().hex,
        "edit": edit,
        "theirs": differences(base, read(theirs)[0]),
        "ours": differences(base, edit.content),
        "doubtful": both.doubtful,
    }
    return page(request, "conflict", values, status=409)


def _on_present(edit: Edit) -> Edit:
    """The same edit, begun from what the record says now."""
    if edit.record is None:
        return edit
    return replace(edit, base=edits.begun(edit.key, edit.record).base)


def _merge(request: HttpRequest, edit: Edit) -> HttpResponse:
    present = _on_present(edit)
    both = merged(read(edit.base)[0], read(present.base)[0], edit.content)
    view = MARC if both.doubtful else edit.view
    together = replace(present, text=text_of(both.content), view=view)
    return _kept(request, together, {"merged": True, "doubtful": both.doubtful})


def _editor(request: HttpRequest, edit: Edit, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    shown = {
        "request_key": uuid4().hex,
        "items_open": "holdings.add-item" in visitor(request).permissions,
        "removal_open": "catalogue.delete" in visitor(request).permissions,
        "edit": edit,
        "others_of_work": others_of_work(edit.record) if edit.record else 0,
        "groups": edits.groups_of(edit) if edit.view == FORM else [],
        "told": edits.told_of(edit),
        "changes": differences(read(edit.base)[0], edit.content) if edit.base else [],
        "kind": edit.template.words.said(language()),
    }
    return page(request, "editor", {**shown, **values}, status=status)
