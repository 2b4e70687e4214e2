"""IC tags: what the memory of a tag says, in either encoding of ISO 28560, mixed in one stack. Pure.

fixed: part 3, the fixed layout with its checksum. objects: part 2, object identifiers by ISO/IEC 15962.
"""

from fumikura.kernel.tags.reading import Tag, UnreadableTag, read_tag, write_tag

__all__ = ["Tag", "UnreadableTag", "read_tag", "write_tag"]
