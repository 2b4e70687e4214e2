"""What a cataloguer picks from while typing: names and subjects that records carry already, with their readings; classes."""

from typing import NamedTuple

from django.db.models import Count, Q

from fumikura.catalogue.models import BibliographicRecord
from fumikura.kernel.japanese import katakana

WITHIN = 400
"""So many rows are looked at for one answer: enough for what somebody has typed a few letters of."""


class Heading(NamedTuple):
    """`text` goes into the field, `reading` into its reading, `note` tells homonyms apart."""

    text: str
    reading: str = ""
    note: str = ""


def headings_like(text: str, most: int) -> list[Heading]:
    """Names as records have them, by name or reading; those with most records first."""
    rows = (
        BibliographicRecord.objects.filter(deleted_at=None)
        .filter(Q(creator__startswith=text) | Q(creator_reading__startswith=katakana(text)))
        .values_list("creator", "creator_reading")
        .annotate(times=Count("pk"))
        .order_by("-times", "creator")[:most]
    )
    return [Heading(creator, reading, str(times)) for creator, reading, times in rows]


def classes_like(text: str, most: int) -> list[Heading]:
    """NDC numbers in use that begin so, with how many records have them."""
    rows = (
        BibliographicRecord.objects.filter(deleted_at=None, ndc__startswith=text)
        .values_list("ndc")
        .annotate(times=Count("pk"))
        .order_by("-times", "ndc")[:most]
    )
    return [Heading(ndc, "", str(times)) for ndc, times in rows]


def subjects_like(text: str, most: int) -> list[Heading]:
    """No subjects are known by themselves yet."""
    return []
