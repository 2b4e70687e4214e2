"""A tag of whatever layout, told by its DSFID and, when a reader does not give one, by what fits."""

from fumikura.kernel.tags import fixed, objects
from fumikura.kernel.tags.contents import Tag, UnreadableTag

__all__ = ["Tag", "UnreadableTag", "read_tag", "write_tag"]


def read_tag(memory: bytes, dsfid: int | None = None) -> Tag:
    """What the tag says. Raises UnreadableTag; any bytes may be given."""
    match dsfid:
        case fixed.DSFID:
            return fixed.read(memory)
        case objects.DSFID:
            return objects.read(memory)
    try:
        return fixed.read(memory)  # its checksum tells it from anything else
    except UnreadableTag:
        return objects.read(memory)


def write_tag(tag: Tag, *, size: int = fixed.WHOLE) -> bytes:
    """In the tag's own layout; `size` is the memory of a small tag with the fixed one."""
    return objects.write(tag) if tag.layout == "objects" else fixed.write(tag, size)
