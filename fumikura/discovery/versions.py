"""The index that answers, opened once a process; where indexes lie."""

from pathlib import Path
from threading import Lock

from django.conf import settings

from fumikura.discovery.engines import Engine, open_engine, schema_of
from fumikura.discovery.models import IndexVersion

_engines: dict[str, Engine] = {}
_opening = Lock()


def folder_of(name: str) -> Path:
    return Path(settings.INDEX_DIR) / name


def answering_engine() -> Engine | None:
    """The engine that answers now, or None when there is none to ask: never built, lost, or of an older schema.

    Asks the database each time, so that a change of place is seen at once by every process.
    """
    version = IndexVersion.objects.filter(answers=True).first()
    if version is None or not is_usable(version):
        return None
    engine = opened(version.name)
    if len(_engines) > 1:
        _forget_the_discarded()
    return engine


def _forget_the_discarded() -> None:
    """Another process discarded versions that this one still has open: their files take up the disk until they are closed."""
    known = set(IndexVersion.objects.values_list("name", flat=True))
    for name in [name for name in list(_engines) if name not in known]:
        forget(name)


def is_usable(version: IndexVersion) -> bool:
    in_memory = settings.SEARCH_URL.startswith("memory:")
    there = version.name in _engines if in_memory else (folder_of(version.name) / "meta.json").exists()
    return there and version.schema == schema_of(settings.SEARCH_URL)


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
