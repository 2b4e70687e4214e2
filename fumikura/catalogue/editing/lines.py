"""A MARC record as lines of text, as cataloguers write it: `245 00 $aこころ /$c夏目漱石 著.`

Nothing is lost on the way there and back. Blank indicators are written `#`. A dollar inside a text is written `{dollar}`,
save in a link ($6 880-01/$1), which stands as in the record. What is pasted from other programs is understood too: a leading
`=`, the delimiters ǂ ‡ ▼ | and a blank between delimiter, code and text.
"""

import re
from dataclasses import dataclass

from fumikura.catalogue.marc.content import Content, Entry, is_control, plain, whole_leader

LEADER = "LDR"
NEW_LEADER = "00000nam a2200000 i 4500"
BLANK = "#"

_ESCAPES = {"dollar": "$", "lcub": "{", "lf": "\n", "cr": "\r", "sp": " "}
_ESCAPED = re.compile(r"\{(dollar|lcub|lf|cr|sp)\}")
_TO_ESCAPE = re.compile(r"\{(?=(?:dollar|lcub|lf|cr|sp)\})|[$\n\r]|^ ")
_NAMES = {sign: f"{{{name}}}" for name, sign in _ESCAPES.items()}
_LINK = re.compile(r"^([0-9A-Za-z]{3}-[0-9]{2,})/\$1")
_FOREIGN = re.compile(r"[ǂ‡▼](?=\s?[0-9a-z])|\$\$(?=[0-9a-z])")
_PIPE = re.compile(r"^\|(?=[0-9a-z])|(?<=\s)\|(?=[0-9a-z])")
_PART = re.compile(r"\$([!-~])")
_IN_A_LINK = re.compile(r"\$6\s?[0-9A-Za-z]{3}-[0-9]{2,}/\$$")
_OURS = re.compile(r"^ ?.{0,2} ?\$[^$]")
_LINE = re.compile(r"^=?([0-9A-Za-z]{3})(?:\s(.*)|)$", re.DOTALL)
_MARKS = re.compile(r"^ ?([0-9A-Za-z#_\\ ]{2})\s*(?=\$)")


@dataclass(frozen=True)
class Unread:
    """A line that is no field: its number from 1, a code, and the line itself."""

    line: int
    code: str
    text: str


def text_of(content: Content) -> str:
    """The whole record, the leader first, one field a line."""
    return "\n".join([f"{LEADER} {content.leader}", *map(line_of, content.entries)])


def line_of(entry: Entry) -> str:
    if not entry.marks:
        return f"{entry.tag} {_escape(entry.data)}"
    marks = entry.marks.replace(" ", BLANK)
    return f"{entry.tag} {marks} " + "".join(f"${code}{_part_text(code, text)}" for code, text in entry.parts)


def _part_text(code: str, text: str) -> str:
    if code == "6" and (link := _LINK.match(text)):
        return link[0] + _escape(text[link.end() :])
    return _escape(text)


def _escape(text: str) -> str:
    return _TO_ESCAPE.sub(lambda found: _NAMES[found[0]], text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES[found[1]], text)


def read(text: str) -> tuple[Content, list[Unread]]:
    """The record that these lines say, and the lines that say nothing; the record is made of all the others."""
    leader, entries, unread = NEW_LEADER, [], []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not line.strip():
            continue
        if line.removeprefix("=")[:3].upper() in {LEADER, "000"} and not line.startswith("000-"):
            leader = whole_leader(line.removeprefix("=")[3:].lstrip())
            continue
        found = read_line(line)
        if isinstance(found, Entry):
            entries.append(found)
        else:
            unread.append(Unread(number, found, line))
    return Content(leader, entries), unread


def read_line(line: str) -> Entry | str:
    """One field; or a code that says why it is none: no-tag, no-subfields, empty-field, bad-indicators."""
    match = _LINE.match(line.lstrip())
    if match is None:
        return "no-tag"
    tag, rest = match[1], match[2] or ""
    if is_control(tag):
        # After "=008" two blanks are customary, after "008" one; what follows belongs to the field, blanks included.
        data = rest.removeprefix(" ") if line.lstrip().startswith("=") else rest
        return Entry(tag, data=plain(_unescape(data))) if data.strip() else "empty-field"
    if not _OURS.match(rest):
        rest = _FOREIGN.sub("$", rest)
        rest = rest if "$" in rest else _PIPE.sub("$", rest)
    if "$" not in rest:
        return "no-subfields"
    marks = "  "
    if found := _MARKS.match(rest):
        marks, rest = _indicators(found[1]), rest[found.end() :]
    elif rest[: rest.index("$")].strip():
        return "bad-indicators"
    parts = _parts(rest.lstrip())
    return Entry(tag, marks, parts) if parts else "empty-field"


def _indicators(text: str) -> str:
    return "".join(" " if sign in "#_\\" else sign for sign in text)


def _parts(text: str) -> list[tuple[str, str]]:
    """The subfields. `$` begins one, unless it belongs to the script code of a link: 245-01/$1."""
    places = [found for found in _PART.finditer(text) if not _IN_A_LINK.search(text, 0, found.start() + 1)]
    ends = [*(found.start() for found in places[1:]), len(text)]
    parts = [(found[1], text[found.end() : end]) for found, end in zip(places, ends, strict=True)]
    if all(value.startswith(" ") for _code, value in parts):
        # Some programs print a blank behind every code; ours writes a blank that belongs to the text as {sp}.
        parts = [(code, value.strip()) for code, value in parts]
    return [(code, plain(_unescape(value))) for code, value in parts]
