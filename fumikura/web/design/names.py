"""Things that have a Japanese name and perhaps an English one."""

from typing import Protocol

from fumikura.web.design.days import in_japanese


class Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def name_of(thing: Named) -> str:
    """Its name in the reader's language; in Japanese where it has no other."""
    return thing.name if in_japanese() else thing.name_en or thing.name
