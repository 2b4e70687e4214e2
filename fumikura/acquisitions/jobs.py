"""What acquisitions tidies up at night."""

from datetime import datetime

from fumikura.acquisitions import services
from fumikura.organisation.queries import system_actor


def forget_suggestions(at: datetime) -> int:
    return services.forget_old_answers(by=system_actor(via="worker"), at=at)
