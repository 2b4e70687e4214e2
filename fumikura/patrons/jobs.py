"""What the patrons room tidies up at night."""

from datetime import datetime

from fumikura.patrons.services.sessions import forget_ended_sessions


def forget_sessions(at: datetime) -> None:
    forget_ended_sessions(at)
