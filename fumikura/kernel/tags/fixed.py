"""ISO 28560-3: the fixed basic block of 34 bytes, or of 32 on a small tag.

byte 0 version and usage · 1 parts of the item · 2 number of this part · 3–18 item · 19–20 checksum, low byte first · 21–33 owner
"""

from typing import Final

from fumikura.kernel.tags import checks
from fumikura.kernel.tags.contents import Tag, UnreadableTag

DSFID: Final = 0x3E
WHOLE, SMALL = 34, 32
_VERSION: Final = 1


def crc(data: bytes) -> int:
    """CRC-16 of ISO 28560-3: polynomial 1021, beginning with FFFF, over the block without the checksum itself."""
    return checks.crc(data, width=16, polynomial=0x1021, start=0xFFFF)


def read(memory: bytes) -> Tag:
    """Raises UnreadableTag. What stands behind the basic block is left alone."""
    if len(memory) < SMALL:
        raise UnreadableTag("short")
    end = WHOLE if len(memory) >= WHOLE else SMALL
    if crc(_covered(memory[:end])) != int.from_bytes(memory[19:21], "little"):
        raise UnreadableTag("checksum")
    owner = _text(memory[21:end])
    item = _text(memory[3:19])
    if not item:
        raise UnreadableTag("layout")
    return Tag(
        item=item,
        owner=f"{owner[:2]}-{owner[2:]}" if len(owner) > 2 else owner,
        usage=memory[0] & 0x0F,
        parts=memory[1],
        part=memory[2],
        layout="fixed",
    )


def write(tag: Tag, size: int = WHOLE) -> bytes:
    """The basic block of 34 or 32 bytes. Raises UnreadableTag("too-long")."""
    item, owner = tag.item.encode(), tag.owner.replace("-", "", 1).encode()
    if len(item) > 16 or len(owner) > size - 21 or not (0 <= tag.parts < 256 and 0 <= tag.part < 256):
        raise UnreadableTag("too-long")
    front = bytes([_VERSION << 4 | tag.usage & 0x0F, tag.parts, tag.part]) + item.ljust(16, b"\0")
    block = front + b"\0\0" + owner.ljust(size - 21, b"\0")
    return front + crc(_covered(block)).to_bytes(2, "little") + block[21:]


def _covered(block: bytes) -> bytes:
    """32 bytes, whatever the size of the tag: a small one is thought to go on with zeros."""
    return block[:19] + block[21:].ljust(13, b"\0")


def _text(field: bytes) -> str:
    try:
        return field.partition(b"\0")[0].decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableTag("encoding") from None
