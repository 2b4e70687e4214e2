"""Loading the names of classes."""

from datetime import datetime

from django.db import transaction

from fumikura.catalogue.events import ClassLabelsLoaded
from fumikura.catalogue.models import ClassLabel
from fumikura.catalogue.ndc import read_labels
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor


@transaction.atomic
def load_class_labels(raw: bytes, *, edition: str = "", by: Actor, at: datetime) -> dict[str, int]:
    """Put the names in the place of those of the same editions; answer how many each edition has now.

    `edition` ("8", "9", "10") stands in where the file does not say it. Raises ndc.NotLabels; then all stays as it was.
    """
    by.require("catalogue.load-classification")
    labels = read_labels(raw, edition)
    editions = sorted({said for said, _number in labels}, key=int)
    ClassLabel.objects.filter(edition__in=editions).delete()
    ClassLabel.objects.bulk_create(
        (ClassLabel(edition=said, number=number, label=label) for (said, number), label in labels.items()),
        batch_size=1000,
    )
    counts = {said: sum(one == said for one, _number in labels) for said in editions}
    write_down(ClassLabelsLoaded(editions=tuple(editions), labels=len(labels)), by=by, at=at)
    return counts
