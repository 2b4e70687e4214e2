"""A worked example: the invented "T-type" of a supplier, fixed fields by bytes in Shift_JIS (CP932), one record a line.

1–2    TX                 opens every line
3–10   supplier's number
11–23  ISBN, 13 digits or blanks
24–63  title              40 bytes, filled with blanks
64–103 title's reading    half-width katakana
104–133 author            30 bytes
134–163 author's reading  half-width katakana
164–183 publisher         20 bytes
184–189 year and month    YYYYMM
190–197 NDC 10
198–202 price in yen      digits, zeros in front
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import IO

from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good
from fumikura.catalogue.marc.building import Builder
from fumikura.catalogue.marc.iso2709 import encode
from fumikura.catalogue.marc.vendors import VendorFormat

LENGTH = 202
FIELDS = {
    "number": (2, 10), "isbn": (10, 23), "title": (23, 63), "title_reading": (63, 103), "author": (103, 133),
    "author_reading": (133, 163), "publisher": (163, 183), "date": (183, 189), "ndc": (189, 197), "price": (197, 202),
}  # fmt: skip
SOURCE = "EXAMPLE-T"


def recognises(head: bytes) -> bool:
    first = head.split(b"\r\n", 1)[0]
    return len(first) == LENGTH and re.match(rb"TX[0-9]{8}", first) is not None


def arrivals(stream: IO[bytes]) -> Iterator[Arrival]:
    # A line is read to a limit, so that a damaged file without line ends cannot fill the memory.
    while line := stream.readline(LENGTH * 10):
        raw = line.rstrip(b"\r\n\x1a")
        if not raw:
            continue
        try:
            yield good(decode(raw), raw)
        except Faulty as fault:
            yield bad(raw, fault)


def decode(raw: bytes) -> Decoded:
    """One line as MARC 21. Raises Faulty with the codes of catalogue.words.RECORDS."""
    if len(raw) != LENGTH or not raw.startswith(b"TX"):
        raise Faulty("truncated", f"{len(raw)} / {LENGTH}")
    try:
        said = {name: raw[start:end].decode("cp932").strip() for name, (start, end) in FIELDS.items()}
    except UnicodeDecodeError as error:
        raise Faulty("character-set", f"cp932: {error.reason}") from None
    if not said["title"]:
        raise Faulty("no-title")
    made = Builder()
    year, month = said["date"][:4], said["date"][4:].lstrip("0")
    made.control("001", said["number"])
    made.control("003", SOURCE)
    made.control("008", f"000000s{year if year.isdigit() else 'uuuu'}    ja            000 | jpn  ")
    price = said["price"].lstrip("0")
    made.field("020", "  ", ("a", said["isbn"]), ("c", f"{price}円" if price else ""))
    made.field("084", "  ", ("a", said["ndc"]), ("2", "njb/10" if said["ndc"] else ""))
    made.field("245", "00", ("a", said["title"]), ("c", said["author"]), reading=[("a", spoken(said["title_reading"]))])
    made.field("260", "  ", ("b", said["publisher"]), ("c", f"{year}.{month}" if month else year))
    made.field("700", "1 ", ("a", said["author"]), reading=[("a", spoken(said["author_reading"]))])
    content = made.content()
    return Decoded(content, encode(content))


def spoken(text: str) -> str:
    """ﾅﾂﾒ ｿｳｾｷ → ナツメ ソウセキ."""
    return unicodedata.normalize("NFKC", text)


FORMAT = VendorFormat("example-t", "見本のT形式", recognises, arrivals)
