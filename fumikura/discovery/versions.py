"""The index that answers, opened once a process; where indexes lie."""

import time
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.db.models import QuerySet

from fumikura.discovery.engines import Engine, is_there, open_engine, schema_of, throw_away
from fumikura.discovery.models import IndexVersion
from fumikura.statements.reads import prepared

_engines: dict[str, Engine] = {}
_looked: dict[str, float] = {}
_opening = Lock()

LOOK_EVERY = 5.0  # seconds


def folder_of(name: str) -> Path:
    return Path(settings.INDEX_DIR) / name


def answering_engine() -> Engine | None:
    """The engine that answers now, or None when there is none to ask: never built, lost, or of an older schema.

    Asks the database each time, so that a change of place is seen at once by every process.
    """
    version = _answering.first()
    while version is not None:
        is_open = version.name in _engines
        engine = _opened_if_there(version)
        # Another may have taken its place, and its folder, since it was read here; what was opened then is an empty one.
        now = version if engine and is_open else _answering.first()
        if now is not None and now.name == version.name:
            if len(_engines) > 1:
                _forget_the_discarded()
            return engine
        version = now
    return None


def _opened_if_there(version: IndexVersion) -> Engine | None:
    if not is_usable(version):
        return None
    try:
        return opened(version.name)
    except ValueError:
        if is_there(settings.SEARCH_URL, folder_of(version.name)):
            raise
        # Thrown away while it was being opened.
        return None


@prepared
def _answering() -> "QuerySet[IndexVersion]":
    return IndexVersion.objects.filter(answers=True)[:1]


def _forget_the_discarded() -> None:
    """Another process discarded versions that this one still has open: their files take up the disk until they are closed."""
    known = set(IndexVersion.objects.values_list("name", flat=True))
    for name in [name for name in list(_engines) if name not in known]:
        forget(name)


def is_usable(version: IndexVersion) -> bool:
    """Whether there is such an index, in today's schema. May raise EngineAway."""
    if version.schema != schema_of(settings.SEARCH_URL):
        return False
    if not settings.SEARCH_URL:
        return is_there("", folder_of(version.name))
    # Asking a cluster costs as much as a search: what is open is taken to be there for a while.
    now = time.monotonic()
    if version.name not in _engines or _looked.get(version.name, 0.0) < now - LOOK_EVERY:
        if version.name not in _engines and settings.SEARCH_URL.startswith("memory:"):
            return False
        if not settings.SEARCH_URL.startswith("memory:") and not is_there(settings.SEARCH_URL, folder_of(version.name)):
            return False
        _looked[version.name] = now
    return True


def opened(name: str) -> Engine:
    with _opening:
        if name not in _engines:
            _engines[name] = open_engine(settings.SEARCH_URL, folder_of(name))
        return _engines[name]


def forget(name: str) -> None:
    """Close the engine of a version that no longer answers, if this process has it open."""
    with _opening:
        engine = _engines.pop(name, None)
    if engine is not None:
        engine.close()


def discard(version: IndexVersion) -> None:
    """Forget the version and remove its index."""
    forget(version.name)
    version.delete()
    throw_away(settings.SEARCH_URL, folder_of(version.name))
