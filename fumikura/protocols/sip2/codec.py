"""SIP2 on the wire: bytes ↔ Message. Pure: no sockets, no clock, no tables.

A frame ends with CR (an LF after it is allowed). Text is cut into fields only after it was decoded: in CP932 the second byte of
ポ, ソ or 能 may be the same as the field separator | or a backslash.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Final

from fumikura.protocols.sip2.layouts import LAYOUTS

ENCODINGS: Final[Mapping[str, tuple[str, str]]] = {
    # our name: (Python's codec, what stands for a letter that it does not have)
    "utf-8": ("utf-8", "�"),
    "cp932": ("cp932", "〓"),
    "ascii": ("ascii", "?"),
}
LINE_ENDS: Final[Mapping[str, bytes]] = {"cr": b"\r", "crlf": b"\r\n"}
LONGEST: Final = 8192
"""Bytes of a frame. The longest real request has some hundreds."""

# Some terminals leave out the zeros in front.
_TAIL: Final = re.compile(rb"(?:AY([0-9]))?AZ([0-9A-Fa-f]{1,4})\Z")
_SEQUENCE: Final = re.compile(rb"AY([0-9])\Z")
_PLAIN: Final = str.maketrans("“”‘’–—", "\"\"''--")
_FIELD: Final = re.compile(r"A[OABP][^|]*\|")
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f|]")


class Unreadable(Exception):
    """The frame is no message. `why` is checksum, code, length or empty."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True)
class Message:
    """One message of SIP2, either way."""

    code: str
    """Two figures."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[tuple[str, str], ...] = ()
    """(two letters, text) in their order; a field may stand more than once."""
    sequence: str = ""
    """One figure, when the other side counts."""
    is_checked: bool = False
    """It carried a checksum, and the checksum was right."""

    def get(self, identifier: str) -> str:
        """The first field of this name, without the blanks around it; empty when it is not there."""
        return next((text.strip() for name, text in self.fields if name == identifier), "")

    def all(self, identifier: str) -> tuple[str, ...]:
        return tuple(text for name, text in self.fields if name == identifier)


def checksum(data: bytes) -> str:
    """Four hexadecimal figures: what has to be added to the sum of the bytes to make it 0 in 16 bits."""
    return f"{-sum(data) & 0xFFFF:04X}"


def _checksums(data: bytes, encoding: str) -> tuple[int, int]:
    """The sum over bytes, as the standard has it; and over letters, as some clients make it when a text is not ASCII."""
    letters = data.decode(ENCODINGS[encoding][0], errors="replace")
    return -sum(data) & 0xFFFF, -sum(map(ord, letters)) & 0xFFFF


def decode(frame: bytes, encoding: str = "utf-8") -> Message:
    """Read one frame, with or without its line end. Raises Unreadable; any bytes may be given."""
    data = frame.strip(b"\r\n\x00")
    if len(data) < 2:
        raise Unreadable("empty")
    if len(data) > LONGEST:
        raise Unreadable("length")
    sequence, is_checked = "", False
    if tail := _TAIL.search(data):
        if int(tail[2], 16) not in _checksums(data[: tail.start(2)], encoding):
            raise Unreadable("checksum")
        sequence, is_checked, data = (tail[1] or b"").decode(), True, data[: tail.start()]
    elif counted := _SEQUENCE.search(data):
        sequence, data = counted[1].decode(), data[: counted.start()]
    text = data.decode(ENCODINGS[encoding][0], errors="replace")
    code, rest = text[:2], text[2:]
    if code not in LAYOUTS:
        raise Unreadable("code")
    fixed: dict[str, str] = {}
    for name, width in LAYOUTS[code]:
        if name == "when" and _FIELD.match(rest):
            fixed[name] = " " * width  # some clients forget the transaction date and go on with the first field
            continue
        if len(rest) < width:
            raise Unreadable("length")
        fixed[name], rest = rest[:width], rest[width:]
    pieces = tuple((piece[:2], piece[2:]) for piece in rest.split("|") if len(piece) >= 2)
    return Message(code, fixed, pieces, sequence, is_checked)


def encode(message: Message, encoding: str = "utf-8", line_end: str = "cr") -> bytes:
    """The frame with its line end; with sequence number and checksum when the message says so.

    A letter that the encoding does not have becomes its stand-in (〓 in CP932). ValueError for a fixed field of another width:
    that is a fault of ours, never of what is in the catalogue.
    """
    parts = [message.code]
    for name, width in LAYOUTS[message.code]:
        value = message.fixed[name]
        if len(value) != width or not value.isascii():
            raise ValueError(f"{message.code} {name}: {value!r} is not {width} wide")
        parts.append(value)
    parts += [f"{name}{_UNSAFE.sub(' ', text)}|" for name, text in message.fields]
    data = written("".join(parts), encoding)
    if message.sequence:
        data += f"AY{message.sequence}".encode()
    if message.is_checked:
        data += b"AZ"
        data += checksum(data).encode()
    return data + LINE_ENDS[line_end]


def written(text: str, encoding: str) -> bytes:
    codec, stand_in = ENCODINGS[encoding]
    if encoding == "ascii":
        text = text.translate(_PLAIN)
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return b"".join(_letter(letter, codec, stand_in) for letter in text)


def _letter(letter: str, codec: str, stand_in: str) -> bytes:
    try:
        return letter.encode(codec)
    except UnicodeEncodeError:
        return stand_in.encode(codec)


def as_answer(message: Message, request: Message) -> Message:
    """The answer counts and checks as its request did."""
    return replace(message, sequence=request.sequence, is_checked=request.is_checked)


def moment(text: str, zone: tzinfo) -> datetime | None:
    """YYYYMMDDZZZZHHMMSS: blank ZZZZ is local time, "   Z" universal time. None for anything else."""
    found = re.fullmatch(r"([0-9]{8})(.{4})([0-9]{6})", text)
    if not found or found[2] not in {"    ", "   Z", "0000", "   z"}:
        return None
    try:
        naive = datetime.strptime(found[1] + found[3], "%Y%m%d%H%M%S")  # noqa: DTZ007  # its zone is given next
        return naive.replace(tzinfo=UTC if found[2].strip().upper() == "Z" else zone)
    except ValueError:
        return None


def stamp(at: datetime) -> str:
    """A local moment as SIP2 writes it."""
    return at.strftime("%Y%m%d    %H%M%S")
