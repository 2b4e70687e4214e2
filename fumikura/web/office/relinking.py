"""Relinking after a file of authorities: a small one while the reader waits, a large one beside the request, with how far it is."""

import json
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.utils import timezone

from fumikura.catalogue.models import AuthorityImport
from fumikura.catalogue.services import relink_authorities
from fumikura.kernel.actors import Actor

AT_ONCE = 500
"""Authorities up to which the reader waits."""
STANDS_STILL = 120.0
"""Seconds without news after which it may be begun again: the server was stopped in the middle."""


@dataclass(frozen=True)
class Relinking:
    """How far it is, and what it came to."""

    looked_at: int = 0
    of: int = 0
    names: int = 0
    records: int = 0
    doubtful: int = 0
    is_over: bool = False
    noted_at: float = 0.0

    @property
    def stands_still(self) -> bool:
        return not self.is_over and timezone.now().timestamp() - self.noted_at > STANDS_STILL

    @property
    def is_under_way(self) -> bool:
        return not (self.is_over or self.stands_still)


def relinking_of(batch: AuthorityImport) -> Relinking | None:
    """None when nothing was begun, or when it was long ago and the note is gone."""
    try:
        return Relinking(**json.loads(_place(batch).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def relink(batch: AuthorityImport, *, by: Actor) -> None:
    """Bring old records over to the authorities of this import, unless that is under way. Going through twice changes nothing more."""
    state = relinking_of(batch)
    if state and state.is_under_way:
        return
    _note(batch, Relinking())
    if batch.lines.count() <= AT_ONCE:
        _carry_out(batch, by)
        return

    def beside() -> None:
        try:
            _carry_out(batch, by)
        finally:
            connection.close()

    threading.Thread(target=beside, name=f"relink-{batch.pk}", daemon=True).start()


def _carry_out(batch: AuthorityImport, by: Actor) -> None:
    so_far = Relinking()

    def progress(looked_at: int, of: int) -> None:
        nonlocal so_far
        so_far = replace(so_far, looked_at=looked_at, of=of)
        _note(batch, so_far)

    done = relink_authorities(by=by, at=timezone.now(), batch=batch, progress=progress)
    over = replace(so_far, names=done.names, records=done.records, doubtful=done.doubtful, is_over=True)
    _note(batch, over)


def _place(batch: AuthorityImport) -> Path:
    return Path(settings.FILES_DIR) / "relinking" / f"{batch.pk}.json"


def _note(batch: AuthorityImport, said: Relinking) -> None:
    """Written anew beside the old one: whoever reads it meanwhile sees the one or the other."""
    kept = _place(batch)
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(f".{uuid4().hex[:8]}")
    draft.write_text(json.dumps(asdict(replace(said, noted_at=timezone.now().timestamp()))))
    draft.replace(kept)
