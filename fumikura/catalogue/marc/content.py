"""A MARC record as plain tuples: what the codecs read and write.

pymarc's Record is the form in which other rooms hand a record over; a hundred thousand of them at an import would cost twice
the time, so the codecs go without.
"""

from typing import NamedTuple

from pymarc import Field, Indicators, Leader, Record, Subfield

LEADER_SIZE = 24


class Entry(NamedTuple):
    """One field: a control field has `data`, a data field two marks (indicators) and parts (code, text)."""

    tag: str
    marks: str = ""
    parts: tuple[tuple[str, str], ...] | list[tuple[str, str]] = ()
    data: str = ""

    def all(self, code: str) -> list[str]:
        """The text of every subfield with this code."""
        return [text for found, text in self.parts if found == code]

    def each(self, codes: str) -> list[str]:
        """The text of every subfield with one of these codes, in the record's order."""
        return [text for found, text in self.parts if found in codes]

    def text(self, codes: str) -> str:
        return " ".join([text for found, text in self.parts if found in codes])


class Content(NamedTuple):
    """Leader and fields of one record, in order."""

    leader: str
    entries: list[Entry]

    def record(self) -> Record:
        record = Record()
        record.leader = Leader(self.leader)
        record.fields = [
            Field(
                tag=entry.tag,
                indicators=Indicators(entry.marks[0], entry.marks[1]),
                subfields=[Subfield(code, text) for code, text in entry.parts],
            )
            if entry.marks
            else Field(tag=entry.tag, data=entry.data)
            for entry in self.entries
        ]
        return record


def is_control(tag: str) -> bool:
    return tag < "010" and tag.isdigit()


def content_of(record: Record) -> Content:
    """The content of a pymarc record, with whatever ISO 2709 separates by made a blank."""
    entries = [
        Entry(field.tag, data=plain(field.data or ""))
        if field.control_field
        else Entry(
            field.tag,
            (field.indicator1 or " ")[0] + (field.indicator2 or " ")[0],
            [(part.code, plain(part.value)) for part in field.subfields],
        )
        for field in record.fields
    ]
    return Content(str(record.leader).ljust(LEADER_SIZE)[:LEADER_SIZE], entries)


_SEPARATORS = {0x1D: " ", 0x1E: " ", 0x1F: " "}


def plain(text: str) -> str:
    """Without the characters by which ISO 2709 separates."""
    return text.translate(_SEPARATORS)


def whole_leader(leader: str) -> str:
    """24 ASCII characters; a leader written by hand is often shorter."""
    return leader.encode("ascii", "replace").decode("ascii")[:LEADER_SIZE].ljust(LEADER_SIZE)
