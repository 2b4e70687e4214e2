"""Reads of authorities for doors and the rooms above: who is meant, what else they are called, what they made."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from fumikura.catalogue.headings import ABOUT, heading_key
from fumikura.catalogue.models import (
    Authority,
    AuthorityImport,
    AuthorityLink,
    AuthorityMerge,
    AuthorityRelation,
    AuthorityVariant,
    BibliographicRecord,
    ImportedAuthority,
    LocalTie,
)
from fumikura.catalogue.volumes import volume_of
from fumikura.kernel.japanese import sort_key
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared

MOST_WORKS = 5_000
"""Of one authority, on its page. Beyond it a search is the better way."""

MOST_EDITIONS = 200


def get_authority(pk: int) -> Authority:
    """The authority, merged or not. Raises Authority.DoesNotExist."""
    return Authority.objects.select_related("merged_into").get(pk=pk)


def standing_authority(authority: Authority) -> Authority:
    """The one it was merged into, if it was; through any number of merges."""
    while authority.merged_into is not None:
        authority = authority.merged_into
    return authority


def authorities_of(record: int) -> dict[tuple[str, str], int]:
    """(kind, key of a heading) → the authority that the record means by it."""
    found = {(kind, key): pk for kind, key, pk in _linked(record=record)}
    for kind, key, pk in _called_otherwise(authorities=listed(set(found.values()))) if found else ():
        found.setdefault((kind, key), pk)
    return found


@prepared
def _linked(record: int) -> "QuerySet[AuthorityLink, tuple[str, str, int]]":
    links = AuthorityLink.objects.filter(record=record)
    return links.values_list("authority__kind", "authority__key", "authority_id")


@prepared
def _called_otherwise(authorities: str) -> "QuerySet[AuthorityVariant, tuple[str, str, int]]":
    variants = AuthorityVariant.objects.filter(Among("authority", authorities))
    return variants.values_list("authority__kind", "key", "authority_id")


@dataclass(frozen=True, slots=True)
class OtherName:
    kind: str
    name: str
    reading: str


def other_names_of(records: Iterable[int]) -> dict[int, list[OtherName]]:
    """Under which other words records should be found, because an authority that they name is also called so.

    One query, and it answers with nothing for authorities without variants: those are found by what the records say.
    """
    found: defaultdict[int, dict[OtherName, None]] = defaultdict(dict)
    rows = AuthorityVariant.objects.filter(authority__links__record_id__in=list(records)).values_list(
        "authority__links__record_id", "authority__kind", "name", "reading", "authority__heading", "authority__reading"
    )
    for record, kind, name, reading, heading, heading_reading in rows:
        found[record][OtherName(kind, heading, heading_reading)] = None
        found[record][OtherName(kind, name, reading)] = None
    return {record: list(names) for record, names in found.items()}


def records_naming(authorities: Iterable[int]) -> set[int]:
    """Every record that names one of these authorities."""
    links = AuthorityLink.objects.filter(authority_id__in=list(authorities))
    return set(links.values_list("record_id", flat=True))


def find_authorities(text: str, kind: str = "", scheme: str = "") -> QuerySet[Authority]:
    """Those whose heading, variant or reading begins with `text`, in 五十音 order; all of them for an empty text.

    When none begins so, those in whose name it stands: 金之助 finds 夏目, 金之助.
    """
    rows = Authority.objects.filter(merged_into=None)
    if scheme:
        rows = rows.filter(scheme=scheme)
    if kind:
        rows = rows.filter(kind=kind)
    if key := heading_key(text):
        # は, ば and ぱ stand together in 五十音 order, so they are found together as well.
        begins = Q(key__startswith=key) | Q(sort_key__startswith=sort_key(text).partition(" ")[0])
        named = AuthorityVariant.objects.filter(begins).values("authority_id")
        found = rows.filter(begins | Q(pk__in=named))
        if len(key) > 1 and not found.exists():
            holding = AuthorityVariant.objects.filter(key__contains=key).values("authority_id")
            found = rows.filter(Q(key__contains=key) | Q(pk__in=holding))
        rows = found
    return rows.annotate(records=Count("links__record", distinct=True)).order_by("sort_key", "pk")


def namesakes_of(authority: Authority) -> QuerySet[Authority]:
    """Others under the same words: perhaps the same, perhaps not."""
    keys = {authority.key, *authority.variants.values_list("key", flat=True)}
    named = AuthorityVariant.objects.filter(key__in=keys).values("authority_id")
    others = Authority.objects.filter(Q(key__in=keys) | Q(pk__in=named), kind=authority.kind, merged_into=None)
    return others.exclude(pk=authority.pk).order_by("sort_key", "pk")


def related_to(authority: Authority) -> list[Authority]:
    """をも見よ, both ways, in 五十音 order."""
    rows = AuthorityRelation.objects.filter(Q(first=authority) | Q(second=authority))
    pairs = rows.values_list("first_id", "second_id")
    others = {pk for pair in pairs for pk in pair} - {authority.pk}
    return list(Authority.objects.filter(pk__in=others, merged_into=None).order_by("sort_key", "pk"))


def relations_of(authority: Authority) -> list[tuple[str, Authority]]:
    """(what it is to this one, the other): broader first, then narrower, then related; each in 五十音 order."""
    rows = AuthorityRelation.objects.filter(Q(first=authority) | Q(second=authority)).select_related("first", "second")
    turned = {"broader": "narrower", "narrower": "broader"}
    found = [
        (row.kind, row.second) if row.first_id == authority.pk else (turned.get(row.kind, row.kind), row.first)
        for row in rows
    ]
    order = {"broader": 0, "narrower": 1}
    standing = [(kind, other) for kind, other in found if other.merged_into_id is None]
    return sorted(standing, key=lambda pair: (order.get(pair[0], 2), pair[1].sort_key, pair[1].pk))


def local_people() -> QuerySet[Authority]:
    """市ゆかりの文化人 with what ties them, in 五十音 order."""
    rows = Authority.objects.filter(is_local=True, merged_into=None).order_by("sort_key", "pk")
    return rows.prefetch_related(Prefetch("ties", LocalTie.objects.order_by("pk")))


def ties_of(authority: Authority) -> QuerySet[LocalTie]:
    return authority.ties.order_by("pk")


def authority_imports() -> QuerySet[AuthorityImport]:
    """The files of authorities brought in, the latest first."""
    return AuthorityImport.objects.order_by("-started_at", "-pk")


def lines_of_import(batch: AuthorityImport) -> QuerySet[ImportedAuthority]:
    return batch.lines.select_related("authority").order_by("pk")


def merges_of(authority: Authority) -> QuerySet[AuthorityMerge]:
    """What was merged into it or out of it, the latest first."""
    rows = AuthorityMerge.objects.filter(Q(kept=authority) | Q(gone=authority)).select_related("kept", "gone")
    return rows.order_by("-merged_at", "-pk")


@dataclass(frozen=True, slots=True)
class Edition:
    record: int
    title: str
    volume: str
    publisher: str
    year: int | None
    kind: str
    creator: str
    ndc: str


@dataclass(frozen=True, slots=True)
class Work:
    """Records of one work, the newest first."""

    editions: tuple[Edition, ...]

    @property
    def first(self) -> Edition:
        return self.editions[0]

    @property
    def years(self) -> tuple[int, ...]:
        """The earliest and the latest year known, or only one, or none."""
        known = sorted({edition.year for edition in self.editions if edition.year})
        return tuple(dict.fromkeys(known[:1] + known[-1:]))


def works_of(authority: Authority, *, about: Sequence[str] | None = None) -> list[Work]:
    """The works by a person or body (or with `about=ABOUT` those about it), in 五十音 order of their titles."""
    links = AuthorityLink.objects.filter(authority=authority)
    links = links.filter(tag__in=ABOUT) if about else links.exclude(tag__in=ABOUT)
    rows = BibliographicRecord.objects.filter(deleted_at=None, pk__in=links.values("record_id"))
    return grouped(rows.defer("marc").order_by("sort_key", "pk")[:MOST_WORKS])


def works_about(authority: Authority) -> list[Work]:
    return works_of(authority, about=sorted(ABOUT))


def grouped(records: Iterable[BibliographicRecord]) -> list[Work]:
    """Records by work, in the order of the first of each."""
    groups: dict[str, list[Edition]] = {}
    for row in records:
        edition = Edition(row.pk, row.title, row.volume, row.publisher, row.year, row.kind, row.creator, row.ndc)
        groups.setdefault(row.work_key or f"#{row.pk}", []).append(edition)
    return [Work(tuple(sorted(group, key=lambda one: -(one.year or 0)))) for group in groups.values()]


def other_editions(record: BibliographicRecord) -> list[BibliographicRecord]:
    """Other editions, formats and volumes of the record's work, by volume and year: the first MOST_EDITIONS."""
    if not record.work_key:
        return []
    return by_volume(_of_work(key=record.work_key, record=record.pk))


def by_volume(editions: Iterable[BibliographicRecord]) -> list[BibliographicRecord]:
    """Editions as they are listed: by volume, of one volume the newest first."""
    return sorted(editions, key=lambda row: (volume_of(row.title, row.volume), -(row.year or 0), row.pk))


@prepared
def _of_work(key: str, record: int) -> "QuerySet[BibliographicRecord]":
    same = BibliographicRecord.objects.filter(work_key=key, deleted_at=None).exclude(pk=record)
    return same.defer("marc").order_by("pk")[:MOST_EDITIONS]
