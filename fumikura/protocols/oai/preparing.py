"""For the night: whole records written out before the harvesters come, in the formats that they ask for."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from fumikura.catalogue.collected import PREFIX
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.ready_made import prepare
from fumikura.protocols.oai.formats import FORMATS

USUAL: Final = ("oai_dc", "marc21", "dcndl")
LONGEST: Final = 3600.0
"""Seconds a night: a million records that nobody has written out yet take some nights, or their first harvest."""


def prepare_harvest(at: datetime) -> int:
    """Write out what has changed since the last night; how many texts that were."""
    ends = time.monotonic() + LONGEST
    return prepare(_until(ends), {prefix: FORMATS[prefix].write for prefix in USUAL})


def _until(ends: float) -> Iterator[BibliographicRecord]:
    """Our own records, the latest first: what is new is asked for tomorrow."""
    rows = BibliographicRecord.objects.filter(deleted_at=None).exclude(source__startswith=PREFIX)
    found = rows.order_by("-written_at", "-pk").only("marc", "reading", "reading_is_draft").iterator(chunk_size=500)
    for row in found:
        if time.monotonic() > ends:
            return
        yield row
