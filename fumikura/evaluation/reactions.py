"""Evaluation reads the journal and counts."""

from collections.abc import Sequence

from fumikura.evaluation.services import count
from fumikura.journal.models import Entry
from fumikura.journal.subscriptions import register


def count_batch(entries: Sequence[Entry]) -> None:
    count(entries)


register("evaluation", count_batch)
