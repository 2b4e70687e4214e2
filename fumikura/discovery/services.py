"""Keeping the index: refresh what changed, build it anew beside the old one, change places."""

import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from fumikura.catalogue.queries import last_record_number, number_of_records, record_numbers_after
from fumikura.discovery import versions
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import Engine, EngineAway, schema_of
from fumikura.discovery.engines.pieces import SAMPLE, WORTH_IT
from fumikura.discovery.events import IndexBuilt
from fumikura.discovery.gathering import gather
from fumikura.discovery.models import IndexVersion
from fumikura.discovery.preparing import CREW, IDLE, PIECE, pieces_of
from fumikura.discovery.touched import in_bulk, records_touched_by
from fumikura.journal import leases
from fumikura.journal.models import Bookmark, Entry
from fumikura.journal.queries import end_of_journal, entries_after
from fumikura.journal.readers import read_on
from fumikura.journal.services import record, skip_ahead
from fumikura.journal.subscriptions import NotNow, Subscription
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

READER = "discovery"
BULK_READER = "discovery.bulk"
"""Reads what changes many records at once. Apart, so that a scan need not wait for the import that came before it."""

BATCH = 200
CHUNK = 500
COMMIT_AFTER = 1_000
"""So many records of an import wait at most to be seen: a scan must wait until they are written."""
LEASE = "discovery.rebuild"
TENDING = "tend"
RENEW_EVERY = 2.0  # seconds

Progress = Callable[[int, int], None]
"""Called with how many records are done, and of how many."""


@dataclass(frozen=True)
class Built:
    version: str
    documents: int


def no_progress(_done: int, _total: int) -> None:
    """For those who do not watch."""


def keep_up(entries: Sequence[Entry]) -> None:
    """Let the index know what these entries touched, but for those in bulk. Idempotent: it re-reads the present.

    Without an index to write to, it is built whole first; a version that was built elsewhere takes over here, because
    only the one who reads the journal knows that no entry falls between the old and the new.
    """
    with _or_not_now():
        if not entries or tend(entries[-1].recorded_at):
            return
        engine = versions.answering_engine()
        if engine is not None:
            _take_in(engine, [entry for entry in entries if not in_bulk(entry)])


def keep_up_in_bulk(entries: Sequence[Entry]) -> None:
    """The same for the entries that touched many records; meanwhile the others are read on, so that nobody waits for them."""
    news = [entry for entry in entries if in_bulk(entry)]
    with _or_not_now():
        if not entries or tend(entries[-1].recorded_at) or not news:
            return
        engine = versions.answering_engine()
        if engine is not None:
            _take_in_bulk(engine, news)


@contextmanager
def _or_not_now() -> Iterator[None]:
    """An engine that is away for a while is no fault of the entries."""
    try:
        yield
    except EngineAway as away:
        raise NotNow(str(away)) from away


def _take_in_bulk(engine: Engine, news: Sequence[Entry]) -> None:
    fresher: set[int] = set()

    def take_in(found: Sequence[Entry]) -> None:
        with _or_not_now():
            fresher.update(_take_in(engine, [entry for entry in found if not in_bulk(entry)]))

    single = Subscription(reader=READER, handle=take_in, batch=BATCH)
    at = news[-1].recorded_at
    ids = sorted(records_touched_by(news))
    read_scans = partial(read_on, single, at=at)
    waiting = 0
    for ready in CREW.prepared(pieces_of(ids), at, expected=len(ids), meanwhile=read_scans):
        # What was read on in the meantime was read later than this piece.
        engine.put_prepared(one for one in ready.prepared if one["id"] not in fresher)
        engine.remove(set(ready.ids) - {one["id"] for one in ready.prepared} - fresher)
        waiting += len(ready.ids)
        if waiting >= COMMIT_AFTER:
            engine.commit()
            waiting = 0
    engine.commit()


def tend(at: datetime) -> bool:
    """See that there is an index: adopt one that is ready; build one when there is none to ask.

    Answers whether a new one took over, which then knows the whole journal.
    """
    CREW.rest(idle=IDLE)
    if adopt_built():
        return True
    # Only who holds the lease of the urgent readers tends: the next one takes over at once from one that was killed.
    if versions.answering_engine() is None and leases.take(LEASE, TENDING, at=at):
        _build(at, no_progress, holder=TENDING)
        return adopt_built()
    return False


def let_go() -> None:
    """Leave the index to other processes to write."""
    CREW.rest()
    with suppress(EngineAway):
        if engine := versions.answering_engine():
            engine.close()


def refresh(engine: Engine, ids: Sequence[int], *, at: datetime) -> None:
    """Write what these records are now, or take them out, in one commit."""
    if not ids:
        return
    for ready in CREW.prepared(pieces_of(ids), at, expected=len(ids)):
        engine.put_prepared(ready.prepared)
        engine.remove(set(ready.ids) - {one["id"] for one in ready.prepared})
    engine.commit()


def rebuild(*, by: Actor, at: datetime, progress: Progress = no_progress) -> Built:
    """Build the whole index in a new version while the old one answers, and announce it.

    It takes over when the reader of the journal adopts it (`adopt_built`). Refused("index-being-rebuilt") while
    another rebuild is under way.
    """
    by.require("discovery.rebuild")
    if not leases.take(LEASE, holder := _nobody_else(), at=at):
        raise Refused(Reason("index-being-rebuilt"))
    built = _build(at, progress, holder=holder)
    with transaction.atomic():
        record(IndexBuilt(version=built.version, documents=built.documents), by=by, at=at)
    return built


def adopt_built() -> bool:
    """Let the newest version that was built but does not answer catch up with the journal and take over.

    Only for the one who holds the lease of the urgent readers. Answers whether there was one.
    """
    ready = IndexVersion.objects.filter(answers=False).exclude(built_at=None).order_by("-started_at").first()
    if ready is None:
        return False
    before = IndexVersion.objects.filter(answers=True).first()
    if not versions.is_usable(ready) or (before and before.started_at > ready.started_at):
        versions.discard(ready)
        return False
    place = _catch_up(ready, Bookmark(transaction=ready.transaction, entry=ready.entry))
    with transaction.atomic():
        IndexVersion.objects.filter(answers=True).update(answers=False)
        IndexVersion.objects.filter(pk=ready.pk).update(answers=True)
    # Whoever read an entry in the meantime wrote it to the old one.
    place = _catch_up(ready, place)
    if before is None:
        # The first index there is: it knows all this, so the readers need not read it once more.
        for reader in (READER, BULK_READER):
            skip_ahead(reader, transaction_id=place.transaction, entry=place.entry)
    for old in IndexVersion.objects.filter(started_at__lt=ready.started_at):
        versions.discard(old)
    return True


def _nobody_else() -> str:
    """A holder of the lease that is this one attempt: not the person, who may ask a second time beside it."""
    return secrets.token_hex(16)


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
    began = time.monotonic()

    def renew() -> None:
        leases.take(LEASE, holder, at=at + timedelta(seconds=time.monotonic() - began))

    try:
        done = _fill(versions.opened(version.name), at, progress, renew)
    except Exception:
        leases.give_back(LEASE, holder, at=at)
        raise
    IndexVersion.objects.filter(pk=version.pk).update(built_at=at)
    leases.give_back(LEASE, holder, at=at)
    return Built(version.name, done)


def _fill(engine: Engine, at: datetime, progress: Progress, renew: Callable[[], None]) -> int:
    total = number_of_records()
    if total >= WORTH_IT:
        engine.learn(_sample(at, meanwhile=renew))
    done, renewed = 0, time.monotonic()
    for ready in CREW.prepared(_all_records(), at, expected=total):
        done += engine.put_prepared(ready.prepared)
        progress(done, max(total, done))
        if time.monotonic() > renewed + RENEW_EVERY:
            renewed = time.monotonic()
            renew()
    while_renewing(engine.commit, renew)
    while_renewing(engine.close, renew)
    CREW.rest()
    return done


def while_renewing(act: Callable[[], None], renew: Callable[[], None], *, every: float = RENEW_EVERY) -> None:
    """Minutes of work in one call that asks nothing of the database: copies of a new index, merges. `every` is in seconds."""
    with ThreadPoolExecutor(1, thread_name_prefix="index") as beside:
        working = beside.submit(act)
        while wait([working], timeout=every).not_done:
            renew()
        working.result()


def _sample(at: datetime, *, meanwhile: Callable[[], None]) -> Iterator[Document]:
    """Some thousand records from everywhere in the catalogue; `meanwhile` is done after each piece of them."""
    last = last_record_number()
    numbers = sorted(random.Random(last).sample(range(1, last + 1), min(SAMPLE, last)))  # noqa: S311 — no secret
    for piece in pieces_of(numbers):
        yield from gather(piece, at)
        meanwhile()


def _all_records() -> Iterator[Sequence[int]]:
    last = 0
    while ids := record_numbers_after(last, limit=PIECE):
        yield ids
        last = ids[-1]


def _take_in(engine: Engine, entries: Sequence[Entry]) -> set[int]:
    """Write what these entries touched; answer which records."""
    ids = records_touched_by(entries)
    if ids:
        refresh(engine, sorted(ids), at=entries[-1].recorded_at)
    return ids


def _catch_up(version: IndexVersion, place: Bookmark) -> Bookmark:
    """Read the journal on from `place` to its end; answer where that is."""
    engine = versions.opened(version.name)
    while entries := entries_after(place, limit=CHUNK):
        refresh(engine, sorted(records_touched_by(entries)), at=entries[-1].recorded_at)
        place = Bookmark(transaction=entries[-1].transaction, entry=entries[-1].pk)
    return place
