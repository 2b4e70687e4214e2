"""A layout that somebody described: fixed fields at their places. What a description may say: kernel/tags/descriptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fumikura.kernel.tags.checks import crc, exclusive_or
from fumikura.kernel.tags.contents import Tag, UnreadableTag

HOLDS: Final = ("item", "owner", "usage", "parts", "part", "constant", "check")
COUNTS: Final = ("usage", "parts", "part")
LETTERS: Final = ("ascii", "utf-8", "cp932")
NUMBERS: Final = ("big", "little")
DIGITS: Final = "digits"
ENCODINGS: Final = (*LETTERS, DIGITS, *NUMBERS)
METHODS: Final = ("crc", "sum", "xor")
UNKNOWN_USAGE: Final = 5
SURE: Final = 2
"""So many bytes of constants or check tell a layout from any other."""


@dataclass(frozen=True, kw_only=True)
class Check:
    method: str
    polynomial: int = 0
    start: int = 0
    final: int = 0
    is_reflected: bool = False
    order: str = "big"
    first: int
    last: int
    """Bytes from first to last are covered, without those of the check itself."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One field. Text and digits are filled with `pad` (a letter below 80; of digits half a byte) on the side `padded`."""

    holds: str
    at: int
    length: int
    encoding: str = "ascii"
    pad: int = 0
    padded: str = "right"
    value: bytes = b""
    codes: Mapping[str, str] = field(default_factory=dict)
    """What stands on the tag → what it means with us; of owner and usage only."""
    check: Check | None = None

    @property
    def end(self) -> int:
        return self.at + self.length


@dataclass(frozen=True, kw_only=True)
class Layout:
    name: str
    title: str
    size: int
    """Bytes that are written, and that a reader must give."""
    places: Sequence[Place]
    block: int = 1
    is_swapped: bool = False
    """Whether readers give each block with its last byte first."""
    fill: int = 0
    dsfid: int | None = None
    is_for_new_tags: bool = False

    @property
    def marks(self) -> int:
        return sum(one.length for one in self.places if one.holds == "constant")

    @property
    def telling(self) -> int:
        """Bytes that no other layout has so but by chance."""
        return self.marks + sum(one.length for one in self.places if one.holds == "check")

    @property
    def tells_itself(self) -> bool:
        """Whether a tag of it is known without its DSFID."""
        return self.telling >= SURE


def read(layout: Layout, memory: bytes) -> Tag:
    """Raises UnreadableTag: layout when it is not one of these, else short, checksum, encoding."""
    if len(memory) < layout.size:
        raise UnreadableTag("short")
    block = _turned(layout, memory[: layout.size])
    for one in layout.places:
        if one.holds == "constant" and block[one.at : one.end] != one.value:
            raise UnreadableTag("layout")
    for one in layout.places:
        if one.check and block[one.at : one.end] != _checked(one, one.check, block):
            raise UnreadableTag("checksum")
    said = {
        one.holds: _meaning(one, _text(one, block[one.at : one.end]))
        for one in layout.places
        if one.holds not in {"constant", "check"}
    }
    if not said["item"]:
        raise UnreadableTag("layout")
    usage = _number(said.get("usage", ""))
    return Tag(
        item=said["item"],
        owner=said.get("owner", ""),
        usage=usage if usage <= 0x0F else UNKNOWN_USAGE,
        parts=_number(said.get("parts", "")),
        part=_number(said.get("part", "")),
        layout=layout.name,
    )


def write(layout: Layout, tag: Tag) -> bytes:
    """What the layout has no field for is left out. Raises UnreadableTag("too-long") for what would not be read as it is."""
    block = bytearray([layout.fill]) * layout.size
    for one in layout.places:
        match one.holds:
            case "constant":
                block[one.at : one.end] = one.value
            case "item" | "owner" | "usage" | "parts" | "part":
                block[one.at : one.end] = _written(one, str(getattr(tag, one.holds)))
    for one in layout.places:
        if one.check:
            block[one.at : one.end] = _checked(one, one.check, bytes(block))
    return _turned(layout, bytes(block))


def _turned(layout: Layout, memory: bytes) -> bytes:
    if not layout.is_swapped:
        return memory
    return b"".join(memory[at : at + layout.block][::-1] for at in range(0, len(memory), layout.block))


def _checked(place: Place, check: Check, block: bytes) -> bytes:
    covered = b"".join(
        block[at : at + 1] for at in range(check.first, check.last + 1) if not place.at <= at < place.end
    )
    match check.method:
        case "crc":
            value = crc(
                covered, width=place.length * 8, polynomial=check.polynomial, start=check.start, final=check.final,
                is_reflected=check.is_reflected,
            )  # fmt: skip
        case "sum":
            value = (sum(covered) + check.start & (1 << place.length * 8) - 1) ^ check.final
        case _:
            value = exclusive_or(covered) ^ check.start ^ check.final
    return value.to_bytes(place.length, "little" if check.order == "little" else "big")


def _text(place: Place, data: bytes) -> str:
    """Without what fills the field; of a count that is all noughts, one nought."""
    if place.encoding in NUMBERS:
        number = int.from_bytes(data, "little" if place.encoding == "little" else "big")
        return str(number) if number or place.holds in COUNTS else ""
    if place.encoding == DIGITS:
        text, pad = data.hex().upper(), f"{place.pad:X}"
    else:
        try:
            text, pad = data.decode(place.encoding), chr(place.pad)
        except UnicodeDecodeError:
            raise UnreadableTag("encoding") from None
    bare = text.lstrip(pad) if place.padded == "left" else text.rstrip(pad)
    if place.encoding == DIGITS and bare and not bare.isdecimal():
        raise UnreadableTag("encoding")
    return "0" if not bare and pad == "0" and place.holds in COUNTS else bare


def _meaning(place: Place, text: str) -> str:
    if not place.codes:
        return text
    return place.codes.get(text, str(UNKNOWN_USAGE) if place.holds == "usage" else text)


def _number(text: str) -> int:
    """1 where nothing is said, as of the usage, so of the parts."""
    if not text:
        return 1
    if not (text.isascii() and text.isdecimal()):
        raise UnreadableTag("encoding")
    return int(text)


def _written(place: Place, meaning: str) -> bytes:
    """The bytes from which the same meaning is read again. Raises UnreadableTag("too-long")."""
    text = next((code for code, known in place.codes.items() if known == meaning), meaning)
    data = _filled(place, text)
    again = _meaning(place, _text(place, data)) if len(data) == place.length else None
    if again is None or (str(_number(again)) if place.holds in COUNTS else again) != meaning:
        raise UnreadableTag("too-long")
    return data


def _filled(place: Place, text: str) -> bytes:
    """Of another length than the field's when it does not go in."""
    if place.encoding in NUMBERS or place.encoding == DIGITS:
        if text and not (text.isascii() and text.isdecimal()):
            return b""
        if place.encoding == DIGITS:
            width, pad = place.length * 2, f"{place.pad:X}"
            filled = text.rjust(width, pad) if place.padded == "left" else text.ljust(width, pad)
            return bytes.fromhex(filled) if len(filled) == width else b""
        number = int(text or "0")
        if number >> place.length * 8:
            return b""
        return number.to_bytes(place.length, "little" if place.encoding == "little" else "big")
    try:
        data = text.encode(place.encoding)
    except UnicodeEncodeError:
        return b""
    fill = bytes([place.pad])
    return data.rjust(place.length, fill) if place.padded == "left" else data.ljust(place.length, fill)
