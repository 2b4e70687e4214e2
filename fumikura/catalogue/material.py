"""What kind of thing a MARC record describes, for whom, and of which year: read from leader, 007, 008."""

import re
import unicodedata

from fumikura.catalogue.fields import Fields

_BY_TYPE = {
    "c": "score",
    "d": "score",
    "e": "map",
    "f": "map",
    "g": "video",
    "i": "cd",
    "j": "cd",
    "m": "other",
    "o": "other",
    "p": "other",
    "r": "other",
    "k": "other",
}
_AUDIENCE = {"a": "child", "b": "child", "c": "child", "j": "child", "d": "young-adult"}
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_YEAR = re.compile(r"(明治|大正|昭和|平成|令和)\s*([0-9]{1,2}|元)")
_YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
EARLIEST, LATEST = 1000, 2100


def kind(fields: Fields, ndc: tuple[str, ...] = ()) -> str:
    """One of the kinds listed at BibliographicRecord.kind."""
    leader = fields.leader
    carriers = fields.controls("007")
    fixed = fields.control("008").ljust(40)
    if any(carrier.startswith("f") for carrier in carriers) or fixed[23] == "f":
        return "braille"
    if leader[6] in "at":
        return _kind_of_text(leader, carriers, fixed, ndc)
    if leader[6] == "g":
        return "dvd" if any(carrier[:1] == "v" and carrier[4:5] in "vs" for carrier in carriers) else "video"
    if leader[6] in "ij":
        return "daisy" if leader[6] == "i" and _mentions(fields, "デイジー", "DAISY") else "cd"
    return _BY_TYPE.get(leader[6], "book")


def _kind_of_text(leader: str, carriers: list[str], fixed: str, ndc: tuple[str, ...]) -> str:
    online = fixed[23] in "oqs" or any(carrier.startswith("cr") for carrier in carriers)
    if leader[7] in "si":
        return "newspaper" if fixed[21] == "n" else "magazine"
    if online:
        return "e-book"
    if fixed[23] == "d" or any(carrier[:2] == "tb" for carrier in carriers):
        return "large-print"
    if any(number.startswith("726.6") for number in ndc):
        return "picture-book"
    if any(number.startswith("726.1") for number in ndc):
        return "comic"
    return "book"


def _mentions(fields: Fields, *words: str) -> bool:
    text = " ".join(value for entry in fields.all("300", "347", "538") for _code, value in entry.parts)
    return any(word in text for word in words)


def audience(fixed: str, leader: str) -> str:
    """From 008/22, which means this for books, scores, recordings and films only."""
    code = fixed[22:23]
    if leader[6:7] in "atcdijgkor" and leader[7:8] not in "si":
        return _AUDIENCE.get(code, "general" if code in {"e", "f", "g"} else "")
    return ""


def year(fixed: str, published: str) -> int | None:
    """The year of publication: 008/07-10, else the first year printed, 和暦 or 西暦."""
    if fixed[6:7] != "b" and (stated := fixed[7:11]).isascii() and stated.isdigit() and _plausible(int(stated)):
        return int(stated)
    text = unicodedata.normalize("NFKC", published)
    if match := _YEAR.search(text):
        return int(match[1])
    if match := _ERA_YEAR.search(text):
        return _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
    stated = fixed[7:10]
    return int(stated) * 10 if stated.isascii() and stated.isdigit() and _plausible(int(stated) * 10) else None


def _plausible(number: int) -> bool:
    return EARLIEST <= number <= LATEST
