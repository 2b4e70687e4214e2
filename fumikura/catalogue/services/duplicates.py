"""Finding records that describe the same publication, and settling what is found."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from fumikura.catalogue.events import DuplicatesFound, RecordsKeptApart
from fumikura.catalogue.matching import NUMBERS, Facts, Judgement, judge
from fumikura.catalogue.models import BibliographicRecord, DuplicatePair, RecordIdentifier, WorkDecision
from fumikura.catalogue.services.drafts import LOCAL
from fumikura.catalogue.services.merging import overlay_of, unite
from fumikura.catalogue.services.works import joined, lock_works, undone
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

MOST_ALIKE = 60
"""A number or a work that more records share than this says nothing about any two of them."""

SUBJECT = "catalogue.duplicate-pair:{}"

MOST_COMMON = 50_000
"""So many keys that say nothing are remembered while a file is brought in."""

_COLUMNS = ("id", "source", "title", "volume", "creator", "publisher", "year", "kind", "work_key", "sort_key")


def find_duplicates(created: Sequence[int], *, common: set[str], by: Actor, at: datetime) -> list[DuplicatePair]:
    """Compare new records with those of other sources by number and by work, inside the caller's transaction.

    A supplier knows its own records by its own numbers; a whole catalogue is compared with itself by compare_all.
    What is the same or doubtful is noted as a pair; a sure one is merged at once where the rule of its source says so.
    `common` is handed from chunk to chunk: keys that very many records share, which are not asked for again.
    """
    if _alone(created):
        return []
    pairs = _noted(judged_pairs(created, _of_other_sources, common), by=by, at=at)
    _merge_at_once([pair for pair in pairs if pair.is_sure], set(created), by=by, at=at)
    return pairs


def _alone(created: Sequence[int]) -> bool:
    """Whether there is nothing to compare with: the first file of a library comes from one source only."""
    sources = set(BibliographicRecord.objects.filter(pk__in=created).values_list("source", flat=True).distinct())
    if len(sources) != 1 or LOCAL in sources:
        return not sources
    (source,) = sources
    before, behind = (BibliographicRecord.objects.filter(**{f"source__{side}": source}) for side in ("lt", "gt"))
    return not before.exists() and not behind.exists()


def compare_all(*, by: Actor, at: datetime, progress: Callable[[int], None] = lambda _done: None) -> tuple[int, int]:
    """Compare the whole catalogue with itself; answer how many pairs are sure and how many doubtful. Merges nothing."""
    by.require("catalogue.merge")
    sure = total = last = 0
    common: set[str] = set()
    while some := list(
        BibliographicRecord.objects.filter(deleted_at=None, pk__gt=last)
        .order_by("pk")
        .values_list("pk", flat=True)[:500]
    ):
        with transaction.atomic():
            found = judged_pairs(some, _of_any_source, common)
            # Each pair is noted once, with the newer of the two.
            newer = {pair: judgement for pair, judgement in found.items() if last < pair[1] <= some[-1]}
            pairs = _noted(newer, by=by, at=at)
        sure, total, last = sure + sum(pair.is_sure for pair in pairs), total + len(pairs), some[-1]
        progress(last)
    return sure, total - sure


def _noted(found: Mapping[tuple[int, int], Judgement], *, by: Actor, at: datetime) -> list[DuplicatePair]:
    if not found:
        return []
    pairs = [
        DuplicatePair(
            first_id=first,
            second_id=second,
            is_sure=judgement.verdict == "same",
            reasons=" ".join(judgement.reasons)[:200],
            found_at=at,
        )
        for (first, second), judgement in sorted(found.items())
    ]
    DuplicatePair.objects.bulk_create(pairs, ignore_conflicts=True)
    sure = sum(pair.is_sure for pair in pairs)
    write_down(DuplicatesFound(sure=sure, doubtful=len(pairs) - sure), by=by, at=at)
    return pairs


Comparable = Callable[[str, str], bool]
"""Whether records of these two sources are compared."""


def _of_other_sources(one: str, other: str) -> bool:
    return one != other or one == LOCAL


def _of_any_source(_one: str, _other: str) -> bool:
    return True


def judged_pairs(
    records: Iterable[int],
    comparable: Comparable,
    common: set[str],
) -> dict[tuple[int, int], Judgement]:
    """(older, newer) → how alike they are, of these records and any others; those that differ are left out."""
    wanted = set(records)
    rows, numbers, blocks = _blocks(wanted, comparable, common)
    facts: dict[int, Facts] = {}
    found: dict[tuple[int, int], Judgement] = {}
    seen: set[tuple[int, int]] = set()
    for block in blocks:
        for pk in block & wanted & rows.keys():
            for other in block & rows.keys():
                pair = (min(pk, other), max(pk, other))
                if pk == other or pair in seen or not comparable(rows[pk].source, rows[other].source):
                    continue
                seen.add(pair)
                for one in pair:
                    if one not in facts:
                        facts[one] = _facts(rows[one], numbers[one])
                judgement = judge(facts[pair[0]], facts[pair[1]])
                if judgement.verdict != "different":
                    found[pair] = judgement
    return found


Numbers = defaultdict[int, frozenset[tuple[str, str]]]


def _blocks(
    wanted: set[int], comparable: Comparable, common: set[str]
) -> tuple[dict[int, BibliographicRecord], Numbers, list[set[int]]]:
    """Sets of records that share a number, a work or a reading with one of these; the rows and the numbers of all."""
    here = BibliographicRecord.objects.filter(deleted_at=None)
    rows = {row.pk: row for row in here.filter(pk__in=wanted).only(*_COLUMNS)}
    values = RecordIdentifier.objects.filter(record_id__in=rows, scheme__in=NUMBERS).values_list("value", flat=True)
    keys = {
        "value": set(values) - common,
        "work_key": {row.work_key for row in rows.values()} - {""} - common,
        "sort_key": {row.sort_key for row in rows.values()} - {""} - common,
    }
    named = RecordIdentifier.objects.filter(value__in=keys["value"], scheme__in=NUMBERS)
    blocks = _by_key(named.values_list("value", "record_id", "record__source"), comparable, common)
    for column in ("work_key", "sort_key"):
        same = BibliographicRecord.objects.filter(**{f"{column}__in": keys[column]})
        blocks += _by_key(same.values_list(column, "pk", "source"), comparable, common)
    others = {pk for block in blocks for pk in block} - rows.keys()
    rows.update({row.pk: row for row in here.filter(pk__in=others).only(*_COLUMNS)})
    told: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    numbers = RecordIdentifier.objects.filter(record_id__in=rows, scheme__in=NUMBERS)
    for record, scheme, value in numbers.values_list("record_id", "scheme", "value"):
        told[record].add((scheme, value))
    frozen: Numbers = defaultdict(frozenset)
    frozen.update({pk: frozenset(said) for pk, said in told.items()})
    return rows, frozen, blocks


def _by_key(rows: Iterable[tuple[str, int, str]], comparable: Comparable, common: set[str]) -> list[set[int]]:
    """Records that share a key, where two of them may be compared; what very many share says nothing and goes to `common`."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for key, record, source in rows:
        found[key].add(record)
        sources[key].add(source)
    if len(common) < MOST_COMMON:
        common.update(key for key, block in found.items() if len(block) > MOST_ALIKE)
    return [
        block
        for key, block in found.items()
        if 1 < len(block) <= MOST_ALIKE
        and any(comparable(one, other) for one in sources[key] for other in sources[key])
    ]


def _facts(row: BibliographicRecord, numbers: frozenset[tuple[str, str]]) -> Facts:
    return Facts(
        title=row.title,
        volume=row.volume,
        creator=row.creator,
        publisher=row.publisher,
        year=row.year,
        kind=row.kind,
        numbers=numbers,
    )


def _merge_at_once(pairs: Sequence[DuplicatePair], created: set[int], *, by: Actor, at: datetime) -> None:
    """New records have neither copies nor holds yet, so that nothing above the catalogue needs to move."""
    if not pairs or not by.may("catalogue.merge"):
        return
    newer = {pair.second_id for pair in pairs} & created
    rows = BibliographicRecord.objects.in_bulk({pk for pair in pairs for pk in (pair.first_id, pair.second_id)})
    merging = {source: overlay_of(source)[1] for source in {rows[pk].source for pk in newer}}
    gone: set[int] = set()
    for pair in pairs:
        kept, new = rows[pair.first_id], rows[pair.second_id]
        may = pair.second_id in newer and kept.source != new.source and merging[new.source]
        if may and not gone & {kept.pk, new.pk}:
            unite(kept=kept, gone=new, moved={}, by=by, at=at)
            gone.add(new.pk)


@transaction.atomic
def keep_apart(*, pair: DuplicatePair, by: Actor, at: datetime) -> None:
    """They are two. The pair is not offered again. Refused("pair-settled")."""
    by.require("catalogue.merge")
    _settle(pair, "apart", by=by, at=at)
    write_down(RecordsKeptApart(pair=pair.pk), by=by, at=at, subject=SUBJECT.format(pair.pk))


@transaction.atomic
def keep_as_editions(*, pair: DuplicatePair, by: Actor, at: datetime) -> None:
    """They are two publications of one work: neither goes, and readers find them together. The pair is not offered again.

    Refused: pair-settled, record-merged (one of them is not in the catalogue any more).
    """
    by.require("catalogue.merge")
    both = [pair.first_id, pair.second_id]
    lock_works(both)
    one, two = BibliographicRecord.objects.filter(pk__in=both).order_by("pk").defer("marc")
    if one.deleted_at or two.deleted_at:
        raise Refused(Reason.of("record-merged"))
    _settle(pair, "edition", by=by, at=at)
    if one.work_key and one.work_key == two.work_key:
        news = RecordsKeptApart(pair=pair.pk, as_editions=True)
        write_down(news, by=by, at=at, subject=SUBJECT.format(pair.pk))
    else:
        joined(WorkDecision(record=one, other=two, pair=pair), by=by, at=at)


def _settle(pair: DuplicatePair, settled_as: str, *, by: Actor, at: datetime) -> None:
    settled = DuplicatePair.objects.filter(pk=pair.pk, settled_at=None).update(
        settled_at=at, settled_by=by.ref, settled_as=settled_as
    )
    if not settled:
        raise Refused(Reason.of("pair-settled"))


@transaction.atomic
def open_again(*, pair: DuplicatePair, by: Actor, at: datetime) -> None:
    """Take back that they are two, and that they are one work if that was decided with it: the pair waits again."""
    by.require("catalogue.merge")
    if decision := WorkDecision.objects.standing().filter(pair=pair).first():
        undone(decision, by=by, at=at)
        return
    opened = DuplicatePair.objects.filter(pk=pair.pk, settled_as__in=["apart", "edition"]).update(
        settled_at=None, settled_by="", settled_as=""
    )
    if opened:
        news = RecordsKeptApart(pair=pair.pk, taken_back=True)
        write_down(news, by=by, at=at, subject=SUBJECT.format(pair.pk))
