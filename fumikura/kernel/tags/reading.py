"""A tag of whatever layout, told by its DSFID and, when a reader does not give one, by what fits."""

from collections.abc import Sequence

from fumikura.kernel.tags import described, fixed, objects
from fumikura.kernel.tags.contents import Tag, UnreadableTag
from fumikura.kernel.tags.described import Layout

__all__ = ["Layout", "Tag", "UnreadableTag", "read_tag", "write_tag"]


def read_tag(memory: bytes, dsfid: int | None = None, layouts: Sequence[Layout] = ()) -> Tag:
    """What the tag says, in a layout of ISO 28560 or a described one. Raises UnreadableTag; any bytes may be given."""
    for layout in layouts:
        if dsfid is not None and layout.dsfid == dsfid:
            try:
                return described.read(layout, memory)
            except UnreadableTag as unreadable:
                if unreadable.why != "layout":
                    raise
    match dsfid:
        case fixed.DSFID:
            return fixed.read(memory)
        case objects.DSFID:
            return objects.read(memory)
    return _guessed(memory, [one for one in layouts if dsfid is None or one.dsfid is None])


def _guessed(memory: bytes, layouts: Sequence[Layout]) -> Tag:
    """By what only one layout has: most such bytes first, the two of 28560-3's checksum in between, objects last."""
    damaged: UnreadableTag | None = None
    telling = sorted((one for one in layouts if one.tells_itself), key=lambda one: -one.telling)
    stronger = [one for one in telling if one.telling > described.SURE]
    for layout in (*stronger, None, *telling[len(stronger) :]):
        try:
            return described.read(layout, memory) if layout else fixed.read(memory)
        except UnreadableTag as unreadable:
            if layout and layout.marks >= described.SURE and unreadable.why in {"checksum", "encoding"}:
                damaged = damaged or unreadable
    if damaged:
        raise damaged  # it bears the marks of its layout: not to be read as something else
    return objects.read(memory)


def write_tag(tag: Tag, *, size: int = fixed.WHOLE, layouts: Sequence[Layout] = ()) -> bytes:
    """In the tag's own layout; `size` is the memory of a small tag with the fixed one. Raises UnreadableTag."""
    for layout in layouts:
        if layout.name == tag.layout:
            return described.write(layout, tag)
    return objects.write(tag) if tag.layout == "objects" else fixed.write(tag, size)
