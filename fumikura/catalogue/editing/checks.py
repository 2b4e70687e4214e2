"""What is wrong with a record, said while it is typed. Pure: words for the codes are in catalogue.editing.words.

`stop` keeps a record from being saved; everything else is advice, because wrong ISBN and odd dates are real.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import isbn, issn

from fumikura.catalogue.editing.lines import Unread
from fumikura.catalogue.fields import Fields, tidy
from fumikura.catalogue.marc.content import LEADER_SIZE, Content, Entry

ONCE = frozenset({"001", "003", "005", "008", "100", "110", "111", "245", "250", "310", "LDR"})
_TAG = re.compile(r"[0-9]{3}")
_NDC = re.compile(r"[0-9]{3}(\.[0-9]+)?")
_KANJI = re.compile(r"[\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_NOT_READ = re.compile(r"[^\W\u3040-\u30ff0-9A-Za-z_]")
"""A letter that no reading has: neither kana nor Latin nor a figure."""
_MARKS = re.compile(r"[ 0-9a-z]{2}")
_LINK = re.compile(r"^([0-9A-Za-z]{3})-([0-9]{2,})")
LATEST_YEAR, EARLIEST_YEAR = 2100, 1400


@dataclass(frozen=True)
class Finding:
    """One thing to look at. `tag` and `place` (from 0, among the fields of this tag) say where."""

    code: str
    tag: str = ""
    place: int = 0
    about: str = ""
    stop: bool = False


def findings(content: Content, unread: list[Unread] | None = None) -> list[Finding]:
    """Everything worth a look, what stops the saving first."""
    found = [Finding(f"line-{one.code}", about=f"{one.line}: {one.text[:60]}", stop=True) for one in unread or ()]
    found += [*_frame(content), *_numbers(content), *_links(content), *_readings(content), *_dates(content)]
    return sorted(dict.fromkeys(found), key=lambda one: not one.stop)


def _frame(content: Content) -> Iterator[Finding]:
    fields = Fields(content)
    if not tidy(fields.text("245", "a")):
        yield Finding("no-title", "245", stop=True)
    if len(content.leader) != LEADER_SIZE or not content.leader.isascii():
        yield Finding("leader", "LDR", about=content.leader, stop=True)
    for tag, times in Counter(entry.tag for entry in content.entries).items():
        if tag in ONCE and times > 1:
            yield Finding("only-once", tag, 1, about=tag)
    for entry, place in _placed(content):
        if not _TAG.fullmatch(entry.tag):
            yield Finding("odd-tag", entry.tag, place, about=entry.tag)
        if entry.marks and not _MARKS.fullmatch(entry.marks):
            yield Finding("odd-indicators", entry.tag, place, about=f"{entry.tag} {entry.marks}")
        if entry.marks and not any(text.strip() for code, text in entry.parts if code != "6"):
            yield Finding("says-nothing", entry.tag, place, about=entry.tag)
    fixed = fields.control("008")
    if fixed and len(fixed) != 40:
        yield Finding("fixed-length", "008", about=str(len(fixed)))


def _placed(content: Content) -> Iterator[tuple[Entry, int]]:
    places: Counter[str] = Counter()
    for entry in content.entries:
        yield entry, places[entry.tag]
        places[entry.tag] += 1


def _numbers(content: Content) -> Iterator[Finding]:
    for entry, place in _placed(content):
        for value in map(tidy, entry.all("a")) if entry.marks else ():
            bare = unicodedata.normalize("NFKC", value)
            number = bare.split("(")[0].strip()
            if entry.tag == "020" and number and not isbn.is_valid(number):
                yield Finding("isbn", "020", place, about=value)
            if entry.tag == "022" and number and not issn.is_valid(number):
                yield Finding("issn", "022", place, about=value)
            scheme = entry.text("2")
            if entry.tag == "084" and scheme.startswith(("ndc", "njb")) and not _NDC.fullmatch(bare.split("/")[0]):
                yield Finding("ndc", "084", place, about=value)


def _links(content: Content) -> Iterator[Finding]:
    here = {(entry.tag, match[2]) for entry in content.entries if (match := _linked(entry)) and entry.tag != "880"}
    there = {(match[1], match[2]) for entry in content.entries if (match := _linked(entry)) and entry.tag == "880"}
    for entry, place in _placed(content):
        match = _linked(entry)
        if match is None or match[2] == "00":
            continue
        if entry.tag == "880" and (match[1], match[2]) not in here:
            yield Finding("reading-of-nothing", "880", place, about=f"{match[1]}-{match[2]}")
        if entry.tag != "880" and (entry.tag, match[2]) not in there:
            yield Finding("link-to-nothing", entry.tag, place, about=f"880-{match[2]}")


def _linked(entry: Entry) -> re.Match[str] | None:
    return _LINK.match(entry.text("6")) if entry.marks else None


def _readings(content: Content) -> Iterator[Finding]:
    fields = Fields(content)
    for entry, place in _placed(content):
        if entry.tag not in {"245", "100", "110", "700", "710"}:
            continue
        kana = fields.readings_of(entry)[0]
        heading = tidy(next(iter(entry.all("a")), ""))
        reading = tidy(next(iter(kana.all("a")), "")) if kana else ""
        if _KANJI.search(heading) and not reading:
            yield Finding("no-reading", entry.tag, place, about=heading)
        if _NOT_READ.search(unicodedata.normalize("NFKC", reading)):
            yield Finding("reading-not-kana", entry.tag, place, about=reading)


def _dates(content: Content) -> Iterator[Finding]:
    fixed = Fields(content).control("008")
    year = fixed[7:11]
    if year.isascii() and year.isdigit() and not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
        yield Finding("year", "008", about=year)
    language = fixed[35:38]
    if len(fixed) >= 38 and language.strip(" |") and not (language.isascii() and language.isalpha()):
        yield Finding("language", "008", about=language)
