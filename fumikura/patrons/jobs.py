"""What the patrons room tidies up at night."""

from datetime import datetime

from fumikura.patrons.services.applications import forget_applications
from fumikura.patrons.services.merging import forget_merges
from fumikura.patrons.services.permits import forget_old_tokens
from fumikura.patrons.services.sessions import forget_ended_sessions


def forget_sessions(at: datetime) -> int:
    return forget_ended_sessions(at)


def forget_unmet_applications(at: datetime) -> int:
    """What was written on the telephone and never brought to a desk."""
    return forget_applications(at)


def forget_joined_records(at: datetime) -> int:
    """What a joining erased is kept some weeks for taking it back, and no longer."""
    return forget_merges(at)


def forget_permit_tokens(at: datetime) -> int:
    """What a service was given to act for a reader, a day after it has ended."""
    return forget_old_tokens(at)
