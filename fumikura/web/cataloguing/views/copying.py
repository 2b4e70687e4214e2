"""Copy cataloguing: ask catalogues elsewhere, look at what they have, take one over into the editor."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from fumikura.catalogue.description import Description, description_of
from fumikura.catalogue.editing.lines import read, text_of
from fumikura.catalogue.editing.templates import template_for
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.numbers import isbns_of
from fumikura.catalogue.queries import find_record, records_with
from fumikura.catalogue.services import keep_unsaved
from fumikura.discovery.models import Target
from fumikura.discovery.targets import ask, targets
from fumikura.discovery.union.fetching import Silent
from fumikura.discovery.union.sru import Question
from fumikura.web.asked_once import asked_once
from fumikura.web.cataloguing.edits import LONGEST
from fumikura.web.cataloguing.frame import page
from fumikura.web.visitors import for_staff, typed, visitor

SILENCE: dict[str, tuple[Promise, Promise]] = {
    "no-answer": (_("時間内に答えがありませんでした。"), _("混んでいるのかもしれません。少し待って、もう一度さがしてください。")),
    "cannot-connect": (_("つながりません。"), _("回線と、問い合わせ先の住所を確かめてください。")),
    "http-error": (_("相手の側で断られました（{detail}）。"), _("続くときは、問い合わせ先の設定を確かめてください。")),
    "too-large": (_("答えが大きすぎます。"), _("条件をしぼってさがしてください。")),
    "not-sru": (_("答えが SRU の形ではありません。"), _("問い合わせ先の住所と形式を確かめてください。")),
    "resting": (_("続けて答えがなかったので、1分のあいだ休ませています。"), _("少し待ってから、もう一度さがしてください。")),
    "bad-address": (_("住所が正しくありません。"), _("問い合わせ先の設定を直してください。")),
}  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """One record of a target, and the record of ours that it seems to be."""

    description: Description
    lines: str
    ours: BibliographicRecord | None


@dataclass(frozen=True)
class Heard:
    """What one target said: records, or why there are none."""

    target: Target
    total: int = 0
    hits: tuple[Hit, ...] = ()
    faulty: int = 0
    diagnostics: tuple[str, ...] = ()
    silence: tuple[str, str] | None = None


@require_safe
@for_staff("catalogue.save")
def copy(request: HttpRequest) -> HttpResponse:
    asked = list(targets())
    chosen = typed(request.GET, "target", 20)
    question = _question(request)
    ask_these = [target for target in asked if chosen in {"", str(target.pk)}]
    values = {
        "q": typed(request.GET, "q"),
        "creator": question.creator,
        "target": chosen,
        "targets": [("", _("すべて")), *((str(target.pk), target.name) for target in asked)],
        "heard": [] if question.is_empty else [_hear(target, question) for target in ask_these],
        "asked": not question.is_empty,
        "may_set": "discovery.set-targets" in visitor(request).permissions,
        "has_targets": bool(asked),
    }
    return page(request, "copy", values)


def _question(request: HttpRequest) -> Question:
    """An ISBN is looked for as such; other words are a title."""
    text = typed(request.GET, "q")
    isbns = isbns_of(text)
    if isbns:
        return Question(isbn=isbns[0])
    return Question(title=text, creator=typed(request.GET, "creator"))


def _hear(target: Target, question: Question) -> Heard:
    try:
        found = ask(target, question, at=timezone.now())
    except Silent as silent:
        sentence, way_out = SILENCE[silent.code]
        return Heard(target, silence=(str(sentence).replace("{detail}", silent.detail), str(way_out)))
    hits = tuple(_hit(_identified(decoded.content, target)) for decoded in found.records)
    return Heard(target, found.total, hits, found.faulty, found.diagnostics)


def _identified(content: Content, target: Target) -> Content:
    """With a source beside the number; a number of nobody knows whom becomes a note, and the record gets one of ours."""
    tags = {entry.tag for entry in content.entries}
    if "003" in tags or "001" not in tags:
        return content
    number = next(entry.data.strip() for entry in content.entries if entry.tag == "001")
    if target.source:
        entries = [entry for entry in content.entries if entry.tag == "001"]
        rest = [entry for entry in content.entries if entry.tag != "001"]
        return Content(content.leader, [*entries[:1], Entry("003", data=target.source), *rest])
    rest = [entry for entry in content.entries if entry.tag != "001"]
    at = next((at for at, entry in enumerate(rest) if entry.tag > "035"), len(rest))
    note = Entry("035", "  ", [("a", f"({target.name}){number}")])
    return Content(content.leader, [*rest[:at], note, *rest[at:]])


def _hit(content: Content) -> Hit:
    description = description_of(content)
    return Hit(description, text_of(content), _ours(content, description))


def _ours(content: Content, description: Description) -> BibliographicRecord | None:
    stated = {entry.tag: entry.data.strip() for entry in reversed(content.entries) if entry.tag in {"001", "003"}}
    if len(stated) == 2 and (found := find_record(stated["003"], stated["001"])) and found.deleted_at is None:
        return found
    numbers = [isbn for isbn in description.isbns if len(isbn) == 13][:3]
    return next((record for isbn in numbers for record in records_with("isbn", isbn)[:1]), None)


@require_POST
@for_staff("catalogue.save")
@asked_once("cataloguing")
def take(request: HttpRequest) -> HttpResponse:
    """Open a record of another library in the editor; nothing is in the catalogue until it is saved there."""
    lines = request.POST.get("lines", "")[:LONGEST].replace("\x00", "").replace("\r\n", "\n")
    content, _unread = read(lines)
    if not content.entries:
        return HttpResponseRedirect(reverse("cataloguing:copy"))
    key = uuid4()
    keep_unsaved(
        key,
        record=None,
        base="",
        template=template_for(description_of(content).kind).key,
        text=text_of(content),
        by=visitor(request).staff_actor(via="cataloguing"),
        at=timezone.now(),
    )
    return HttpResponseRedirect(reverse("cataloguing:edit", args=[key]))
