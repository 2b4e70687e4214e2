"""What a reader of any format hands on: a record, or the bytes and the reason why they are none."""

from dataclasses import dataclass

from fumikura.catalogue.marc.content import Content


class Faulty(Exception):
    """These bytes are not a record that can be kept. `code` is stable; words for it are in catalogue.words."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}" if detail else code)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A record, and the bytes to keep of it."""

    content: Content
    marc: bytes
    """ISO 2709 in UTF-8: the bytes as they came when they came so, else the record written anew."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record of a file, good or bad."""

    decoded: Decoded | None = None
    raw: bytes = b""
    """The exact bytes when it is bad; may be empty when it is good."""
    fault: str = ""
    detail: str = ""


def good(decoded: Decoded, raw: bytes = b"") -> Arrival:
    return Arrival(decoded=decoded, raw=raw)


def bad(raw: bytes, fault: Faulty) -> Arrival:
    return Arrival(raw=raw, fault=fault.code, detail=fault.detail)
