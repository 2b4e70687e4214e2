"""A demo title as a MARC 21 record, with its readings in 880 as the national bibliography gives them."""

from collections.abc import Iterator, Sequence
from datetime import date

from pymarc import Field, Indicators, Leader, Record, Subfield

from fumikura.project.demo.files import Worded
from fumikura.project.demo.titles import Title

SOURCE = "MINASE"
SERIALS = {"magazine", "newspaper"}
BODIES = ("会", "市", "課")
"""Headings that end so are bodies, not persons."""
LEADERS = {"map": "em", "cd": "im", "daisy": "im", "dvd": "gm", "magazine": "as", "newspaper": "as"}
"""Leader 06–07; "am" for every other kind."""
CARRIERS = {"cd": "sd fsngnnmmned", "daisy": "sd fsngnnmmned", "dvd": "vd cvaizs"}
FORMS = {"large-print": "d", "braille": "f"}
"""008/23."""
EXTENTS = {"cd": "CD 1枚", "daisy": "デイジーCD 1枚", "dvd": "DVD 1枚", "map": "地図 1枚"}
LANGUAGES = {"92": "chi", "93": "eng", "94": "ger", "95": "fre", "96": "spa", "97": "ita", "98": "rus", "991": "grc"}
"""Language of the original by NDC."""


def record_of(title: Title, *, entered_on: date) -> Record:
    record = Record(force_utf8=True)
    kind = "jm" if title.kind == "cd" and title.ndc.startswith("76") else LEADERS.get(title.kind, "am")
    record.leader = Leader(f"00000n{kind} a2200000 i 4500")
    record.fields.extend([*_numbers(title, entered_on), *_Linked(title).fields()])
    return record


def call_number(title: Title) -> str:
    """請求記号: class, author's initial, volume; picture books stand under E."""
    first = (title.author.reading or title.title.reading or title.author.text or title.title.text)[0].upper()
    shelf = "E" if title.kind == "picture-book" else f"K{title.ndc}" if title.children else title.ndc
    return "/".join(filter(None, [shelf, first, title.volume]))


def _fixed(title: Title, entered_on: date) -> str:
    serial = title.kind in SERIALS
    dates = f"c{title.year}9999" if serial else f"s{title.year}    "
    matter = [" "] * 17
    matter[3] = {"magazine": "p", "newspaper": "n"}.get(title.kind, " ")
    matter[4] = "j" if title.children else " "
    matter[5] = FORMS.get(title.kind, " ")
    return f"{entered_on:%y%m%d}{dates}ja {''.join(matter)}{title.language}  "


def _original_language(title: Title) -> str:
    if title.language != "jpn":
        return ""
    return next((code for start, code in LANGUAGES.items() if title.ndc.startswith(start)), "")


def _numbers(title: Title, entered_on: date) -> Iterator[Field]:
    yield Field(tag="001", data=title.number)
    yield Field(tag="003", data=SOURCE)
    if carrier := CARRIERS.get(title.kind):
        yield Field(tag="007", data=carrier)
    yield Field(tag="008", data=_fixed(title, entered_on))
    if title.isbn:
        yield _field("020", [("a", title.isbn), ("c", f"{title.pages * 4 + 500}円")])
    yield _field("040", [("a", SOURCE), ("b", "jpn")])
    if original := _original_language(title):
        yield _field("041", [("a", "jpn"), ("h", original)], "1")
    yield _field("084", [("a", title.ndc), ("2", "njb/09")])
    yield _field("090", [("a", call_number(title))])


class _Linked:
    """The fields of the description; those with a reading have a twin in 880, numbered as they come."""

    def __init__(self, title: Title) -> None:
        self._title = title
        self._readings: list[Field] = []

    def fields(self) -> Iterator[Field]:
        title = self._title
        if title.author.text:
            body = title.author.text.endswith(BODIES)
            yield self._twin("110" if body else "100", "1 ", [("a", title.author)])
        said = title.said or title.author.text.replace(", ", "")
        statement = f"{said} 著" if said and title.language == "jpn" else title.author.text
        yield self._twin("245", "10" if said else "00", [("a", title.title), ("n", title.volume), ("c", statement)])
        place = "水瀬 :" if title.language == "jpn" else "Minase :"
        published = f"{title.year}-" if title.kind in SERIALS else str(title.year)
        yield self._twin("264", " 1", [("a", place), ("b", title.publisher), ("c", published)])
        size = "大活字" if title.kind == "large-print" else ""
        yield _field("300", [("a", EXTENTS.get(title.kind) or f"{title.pages}p"), ("c", size)])
        if title.series.text:
            yield self._twin("490", "0 ", [("a", title.series)])
        if title.first_published:
            yield _field("500", [("a", f"初出: {title.first_published}年")])
        if title.subject:
            yield _field("650", [("a", title.subject), ("2", "minase")], " ", "7")
        yield from self._readings

    def _twin(self, tag: str, marks: str, parts: Sequence[tuple[str, str | Worded]]) -> Field:
        """The field; where one of its parts has a reading, its katakana twin is remembered."""
        plain = [(code, part.text if isinstance(part, Worded) else part) for code, part in parts]
        read = [(code, part.reading) for code, part in parts if isinstance(part, Worded) and part.reading]
        if read:
            number = f"{len(self._readings) + 1:02}"
            plain.insert(0, ("6", f"880-{number}"))
            self._readings.append(_field("880", [("6", f"{tag}-{number}/$1"), *read], *marks))
        return _field(tag, plain, *marks)


def _field(tag: str, parts: Sequence[tuple[str, str]], first: str = " ", second: str = " ") -> Field:
    return Field(
        tag=tag,
        indicators=Indicators(first, second),
        subfields=[Subfield(code=code, value=value) for code, value in parts if value],
    )
