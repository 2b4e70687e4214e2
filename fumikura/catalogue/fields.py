"""Looking things up in a MARC record once it is in order: by tag, by subfield, by link."""

import re

from fumikura.catalogue.marc.content import Content, Entry

_PUNCTUATION = " /:;,=+\u0098\u009c"
_AT_THE_END = _PUNCTUATION + "."
_ABBREVIATION = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z]|eds?|Inc|Co|Ltd|Corp|etc|al|Jr|Sr|Dr|Pub|Bros|Univ|Mass|vols?|nos?|pp)\.$"
)
DRAFT = ("9", "yomi-draft")
"""Marks an 880 whose reading only a machine drafted."""
_LINK = re.compile(r"([0-9A-Za-z]{3})-([0-9]{2,})(?:/(.+))?")


class Fields:
    """The fields of one record by tag. Linked fields (880) are found through the field they belong to."""

    def __init__(self, content: Content) -> None:
        self.leader = content.leader
        self._control: dict[str, list[str]] = {}
        self._data: dict[str, list[Entry]] = {}
        self._links: dict[tuple[str, str, str], Entry] = {}
        for entry in content.entries:
            if not entry.marks:
                self._control.setdefault(entry.tag, []).append(entry.data)
            elif (found := self._data.get(entry.tag)) is None:
                self._data[entry.tag] = [entry]
            else:
                found.append(entry)
        self._drafts: dict[tuple[str, str], Entry] = {}
        self.romaji: list[Entry] = []
        """Every 880 in Latin letters, whatever it belongs to."""
        for entry in self._data.get("880", ()):
            if DRAFT in entry.parts:
                if match := _link_of(entry):
                    self._drafts[match[1], match[2]] = entry
            elif match := _link_of(entry):
                script = (match[3] or "").partition("/")[0]
                if script == "(B":
                    self.romaji.append(entry)
                self._links.setdefault((match[1], match[2], script), entry)

    def controls(self, tag: str) -> list[str]:
        return self._control.get(tag, [])

    def control(self, tag: str) -> str:
        """The first such control field, or an empty string."""
        return next(iter(self._control.get(tag, ())), "")

    def all(self, *tags: str) -> list[Entry]:
        """Every field with one of these tags, by tag in the order asked for."""
        data = self._data
        return [entry for tag in tags if tag in data for entry in data[tag]]

    def between(self, low: str, high: str) -> list[Entry]:
        return [entry for tag in sorted(self._data) if low <= tag <= high for entry in self._data[tag]]

    def first(self, tag: str, *, second: str = "") -> Entry | None:
        for entry in self._data.get(tag, ()):
            if not second or entry.marks[1] == second:
                return entry
        return None

    def text(self, tag: str, codes: str) -> str:
        """These subfields of the first such field."""
        entry = self.first(tag)
        return entry.text(codes) if entry else ""

    def readings_of(self, entry: Entry) -> tuple[Entry | None, Entry | None]:
        """The katakana and the romaji field linked to this one."""
        match = _link_of(entry)
        if not match or match[2] == "00":
            return None, None
        return self._links.get((entry.tag, match[2], "$1")), self._links.get((entry.tag, match[2], "(B"))

    def draft_of(self, entry: Entry) -> Entry | None:
        """The reading linked to this field that says of itself that nobody has confirmed it: no word of the record."""
        match = _link_of(entry)
        return self._drafts.get((entry.tag, match[2])) if match else None

    def linked(self, tag: str, script: str) -> Entry | None:
        """The 880 of the first such field in this script: $1 (kana) or (B (romaji)."""
        entry = self.first(tag)
        if entry is None:
            return None
        return self.readings_of(entry)[0 if script == "$1" else 1]


def _link_of(entry: Entry) -> re.Match[str] | None:
    """Its $6, which stands first where it stands."""
    for code, text in entry.parts:
        if code == "6":
            return _LINK.match(text)
    return None


def tidy(text: str) -> str:
    """Without ISBD's punctuation at the end and without doubled blanks."""
    if not text or text.isalnum():
        return text
    if text[-1] not in _AT_THE_END and text[0] not in _PUNCTUATION and text.isprintable() and "  " not in text:
        return text  # the only blank that can be printed is the plain one
    text = " ".join(text.split()).strip(_PUNCTUATION)
    # A full stop ends a field in MARC; it stays after an initial or an abbreviation (A., Inc., 2nd ed., et al.).
    if text.endswith(".") and not text.endswith("..") and not _ABBREVIATION.search(text):
        text = text[:-1].rstrip(_PUNCTUATION)
    return text
