"""ISO 28560-2: data objects by ISO/IEC 15962, without a directory (DSFID 06).

A precursor byte (offset, compaction, identifier), a length, the compacted text. Identifiers: 1 item, 3 owner, 4 set, 5 usage.
"""

from collections.abc import Mapping
from typing import Final

from fumikura.kernel.tags.contents import Tag, UnreadableTag

DSFID: Final = 0x06
ITEM, OWNER, SET, USAGE = 1, 3, 4, 5
INTEGER, NUMERIC, FIVE, SIX, SEVEN, OCTETS, UTF_8 = range(1, 8)
_LONG: Final = 0x0F
"""In the place of an identifier: the next byte holds identifier minus 15."""


def read(memory: bytes) -> Tag:
    """Raises UnreadableTag."""
    found = objects(memory)
    if not found.get(ITEM):
        raise UnreadableTag("layout")
    together = found.get(SET, "")
    parts, part = (int(together[:2]), int(together[2:4])) if len(together) == 4 and together.isdecimal() else (1, 1)
    usage = ord(found[USAGE][0]) & 0x0F if found.get(USAGE) else 1
    return Tag(item=found[ITEM], owner=found.get(OWNER, ""), usage=usage, parts=parts, part=part, layout="objects")


def objects(memory: bytes) -> Mapping[int, str]:
    """Every object up to the first zero byte: identifier → text."""
    found: dict[int, str] = {}
    at = 0
    while at < len(memory) and memory[at]:
        has_offset, compaction, identifier = memory[at] >> 7, memory[at] >> 4 & 7, memory[at] & 0x0F
        at += 1
        if identifier == _LONG:
            identifier, at = 15 + _byte(memory, at), at + 1
        offset = 0
        if has_offset:
            offset, at = _byte(memory, at), at + 1
        length, at = _byte(memory, at), at + 1
        if at + length > len(memory):
            raise UnreadableTag("short")
        found.setdefault(identifier, expanded(compaction, memory[at : at + length]))
        at += length + offset
    return found


def _byte(memory: bytes, at: int) -> int:
    if at >= len(memory):
        raise UnreadableTag("short")
    return memory[at]


def expanded(compaction: int, data: bytes) -> str:
    """The text of compacted bytes. Raises UnreadableTag("encoding")."""
    match compaction:
        case 1:
            return str(int.from_bytes(data, "big"))
        case 2:
            text = data.hex().upper().removesuffix("F")
            if not text.isdecimal():
                raise UnreadableTag("encoding")
            return text
        case 3:
            return "".join(chr(value | 0x40) for value in _split(data, 5) if value)
        case 4:
            return "".join(chr(value if value & 0x20 else value | 0x40) for value in _without_padding(data))
        case 5:
            return "".join(chr(value) for value in _split(data, 7) if value != 0x7F)
    try:
        return data.decode("utf-8" if compaction == UTF_8 else "latin-1")
    except UnicodeDecodeError:
        raise UnreadableTag("encoding") from None


def _split(data: bytes, width: int) -> list[int]:
    bits = int.from_bytes(data, "big")
    total = len(data) * 8
    return [bits >> total - width * (n + 1) & (1 << width) - 1 for n in range(total // width)]


def _without_padding(data: bytes) -> list[int]:
    """Six bits a letter; what is left over is filled with 100000."""
    values = _split(data, 6)
    used = len(values) * 6
    left = len(data) * 8 - used
    whole_pad = bool(values) and values[-1] == 0x20 and left == 0
    return values[:-1] if whole_pad else values


def write(tag: Tag) -> bytes:
    """The objects that say what is not usual, the item first; ends with a zero byte."""
    said = {ITEM: tag.item, OWNER: tag.owner}
    if (tag.parts, tag.part) != (1, 1):
        said[SET] = f"{tag.parts:02}{tag.part:02}"
    encoded = b"".join(_object(identifier, text) for identifier, text in said.items() if text)
    if tag.usage != 1:
        encoded += bytes([OCTETS << 4 | USAGE, 1, tag.usage])
    return encoded + b"\0"


def _object(identifier: int, text: str) -> bytes:
    compaction, data = compacted(text)
    if len(data) > 127:
        raise UnreadableTag("too-long")
    return bytes([compaction << 4 | identifier, len(data)]) + data


def compacted(text: str) -> tuple[int, bytes]:
    """The shortest way that brings the same text back."""
    if text.isascii() and text.isdecimal():
        if text[0] != "0" and 1 < len(text) < 20:
            number = int(text)
            return INTEGER, number.to_bytes((number.bit_length() + 7) // 8, "big")
        if len(text) > 1:
            return NUMERIC, bytes.fromhex(text if len(text) % 2 == 0 else f"{text}F")
    if len(text) > 2 and all(0x41 <= ord(letter) <= 0x5F for letter in text):
        return FIVE, _packed([ord(letter) & 0x1F for letter in text], 5, 0)
    if text and all(0x20 <= ord(letter) <= 0x5F for letter in text):
        return SIX, _packed([ord(letter) & 0x3F for letter in text], 6, 0b100000)
    return UTF_8, text.encode()


def _packed(values: list[int], width: int, padding: int) -> bytes:
    bits = "".join(f"{value:0{width}b}" for value in values)
    short = -len(bits) % 8
    bits += f"{padding:0{width}b}"[:short].ljust(short, "0")
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
