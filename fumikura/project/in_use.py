"""Whether a server or worker is running on this home: those at work hold a shared lock, `restore` needs it alone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


class InUse(Exception):
    """Somebody else holds this home in a way that rules ours out."""


@contextmanager
def at_work() -> Iterator[None]:
    """Hold the home beside others at work, or raise InUse at once while it is being restored."""
    with _locked(fcntl.LOCK_SH):
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Hold the home alone, or raise InUse at once while anybody is at work."""
    with _locked(fcntl.LOCK_EX):
        yield


@contextmanager
def _locked(how: int) -> Iterator[None]:
    settings.HOME.mkdir(parents=True, exist_ok=True)
    file = os.open(settings.HOME / "in-use", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
        yield
    except BlockingIOError as held:
        raise InUse from held
    finally:
        os.close(file)
