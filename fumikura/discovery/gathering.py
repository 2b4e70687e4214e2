"""From the rooms below to documents: what a record says, who has copies, where one is in."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fumikura.catalogue.authorities import OtherName, other_names_of
from fumikura.catalogue.collected import holder_code, institution_of
from fumikura.catalogue.description import Description, Name
from fumikura.catalogue.headings import heading_key
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import describe_record, records_by_id
from fumikura.catalogue.readings import readings_of_names
from fumikura.circulation.lending_counts import loans_of_records
from fumikura.circulation.queries import states_of
from fumikura.discovery.documents import Document, number_of_work
from fumikura.discovery.parsing import normalised_number
from fumikura.discovery.shelving import accessible_formats, series_titles
from fumikura.discovery.text import joined_name
from fumikura.holdings.queries import copies_with_home

logger = logging.getLogger(__name__)


@dataclass
class Copies:
    """Codes of the facilities that own a copy of a record, and of those where one is on a shelf that people can get at."""

    sites: list[str] = field(default_factory=list)
    available: list[str] = field(default_factory=list)
    loans: int = 0
    """How often they were lent, withdrawn copies among them."""
    arrived: int = 0
    """The day the newest came, as an ordinal; 0 when there is none."""


def gather(ids: Sequence[int], at: datetime) -> Iterator[Document]:
    """The documents of those of the records that are in the catalogue now; as many queries for all as for one."""
    return gather_records(records_by_id(ids).values(), at)


def gather_records(records: Iterable[BibliographicRecord], at: datetime) -> Iterator[Document]:
    rows = list(records)
    ids = [record.pk for record in rows]
    copies, others = copies_of(ids, at), other_names_of(ids)
    said = {record.pk: _description(record) for record in rows}
    read = readings_of_names([pk for pk, description in said.items() if _lacks_readings(description)])
    for row in rows:
        pk = row.pk
        if institution := institution_of(row.source):
            copies[pk].sites.append(holder_code(institution))
        yield document_of(pk, said[pk], copies[pk], others.get(pk, ()), row.work_key, read=read.get(pk, {}))


def _lacks_readings(description: Description) -> bool:
    """Whether it names somebody or something without saying how that is read."""
    return len(description.subject_readings) < len(description.subjects) or any(
        not name.reading for name in description.creators
    )


def _description(record: BibliographicRecord) -> Description:
    """What the record says; of one that cannot be described, what its row says, so that it does not hold up the rest."""
    try:
        return describe_record(record)
    except Exception as failure:
        logger.warning("discovery.not-described", extra={"record": record.pk, "kind": type(failure).__name__})
    names = (Name(record.creator, record.creator_reading),) if record.creator else ()
    return Description(
        title=record.title,
        title_reading=record.reading,
        volume=record.volume,
        creators=names,
        publisher=record.publisher,
        year=record.year,
        language=record.language,
        kind=record.kind,
        ndc=(record.ndc,) if record.ndc else (),
    )


def copies_of(record_ids: Sequence[int], at: datetime) -> defaultdict[int, Copies]:
    items = copies_with_home(record_ids)
    states = states_of([item for copies in items.values() for item in copies], at)
    found: defaultdict[int, Copies] = defaultdict(Copies)
    for record_id, copies in items.items():
        found[record_id].sites = [item.home.code for item in copies]
        standing = [states[item.pk] for item in copies]
        found[record_id].available = [
            state.facility for state in standing if state.kind == "on-shelf" and not state.is_resting
        ]
        found[record_id].arrived = max(item.added_on.toordinal() for item in copies)
    for record_id, count in loans_of_records(record_ids).items():
        found[record_id].loans = count
    return found


def document_of(
    record_id: int,
    description: Description,
    copies: Copies,
    others: Sequence[OtherName] = (),
    work: str = "",
    *,
    read: Mapping[tuple[str, str], str] | None = None,
) -> Document:
    """`others` are the names under which the authorities of the record are known besides; `work` is the key of its
    work; `read` tells how names and subjects are read that the record itself does not say it of."""
    numbers = [*description.isbns, *(value for _, value in description.identifiers)]
    by_key = {key: reading for (kind, key), reading in (read or {}).items() if kind != "subject"}
    names = {
        (joined_name(name.name), name.reading or by_key.get(heading_key(name.name), "")): None
        for name in description.creators
    }
    names.update({(joined_name(other.name), other.reading): None for other in others if other.kind != "subject"})
    subjects = [text for other in others if other.kind == "subject" for text in (other.name, other.reading)]
    subjects += [reading for (kind, _key), reading in (read or {}).items() if kind == "subject"]
    draft = description.title_reading if description.title_reading_is_draft else ""
    return Document(
        id=record_id,
        titles=_known(
            description.title,
            " ".join(_known(description.subtitle, description.volume, description.part_title)),
            *description.other_titles,
        ),
        readings=_known("" if draft else description.title_reading, description.subtitle_reading),
        drafts=_known(draft),
        names=tuple(names),
        responsibility=_known(description.responsibility),
        subjects=_known(*description.subjects, *description.subject_readings, *subjects),
        headings=_headings(description, read or {}),
        publishers=_known(description.publisher, description.publisher_reading),
        collections=_known(*description.series, *description.series_readings),
        contents=_known(
            *(text for part in description.contents for text in (part.title, part.responsibility, part.reading)),
            description.summary,
        ),
        rest=_known(*description.notes, *description.searchable),
        identifiers=_known(*map(normalised_number, numbers)),
        ndc=_known(*description.ndc),
        kind=description.kind,
        language=description.language,
        audience=description.audience,
        year=description.year,
        sites=_known(*copies.sites),
        available=_known(*copies.available),
        accessible=accessible_formats(description),
        series=series_titles(description.series),
        loans=copies.loans,
        arrived=copies.arrived,
        work=number_of_work(work),
    )


def _headings(description: Description, read: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str], ...]:
    """Subjects with their readings, which can be told apart only when each has one or its authority knows it."""
    subjects, readings = description.subjects, description.subject_readings
    if len(subjects) == len(readings):
        return tuple(zip(subjects, readings, strict=True))
    return tuple((subject, read.get(("subject", heading_key(subject)), "")) for subject in subjects)


def _known(*texts: str) -> tuple[str, ...]:
    """Those that are not empty, each once."""
    return tuple(dict.fromkeys(text for text in texts if text))
