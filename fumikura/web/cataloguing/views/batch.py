"""Many records changed at once: choose them, say the change, look at what it would do, do it, take it back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.catalogue.editing.differences import Change, differences
from fumikura.catalogue.editing.operations import KINDS, Operation, Unfit, carried_out
from fumikura.catalogue.editing.patience import try_patterns
from fumikura.catalogue.marc.iso2709 import decode
from fumikura.catalogue.models import BatchEdit, BibliographicRecord
from fumikura.catalogue.numbers import isbns_of
from fumikura.catalogue.queries import batch_edits, records_by_id, records_with
from fumikura.catalogue.services import MOST_AT_ONCE, edit_many, undo_edit_many
from fumikura.discovery.queries import parse, search
from fumikura.journal.services import once
from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import staff_names
from fumikura.web.cataloguing.frame import page, told
from fumikura.web.visitors import for_staff, typed, visitor

MOST_FOUND = 500
"""Of a search; for more, a list of record numbers says exactly which."""
SHOWN, SHOWN_EARLIER, OPERATIONS = 20, 20, 3
KIND_WORDS: dict[str, Promise] = {
    "add-field": _("項目を足す"),
    "delete-field": _("項目を消す"),
    "add-subfield": _("サブフィールドを足す"),
    "delete-subfield": _("サブフィールドを消す"),
    "replace": _("文字を置き換える"),
}
UNFIT_WORDS: dict[str, Promise] = {
    "no-tag": _("項目の番号を3けたで書いてください（例：650、65X）。"),
    "no-code": _("サブフィールドの符号を1字で書いてください（例：a）。"),
    "no-field": _("足す項目を、590 ## $a… のように1行で書いてください。"),
    "no-text": _("足す文字を書いてください。"),
    "bad-pattern": _("正規表現が読めません。かっこなどを確かめてください。"),
    "slow-pattern": _(
        "この正規表現は、時間がかかりすぎます。くり返しの中のくり返しをやめるか、もっと短くしてください。何も変わっていません。"
    ),
    "nothing": _("どう直すかを、1つは書いてください。"),
}


@dataclass(frozen=True)
class Preview:
    record: BibliographicRecord
    changes: list[Change]


@require_http_methods(["GET", "POST"])
@for_staff("catalogue.edit-many")
def batch(request: HttpRequest) -> HttpResponse:
    """The form; sent once, it shows what would change; sent again from there, it is done."""
    if request.method == "GET":
        return _form(request, {})
    records, unknown = _chosen(request.POST)
    try:
        operations = _operations(request.POST)
        try_patterns(operations, _texts_of(records) if any(one.pattern for one in operations) else ())
    except Unfit as unfit:
        return _form(request, {"unfit": UNFIT_WORDS[unfit.code]}, status=422)
    if not records:
        return _form(request, {"none": True, "unknown": unknown}, status=422)
    if request.POST.get("act") == "do":
        return _do(request, [record.pk for record in records], operations)
    previews = [_preview(record, operations) for record in records]
    changing = [preview for preview in previews if preview.changes]
    values = {
        "previews": changing[:SHOWN],
        "changing": len(changing),
        "chosen": len(records),
        "unknown": unknown,
        "ids": " ".join(str(preview.record.pk) for preview in changing),
        "previewed": True,
    }
    return _form(request, values)


def _chosen(sent: QueryDict) -> tuple[list[BibliographicRecord], list[str]]:
    """Records by list (numbers of this catalogue, ISBN) or, without a list, by search; and what of the list is unknown."""
    listed = re.split(r"[\s,、]+", sent.get("ids", "").strip())[: MOST_AT_ONCE + 1]
    numbers: list[int] = []
    unknown: list[str] = []
    for word in filter(None, listed):
        isbns = isbns_of(word) if len(word) >= 10 else ()
        if isbns:
            found = [record.pk for record in records_with("isbn", isbns[0])[:20]]
            numbers += found
            unknown += [] if found else [word]
        elif word.isdecimal() and len(word) < 20:
            numbers.append(int(word))
        else:
            unknown.append(word)
    text = typed(sent, "q")
    if not any(listed) and text:
        numbers = [hit.record_id for hit in search(parse(text), rows=MOST_FOUND, facets=()).hits]
    records = records_by_id(numbers)
    unknown += [str(number) for number in numbers if number not in records]
    return [records[number] for number in dict.fromkeys(numbers) if number in records], unknown


def _texts_of(records: list[BibliographicRecord]) -> Iterator[str]:
    for record in records:
        for entry in decode(bytes(record.marc)).content.entries:
            yield from (text for _code, text in entry.parts) if entry.marks else (entry.data,)


def _operations(sent: QueryDict) -> list[Operation]:
    """The lines of the form that were filled in. Raises Unfit."""
    found: list[Operation] = []
    for place in range(OPERATIONS):
        kind = sent.get(f"kind-{place}", "")
        if kind not in KINDS:
            continue
        facts = {name: sent.get(f"{name}-{place}", "").replace("\x00", "")[:1000] for name in ("find", "text")}
        facts |= {name: typed(sent, f"{name}-{place}", 3) for name in ("tag", "code")}
        found.append(Operation.of({"kind": kind, "pattern": f"pattern-{place}" in sent, **facts}))
    if not found:
        raise Unfit("nothing")
    return found


def _preview(record: BibliographicRecord, operations: list[Operation]) -> Preview:
    before = decode(bytes(record.marc)).content
    return Preview(record, differences(before, carried_out(before, operations)))


def _do(request: HttpRequest, ids: list[int], operations: list[Operation]) -> HttpResponse:
    by, at = visitor(request).staff_actor(via="cataloguing"), timezone.now()

    def act() -> dict[str, int]:
        made = edit_many(ids, operations, by=by, at=at)
        return {"batch": made.pk if made else 0}

    try:
        done, _before = once(visitor(request).request_key, act, door="cataloguing", at=at)
    except Refused as refused:
        return _form(request, {"reasons": told(refused)}, status=422)
    if not done["batch"]:
        return _form(request, {"nothing": True})
    return HttpResponseRedirect(f"{reverse('cataloguing:batch-done', args=[done['batch']])}?done=1")


def _form(request: HttpRequest, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    sent = request.POST
    lines = [
        {
            "place": place,
            "pattern": f"pattern-{place}" in sent,
            **{name: sent.get(f"{name}-{place}", "") for name in ("kind", "tag", "code", "find", "text")},
        }
        for place in range(OPERATIONS)
    ]
    earlier = list(batch_edits()[:SHOWN_EARLIER])
    names = staff_names({made.made_by for made in earlier})
    shown = {
        "q": sent.get("q", ""),
        "ids": sent.get("ids", ""),
        "lines": lines,
        "kinds": [("", "—"), *KIND_WORDS.items()],
        "earlier": [(made, made.records.count(), names.get(made.made_by, "")) for made in earlier],
        "request_key": uuid4().hex,
        "most": MOST_FOUND,
    }
    return page(request, "batch", {**shown, **values}, status=status)


@require_safe
@for_staff("catalogue.edit-many")
def done(request: HttpRequest, batch: int) -> HttpResponse:
    """What a batch edit did, and the button that takes it back."""
    made = _found(batch)
    return _done(request, made, {"done": "done" in request.GET})


@require_POST
@for_staff("catalogue.edit-many")
def undo(request: HttpRequest, batch: int) -> HttpResponse:
    made = _found(batch)
    by, at = visitor(request).staff_actor(via="cataloguing"), timezone.now()

    def act() -> dict[str, list[int]]:
        undone = undo_edit_many(made, by=by, at=at)
        return {"restored": list(undone.restored), "left_alone": list(undone.left_alone)}

    result, _before = once(visitor(request).request_key, act, door="cataloguing", at=at)
    left = records_by_id(result["left_alone"])
    made.refresh_from_db()
    return _done(request, made, {"restored": len(result["restored"]), "left": list(left.values()), "undone": True})


def _done(request: HttpRequest, made: BatchEdit, values: dict[str, object]) -> HttpResponse:
    lines = list(made.records.select_related("record").order_by("record_id")[:SHOWN])
    facts = {
        "made": made,
        "count": made.records.count(),
        "records": [line.record for line in lines],
        "operations": [(KIND_WORDS.get(one["kind"], one["kind"]), one) for one in made.operations],
        "request_key": uuid4().hex,
    }
    return page(request, "batch_done", {**facts, **values})


def _found(batch: int) -> BatchEdit:
    made = batch_edits().filter(pk=batch).first()
    if made is None:
        raise Http404
    return made
