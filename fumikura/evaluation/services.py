"""Counting, and counting anew."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from fumikura.evaluation.models import Fact
from fumikura.evaluation.rules import MEASURES, TAKEN_BACK, amount_of, ndc_class
from fumikura.journal.models import Entry


@transaction.atomic
def count(entries: Sequence[Entry]) -> int:
    """Make a fact of every entry that counts; entries counted before are left alone. Answer how many facts were given."""
    facts = [_fact_of(entry) for entry in entries if entry.event in MEASURES]
    Fact.objects.bulk_create(facts, ignore_conflicts=True)
    for entry in entries:
        if entry.event in TAKEN_BACK:
            _take_back(entry)
    return len(facts)


def _take_back(entry: Entry) -> None:
    """Strike the fact of the entry that this one undoes: the latest of its kind on the same subject."""
    undone = Entry.objects.filter(subject=entry.subject, event=TAKEN_BACK[entry.event], pk__lt=entry.pk)
    if (latest := undone.order_by("-pk").first()) is not None:
        Fact.objects.filter(pk=latest.pk).delete()


def _fact_of(entry: Entry) -> Fact:
    local = timezone.localtime(entry.happened_at)
    told = entry.particulars
    return Fact(
        entry=entry.pk,
        measure=MEASURES[entry.event],
        amount=amount_of(told),
        on=local.date(),
        hour=local.hour,
        facility=entry.facility,
        via=entry.via,
        material=str(told.get("material", ""))[:20],
        ndc=ndc_class(told.get("ndc")),
        category=str(told.get("category", ""))[:20],
        age_band=str(told.get("age_band", ""))[:10],
        district=str(told.get("district", ""))[:40],
    )
