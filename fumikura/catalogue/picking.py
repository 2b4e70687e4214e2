"""What a cataloguer picks from while typing: persons, bodies and subjects known here with their readings; classes by name."""

from typing import NamedTuple

from django.db.models import Count

from fumikura.catalogue.authorities import find_authorities
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.ndc import as_printed, labels_of, search_labels, tidy_number
from fumikura.kernel.japanese import hiragana

WITHIN = 100
"""So many authorities are looked at for one answer: enough for what somebody has typed a few letters of."""


class Heading(NamedTuple):
    """`text` goes into the field, `reading` and `dates` beside it; `note` helps to choose; `sound` is the reading as typed."""

    text: str
    reading: str = ""
    dates: str = ""
    note: str = ""
    sound: str = ""


def headings_like(text: str, most: int) -> list[Heading]:
    """Persons and bodies by name, other name or reading; those with most records first."""
    return _authorities(text, ("person", "body"), most)


def subjects_like(text: str, most: int) -> list[Heading]:
    """Subjects, in the same way."""
    return _authorities(text, ("subject",), most)


def _authorities(text: str, kinds: tuple[str, ...], most: int) -> list[Heading]:
    rows = [one for kind in kinds for one in find_authorities(text, kind)[:WITHIN]]
    counted = [(int(vars(one)["records"]), one) for one in rows]  # the count that find_authorities adds to each
    counted.sort(key=lambda pair: -pair[0])
    return [
        # A drafted reading helps to find the name, but a record that takes it over would say it for good.
        Heading(
            one.heading, "" if one.reading_is_draft else one.reading, one.dates, str(records), hiragana(one.reading)
        )
        for records, one in counted[:most]
    ]


def classes_like(text: str, most: int) -> list[Heading]:
    """NDC numbers by their beginning or by a word of their names; those in use first, with how many records have them."""
    used: dict[str, int] = {}
    if text[:1].isdigit():
        rows = BibliographicRecord.objects.filter(deleted_at=None, ndc__startswith=text)
        counted = rows.values_list("ndc").annotate(times=Count("pk")).order_by("-times", "ndc")[:most]
        used = {ndc.split("/")[0]: times for ndc, times in counted}
    names = dict(search_labels(text, most))
    numbers = [*used, *(as_printed(number) for number in names if as_printed(number) not in used)][:most]
    labels = labels_of([tidy_number(number) for number in numbers])
    return [
        Heading(number, "", "", " ".join(filter(None, (labels.get(tidy_number(number)), str(used.get(number) or "")))))
        for number in numbers
    ]
