"""One change for many records: add, delete or replace fields and subfields, by exact text or by pattern. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from fumikura.catalogue.editing.lines import read_line
from fumikura.catalogue.marc.content import Content, Entry

Kind = Literal["add-field", "delete-field", "add-subfield", "delete-subfield", "replace"]
KINDS: tuple[Kind, ...] = ("add-field", "delete-field", "add-subfield", "delete-subfield", "replace")
LONGEST_PATTERN = 200
_RISKY = re.compile(r"[+*}]\)?[+*{]|\([^)]*[+*][^)]*\)[+*{]")
_REFERENCE = re.compile(r"\$([0-9])")


class Unfit(ValueError):
    """The change cannot be read. `code`: no-tag, no-code, no-field, no-text, bad-pattern, slow-pattern."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`tag` a field (65X = 650 to 659), `code` a subfield; `find` what must stand there, `text` what shall.

    add-field takes the whole field as a line in `text`. Without `find`, delete and replace mean every text.
    """

    kind: Kind
    tag: str = ""
    code: str = ""
    find: str = ""
    text: str = ""
    pattern: bool = False
    """`find` is a regular expression, and $1 … in `text` are its groups."""

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Operation":
        """Read and check. Raises Unfit."""
        operation = cls(**{name: facts[name] for name in cls.__dataclass_fields__ if name in facts})
        operation.check()
        return operation

    def check(self) -> None:
        """Raises Unfit when this says nothing that can be done."""
        if self.kind == "add-field":
            if not isinstance(read_line(self.text), Entry):
                raise Unfit("no-field")
            return
        if not re.fullmatch(r"[0-9A-Za-z]{3}", self.tag):
            raise Unfit("no-tag")
        if self.kind != "delete-field" and not self.tag.startswith("00") and len(self.code) != 1:
            raise Unfit("no-code")
        if self.kind == "add-subfield" and not self.text.strip():
            raise Unfit("no-text")
        if self.pattern:
            _check_pattern(self.find)


def _check_pattern(pattern: str) -> None:
    # A repetition of a repetition can take for ever; nobody needs one in a record of a few hundred letters.
    if len(pattern) > LONGEST_PATTERN or _RISKY.search(pattern):
        raise Unfit("slow-pattern")
    try:
        re.compile(pattern)
    except re.error:
        raise Unfit("bad-pattern") from None


def carried_out(content: Content, operations: list[Operation]) -> Content:
    """The record after all of them, one after the other."""
    for operation in operations:
        content = _one(content, operation)
    return content


def _one(content: Content, operation: Operation) -> Content:
    if operation.kind == "add-field":
        entry = read_line(operation.text)
        if not isinstance(entry, Entry) or any(_same(entry, other) for other in content.entries):
            return content
        at = next((at for at, other in enumerate(content.entries) if other.tag > entry.tag), len(content.entries))
        return Content(content.leader, [*content.entries[:at], entry, *content.entries[at:]])
    entries: list[Entry] = []
    for entry in content.entries:
        changed: Entry | None = entry if not _meant(entry.tag, operation.tag) else _field(entry, operation)
        if changed is not None:
            entries.append(changed)
    return Content(content.leader, _without_lost_readings(content.entries, entries))


def _meant(tag: str, wanted: str) -> bool:
    return len(tag) == len(wanted) and all(w in {t, "X", "x"} for t, w in zip(tag, wanted, strict=True))


def _same(one: Entry, other: Entry) -> bool:
    return (one.tag, one.marks, tuple(one.parts), one.data) == (other.tag, other.marks, tuple(other.parts), other.data)


def _field(entry: Entry, operation: Operation) -> Entry | None:
    """The field after the change; None when it goes."""
    if not entry.marks:
        if operation.kind == "delete-field":
            return None if _stands(entry.data, operation) else entry
        replaced = operation.kind == "replace" and _stands(entry.data, operation)
        return entry._replace(data=_replaced(entry.data, operation)) if replaced else entry
    texts = [text for code, text in entry.parts if operation.code in {"", code}]
    match operation.kind:
        case "delete-field":
            return None if any(_stands(text, operation) for text in texts) or not entry.parts else entry
        case "delete-subfield":
            kept = [part for part in entry.parts if part[0] != operation.code or not _stands(part[1], operation)]
            says = any(code != "6" for code, _text in kept)
            return entry._replace(parts=kept) if says else None
        case "add-subfield":
            if not _whole_stands(entry, operation) or operation.text in entry.all(operation.code):
                return entry
            return entry._replace(parts=[*entry.parts, (operation.code, operation.text)])
    return entry._replace(
        parts=[
            (code, _replaced(text, operation)) if code == operation.code and _stands(text, operation) else (code, text)
            for code, text in entry.parts
        ]
    )


def _whole_stands(entry: Entry, operation: Operation) -> bool:
    return not operation.find or any(_stands(text, operation) for _code, text in entry.parts)


def _stands(text: str, operation: Operation) -> bool:
    if not operation.find:
        return True
    return bool(re.search(operation.find, text)) if operation.pattern else operation.find in text


def _replaced(text: str, operation: Operation) -> str:
    if not operation.find:
        return operation.text
    if not operation.pattern:
        return text.replace(operation.find, operation.text)
    template = _REFERENCE.sub(r"\\g<\1>", operation.text.replace("\\", "\\\\"))
    try:
        return re.sub(operation.find, template, text)
    except re.error:  # a group that the pattern does not have
        return text


def _without_lost_readings(before: list[Entry], after: list[Entry]) -> list[Entry]:
    """Readings (880) of fields that went go too."""
    gone = [entry for entry in before if entry.marks and not any(entry is one for one in after) and entry.tag != "880"]
    still = {(entry.tag, entry.text("6")[4:6]) for entry in after if entry.marks}
    lost = {(entry.tag, number) for entry in gone if (number := entry.text("6")[4:6])} - still
    return [entry for entry in after if entry.tag != "880" or (entry.text("6")[:3], entry.text("6")[4:6]) not in lost]
