"""What the index knows about a thing that can be found. The same for every engine and, later, for every kind of thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from fumikura.discovery.edges import word_marks
from fumikura.discovery.text import sound, sounds, spoken, units
from fumikura.discovery.writings import marks
from fumikura.kernel.japanese import fold, is_kana, sort_key

Pieces = tuple[str, ...]
"""Pieces of text as written; words are never found across two pieces."""


@dataclass(frozen=True, kw_only=True)
class Document:
    id: int
    """The catalogue's record number."""
    titles: Pieces = ()
    """The title proper first, then title with subtitle, other titles, series."""
    readings: Pieces = ()
    """Of the titles, in their order."""
    drafts: Pieces = ()
    """Readings of titles that nobody confirmed: found like readings, but they count for less."""
    names: tuple[tuple[str, str], ...] = ()
    """Headings with their readings (or ""); the order of family and given name as in the record."""
    responsibility: Pieces = ()
    subjects: Pieces = ()
    headings: tuple[tuple[str, str], ...] = ()
    """The subjects that may be suggested, with their readings (or "")."""
    publishers: Pieces = ()
    collections: Pieces = ()
    """Series as printed, with their numbers and readings."""
    contents: Pieces = ()
    """The works inside and the summary."""
    rest: Pieces = ()
    """Notes and whatever else is worth finding."""
    identifiers: Pieces = ()
    """Normalised: ISBN as 13 digits, others without hyphens, upper case."""
    ndc: Pieces = ()
    kind: str = ""
    language: str = ""
    audience: str = ""
    year: int | None = None
    sites: Pieces = ()
    """Codes of the facilities that own a copy."""
    available: Pieces = ()
    """Codes of the facilities where a copy stands on the shelf."""
    accessible: Pieces = ()
    """Codes of discovery.shelving.accessible_formats."""
    series: Pieces = ()
    """Titles without the number; the series as printed are `collections`."""
    loans: int = 0
    """How often its copies were lent; by whom is nowhere in the index."""
    arrived: int = 0
    """The day its newest copy came, as an ordinal; 0 when there is none."""
    work: int = 0
    """The same for all editions, formats and volumes of a work (`number_of_work`); 0 when it stands alone."""

    @property
    def all_readings(self) -> Pieces:
        return tuple(spelling for reading in self.readings for spelling in spoken(reading))

    @property
    def all_drafts(self) -> Pieces:
        return tuple(spelling for reading in self.drafts for spelling in spoken(reading))

    @property
    def grouped_by(self) -> int:
        """What it is grouped by: its work, or itself."""
        return self.work or -self.id

    @property
    def name_texts(self) -> Pieces:
        return tuple(text for name in self.names for text in name if text) + self.responsibility

    @property
    def sounds(self) -> Pieces:
        """How titles and names sound, where that is known."""
        kana = [text for text in self.titles if is_kana(fold(text).replace(" ", ""))]
        heard = [sound(text) for text in [*self.all_readings, *self.all_drafts, *self.name_readings]]
        return tuple(dict.fromkeys([*heard, *(way for text in kana for way in sounds(text))]))

    @property
    def old_writings(self) -> Pieces:
        """Signs by which a title or name written 圖書舘 is told from one written 図書館 (discovery.writings)."""
        return marks((*self.titles, *self.name_texts))

    @property
    def words(self) -> frozenset[str]:
        """Signs by which kana that stand as a word are told from those inside one (discovery.edges)."""
        return word_marks(
            titles=self.titles, readings=self.readings + self.drafts, names=self.name_texts, subjects=self.subjects
        )

    @property
    def name_readings(self) -> Pieces:
        return tuple(reading or name for name, reading in self.names if reading or is_kana(fold(name).replace(" ", "")))

    @property
    def texts(self) -> Pieces:
        """Everything in which words are found."""
        return (
            self.titles
            + self.all_readings
            + self.all_drafts
            + self.name_texts
            + self.subjects
            + self.publishers
            + self.collections
            + self.contents
            + self.rest
        )

    @property
    def sort_title(self) -> str:
        return sort_key(next(iter(self.readings + self.drafts + self.titles), ""))

    @property
    def newest_first(self) -> int:
        """Later years are larger; within a year, what came to the catalogue later."""
        return ((self.year or 0) << 40) + self.id

    @property
    def oldest_first(self) -> int:
        """Earlier years are larger; those without a year come last."""
        return ((10_000 - self.year if self.year else 0) << 40) + self.id

    @property
    def arrived_last(self) -> int:
        return (self.arrived << 40) + self.id

    @property
    def sort_creator(self) -> str:
        """The reading of the first name; what has no name comes last."""
        first = next(((reading or name) for name, reading in self.names), "")
        return f"{sort_key(first)}\t{self.sort_title}" if first else "\uffff"

    def classes(self, digits: int) -> Pieces:
        """The beginnings of its classes, e.g. of two digits: ("91",)."""
        found = {ndc[:digits] for ndc in self.ndc if len(ndc) >= digits}
        return tuple(sorted(one for one in found if one.isascii() and one.isdigit()))

    @property
    def decade(self) -> str:
        return f"{self.year // 10 * 10}s" if self.year else ""

    @property
    def name_keys(self) -> Pieces:
        """For suggestions: what somebody types for a name, a tab, and the name to offer."""
        return _keys(self.names)

    @property
    def subject_keys(self) -> Pieces:
        """The same of subjects."""
        return _keys(self.headings)


def number_of_work(key: str) -> int:
    """A work's key as a number of 48 bits: among ten million works two fall together once in five or six libraries."""
    return int.from_bytes(blake2b(key.encode(), digest_size=6).digest()) if key else 0


def _keys(headings: Iterable[tuple[str, str]]) -> Pieces:
    return tuple(
        dict.fromkeys(
            f"{''.join(units(text))}\t{heading.replace(chr(9), ' ')}"
            for heading, reading in headings
            for text in (heading, reading)
            if units(text)
        )
    )
