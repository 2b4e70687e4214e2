"""Simple Dublin Core (oai_dc) to MARC 21: what a museum, a literature house or a repository says of its things.

Dublin Core says little and says it loosely: a date is a date of something, an identifier may be an address, an ISBN or a
shelf mark. What cannot be told apart is kept as a note, so that it is found.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence

from lxml import etree

from fumikura.catalogue.marc.arrivals import Decoded, Faulty
from fumikura.catalogue.marc.building import Builder
from fumikura.catalogue.marc.iso2709 import encode

_SPACES = ("", "{http://purl.org/dc/elements/1.1/", "{http://purl.org/dc/terms/", "{info:srw/schema/1/dc-schema")
_YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
_ISBN = re.compile(r"(?:urn:isbn:|isbn[: ]*)?((?:97[89][- ]?)?(?:[0-9][- ]?){9}[0-9xX])", re.IGNORECASE)
_NDC = re.compile(r"NDC[0-9]*[:/ ]*([0-9]{1,3}(?:\.[0-9]+)?)", re.IGNORECASE)
_LANGUAGES = {"ja": "jpn", "en": "eng", "zh": "chi", "ko": "kor", "fr": "fre", "de": "ger", "es": "spa"}
_TYPES = (
    ("k", ("stillimage", "image", "photograph", "写真", "絵画", "浮世絵")),
    ("g", ("movingimage", "映像", "動画")),
    ("i", ("sound", "音声")),
    ("r", ("physicalobject", "artifact", "object", "実物", "資料")),
)


def is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def decode(element: etree._Element) -> Decoded:
    """Read one element that holds Dublin Core. Raises Faulty("no-title")."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    for child in element.iter():
        space, _, name = str(child.tag).rpartition("}")
        if space in _SPACES and len(child) == 0 and (text := " ".join((child.text or "").split())):
            said[name].append(text)
    titles = said["title"]
    if not titles:
        raise Faulty("no-title")
    made = Builder()
    made.leader = f"00000n{_type(said['type'])}m a2200000 i 4500"
    dates = [*said["date"], *said["issued"], *said["created"]]
    year = next((found[0] for one in dates if (found := _YEAR.search(unicodedata.normalize("NFKC", one)))), "")
    made.control("008", f"000000{'s' if year else 'n'}{year or 'uuuu'}    xx            000 | {_language(said)}  ")
    _names_and_titles(made, said)
    _numbers(made, said)
    publication = [("b", said["publisher"][0] if said["publisher"] else ""), ("c", dates[0] if dates else "")]
    made.field("260", "  ", *publication)
    made.field("300", "  ", ("a", next(iter([*said["extent"], *said["format"]]), "")))
    for tag, marks, name in (("520", "  ", "description"), ("490", "0 ", "isPartOf"), ("500", "  ", "coverage")):
        for text in said[name]:
            made.field(tag, marks, ("a", text))
    for text in [*said["source"], *said["rights"]]:
        made.field("500", "  ", ("a", text))
    content = made.content()
    return Decoded(content, encode(content))


def _type(types: Sequence[str]) -> str:
    said = " ".join(types).lower().replace(" ", "")
    return next((code for code, words in _TYPES if any(word in said for word in words)), "a")


def _language(said: Mapping[str, list[str]]) -> str:
    first = next(iter(said["language"]), "").lower()[:3].rstrip("-")
    first = _LANGUAGES.get(first, first)
    return first if re.fullmatch("[a-z]{3}", first) else "und"


def _names_and_titles(made: Builder, said: Mapping[str, list[str]]) -> None:
    creators, titles = said["creator"], said["title"]
    for position, name in enumerate([*creators, *said["contributor"]]):
        made.field("700" if position else "100", "1 ", ("a", name))
    made.field("245", "00", ("a", titles[0]), ("c", ", ".join(creators)))
    for other in [*titles[1:], *said["alternative"]]:
        made.field("246", "3 ", ("a", other))
    for text in said["subject"]:
        if found := _NDC.fullmatch(text):
            made.field("084", "  ", ("a", found[1]), ("2", "njb/09"))
        else:
            made.field("653", "  ", ("a", text))


def _numbers(made: Builder, said: Mapping[str, list[str]]) -> None:
    for text in said["identifier"]:
        if is_address(text):
            made.field("856", "40", ("u", text))
        elif found := _ISBN.fullmatch(text):
            made.field("020", "  ", ("a", re.sub("[- ]", "", found[1])))
        else:
            made.field("500", "  ", ("a", text))
