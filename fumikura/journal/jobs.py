"""What the journal tidies up at night."""

from datetime import datetime, timedelta

from fumikura.journal.services import forget_answers_before

KEEP_ANSWERS = timedelta(days=8)
"""Longer than any offline counter waits before it replays."""


def forget_old_answers(at: datetime) -> int:
    return forget_answers_before(at - KEEP_ANSWERS)
