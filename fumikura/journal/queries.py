"""Reading the journal: what is readable now, how far behind the readers are."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from fumikura.journal.models import Answer, Bookmark, Entry

KEYS_AT_ONCE = 500


class OldestOpenTransaction(models.Func):
    """PostgreSQL's xmin: every transaction below it has ended. On SQLite writers follow one another: nothing is open."""

    template = "9223372036854775807"
    output_field = models.BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        return self.as_sql(compiler, connection, template=template, **context)


def entries_after(bookmark: Bookmark, *, limit: int) -> list[Entry]:
    """The next entries in reading order: by (transaction, id), and only from transactions before the oldest open one.

    Ids are given out before commit, so on PostgreSQL a smaller id can appear after a larger one; following ids alone
    would skip it for ever. Transaction ids below xmin are settled: whatever is still to come will have a larger one.
    """
    return list(
        Entry.objects.filter(
            Q(transaction__gt=bookmark.transaction) | Q(transaction=bookmark.transaction, pk__gt=bookmark.entry)
        )
        .filter(transaction__lt=OldestOpenTransaction())
        .order_by("transaction", "pk")[:limit]
    )


def end_of_journal() -> tuple[int, int]:
    """(transaction, id) of the last readable entry; (0, 0) in an empty journal. Where a rebuild starts to catch up."""
    last = Entry.objects.filter(transaction__lt=OldestOpenTransaction()).order_by("-transaction", "-pk").first()
    return (last.transaction, last.pk) if last else (0, 0)


def lag(reader: str) -> int:
    """How many readable entries `reader` has not yet read."""
    mark = Bookmark.objects.filter(reader=reader).first() or Bookmark(reader=reader)
    return Entry.objects.filter(
        Q(transaction__gt=mark.transaction) | Q(transaction=mark.transaction, pk__gt=mark.entry)
    ).count()


def newest_entry() -> int:
    """The number of the newest entry; 0 when nothing has happened yet."""
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def entries_on(subjects: Collection[str], *, event: str, limit: int = 20) -> list[Entry]:
    """What the journal says of this kind about any of these, the latest first."""
    rows = Entry.objects.filter(subject__in=list(subjects), event=event).exclude(subject="")
    return list(rows.order_by("-happened_at", "-pk")[:limit])


def entries_since(day: date, *, events: Collection[str], patron_keys: Collection[str] | None = None) -> list[Entry]:
    """What happened of these kinds since the beginning of a local day, in reading order; of these readers, when given."""
    since = timezone.make_aware(datetime.combine(day, time()))
    rows = Entry.objects.filter(event__in=list(events), happened_at__gte=since)
    if patron_keys is not None:
        rows = rows.filter(patron_key__in=list(patron_keys)).exclude(patron_key="")
    return list(rows.order_by("pk"))


def subjects_at(moment: datetime, *, event: str) -> list[str]:
    """What happened of this kind in that very moment was about: for taking back what one act did."""
    return list(Entry.objects.filter(event=event, happened_at=moment).values_list("subject", flat=True))


def answer_to(request_key: str, *, door: str) -> dict[str, Any]:
    """What the call with this request key was answered through that door; empty when there was none."""
    if not request_key:
        return {}
    found = Answer.objects.filter(pk=request_key, door=door).values_list("body", flat=True).first()
    return found or {}


def answers_of(request_keys: Collection[str], *, door: str) -> dict[str, dict[str, Any]]:
    """The same for many calls at once; keys that were never answered are left out."""
    found: dict[str, dict[str, Any]] = {}
    keys = list(request_keys)
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = Answer.objects.filter(pk__in=keys[start : start + KEYS_AT_ONCE], door=door)
        found |= dict(some.values_list("pk", "body"))
    return found


def entries_named(event: str, *, limit: int) -> list[Entry]:
    """The latest entries of one kind, the newest first."""
    return list(Entry.objects.filter(event=event).order_by("-happened_at", "-id")[:limit])


def told_since(event: str, *, since: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """When, and what, every entry of one kind said from a moment on; read one by one, for there may be many."""
    found = Entry.objects.filter(event=event, happened_at__gte=since).order_by("happened_at", "id")
    return found.values_list("happened_at", "particulars").iterator()


def entries_by(actor: str, *, since: datetime, until: datetime) -> list[Entry]:
    """What somebody did between two moments."""
    return list(Entry.objects.filter(actor=actor, happened_at__gte=since, happened_at__lte=until).order_by("id"))


def numbers_by(actor: str, *, since: datetime, until: datetime) -> set[int]:
    """The numbers of what somebody wrote between two moments."""
    found = Entry.objects.filter(actor=actor, happened_at__gte=since, happened_at__lte=until)
    return set(found.values_list("pk", flat=True))


def entries_about(patron_key: str, *, limit: int) -> list[Entry]:
    """The latest entries that carry this patron's key, the newest first."""
    return list(
        Entry.objects.filter(patron_key=patron_key).exclude(patron_key="").order_by("-happened_at", "-id")[:limit]
    )
