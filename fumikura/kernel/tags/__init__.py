"""IC tags: what the memory of a tag says, in either encoding of ISO 28560 or a described one, mixed in one stack. Pure.

fixed: part 3, the fixed layout with its checksum. objects: part 2, object identifiers by ISO/IEC 15962.
described: a layout that a library entered from the specification of its tags; descriptions: the file that says it.
"""

from fumikura.kernel.tags.reading import Layout, Tag, UnreadableTag, read_tag, write_tag

__all__ = ["Layout", "Tag", "UnreadableTag", "read_tag", "write_tag"]
