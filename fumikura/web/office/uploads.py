"""A file on its way into the catalogue: kept in a folder of its own with a note of how far it is.

First it is rehearsed (nothing is written), then a librarian looks at the figures, then it is taken in. Large files are
worked on beside the request; the note is how the page learns how far they are, whichever process answers it.
"""

import errno
import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connection
from django.utils import timezone

from fumikura.catalogue.marc.formats import NotReadable
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.services import Progress, Report, import_file, rehearse_import
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused

logger = logging.getLogger(__name__)

AT_ONCE = 1_000_000
"""Bytes up to which a file is worked on while the reader waits."""
KEPT = timedelta(days=7)
STALLED = timedelta(seconds=60)
NOTED_EVERY = timedelta(milliseconds=400)
RUNNING = frozenset({"rehearsing", "importing"})


@dataclass(frozen=True)
class Upload:
    key: str
    file_name: str
    size: int
    source: str = ""
    encoding: str = ""
    plan: dict[str, Any] = field(default_factory=dict)
    """Which column is what, as ColumnPlan.facts(); empty when the names of the columns tell."""
    phase: str = "rehearsing"
    """rehearsing, ready, importing, done or stopped."""
    format: str = ""
    bytes_read: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    """Codes of catalogue.words.RECORDS, with how many records each."""
    batch: int = 0
    problem: str = ""
    """"file:zip", "refused:import-running", "disk-full", "broken:OperationalError"; empty when there is none."""
    noted_at: float = 0.0

    @property
    def uuid(self) -> UUID:
        return UUID(self.key)

    @property
    def folder(self) -> Path:
        return _shelf() / self.key

    @property
    def path(self) -> Path:
        return self.folder / "file" / self.file_name

    @property
    def column_plan(self) -> ColumnPlan | None:
        return ColumnPlan.of(self.plan) if self.plan else None

    @property
    def percent(self) -> int:
        return min(100, self.bytes_read * 100 // max(self.size, 1))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def is_running(self, at: datetime) -> bool:
        """Worked on just now; a note that has grown old means that the process ended in the middle."""
        return self.phase in RUNNING and not self.has_stalled(at)

    def has_stalled(self, at: datetime) -> bool:
        return self.phase in RUNNING and at.timestamp() - self.noted_at > STALLED.total_seconds()


def _shelf() -> Path:
    return Path(settings.FILES_DIR) / "imports"


def receive(
    file: "UploadedFile[bytes]", *, source: str, encoding: str, at: datetime, plan: ColumnPlan | None = None
) -> Upload:
    """Keep the file and its first note. OSError when the disk is full; nothing half is left then."""
    _tidy(at)
    name = "".join(letter for letter in Path(file.name or "").name if letter.isprintable())[-80:] or "file"
    upload = Upload(uuid4().hex, name, file.size or 0, source=source, encoding=encoding, noted_at=at.timestamp())
    upload = replace(upload, plan=plan.facts() if plan else {})
    try:
        upload.path.parent.mkdir(parents=True)
        with upload.path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        return note(upload)
    except OSError:
        shutil.rmtree(upload.folder, ignore_errors=True)
        raise


def find(key: UUID) -> Upload | None:
    try:
        return Upload(**json.loads((_shelf() / key.hex / "note.json").read_text()))
    except FileNotFoundError:
        return None


def note(upload: Upload) -> Upload:
    """Write the note anew; whoever reads it meanwhile sees the old one or the new one."""
    text, kept = json.dumps(asdict(upload), ensure_ascii=False).encode(), upload.folder / "note.json"
    draft = upload.folder / f"note.{uuid4().hex[:8]}"
    try:
        draft.write_bytes(text)
        draft.replace(kept)
    except OSError:
        # A full disk has no room for a second note, but the first one has its own: say there what happened.
        draft.unlink(missing_ok=True)
        with kept.open("r+b") as place:
            place.write(text)
            place.truncate()
    return upload


def throw_away(upload: Upload) -> None:
    shutil.rmtree(upload.folder, ignore_errors=True)


def _tidy(at: datetime) -> None:
    """Uploads older than a week go; what was taken in is in the catalogue."""
    for folder in _shelf().glob("*"):
        if at.timestamp() - folder.stat().st_mtime > KEPT.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def rehearse(upload: Upload, *, by: Actor) -> Upload:
    """Count what an import would do; large files beside the request."""
    return _work(replace(upload, phase="rehearsing", problem=""), rehearse_import, "ready", by=by)


def take_in(upload: Upload, *, by: Actor) -> Upload:
    """Bring it into the catalogue; one that was broken off goes on where it stood."""
    return _work(replace(upload, phase="importing", bytes_read=0, problem=""), import_file, "done", by=by)


def _work(upload: Upload, act: Callable[..., Report], next_phase: str, *, by: Actor) -> Upload:
    begun = note(replace(upload, noted_at=timezone.now().timestamp()))
    if begun.size <= AT_ONCE:
        return _run(begun, act, next_phase, by)

    def beside() -> None:
        try:
            _run(begun, act, next_phase, by)
        finally:
            connection.close()

    threading.Thread(target=beside, name=f"upload-{begun.key[:8]}", daemon=True).start()
    return begun


def _run(upload: Upload, act: Callable[..., Report], next_phase: str, by: Actor) -> Upload:
    latest = upload

    def progress(now: Progress) -> None:
        nonlocal latest
        moment = timezone.now()
        if moment.timestamp() - latest.noted_at >= NOTED_EVERY.total_seconds():
            counts = {name: getattr(now.counts, name) for name in ("created", "updated", "unchanged", "quarantined")}
            latest = note(replace(latest, bytes_read=now.bytes_read, counts=counts, noted_at=moment.timestamp()))

    with _told(lambda: latest) as told:
        report = act(
            upload.path,
            by=by,
            at=timezone.now(),
            source=upload.source,
            encoding=upload.encoding,
            plan=upload.column_plan,
            progress=progress,
        )
        counts = {name: getattr(report.counts, name) for name in ("created", "updated", "unchanged", "quarantined")}
        latest = note(
            replace(
                upload,
                phase=next_phase,
                format=report.format,
                bytes_read=upload.size,
                counts=counts,
                reasons=dict(report.reasons) or upload.reasons,
                batch=report.batch,
            )
        )
    return told[0] if told else latest


@contextmanager
def _told(latest: Callable[[], Upload]) -> Iterator[list[Upload]]:
    """Whatever goes wrong is written into the note, for the page to say."""
    stopped: list[Upload] = []
    try:
        yield stopped
    except NotReadable as problem:
        stopped.append(note(replace(latest(), phase="stopped", problem=f"file:{problem.code}")))
    except Refused as refused:
        stopped.append(note(replace(latest(), phase="stopped", problem=f"refused:{refused.reasons[0].code}")))
    except (OSError, DatabaseError) as error:
        is_full = getattr(error, "errno", 0) == errno.ENOSPC or "full" in str(error).lower()
        code = "disk-full" if is_full else f"broken:{type(error).__name__}"
        stopped.append(note(replace(latest(), phase="stopped", problem=code)))
    except Exception as error:
        # A supplier's reader comes from outside: however it fails, the page must say so and what is in must stay.
        logger.exception("office.upload-broken", extra={"kind": type(error).__name__})
        stopped.append(note(replace(latest(), phase="stopped", problem=f"broken:{type(error).__name__}")))
