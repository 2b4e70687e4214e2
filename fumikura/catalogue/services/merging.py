"""Two records made one, and two again; what a source may overwrite.

`unite` and `divide` are steps of a verb above that moves copies and holds along (circulation.services.merge_titles).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from fumikura.catalogue.events import RecordMergeUndone, RecordsMerged, SourceRuleSet
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.arrivals import Decoded, Faulty
from fumikura.catalogue.models import BibliographicRecord, DuplicatePair, RecordMerge, SourceRule
from fumikura.catalogue.overlays import NotTags, Overlay, laid_over, sent_again, tags_in
from fumikura.catalogue.services.drafts import Draft, draft_of
from fumikura.catalogue.services.placing import give_back_work, take_over_work
from fumikura.catalogue.services.records import write_drafts
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused


def overlay_of(source: str) -> tuple[Overlay, bool]:
    """What records of this source may do, and whether sure ones are merged at once."""
    rows = {row.source: row for row in SourceRule.objects.filter(source__in=[source, ""])}
    row = rows.get(source) or rows.get("")
    if row is None:
        return Overlay(), False
    return Overlay(protects=row.protects, adds=row.adds, overwrites=row.overwrites), row.merges


@transaction.atomic
def set_source_rule(*, source: str, overlay: Overlay, merges: bool, by: Actor, at: datetime) -> SourceRule:
    """Decide what records of a source may do. Refused("tags-not-understood:…")."""
    by.require("catalogue.set-rules")
    for text in (overlay.protects, overlay.adds, overlay.overwrites):
        try:
            tags_in(text)
        except NotTags as word:
            raise Refused(Reason.of(f"tags-not-understood:{word}")) from None
    facts = {
        "merges": merges,
        "protects": overlay.protects,
        "adds": overlay.adds,
        "overwrites": overlay.overwrites,
    }
    row, _new = SourceRule.objects.update_or_create(source=source[:40], defaults=facts)
    write_down(SourceRuleSet(source=row.source), by=by, at=at, subject=f"catalogue.source-rule:{row.pk}")
    return row


def ready_to_write(
    drafts: Sequence[Draft], present: Mapping[tuple[str, str], BibliographicRecord], *, by: Actor, at: datetime
) -> tuple[list[Draft], dict[int, int]]:
    """What an import may write of these: local fields are kept, and a record that went into another does not come back.

    Answers the drafts to write, and the records that took over something from one that is merged (record → version that
    keeps its earlier state).
    """
    away = gone_into(row.pk for row in present.values() if row.deleted_at is not None)
    merged = [draft for draft in drafts if draft.key in present and present[draft.key].pk in away]
    changed: dict[int, int] = {}
    for draft in merged:
        kept = BibliographicRecord.objects.select_for_update().get(pk=away[present[draft.key].pk])
        marc = with_added_fields(bytes(kept.marc), draft.marc, overlay_of(draft.source)[0])
        if kept.deleted_at is None and marc != bytes(kept.marc):
            version = _rewrite(kept, marc, by=by, at=at)
            changed.setdefault(kept.pk, version)
    others = [draft for draft in drafts if draft not in merged] if merged else drafts
    return protected(others, present), changed


def protected(drafts: Sequence[Draft], present: Mapping[tuple[str, str], BibliographicRecord]) -> list[Draft]:
    """The drafts with the local fields of the records that they would write over."""
    rules: dict[str, Overlay] = {}
    kept = []
    for draft in drafts:
        row = present.get(draft.key)
        if row is None or row.deleted_at is not None or bytes(row.marc) == draft.marc:
            kept.append(draft)
            continue
        if draft.source not in rules:
            rules[draft.source] = overlay_of(draft.source)[0]
        kept.append(with_local_fields(draft, bytes(row.marc), rules[draft.source]))
    return kept


def with_local_fields(draft: Draft, here: bytes, rule: Overlay) -> Draft:
    """What an import writes over `here`: the draft with the local fields of the record that is here."""
    try:
        arriving = iso2709.decode(draft.marc).content
        content = sent_again(iso2709.decode(here).content, arriving, rule)
        if content is arriving:
            return draft
        marc = iso2709.encode(content)
    except Faulty:
        return draft
    return replace(draft_of(Decoded(content, marc)), source=draft.source, number=draft.number)


def unite(
    *, kept: BibliographicRecord, gone: BibliographicRecord, moved: dict[str, Any], by: Actor, at: datetime
) -> RecordMerge:
    """Lay `gone` over `kept` by the rule of its source and take it out of the catalogue.

    A step inside the caller's transaction; `moved` is what the caller moved along. Refused("record-same" |
    "record-merged").
    """
    by.require("catalogue.merge")
    if kept.pk == gone.pk:
        raise Refused(Reason.of("record-same"))
    rows = _locked(kept.pk, gone.pk)
    kept, gone = rows[kept.pk], rows[gone.pk]
    before = bytes(kept.marc)
    after = with_added_fields(before, bytes(gone.marc), overlay_of(gone.source)[0])
    _rewrite(kept, after, by=by, at=at)
    BibliographicRecord.objects.filter(pk=gone.pk).update(deleted_at=at, changed_at=at, written_at=Now())
    # A record that was saved again after it had gone into another is here again: that merge is over.
    RecordMerge.objects.filter(gone=gone, undone_at=None).update(undone_at=at)
    merge = RecordMerge.objects.create(
        kept=kept, gone=gone, before=before, after=after, moved=moved, merged_at=at, merged_by=by.ref
    )
    take_over_work(merge)
    low, high = sorted((kept.pk, gone.pk))
    DuplicatePair.objects.filter(first_id=low, second_id=high).update(
        settled_at=at, settled_by=by.ref, settled_as="merged"
    )
    news = RecordsMerged(merge=merge.pk, records=(kept.pk, gone.pk))
    write_down(news, by=by, at=at, subject=f"catalogue.record:{kept.pk}")
    return merge


def _locked(*pks: int) -> dict[int, BibliographicRecord]:
    rows = BibliographicRecord.objects.select_for_update().filter(pk__in=pks, deleted_at=None).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) != len(set(pks)):
        raise Refused(Reason.of("record-merged"))
    return found


def with_added_fields(here: bytes, other: bytes, rule: Overlay) -> bytes:
    """The record that is here, with what another one of the same book adds."""
    try:
        mine = iso2709.decode(here).content
        content = laid_over(mine, iso2709.decode(other).content, rule)
        return here if content is mine else iso2709.encode(content)
    except Faulty:
        return here  # too long for one record: it stays as it is, and the other's text stays with its row


def _rewrite(row: BibliographicRecord, marc: bytes, *, by: Actor, at: datetime) -> int:
    """Number of the version that keeps the earlier state; 0 when nothing changes."""
    if marc == bytes(row.marc):
        return 0
    draft = replace(draft_of(iso2709.decode(marc)), source=row.source, number=row.number)
    return write_drafts([draft], by=by, at=at).versions[row.pk]


def divide(*, merge: RecordMerge, by: Actor, at: datetime) -> None:
    """Make two of one again: the kept record gets back what it was, unless it was changed since, and the other returns.

    A step inside the caller's transaction, which moves back what it had moved. Refused("merge-undone-already").
    """
    by.require("catalogue.merge")
    rows = BibliographicRecord.objects.select_for_update().filter(pk__in=[merge.kept_id, merge.gone_id])
    found = {row.pk: row for row in rows.order_by("pk")}
    undone = RecordMerge.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=at)
    if not undone:
        raise Refused(Reason.of("merge-undone-already"))
    kept = found[merge.kept_id]
    if kept.deleted_at is not None:
        raise Refused(Reason.of("merge-built-upon"))
    if bytes(kept.marc) == bytes(merge.after):
        _rewrite(kept, bytes(merge.before), by=by, at=at)
    back = BibliographicRecord.objects.filter(pk=merge.gone_id)
    back.update(deleted_at=None, changed_at=at, written_at=Now())
    give_back_work(merge)
    low, high = sorted((merge.kept_id, merge.gone_id))
    DuplicatePair.objects.filter(first_id=low, second_id=high).update(settled_at=None, settled_by="", settled_as="")
    news = RecordMergeUndone(merge=merge.pk, records=(merge.kept_id, merge.gone_id))
    write_down(news, by=by, at=at, subject=f"catalogue.record:{merge.kept_id}")


def gone_into(records: Iterable[int]) -> dict[int, int]:
    """Merged record → the one it went into."""
    rows = RecordMerge.objects.filter(gone_id__in=list(records), undone_at=None)
    return dict(rows.values_list("gone_id", "kept_id"))
