"""Reading on: each reader's bookmark moves forward over batches; what cannot be digested is set aside and tried again."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from fumikura.journal import ahead
from fumikura.journal.models import Bookmark, Entry, SetAside
from fumikura.journal.queries import entries_after
from fumikura.journal.subscriptions import Handle, NotNow, Subscription

logger = logging.getLogger(__name__)

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)


def read_on(subscription: Subscription, *, at: datetime, batch: int = 0) -> int:
    """Hand the next batch (of the size the reader asked for) to one reader and move its bookmark; answer how many were read.

    The bookmark is saved after the batch was digested: a crash in between hands the same batch over again.
    """
    bookmark, _ = Bookmark.objects.get_or_create(reader=subscription.reader)
    entries = entries_after(ahead.place_of(bookmark), limit=batch or subscription.batch)
    if not entries:
        return 0
    try:
        digest(subscription, entries, at=at)
    except NotNow as reason:
        logger.warning("journal.reader-waits", extra={"reader": subscription.reader, "reason": str(reason)})
        return 0
    # The reader may have skipped ahead while it digested.
    ahead.moved(subscription.reader, transaction_id=entries[-1].transaction, entry=entries[-1].pk)
    return len(entries)


def digest(subscription: Subscription, entries: Sequence[Entry], *, at: datetime) -> None:
    """Try the batch whole; if that fails, entry by entry, setting aside those that fail."""
    if _digested(subscription.handle, entries) is None:
        return
    for entry in entries:
        if (failure := _digested(subscription.handle, [entry])) is not None:
            SetAside.objects.get_or_create(
                reader=subscription.reader,
                entry=entry.pk,
                defaults={"error": _place_of(failure), "next_try_at": at + FIRST_RETRY},
            )


def retry_set_aside(subscription: Subscription, *, at: datetime) -> int:
    """Try again what is due, with growing pauses; answer how many were digested at last."""
    digested = 0
    for aside in SetAside.objects.filter(reader=subscription.reader, next_try_at__lte=at).order_by("pk")[
        : subscription.batch
    ]:
        entry = Entry.objects.filter(pk=aside.entry).first()
        try:
            failure = _digested(subscription.handle, [entry]) if entry else None
        except NotNow:
            break
        if failure is None:
            aside.delete()
            digested += 1
            continue
        aside.tries += 1
        aside.error = _place_of(failure)
        aside.next_try_at = at + min(FIRST_RETRY * 2**aside.tries, LONGEST_RETRY)
        aside.save(update_fields=["tries", "error", "next_try_at"])
    return digested


def is_behind(subscriptions: Sequence[Subscription]) -> bool:
    """Whether any reader has something left to read."""
    bookmarks = [Bookmark.objects.get_or_create(reader=one.reader)[0] for one in subscriptions]
    return any(entries_after(bookmark, limit=1) for bookmark in bookmarks)


def read_everything(subscriptions: Sequence[Subscription], *, clock: Callable[[], datetime]) -> int:
    """Let every reader read until nothing is left; answer how many entries were read in all."""
    total = 0
    for subscription in subscriptions:
        while read := read_on(subscription, at=clock()):
            total += read
        subscription.rest()
    return total


def _digested(handle: Handle, entries: Sequence[Entry]) -> Exception | None:
    # No transaction around it: a reader that writes opens its own, and one that only builds an index must not keep
    # the desks waiting at the write gate while it does.
    try:
        handle(entries)
    except NotNow:
        raise
    except Exception as failure:
        # Only the kind and the place are logged: the message of an error may quote a row.
        logger.warning("journal.reader-failed", extra={"place": _place_of(failure), "entries": len(entries)})
        return failure
    return None


def _place_of(failure: Exception) -> str:
    trace = failure.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}" if trace else "?"
    return f"{type(failure).__name__} at {place}"
