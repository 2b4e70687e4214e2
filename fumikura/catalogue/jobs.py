"""The night shift of the catalogue: readings for whatever still has none."""

from datetime import datetime

from fumikura.catalogue import services
from fumikura.organisation.queries import system_actor


def draft_readings(at: datetime) -> None:
    """Also what came before the dictionary was installed."""
    services.draft_missing(by=system_actor(via="worker"), at=at)
