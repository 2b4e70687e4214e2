"""The night shift: catalogues of other institutions."""

from datetime import datetime

from fumikura.harvest import services
from fumikura.organisation.queries import system_actor


def harvest_due(at: datetime) -> None:
    services.harvest_due(by=system_actor(via="worker"), at=at)
