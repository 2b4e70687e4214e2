"""Keeping the index: refresh what changed, build it anew beside the old one, change places."""

import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction

from fumikura.catalogue.queries import number_of_records, records_of
from fumikura.discovery import versions
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import Engine, schema_of
from fumikura.discovery.events import IndexBuilt
from fumikura.discovery.gathering import gather, gather_records
from fumikura.discovery.models import IndexVersion
from fumikura.discovery.touched import records_touched_by
from fumikura.journal import leases
from fumikura.journal.models import Bookmark, Entry
from fumikura.journal.queries import end_of_journal, entries_after
from fumikura.journal.services import record, skip_ahead
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

READER = "discovery"
CHUNK = 500
LEASE = "discovery.rebuild"

Progress = Callable[[int, int], None]
"""Called with how many records are done, and of how many."""


@dataclass(frozen=True)
class Built:
    version: str
    documents: int


def no_progress(_done: int, _total: int) -> None:
    """For those who do not watch."""


def keep_up(entries: Sequence[Entry]) -> None:
    """Let the index know what these entries touched. Idempotent: it re-reads the present.

    Without an index to write to, it is built whole first; a version that was built elsewhere takes over here, because
    only the one who reads the journal knows that no entry falls between the old and the new.
    """
    if not entries:
        return
    tend(entries[-1].recorded_at)
    engine = versions.answering_engine()
    if engine is not None:
        refresh(engine, sorted(records_touched_by(entries)), at=entries[-1].recorded_at)


def tend(at: datetime) -> None:
    """See that there is an index: adopt one that is ready; build one when there is none to ask."""
    if adopt_built():
        return
    if versions.answering_engine() is None and leases.take(LEASE, "tend", at=at):
        _build(at, no_progress, holder="tend")
        adopt_built()


def let_go() -> None:
    """Leave the index to other processes to write."""
    engine = versions.answering_engine()
    if engine is not None:
        engine.close()


def refresh(engine: Engine, ids: Sequence[int], *, at: datetime) -> None:
    """Write what these records are now, or take them out, in one commit."""
    if not ids:
        return
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        documents = list(gather(some, at))
        engine.put(documents)
        engine.remove(set(some) - {document.id for document in documents})
    engine.commit()


def rebuild(*, by: Actor, at: datetime, progress: Progress = no_progress) -> Built:
    """Build the whole index in a new version while the old one answers, and announce it.

    It takes over when the reader of the journal adopts it (`adopt_built`). Refused("index-being-rebuilt") while
    another rebuild is under way.
    """
    by.require("discovery.rebuild")
    if not leases.take(LEASE, by.ref + by.via, at=at):
        raise Refused(Reason("index-being-rebuilt"))
    built = _build(at, progress, holder=by.ref + by.via)
    with transaction.atomic():
        record(IndexBuilt(version=built.version, documents=built.documents), by=by, at=at)
    return built


def adopt_built() -> bool:
    """Let the newest version that was built but does not answer catch up with the journal and take over.

    Only for the one who holds the lease of the journal's readers. Answers whether there was one.
    """
    ready = IndexVersion.objects.filter(answers=False).exclude(built_at=None).order_by("-started_at").first()
    if ready is None:
        return False
    before = IndexVersion.objects.filter(answers=True).first()
    if not versions.is_usable(ready) or (before and before.started_at > ready.started_at):
        _discard(ready)
        return False
    place = _catch_up(ready, Bookmark(transaction=ready.transaction, entry=ready.entry))
    with transaction.atomic():
        IndexVersion.objects.filter(answers=True).update(answers=False)
        IndexVersion.objects.filter(pk=ready.pk).update(answers=True)
    # Whoever read an entry in the meantime wrote it to the old one.
    place = _catch_up(ready, place)
    if before is None:
        # The first index there is: it knows all this, so the reader need not read it once more.
        skip_ahead(READER, transaction_id=place.transaction, entry=place.entry)
    for old in IndexVersion.objects.filter(started_at__lt=ready.started_at):
        _discard(old)
    return True


def _build(at: datetime, progress: Progress, *, holder: str) -> Built:
    schema = schema_of(settings.SEARCH_URL)
    transaction_id, entry = end_of_journal()
    version = IndexVersion.objects.create(
        name=f"{schema}-{at:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}",
        schema=schema,
        started_at=at,
        transaction=transaction_id,
        entry=entry,
    )
    engine = versions.opened(version.name)
    total = number_of_records()
    done = 0
    began = time.monotonic()
    for documents in _all_documents(at):
        done += engine.put(documents)
        progress(done, max(total, done))
        leases.take(LEASE, holder, at=at + timedelta(seconds=time.monotonic() - began))
    engine.commit()
    engine.close()
    IndexVersion.objects.filter(pk=version.pk).update(built_at=at)
    leases.give_back(LEASE, holder, at=at)
    return Built(version.name, done)


def _all_documents(at: datetime) -> Iterator[list[Document]]:
    records = records_of()
    while some := list(islice(records, CHUNK)):
        yield list(gather_records(some, at))


def _catch_up(version: IndexVersion, place: Bookmark) -> Bookmark:
    """Read the journal on from `place` to its end; answer where that is."""
    engine = versions.opened(version.name)
    while entries := entries_after(place, limit=CHUNK):
        refresh(engine, sorted(records_touched_by(entries)), at=entries[-1].recorded_at)
        place = Bookmark(transaction=entries[-1].transaction, entry=entries[-1].pk)
    return place


def _discard(version: IndexVersion) -> None:
    # Processes that still have it open keep reading the removed files until they look again.
    versions.forget(version.name)
    version.delete()
    shutil.rmtree(versions.folder_of(version.name), ignore_errors=True)
