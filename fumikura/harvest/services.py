"""Verbs: name an institution, collect its catalogue page by page, let it go.

Each page is one transaction, with the place where the next begins: a run that was killed, or met silence, goes on from there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from fumikura.catalogue.description import Description, describe
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.services import Collected, collect
from fumikura.discovery.union.fetching import Silent, is_http
from fumikura.harvest.asking import PROTOCOLS, Wish, ask, granularity
from fumikura.harvest.events import HarvestFinished, HarvestSourceEnded, HarvestSourceSet, HarvestStopped
from fumikura.harvest.models import Harvest, HarvestedRecord, HarvestFault, HarvestSource
from fumikura.harvest.queries import last_harvests, sources
from fumikura.harvest.reading import Arrived, NotAnAnswer, Page, PlaceLost, each_once
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

REMOVE = 500
SHOWN = 10
FEW = 20
"""Of so many records or fewer, all may vanish from one run to the next and nobody is surprised."""


@dataclass(frozen=True)
class SourceFacts:
    """What is to be known of an institution; fields as in models.HarvestSource."""

    code: str
    name: str
    protocol: str
    address: str
    name_en: str = ""
    format: str = ""
    set: str = ""
    link: str = ""
    every_days: int = 1


@dataclass(frozen=True)
class Preview:
    """How the first records would be taken in. Nothing was written."""

    records: tuple[tuple[Arrived, Description | None], ...]
    came: int
    faulty: int


def set_source(facts: SourceFacts, *, by: Actor, at: datetime) -> HarvestSource:
    """Name an institution, or change what is known of it. Refused: source-code, source-address."""
    by.require("harvest.set-sources")
    code = facts.code.strip().lower()
    if not code or len(code) > 20 or not all(one.isascii() and (one.isalnum() or one == "-") for one in code):
        raise Refused(Reason.of("source-code", given=facts.code[:40]))
    if not is_http(facts.address) or facts.protocol not in PROTOCOLS or not facts.name:
        raise Refused(Reason.of("source-address", address=facts.address[:100]))
    link = facts.link if is_http(facts.link.replace("{id}", "1")) else ""
    with transaction.atomic():
        row = HarvestSource.objects.select_for_update().filter(code=code).first() or HarvestSource(code=code)
        before = (row.protocol, row.address, row.format, row.set)
        for name, value in {**vars(facts), "code": code, "link": link, "ended_at": None}.items():
            setattr(row, name, value)
        row.every_days = min(row.every_days, 365)
        if before[0] and (before[0], before[2]) != (row.protocol, row.format):
            row.plan = {}  # it named the columns of something else
        row.save()
        if before != (row.protocol, row.address, row.format, row.set):
            _ask_anew(row, at)
        record(HarvestSourceSet(source=code), by=by, at=at, subject=f"harvest.source:{row.pk}")
    return row


@transaction.atomic
def set_plan(source: HarvestSource, plan: ColumnPlan, *, by: Actor, at: datetime) -> None:
    """Say which column or element is what; a plan without columns goes back to what the names tell. Refused: mapping-without-title.

    The next run asks for everything, so that what came before is read anew.
    """
    by.require("harvest.set-sources")
    if plan.columns and "title" not in plan.columns.values():
        raise Refused(Reason("mapping-without-title"))
    row = HarvestSource.objects.select_for_update().get(pk=source.pk)
    row.plan = plan.facts() if plan.columns else {}
    row.save(update_fields=["plan"])
    _ask_anew(row, at)
    record(HarvestSourceSet(source=row.code), by=by, at=at, subject=f"harvest.source:{row.pk}")


def _ask_anew(source: HarvestSource, at: datetime) -> None:
    """Something else is asked or understood now: the next run begins anew, and asks for everything."""
    runs = Harvest.objects.filter(source=source)
    runs.update(responded="")
    runs.filter(finished_at=None).update(finished_at=at, fault="superseded")


def plan_of(source: HarvestSource) -> ColumnPlan | None:
    """What was said by hand; None while the names tell."""
    return ColumnPlan.of(source.plan) if source.plan else None


def preview(facts: SourceFacts, *, plan: ColumnPlan | None = None) -> Preview:
    """Ask for the first records and show what would become of them. Raises Silent, NotAnAnswer."""
    wish = Wish(facts.protocol, facts.address, facts.format, facts.set, rows=SHOWN, plan=plan)
    try:
        page = ask(wish)
    except PlaceLost:
        raise NotAnAnswer("oai-error", "badResumptionToken") from None
    shown = tuple((one, describe(one.decoded.marc) if one.decoded else None) for one in page.records[:SHOWN])
    return Preview(shown, len(page.records), sum(bool(one.fault) for one in page.records))


def harvest(
    source: HarvestSource,
    *,
    by: Actor,
    at: datetime,
    most_pages: int = 1_000_000,
    whole: frozenset[str] = frozenset(),
    progress: Callable[[Harvest], None] = lambda _run: None,
) -> Harvest:
    """Collect what is new, from where the last run stopped, up to `most_pages` pages. Outside any transaction.

    A source whose code is in `whole` is asked for everything, and what does not come is gone.
    """
    by.require("catalogue.collect")
    run = _begin(source, at=at, anew=source.code in whole)
    try:
        if source.protocol == "oai" and run.since and not run.place:
            run.since = run.since[: granularity(source.address)]
        for _page in range(most_pages):
            try:
                page = ask(_wish(source, run))
            except PlaceLost:
                if not run.place:
                    raise NotAnAnswer("oai-error", "badResumptionToken") from None
                Harvest.objects.filter(pk=run.pk).update(place="")
                run.place = ""
                continue
            run = _take_in(source, run, page, by=by, at=at)
            progress(run)
            if not run.place or run.finished_at:
                return run if run.finished_at else _finish(source, run, by=by, at=at)
    except (Silent, NotAnAnswer) as wrong:
        return _stop(source, run, wrong, by=by, at=at)
    return run


def harvest_due(*, by: Actor, at: datetime) -> list[Harvest]:
    """Every source whose day has come, and every run that stands still. One that fails does not keep the others."""
    last = last_harvests()
    due = [one for one in sources() if _is_due(one, last.get(one.pk), at)]
    return [harvest(one, by=by, at=at) for one in due]


def end_source(source: HarvestSource, *, by: Actor, at: datetime) -> int:
    """Collect it no more and take what came from it out of the catalogue; answers how many records. May be repeated."""
    by.require("harvest.set-sources")
    by.require("catalogue.collect")
    HarvestSource.objects.filter(pk=source.pk).update(ended_at=at)
    Harvest.objects.filter(source=source, finished_at=None).update(finished_at=at, fault="superseded")
    there = HarvestedRecord.objects.filter(source=source, record__deleted_at=None).order_by("pk")
    removed = 0
    while gone := list(there.values_list("identifier", flat=True)[:REMOVE]):
        taken = collect([], gone=gone, institution=source.code, by=by, at=at)
        removed += taken.deleted
        if not taken.deleted:
            break
    with transaction.atomic():
        ended = HarvestSourceEnded(source=source.code, removed=removed)
        record(ended, by=by, at=at, subject=f"harvest.source:{source.pk}")
    return removed


def _is_due(source: HarvestSource, last: Harvest | None, at: datetime) -> bool:
    if not source.every_days:
        return False
    if last is None or last.finished_at is None:
        return True
    # The night shift does not begin at the same second each night.
    return at - last.started_at >= timedelta(days=source.every_days) - timedelta(hours=6)


@transaction.atomic
def _begin(source: HarvestSource, *, at: datetime, anew: bool) -> Harvest:
    """The run that stands still, or a new one."""
    HarvestSource.objects.select_for_update().get(pk=source.pk)
    standing = Harvest.objects.filter(source=source, finished_at=None)
    if anew:
        standing.update(finished_at=at, fault="superseded")
    if found := standing.first():
        return found
    done = Harvest.objects.filter(source=source, fault="").exclude(responded="").order_by("-pk").first()
    since = done.responded if done and source.protocol == "oai" and not anew else ""
    return Harvest.objects.create(source=source, started_at=at, since=since, is_whole=not since)


def _wish(source: HarvestSource, run: Harvest) -> Wish:
    return Wish(source.protocol, source.address, source.format, source.set, run.since, run.place, plan=plan_of(source))


@transaction.atomic
def _take_in(source: HarvestSource, run: Harvest, page: Page, *, by: Actor, at: datetime) -> Harvest:
    """One page, its records and the place behind it together. Of two who fetched the same page, the second writes nothing."""
    here = Harvest.objects.select_for_update().get(pk=run.pk)
    if here.place != run.place or here.finished_at:
        return here
    came = list(each_once(page.records))
    good = [(one.identifier, one.decoded) for one in came if one.decoded is not None]
    gone = [one.identifier for one in came if one.is_gone]
    bad = [one for one in came if one.fault]
    taken = collect(good, gone=gone, institution=source.code, by=by, at=at)
    _remember(source, here, came, taken, at)
    HarvestFault.objects.filter(source=source, identifier__in=[*gone, *(name for name, _decoded in good)]).delete()
    _set_aside(source, bad, at)
    HarvestedRecord.objects.filter(source=source, identifier__in=[one.identifier for one in bad]).update(seen_in=here)
    here.pages += 1
    here.created += taken.created
    here.updated += taken.updated
    here.unchanged += taken.unchanged
    here.deleted += taken.deleted
    here.quarantined += len(bad)
    here.since, here.place, here.fault, here.fault_detail = run.since, page.place, "", ""
    here.responded = here.responded or page.responded[:30]
    here.save()
    return here


def _remember(source: HarvestSource, run: Harvest, came: Sequence[Arrived], taken: Collected, at: datetime) -> None:
    HarvestedRecord.objects.bulk_create(
        (
            HarvestedRecord(
                source=source,
                identifier=one.identifier,
                record_id=taken.rows[one.identifier],
                link=source.link.replace("{id}", one.identifier)[:500] if source.link else one.link,
                seen_in=run,
                came_at=at,
            )
            for one in came
            if one.identifier in taken.rows
        ),
        update_conflicts=True,
        unique_fields=["source", "identifier"],
        update_fields=["record", "link", "seen_in", "came_at"],
    )


def _set_aside(source: HarvestSource, bad: Sequence[Arrived], at: datetime) -> None:
    HarvestFault.objects.bulk_create(
        (
            HarvestFault(
                source=source,
                identifier=one.identifier,
                raw=one.raw,
                reason=one.fault[:40],
                detail=one.detail.replace("\x00", "")[:2000],
                came_at=at,
            )
            for one in bad
        ),
        update_conflicts=True,
        unique_fields=["source", "identifier"],
        update_fields=["raw", "reason", "detail", "came_at"],
    )


def _finish(source: HarvestSource, run: Harvest, *, by: Actor, at: datetime) -> Harvest:
    """The end of a run; after a whole one, what did not come leaves the catalogue, unless that is most of it."""
    if run.is_whole:
        missing = HarvestedRecord.objects.filter(source=source, record__deleted_at=None).exclude(seen_in=run)
        missing = missing.order_by("pk")
        lost, came = missing.count(), run.created + run.updated + run.unchanged
        if lost > max(FEW, came):
            return _stop(source, run, NotAnAnswer("too-few", f"{came} / {lost}"), by=by, at=at)
        while gone := list(missing.values_list("identifier", flat=True)[:REMOVE]):
            taken = collect([], gone=gone, institution=source.code, by=by, at=at)
            Harvest.objects.filter(pk=run.pk).update(deleted=F("deleted") + taken.deleted)
            if not taken.deleted:
                break
    with transaction.atomic():
        Harvest.objects.filter(pk=run.pk).update(finished_at=at)
        run.refresh_from_db()
        finished = HarvestFinished(
            source=source.code,
            created=run.created,
            updated=run.updated,
            deleted=run.deleted,
            quarantined=run.quarantined,
        )
        record(finished, by=by, at=at, subject=f"harvest.source:{source.pk}")
    return run


@transaction.atomic
def _stop(source: HarvestSource, run: Harvest, wrong: Silent | NotAnAnswer, *, by: Actor, at: datetime) -> Harvest:
    """It stands still and says why. What was lost beyond belief is asked for anew the next time."""
    detail = wrong.detail.replace("\x00", "")[:200]
    Harvest.objects.filter(pk=run.pk).update(fault=wrong.code, fault_detail=detail, fault_at=at)
    if wrong.code == "too-few":
        Harvest.objects.filter(pk=run.pk).update(finished_at=at)
    run.refresh_from_db()
    stopped = HarvestStopped(source=source.code, fault=wrong.code)
    record(stopped, by=by, at=at, subject=f"harvest.source:{source.pk}")
    return run
