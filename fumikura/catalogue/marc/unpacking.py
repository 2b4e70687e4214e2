"""Reading gzip so that a damaged file still gives everything in front of the damage."""

import io
import zlib
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 1 << 16
_ANY_GZIP = 31


class Unpacked(io.RawIOBase):
    """The content of a gzip stream; where that breaks it ends, and `damaged` says so."""

    def __init__(self, packed: IO[bytes]) -> None:
        self.damaged = False
        self._packed = packed
        self._member = zlib.decompressobj(_ANY_GZIP)
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: "WriteableBuffer", /) -> int:
        view = memoryview(into).cast("B")
        while not self._ready and self._fill():
            pass
        part, self._ready = self._ready[: len(view)], self._ready[len(view) :]
        view[: len(part)] = part
        return len(part)

    def _fill(self) -> bool:
        """Unpack one more chunk; False at the end."""
        if self.damaged:
            return False
        packed = self._member.unused_data or self._packed.read(_CHUNK)
        if not packed:
            self.damaged = not self._member.eof
            return False
        if self._member.eof:
            if not packed.strip(b"\x00"):
                return False  # some tools fill up with zeroes
            self._member = zlib.decompressobj(_ANY_GZIP)
        try:
            self._ready = self._member.decompress(packed)
        except zlib.error:
            self.damaged = True
            return False
        return True
