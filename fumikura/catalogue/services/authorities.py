"""Changing authorities, referring from one to another, making two into one and two again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from fumikura.catalogue.events import AuthoritiesChanged, AuthoritiesMerged, AuthorityMergeUndone
from fumikura.catalogue.headings import heading_key
from fumikura.catalogue.models import (
    Authority,
    AuthorityIdentifier,
    AuthorityLink,
    AuthorityMerge,
    AuthorityRelation,
    AuthorityVariant,
    LocalTie,
)
from fumikura.catalogue.services.linking import identity_of, sort_of
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

OPPOSITE = {"broader": "narrower", "narrower": "broader"}


@dataclass(frozen=True, kw_only=True)
class AuthorityFacts:
    """What staff may say of an authority."""

    heading: str
    reading: str = ""
    dates: str = ""
    is_local: bool = False
    local_note: str = ""
    note: str = ""
    variants: tuple[tuple[str, str], ...] = ()
    """(name, reading) of every other form."""


@transaction.atomic
def add_authority(*, kind: str, facts: AuthorityFacts, scheme: str = "", by: Actor, at: datetime) -> Authority:
    """Make an authority that no record names yet. `kind` as Authority.kind; `scheme` "local" for the library's own 件名.

    Refused("authority-heading-missing" | "authority-exists").
    """
    by.require("catalogue.change-authority")
    if not (key := heading_key(facts.heading)):
        raise Refused(Reason.of("authority-heading-missing"))
    identity = identity_of(kind, key, facts.dates, facts.reading)
    # Two persons may have one name; of subjects and bodies there is one of each.
    standing = Authority.objects.filter(kind=kind, key=key, merged_into=None)
    if Authority.objects.filter(identity=identity).exists() or (kind != "person" and standing.exists()):
        raise Refused(Reason.of("authority-exists", heading=facts.heading))
    row = Authority.objects.create(
        kind=kind,
        heading=facts.heading,
        reading=facts.reading,
        dates=facts.dates[:60],
        key=key,
        identity=identity,
        sort_key=sort_of(facts.heading, facts.reading),
        scheme=scheme[:20],
        note=facts.note,
        is_local=facts.is_local,
        local_note=facts.local_note,
        created_at=at,
        changed_at=at,
    )
    forms = {heading_key(name): (name, reading) for name, reading in facts.variants}
    _write_variants(row, {form: pair for form, pair in forms.items() if form and form != key})
    write_down(AuthoritiesChanged(authorities=(row.pk,)), by=by, at=at, subject=f"catalogue.authority:{row.pk}")
    return row


@transaction.atomic
def remove_authority(*, authority: Authority, by: Actor, at: datetime) -> None:
    """Take an authority out that nothing names. Refused("authority-in-use" | "authority-merged")."""
    by.require("catalogue.change-authority")
    row = _locked(authority.pk)[0]
    if row.links.exists() or AuthorityMerge.objects.filter(Q(kept=row) | Q(gone=row)).exists():
        raise Refused(Reason.of("authority-in-use", heading=row.heading))
    number = row.pk
    row.delete()
    write_down(AuthoritiesChanged(authorities=(number,)), by=by, at=at, subject=f"catalogue.authority:{number}")


@transaction.atomic
def change_authority(*, authority: Authority, facts: AuthorityFacts, by: Actor, at: datetime) -> Authority:
    """Write what is given. A heading that is changed stays as a variant, so that records under it keep their link.

    Refused("authority-heading-missing"), Refused("authority-merged").
    """
    by.require("catalogue.change-authority")
    row = _locked(authority.pk)[0]
    if not (key := heading_key(facts.heading)):
        raise Refused(Reason.of("authority-heading-missing"))
    forms = {heading_key(name): (name, reading) for name, reading in facts.variants}
    if row.key != key:
        forms.setdefault(row.key, (row.heading, row.reading))
    forms = {form: pair for form, pair in forms.items() if form and form != key}
    identity = identity_of(row.kind, key, facts.dates, facts.reading)
    if identity != row.identity and not Authority.objects.filter(identity=identity).exclude(pk=row.pk).exists():
        row.identity = identity
    row.heading, row.reading, row.dates, row.key = facts.heading, facts.reading, facts.dates[:60], key
    row.reading_is_draft = False
    row.is_local, row.local_note, row.note = facts.is_local, facts.local_note, facts.note
    row.sort_key, row.changed_at = sort_of(row.heading, row.reading), at
    row.save()
    _write_variants(row, forms)
    write_down(AuthoritiesChanged(authorities=(row.pk,)), by=by, at=at, subject=f"catalogue.authority:{row.pk}")
    return row


def _write_variants(row: Authority, forms: dict[str, tuple[str, str]]) -> None:
    row.variants.exclude(key__in=forms).delete()
    AuthorityVariant.objects.bulk_create(
        (
            AuthorityVariant(authority=row, name=name, reading=reading, key=key, sort_key=sort_of(name, reading))
            for key, (name, reading) in forms.items()
        ),
        update_conflicts=True,
        unique_fields=["authority", "key"],
        update_fields=["name", "reading", "sort_key"],
    )


@transaction.atomic
def relate(*, one: Authority, other: Authority, kind: str = "related", by: Actor, at: datetime) -> None:
    """A reference between two authorities, seen from both. `kind`: what the other is to the one: related (をも見よ),
    broader (上位語) or narrower (下位語). Said anew it replaces what was said.

    Refused("authority-same" | "authority-merged" | "authority-circle").
    """
    by.require("catalogue.change-authority")
    if one.pk == other.pk:
        raise Refused(Reason.of("authority-same"))
    if kind in OPPOSITE and _is_below(one, other, kind):
        raise Refused(Reason.of("authority-circle"))
    first, second = _locked(one.pk, other.pk)
    seen = kind if first.pk == one.pk else OPPOSITE.get(kind, kind)
    row, is_new = AuthorityRelation.objects.get_or_create(first=first, second=second, defaults={"kind": seen})
    if not is_new and row.kind != seen:
        row.kind = seen
        row.save(update_fields=["kind"])
    elif not is_new:
        return
    _changed(first.pk, second.pk, by=by, at=at)


def _is_below(one: Authority, other: Authority, kind: str) -> bool:
    """Whether the opposite is said already, directly or through others: then the two would stand in a circle."""
    seen, level = {other.pk}, {other.pk}
    while level:
        level = {pk for start in level for pk in _stepping(start, kind)} - seen
        seen |= level
    direct = AuthorityRelation.objects.filter(first_id=min(one.pk, other.pk), second_id=max(one.pk, other.pk)).exists()
    return one.pk in seen and not direct


def _stepping(pk: int, kind: str) -> set[int]:
    """Those that are `kind` to this one."""
    forth = AuthorityRelation.objects.filter(first_id=pk, kind=kind).values_list("second_id", flat=True)
    back = AuthorityRelation.objects.filter(second_id=pk, kind=OPPOSITE[kind]).values_list("first_id", flat=True)
    return {*forth, *back}


@transaction.atomic
def unrelate(*, one: Authority, other: Authority, by: Actor, at: datetime) -> None:
    """They refer to each other no longer, in whichever way they did. Without a relation nothing happens."""
    by.require("catalogue.change-authority")
    low, high = sorted((one.pk, other.pk))
    deleted, _ = AuthorityRelation.objects.filter(first_id=low, second_id=high).delete()
    if deleted:
        _changed(low, high, by=by, at=at)


def _changed(*authorities: int, by: Actor, at: datetime) -> None:
    write_down(
        AuthoritiesChanged(authorities=authorities), by=by, at=at, subject=f"catalogue.authority:{authorities[0]}"
    )


@transaction.atomic
def merge_authorities(*, kept: Authority, gone: Authority, by: Actor, at: datetime) -> AuthorityMerge:
    """Make `gone` a part of `kept`: its records, forms, numbers and references go over, its heading becomes a variant.

    Records stay as they are written. Refused("authority-same" | "authority-kinds-differ" | "authority-merged").
    """
    by.require("catalogue.change-authority")
    if kept.pk == gone.pk:
        raise Refused(Reason.of("authority-same"))
    rows = {row.pk: row for row in _locked(kept.pk, gone.pk)}
    kept, gone = rows[kept.pk], rows[gone.pk]
    if kept.kind != gone.kind:
        raise Refused(Reason.of("authority-kinds-differ"))
    moved = {
        **_move_links(kept, gone),
        **_move_forms(kept, gone),
        "identifiers": _pks(AuthorityIdentifier.objects.filter(authority=gone)),
        "relations": _move_relations(kept, gone),
        "ties": _pks(LocalTie.objects.filter(authority=gone)),
        "before": {
            "dates": kept.dates,
            "reading": kept.reading,
            "reading_is_draft": kept.reading_is_draft,
            "is_local": kept.is_local,
            "local_note": kept.local_note,
        },
        "identity": gone.identity,
    }
    AuthorityIdentifier.objects.filter(pk__in=moved["identifiers"]).update(authority=kept)
    LocalTie.objects.filter(pk__in=moved["ties"]).update(authority=kept)
    kept.dates = kept.dates or gone.dates
    if gone.reading and (not kept.reading or (kept.reading_is_draft and not gone.reading_is_draft)):
        kept.reading, kept.reading_is_draft = gone.reading, gone.reading_is_draft
    kept.is_local = kept.is_local or gone.is_local
    kept.local_note = kept.local_note or gone.local_note
    kept.sort_key, kept.changed_at = sort_of(kept.heading, kept.reading), at
    kept.save()
    # Its identity is free for nobody: a namesake that comes later is found through the variant, or is another person.
    gone.merged_into, gone.identity, gone.changed_at = kept, f"merged:{gone.pk}", at
    gone.save()
    merge = AuthorityMerge.objects.create(kept=kept, gone=gone, moved=moved, merged_at=at, merged_by=by.ref)
    news = AuthoritiesMerged(merge=merge.pk, authorities=(kept.pk, gone.pk))
    write_down(news, by=by, at=at, subject=f"catalogue.authority:{kept.pk}")
    return merge


def _locked(*pks: int) -> Sequence[Authority]:
    """The rows in the order of their numbers, locked. Refused when one of them has been merged."""
    rows = list(Authority.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    if len(rows) != len(set(pks)) or any(row.merged_into_id for row in rows):
        raise Refused(Reason.of("authority-merged"))
    return rows


def _pks(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _move_links(kept: Authority, gone: Authority) -> dict[str, Any]:
    """Records and fields are noted, not rows: an import in between writes the links anew."""
    at_kept = set(AuthorityLink.objects.filter(authority=kept).values_list("record_id", "tag"))
    at_gone = list(AuthorityLink.objects.filter(authority=gone).values_list("record_id", "tag", "role"))
    both = [link for link in at_gone if link[:2] in at_kept]
    twice = {link[:2] for link in both}
    rows = AuthorityLink.objects.filter(authority=gone, record_id__in={record for record, _tag in twice})
    surplus = [pk for pk, record, tag in rows.values_list("pk", "record_id", "tag") if (record, tag) in twice]
    AuthorityLink.objects.filter(pk__in=surplus).delete()
    AuthorityLink.objects.filter(authority=gone).update(authority=kept)
    return {"links": [[record, tag] for record, tag, _role in at_gone if (record, tag) not in at_kept], "both": both}


def _move_forms(kept: Authority, gone: Authority) -> dict[str, Any]:
    """The heading and the variants of `gone` become variants of `kept`, except those it has already."""
    has = {kept.key, *kept.variants.values_list("key", flat=True)}
    movable = _pks(gone.variants.exclude(key__in=has))
    AuthorityVariant.objects.filter(pk__in=movable).update(authority=kept)
    made = []
    if gone.key not in has:
        heading = AuthorityVariant.objects.create(
            authority=kept,
            name=gone.heading,
            reading=gone.reading,
            dates=gone.dates,
            key=gone.key,
            sort_key=gone.sort_key,
        )
        made = [heading.pk]
    return {"variants": movable, "variants_made": made}


def _move_relations(kept: Authority, gone: Authority) -> list[int]:
    """The others that `gone` pointed to and `kept` did not, as it pointed to them."""
    others = _others(gone)
    fresh = sorted(others.keys() - _others(kept).keys() - {kept.pk})
    AuthorityRelation.objects.bulk_create(
        AuthorityRelation(
            first_id=min(kept.pk, other),
            second_id=max(kept.pk, other),
            kind=others[other] if kept.pk < other else OPPOSITE.get(others[other], others[other]),
        )
        for other in fresh
    )
    return fresh


def _others(row: Authority) -> dict[int, str]:
    """Other → what it is to this one."""
    forth = AuthorityRelation.objects.filter(first=row).values_list("second_id", "kind")
    back = AuthorityRelation.objects.filter(second=row).values_list("first_id", "kind")
    return {**dict(forth), **{pk: OPPOSITE.get(kind, kind) for pk, kind in back}}


@transaction.atomic
def undo_authority_merge(*, merge: AuthorityMerge, by: Actor, at: datetime) -> None:
    """Make two of one again. What was changed since at the one that was kept stays with it.

    Refused("merge-undone-already"), Refused("merge-built-upon") when the one that was kept went into another since.
    """
    by.require("catalogue.change-authority")
    merge = AuthorityMerge.objects.select_for_update().get(pk=merge.pk)
    rows = {row.pk: row for row in Authority.objects.select_for_update().filter(pk__in=[merge.kept_id, merge.gone_id])}
    kept, gone, moved = rows[merge.kept_id], rows[merge.gone_id], merge.moved
    if merge.undone_at:
        raise Refused(Reason.of("merge-undone-already"))
    if kept.merged_into_id:
        raise Refused(Reason.of("merge-built-upon"))
    _move_links_back(kept, gone, moved)
    AuthorityVariant.objects.filter(pk__in=moved["variants_made"], authority=kept).delete()
    AuthorityVariant.objects.filter(pk__in=moved["variants"], authority=kept).update(authority=gone)
    AuthorityIdentifier.objects.filter(pk__in=moved["identifiers"], authority=kept).update(authority=gone)
    LocalTie.objects.filter(pk__in=moved["ties"], authority=kept).update(authority=gone)
    for other in moved["relations"]:
        AuthorityRelation.objects.filter(first_id=min(kept.pk, other), second_id=max(kept.pk, other)).delete()
    before = moved["before"]
    if not before["dates"] and kept.dates == gone.dates:
        kept.dates = ""
    if (not before["reading"] or before.get("reading_is_draft")) and kept.reading == gone.reading:
        kept.reading, kept.reading_is_draft = before["reading"], bool(before.get("reading_is_draft"))
    if not before["is_local"] and gone.is_local and kept.local_note == gone.local_note:
        kept.is_local, kept.local_note = False, before["local_note"]
    kept.sort_key, kept.changed_at = sort_of(kept.heading, kept.reading), at
    kept.save()
    taken = Authority.objects.filter(identity=moved["identity"]).exists()
    gone.identity = f"again:{gone.pk}" if taken else moved["identity"]
    gone.merged_into, gone.changed_at = None, at
    gone.save()
    merge.undone_at = at
    merge.save(update_fields=["undone_at"])
    news = AuthorityMergeUndone(merge=merge.pk, authorities=(kept.pk, gone.pk))
    write_down(news, by=by, at=at, subject=f"catalogue.authority:{kept.pk}")


def _move_links_back(kept: Authority, gone: Authority, moved: dict[str, Any]) -> None:
    wanted = {(record, tag) for record, tag in moved["links"]}
    here = AuthorityLink.objects.filter(authority=kept, record_id__in={record for record, _tag in wanted})
    back = [pk for pk, record, tag in here.values_list("pk", "record_id", "tag") if (record, tag) in wanted]
    AuthorityLink.objects.filter(pk__in=back).update(authority=gone)
    records = set(AuthorityLink.objects.filter(authority=kept).values_list("record_id", "tag"))
    AuthorityLink.objects.bulk_create(
        (
            AuthorityLink(record_id=record, authority=gone, tag=tag, role=role)
            for record, tag, role in moved["both"]
            if (record, tag) in records
        ),
        ignore_conflicts=True,
    )
