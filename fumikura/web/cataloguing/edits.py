"""One editing session, as the page carries it: what it began from, what stands there now, and how it is shown."""

from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import ngettext

from fumikura.catalogue.description import description_of
from fumikura.catalogue.editing.checks import Finding, findings
from fumikura.catalogue.editing.form import Line, applied, lines_of
from fumikura.catalogue.editing.lines import Unread, read, text_of
from fumikura.catalogue.editing.templates import Part, Template, template_for, templates
from fumikura.catalogue.editing.words import finding_words
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.catalogue.marc.iso2709 import decode
from fumikura.catalogue.models import BibliographicRecord, UnsavedEdit
from fumikura.catalogue.numbers import isbns_of
from fumikura.catalogue.queries import records_by_id, records_with
from fumikura.catalogue.same_works import of_work_described
from fumikura.web.cataloguing.frame import language
from fumikura.web.visitors import typed

FORM, MARC = "form", "marc"
LONGEST = 400_000
"""Letters of a record as lines; ISO 2709 has room for a quarter of it."""


@dataclass(frozen=True)
class Edit:
    """What the editor holds."""

    key: UUID
    record: BibliographicRecord | None
    base: str
    template: Template
    text: str
    view: str = FORM

    @property
    def content(self) -> Content:
        return read(self.text)[0]

    @property
    def unread(self) -> list[Unread]:
        return read(self.text)[1]


@dataclass(frozen=True)
class Group:
    """The lines of one part of the form."""

    part: Part
    words: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Told:
    """A finding in words, and the id of the box it is about (the MARC view has one box)."""

    sentence: str
    way_out: str
    stop: bool
    box: str
    href: str = ""


def begun(key: UUID, record: BibliographicRecord | None, template: Template | None = None) -> Edit:
    """A fresh edit of a record, or of a new one from a template."""
    if record is None:
        chosen = template or templates()["book"]
        return Edit(key, None, "", chosen, text_of(chosen.start))
    content = decode(bytes(record.marc)).content
    text = text_of(content)
    return Edit(key, record, text, template_for(description_of(content).kind), text)


def kept(unsaved: UnsavedEdit) -> Edit:
    template = templates().get(unsaved.template, templates()["book"])
    view = MARC if read(unsaved.text)[1] else FORM
    return Edit(unsaved.key, unsaved.record, unsaved.base, template, unsaved.text, view)


def sent(request: HttpRequest, key: UUID) -> Edit:
    """The edit as the page sent it, with what stands in the boxes of the form."""
    number = typed(request.POST, "record", 20)
    record = records_by_id([int(number)]).get(int(number)) if number.isdecimal() else None
    template = templates().get(request.POST.get("template", ""), templates()["book"])
    text = _plain(request.POST.get("text", ""))
    edit = Edit(key, record, _plain(request.POST.get("base", "")), template, text)
    if request.POST.get("view") == MARC:
        return replace(edit, view=MARC)
    boxes = {name: _plain(value) for name, value in request.POST.items() if isinstance(value, str)}
    return replace(edit, text=text_of(applied(edit.content, template, boxes)))


def pasted(edit: Edit, lines: str) -> tuple[Edit, list[Unread]]:
    """With the fields of these lines put in, and the lines that are no fields."""
    come, unread = read(_plain(lines))
    entries = list(edit.content.entries)
    for entry in come.entries:
        if not any(entry.tag == other.tag and not entry.marks for other in entries):
            at = next((at for at, other in enumerate(entries) if other.tag > entry.tag), len(entries))
            entries.insert(at, Entry(entry.tag, entry.marks, list(entry.parts), entry.data))
    return replace(edit, text=text_of(Content(edit.content.leader, entries))), unread


def _plain(text: str) -> str:
    """A NUL cannot be kept by PostgreSQL, and lines from a form end in CR LF."""
    return text[:LONGEST].replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def groups_of(edit: Edit) -> list[Group]:
    lines = lines_of(edit.content, edit.template)
    return [
        Group(part, part.words.said(language()), tuple(found)) for part, found in groupby(lines, lambda line: line.part)
    ]


def told_of(edit: Edit) -> list[Told]:
    """What the checks say about it, with the records that have its ISBN already, or a new one's title and author."""
    found = [_told(edit, finding) for finding in findings(edit.content, edit.unread)]
    others = _same_isbn(edit)
    return [*found, *others, *_same_work(edit, {one.href for one in others})]


def may_be_saved(edit: Edit) -> bool:
    return not any(finding.stop for finding in findings(edit.content, edit.unread))


def _told(edit: Edit, finding: Finding) -> Told:
    sentence, way_out = finding_words(finding.code, finding.about, language())
    return Told(sentence, way_out, finding.stop, _box_of(edit, finding))


def _box_of(edit: Edit, finding: Finding) -> str:
    if edit.view == MARC:
        return "text"
    for part in edit.template.parts:
        if finding.tag in part.tags:
            place = min(finding.place, 0) if not part.repeats else _place(edit, part, finding)
            kana = "-kana" if finding.code in {"no-reading", "reading-not-kana"} else ""
            return f"{part.key}-{place}-{part.cells[0].code}{kana}"
        if finding.tag == "008" and part.key == finding.code:
            return part.key
    return "main"


def _place(edit: Edit, part: Part, finding: Finding) -> int:
    """Which of the part's lines the field is: a part may hold several tags."""
    tags = [entry.tag for entry in edit.content.entries if entry.tag in part.tags and entry.marks]
    same = [at for at, tag in enumerate(tags) if tag == finding.tag]
    return same[finding.place] if finding.place < len(same) else 0


def _same_isbn(edit: Edit) -> list[Told]:
    numbers = {
        isbn
        for entry in edit.content.entries
        if entry.tag == "020" and entry.marks
        for value in entry.all("a")
        for isbn in isbns_of(value)
        if len(isbn) == 13
    }
    own = edit.record.pk if edit.record else 0
    others = {other.pk: other for isbn in sorted(numbers)[:5] for other in records_with("isbn", isbn)[:3]}
    others.pop(own, None)
    return [
        Told(*finding_words("same-isbn", other.title, language()), False, "main", f"/cataloguing/records/{pk}")
        for pk, other in list(others.items())[:3]
    ]


def _same_work(edit: Edit, named: set[str]) -> list[Told]:
    """Of a new record: that of its title and author which has another ISBN or none, or where several stand together."""
    if edit.record is not None:
        return []
    here = [(f"/cataloguing/records/{one.pk}", one) for one in of_work_described(edit.content)]
    others = [(href, one) for href, one in here if href not in named]
    if not others:
        return []
    href, first = others[0]
    about = " ".join(filter(None, (first.title, first.volume, first.publisher, str(first.year or ""))))
    if more := len(others) - 1:
        about += ngettext("、ほか %(counter)s件", "、ほか %(counter)s件", more) % {"counter": more}
        href += "/work"
    return [Told(*finding_words("same-work", about, language()), False, "main", href)]
