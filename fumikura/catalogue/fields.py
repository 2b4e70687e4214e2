"""Looking things up in a MARC record once it is in order: by tag, by subfield, by link."""

import re
from dataclasses import dataclass

from pymarc import Record

_PUNCTUATION = " /:;,=+"
_LINK = re.compile(r"([0-9A-Za-z]{3})-([0-9]{2,})(?:/(.+))?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One data field."""

    tag: str
    first_mark: str
    second_mark: str
    parts: list[tuple[str, str]]
    """(code, text), in order."""

    def all(self, code: str) -> list[str]:
        """The text of every subfield with this code."""
        return [text for found, text in self.parts if found == code]

    def each(self, codes: str) -> list[str]:
        """The text of every subfield with one of these codes, in the record's order."""
        return [text for found, text in self.parts if found in codes]

    def text(self, codes: str) -> str:
        return " ".join(self.each(codes))


class Fields:
    """The fields of one record by tag. Linked fields (880) are found through the field they belong to."""

    def __init__(self, record: Record) -> None:
        self._control: dict[str, str] = {}
        self._data: dict[str, list[Entry]] = {}
        self._links: dict[tuple[str, str, str], Entry] = {}
        for field in record.fields:
            if field.control_field:
                self._control.setdefault(field.tag, field.data or "")
                continue
            parts = [(part.code, part.value) for part in field.subfields]
            entry = Entry(field.tag, field.indicator1, field.indicator2, parts)
            self._data.setdefault(field.tag, []).append(entry)
            if field.tag == "880":
                self._note_link(entry)

    def _note_link(self, entry: Entry) -> None:
        match = _LINK.match(entry.text("6"))
        if match:
            script = (match[3] or "").partition("/")[0]
            self._links.setdefault((match[1], match[2], script), entry)

    def control(self, tag: str) -> str:
        return self._control.get(tag, "")

    def all(self, *tags: str) -> list[Entry]:
        """Every field with one of these tags, by tag in the order asked for."""
        return [entry for tag in tags for entry in self._data.get(tag, ())]

    def between(self, low: str, high: str) -> list[Entry]:
        return [entry for tag in sorted(self._data) if low <= tag <= high for entry in self._data[tag]]

    def first(self, tag: str, *, second: str = "") -> Entry | None:
        for entry in self._data.get(tag, ()):
            if not second or entry.second_mark == second:
                return entry
        return None

    def text(self, tag: str, codes: str) -> str:
        """These subfields of the first such field."""
        entry = self.first(tag)
        return entry.text(codes) if entry else ""

    def readings_of(self, entry: Entry) -> tuple[Entry | None, Entry | None]:
        """The katakana and the romaji field linked to this one."""
        match = _LINK.match(entry.text("6"))
        if not match or match[2] == "00":
            return None, None
        return self._links.get((entry.tag, match[2], "$1")), self._links.get((entry.tag, match[2], "(B"))

    def linked(self, tag: str, script: str) -> Entry | None:
        """The 880 of the first such field in this script: $1 (kana) or (B (romaji)."""
        entry = self.first(tag)
        if entry is None:
            return None
        return self.readings_of(entry)[0 if script == "$1" else 1]


def tidy(text: str) -> str:
    """Without ISBD's punctuation at the end and without doubled blanks."""
    text = " ".join(text.replace("\u0098", "").replace("\u009c", "").split())
    text = text.strip(_PUNCTUATION) if text else text
    # A full stop ends a field in MARC; it stays after an initial or an abbreviation (A., Inc., 2nd ed., et al.).
    if text.endswith(".") and not text.endswith("..") and not re.search(r"(?<![A-Za-z])[A-Za-z]{1,4}\.$", text):
        text = text[:-1].rstrip(_PUNCTUATION)
    return text
