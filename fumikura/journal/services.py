"""Writing the journal: record, once, forget."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, OuterRef, Q

from fumikura.journal.events import Event
from fumikura.journal.models import Answer, Bookmark, Entry
from fumikura.journal.wake import wake_readers
from fumikura.kernel.actors import Actor
from fumikura.statements.reads import prepared
from fumikura.statements.writes import insert, prepared_update


class CurrentTransaction(models.Func):
    """The id of the running transaction: what lets a reader on PostgreSQL skip nothing. SQLite has one writer: 0."""

    template = "0"
    output_field = models.BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="pg_current_xact_id()::text::bigint", **context)


def record(event: Event, *, by: Actor, at: datetime, subject: str = "", patron_key: str = "") -> None:
    """Write one entry inside the caller's transaction and wake the readers at its commit.

    `subject` is "room.noun:id". `patron_key` is the patron's random key, or empty.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction it reports")
    insert(entry_for(event, by=by, at=at, subject=subject, patron_key=patron_key))
    wake_readers()


def entry_for(event: Event, *, by: Actor, at: datetime, subject: str = "", patron_key: str = "") -> Entry:
    """The unsaved entry, for a verb that records many at once."""
    return Entry(
        transaction=CurrentTransaction(),
        event=event.name,
        subject=subject,
        happened_at=at,
        facility=by.facility,
        actor=by.ref,
        via=by.via,
        patron_key=patron_key,
        request_key=by.request_key,
        particulars=asdict(event),
    )


def record_many(entries: Sequence[Entry]) -> None:
    """Write entries made by entry_for, in this order, and wake the readers at the commit."""
    if not connection.in_atomic_block:
        raise RuntimeError("record_many() belongs inside the transaction it reports")
    Entry.objects.bulk_create(entries, batch_size=1000)
    wake_readers()


def once(
    request_key: str, act: Callable[[], dict[str, Any]], *, door: str, at: datetime
) -> tuple[dict[str, Any], bool]:
    """Do `act` for this request key at most once; answer (body, whether it had been done before).

    `act` calls one verb and returns row numbers and codes. Its work and the key are committed together; a refusal
    commits neither, so a refused call may be tried again. An empty key means the caller cannot retry: just act.
    """
    if not request_key:
        with transaction.atomic():
            return act(), False
    try:
        with transaction.atomic():
            if before := _answers.first(request_key=request_key):
                return before.body, True
            body = act()
            insert(Answer(request_key=request_key, door=door, answered_at=at, body=body))
            return body, False
    except IntegrityError:
        # Two calls with one key ran side by side: the other one has committed, so its answer is the answer.
        if before := _answers.first(request_key=request_key):
            return before.body, True
        raise


@prepared
def _answers(request_key: str) -> "models.QuerySet[Answer]":
    return Answer.objects.filter(pk=request_key)


def skip_ahead(reader: str, *, transaction_id: int, entry: int) -> None:
    """Let a reader go on behind this entry, because it has come to know all before it in another way. Never back.

    Only for the one who holds the lease of the readers.
    """
    bookmark, _ = Bookmark.objects.get_or_create(reader=reader)
    if (bookmark.transaction, bookmark.entry) < (transaction_id, entry):
        bookmark.transaction, bookmark.entry = transaction_id, entry
        bookmark.save(update_fields=["transaction", "entry", "moved_at"])


def forget_patron_of(subject: str) -> None:
    """返したら消える: blank the patron key on every entry about `subject`, inside the caller's transaction."""
    _blank_patron_key(subject=subject)


@prepared_update
def _blank_patron_key(subject: str) -> tuple["models.QuerySet[Entry]", dict[str, str]]:
    return Entry.objects.filter(subject=subject).exclude(patron_key=""), {"patron_key": ""}


def untie(endings: Collection[str], *, kept: Collection[str], since: datetime, before: datetime) -> int:
    """Blank the patron key of entries that belong to the same act as one of the events `endings`. Answers how many.

    When a loan ends, its own entries are cut at once; what was announced beside it (a pause after a late return, a claim
    that was resolved) needs the key until the reader has been told. Entries whose subject begins with one of `kept` are
    left alone: they are cut with what they are about.
    """
    mine = Entry.objects.exclude(patron_key="").filter(happened_at__gte=since, happened_at__lt=before)
    for beginning in kept:
        mine = mine.exclude(subject__startswith=beginning)
    ends = Entry.objects.filter(event__in=endings, happened_at__gte=since, happened_at__lt=before)
    at_once = ends.filter(happened_at=OuterRef("happened_at"), actor=OuterRef("actor"))
    by_one_call = set(ends.exclude(request_key="").values_list("request_key", flat=True))
    calls = set(mine.exclude(request_key="").values_list("request_key", flat=True)) & by_one_call
    tied = mine.filter(Q(event__in=endings) | Exists(at_once)).values_list("pk", flat=True)
    by_call = mine.filter(request_key__in=sorted(calls)).values_list("pk", flat=True) if calls else ()
    return Entry.objects.filter(pk__in={*tied, *by_call}).update(patron_key="")


def forget_entries_of(patron_key: str) -> int:
    """A patron is forgotten: no entry carries the key any more. Inside the caller's transaction. Answers how many."""
    mine = Entry.objects.filter(patron_key=patron_key).exclude(patron_key="")
    forgotten = 0
    # The night that this waited for may have moved some of them to other rows (mixing).
    while mine.exists():
        forgotten += mine.update(patron_key="")
    return forgotten


def hand_over_entries(old_key: str, new_key: str) -> list[int]:
    """Two records of one person were joined: what was about the old key is about the new one, inside the caller's transaction.

    Answers the row numbers, so that they can be given back.
    """
    theirs = Entry.objects.filter(patron_key=old_key)
    found: list[int] = []
    # As in forget_entries_of; and what is not locked by its number may be another entry when it is written.
    while theirs.exists():
        some = list(theirs.select_for_update().values_list("pk", flat=True))
        Entry.objects.filter(pk__in=some).update(patron_key=new_key)
        found += some
    return found


def give_entries_back(entries: Sequence[int], *, held_by: str, to: str) -> None:
    """A joining was a mistake. What was forgotten meanwhile stays forgotten."""
    Entry.objects.filter(pk__in=entries, patron_key=held_by).update(patron_key=to)


def forget_answers_before(moment: datetime) -> int:
    """Delete kept answers older than `moment`; a retry that late would be done anew. Answer how many."""
    deleted, _ = Answer.objects.filter(answered_at__lt=moment).delete()
    return deleted
