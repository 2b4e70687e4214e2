"""Which work a record is of: what staff decided, else what its title and creator come to. Steps inside a verb."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from fumikura.catalogue.models import BibliographicRecord, PlacedRecord, RecordMerge
from fumikura.catalogue.same_works import joinings, keys_by_hand
from fumikura.catalogue.works import roots, work_key


def keep_works(rows: Collection[BibliographicRecord], *, arriving: Iterable[str] = ()) -> dict[str, str]:
    """Rows about to be written, with the keys of what they say now: what was decided about their works stays.

    Answers where the keys of records that are new (`arriving`) lead. Nothing is written here.
    """
    by_hand = keys_by_hand([row.pk for row in rows])
    for row in rows:
        row.work_key = by_hand.get(row.pk, row.work_key)
    keys = {*(row.work_key for row in rows), *arriving} - {""}
    ends = roots(keys, joinings(keys))
    for row in rows:
        row.work_key = ends.get(row.work_key, "")
    return ends


def place_again(rows: Collection[BibliographicRecord]) -> tuple[int, ...]:
    """Write the work of each row anew, from its title and creator and from what is decided now; answer those that changed.

    Deleted ones too: they may be brought back.
    """
    before = {row.pk: row.work_key for row in rows}
    for row in rows:
        row.work_key = work_key(row.title, row.creator, row.publisher)
    keep_works(rows)
    moved: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.work_key != before[row.pk]:
            moved[row.work_key].append(row.pk)
    for key, pks in moved.items():
        BibliographicRecord.objects.filter(pk__in=pks).update(work_key=key)
    return tuple(sorted(pk for pks in moved.values() for pk in pks))


def take_over_work(merge: RecordMerge) -> None:
    """A record that goes into another is the same publication: what was decided about its work holds for the one that is
    kept, unless something was decided about that one itself. It ends with the merge."""
    known = PlacedRecord.objects.standing().filter(record_id__in=[merge.kept_id, merge.gone_id])
    latest = {placed.record_id: placed for placed in known.order_by("pk")}
    if merge.gone_id in latest and merge.kept_id not in latest:
        placed = latest[merge.gone_id]
        PlacedRecord.objects.create(
            decision_id=placed.decision_id, record_id=merge.kept_id, key=placed.key, merge=merge
        )
    give_back_work(merge)


def give_back_work(merge: RecordMerge) -> None:
    """The two records of a merge, or of one that is over, stand where they belong now."""
    place_again(list(BibliographicRecord.objects.filter(pk__in=[merge.kept_id, merge.gone_id]).defer("marc")))
