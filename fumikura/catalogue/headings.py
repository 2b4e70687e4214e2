"""The persons, bodies and subjects that a record names, and when two headings are one: pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fumikura.catalogue.fields import Fields, tidy
from fumikura.catalogue.marc.content import Entry
from fumikura.kernel.japanese import fold

Kind = Literal["person", "body", "subject"]
KINDS: dict[str, Kind] = {
    "100": "person", "700": "person", "600": "person",
    "110": "body", "710": "body", "610": "body", "111": "body", "711": "body", "611": "body",
    "650": "subject", "651": "subject",
}  # fmt: skip
"""Fields under authority. 653 and 720 are uncontrolled by definition; titles (130, 630, 730) are works."""
ABOUT = frozenset({"600", "610", "611", "650", "651"})
LONGEST_KEY = 200

_NUMBER = re.compile(r"\(([^)]{1,40})\)\s*(\S.*)")
_NDL = re.compile(r"https?://id\.ndl\.go\.jp/auth/(?:ndlna|ndlsh)/(\w+)")
_OTHER_FILE = re.compile(r"https?://([^/]+)/(?:.*/)?([^/]+)/?")
_YEARS = re.compile(r"[0-9]{3,4}")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a record."""

    tag: str
    kind: Kind
    name: str
    reading: str = ""
    romaji: str = ""
    dates: str = ""
    role: str = ""
    number: tuple[str, str] = ("", "")
    """(file, number) from $0; the file is empty when $0 does not name it: then it is the source's own."""

    @property
    def key(self) -> str:
        return heading_key(self.name)


def headings_of(fields: Fields) -> tuple[Heading, ...]:
    """Each heading once a field tag, in the record's order."""
    found: dict[tuple[str, str], Heading] = {}
    for heading in _headings(fields):
        found.setdefault((heading.tag, heading.key), heading)
    return tuple(heading for (_tag, key), heading in found.items() if key)


def _headings(fields: Fields) -> Iterator[Heading]:
    for entry in fields.all(*KINDS):
        kind = KINDS[entry.tag]
        codes = {"person": "abc", "body": "abcnd", "subject": "a"}[kind]
        if not (name := tidy(entry.text(codes))):
            continue
        reading, romaji = fields.readings_of(entry)
        yield Heading(
            tag=entry.tag,
            kind=kind,
            name=name,
            reading=tidy(reading.text(codes)) if reading else "",
            romaji=tidy(romaji.text(codes)) if romaji else "",
            dates=tidy(entry.text("d"))[:60] if kind == "person" else "",
            role=tidy(", ".join(entry.all("e")))[:40],
            number=_number(entry),
        )


def _number(entry: Entry) -> tuple[str, str]:
    """The number of the heading's authority. That of a heading with subdivisions may mean all of it: not used."""
    if entry.tag in ABOUT and entry.each("xyzvt"):
        return "", ""
    for text in map(str.strip, entry.all("0")):
        if match := _NDL.fullmatch(text):
            return "JTNDL", match[1][:60]
        if match := _NUMBER.fullmatch(text) or _OTHER_FILE.fullmatch(text):
            return match[1][:40], match[2].strip()[:60]
        if text:
            return "", text[:60]
    return "", ""


def heading_key(name: str) -> str:
    """夏目, 漱石, 夏目漱石 and 夏目　漱石 have one key, as have 斎藤茂吉 and 齋藤茂吉."""
    return fold(name).replace(" ", "")[:LONGEST_KEY]


def may_be_one(dates: str, reading: str, other_dates: str, other_reading: str) -> bool:
    """Whether two headings of the same words may be the same: no years and no readings that speak against it."""
    return _agree(_years(dates), _years(other_dates)) and _agree_readings(reading, other_reading)


def _years(dates: str) -> tuple[str, str]:
    """Birth and death, each empty when not known: -1916 has no birth."""
    plain = unicodedata.normalize("NFKC", dates)
    years = [*_YEARS.findall(plain), "", ""]
    return ("", years[0]) if plain.lstrip().startswith(("-", "~", "〜")) else (years[0], years[1])


def _agree(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return all(not mine or not theirs or mine == theirs for mine, theirs in zip(one, other, strict=True))


def _agree_readings(one: str, other: str) -> bool:
    return not one or not other or heading_key(one) == heading_key(other)
