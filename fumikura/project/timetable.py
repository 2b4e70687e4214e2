"""The whole night shift on one screen: what runs, and when. The worker looks here; nothing else schedules anything."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from fumikura.acquisitions.jobs import forget_suggestions
from fumikura.catalogue.jobs import draft_readings
from fumikura.circulation.jobs import (
    allot_copies,
    close_holds,
    count_stays,
    look_for_lost_journeys,
    mix_what_is_kept,
    remind_overdue,
    turn_rotations,
    untie_what_ended,
)
from fumikura.harvest.jobs import harvest_due
from fumikura.journal.jobs import forget_old_answers
from fumikura.notices.jobs import empty_outbox, read_bounces, tell_in_the_morning
from fumikura.patrons.jobs import (
    forget_joined_records,
    forget_permit_tokens,
    forget_sessions,
    forget_unmet_applications,
)
from fumikura.project.nightly_backups import age_backups, take_backup
from fumikura.project.sqlite.log import empty_log
from fumikura.protocols.dumps.writing import write_dumps
from fumikura.protocols.oai.preparing import prepare_harvest
from fumikura.webhooks.jobs import forget_arrived


@dataclass(frozen=True, kw_only=True)
class Job:
    name: str
    run: Callable[[datetime], object]
    daily_at: time
    """Local time. A worker that was down then does it as soon as it is up again."""
    erases: bool = False
    """It answers how many rows or files it erased; the worker writes that into the journal."""

    def last_turn(self, at: datetime) -> datetime:
        """The latest moment, not after `at`, at which this job was due."""
        local = timezone.localtime(at)
        turn = local.replace(hour=self.daily_at.hour, minute=self.daily_at.minute, second=0, microsecond=0)
        return turn if turn <= local else turn - timedelta(days=1)

    def is_due(self, at: datetime, last_done_at: datetime | None) -> bool:
        return last_done_at is None or last_done_at < self.last_turn(at)


TIMETABLE: tuple[Job, ...] = (
    Job(name="project.write-dumps", run=write_dumps, daily_at=time(2, 20)),
    Job(name="project.prepare-harvest", run=prepare_harvest, daily_at=time(2, 30)),
    Job(name="harvest.harvest-due", run=harvest_due, daily_at=time(1, 10)),
    Job(name="webhooks.forget-arrived", run=forget_arrived, daily_at=time(3, 15)),
    Job(name="journal.forget-old-answers", run=forget_old_answers, daily_at=time(3, 10), erases=True),
    Job(name="patrons.forget-sessions", run=forget_sessions, daily_at=time(3, 20), erases=True),
    Job(name="patrons.forget-permit-tokens", run=forget_permit_tokens, daily_at=time(3, 22), erases=True),
    Job(name="patrons.forget-applications", run=forget_unmet_applications, daily_at=time(3, 25), erases=True),
    Job(name="acquisitions.forget-suggestions", run=forget_suggestions, daily_at=time(3, 30), erases=True),
    Job(name="catalogue.draft-readings", run=draft_readings, daily_at=time(3, 50)),
    Job(name="patrons.forget-joined-records", run=forget_joined_records, daily_at=time(3, 30), erases=True),
    Job(name="circulation.untie-what-ended", run=untie_what_ended, daily_at=time(3, 35), erases=True),
    Job(name="circulation.mix-what-is-kept", run=mix_what_is_kept, daily_at=time(3, 37), erases=True),
    Job(name="notices.empty-outbox", run=empty_outbox, daily_at=time(3, 45), erases=True),
    Job(name="circulation.count-stays", run=count_stays, daily_at=time(3, 52)),
    Job(name="circulation.close-holds", run=close_holds, daily_at=time(4, 0)),
    Job(name="circulation.allot-copies", run=allot_copies, daily_at=time(4, 20)),
    Job(name="circulation.look-for-lost-journeys", run=look_for_lost_journeys, daily_at=time(4, 10)),
    Job(name="circulation.turn-rotations", run=turn_rotations, daily_at=time(4, 30)),
    Job(name="notices.read-bounces", run=read_bounces, daily_at=time(5, 50)),
    Job(name="circulation.remind-overdue", run=remind_overdue, daily_at=time(6, 0)),
    Job(name="notices.tell-in-the-morning", run=tell_in_the_morning, daily_at=time(6, 10)),
    Job(name="project.empty-log", run=empty_log, daily_at=time(3, 40)),
    Job(name="project.take-backup", run=take_backup, daily_at=time(2, 10)),
    Job(name="project.age-backups", run=age_backups, daily_at=time(3, 55), erases=True),
)
