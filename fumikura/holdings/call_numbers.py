"""請求記号 from a title by the library's own rules, which are text: 913.6 → 913.6/ナ/1, picture books by their illustrator.

One rule a line, `condition : line/line/line` as on the spine; the first that fits is used. What is unknown is left out.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from fumikura.catalogue.description import Description, Name
from fumikura.kernel.japanese import hiragana, katakana

CONDITIONS = ("kind", "ndc", "audience")
_PLACE = re.compile(r"\{(\w+)(?::([0-9]{1,2}))?\}")
_ILLUSTRATORS = ("絵", "画", "え", "イラスト", "写真")
_VOLUME = re.compile(r"[0-9]+|[上中下]|別巻")
LONGEST = 60


class Unreadable(ValueError):
    """A line that is no rule. `line` counts from 1; `about` is the line or the part of it that is not known."""

    def __init__(self, line: int, about: str) -> None:
        self.line = line
        self.about = about
        super().__init__(f"{line}: {about}")


@dataclass(frozen=True)
class Rule:
    """Conditions: (name, allowed beginnings or values); all of them must fit. Parts: the lines of the spine."""

    conditions: tuple[tuple[str, tuple[str, ...]], ...]
    parts: tuple[str, ...]


def standard_rules() -> str:
    """The rules a library begins with."""
    return files("fumikura.holdings").joinpath("call_numbers.txt").read_text(encoding="utf-8")


def rules_of(text: str) -> list[Rule]:
    """Read the rules. Raises Unreadable."""
    rules = []
    for number, line in enumerate(text.splitlines(), 1):
        written = unicodedata.normalize("NFKC", line).strip()
        if not written or written.startswith("#"):
            continue
        condition, colon, spine = written.partition(" : ")
        if not colon or not spine.strip():
            raise Unreadable(number, line.strip())
        for name, _length in _PLACE.findall(spine):
            if name not in _WORDS:
                raise Unreadable(number, f"{{{name}}}")
        rules.append(Rule(_conditions(condition.strip(), number), tuple(part.strip() for part in spine.split("/"))))
    return rules


def _conditions(text: str, number: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if text == "*":
        return ()
    found = []
    for word in text.split():
        name, equals, values = word.partition("=")
        if not equals or name not in CONDITIONS or not values:
            raise Unreadable(number, word)
        found.append((name, tuple(filter(None, values.split(",")))))
    if not found:
        raise Unreadable(number, text)
    return tuple(found)


def call_number(rules: list[Rule], title: Description, *, volume: str = "") -> str:
    """The call number, its lines separated by "/"; empty when no rule fits."""
    for rule in rules:
        if all(_fits(title, name, values) for name, values in rule.conditions):
            lines = [_PLACE.sub(lambda found: _word(title, volume, found), part) for part in rule.parts]
            return "/".join(line for line in lines if line.strip())[:LONGEST]
    return ""


def _fits(title: Description, name: str, values: tuple[str, ...]) -> bool:
    if name == "ndc":
        return any(title.ndc[:1] and title.ndc[0].startswith(value) for value in values)
    return (title.kind if name == "kind" else title.audience) in values


def _word(title: Description, volume: str, found: re.Match[str]) -> str:
    text = _WORDS[found[1]](title, volume)
    length = int(found[2]) if found[2] else _USUAL.get(found[1], LONGEST)
    text = text[:length].upper()
    # A class that is cut ends in a digit that says something: 220.04 on five places is 220.
    return text.rstrip("0").rstrip(".") if found[1] == "ndc" and "." in text else text.rstrip(".")


def _ndc(title: Description, _volume: str) -> str:
    return next((number.split("/")[0] for number in title.ndc), "")


def _kana(reading: str) -> str:
    """A reading in katakana without what stands between the words."""
    return "".join(letter for letter in katakana(hiragana(reading)) if letter.isalnum() or letter == "ー")


def _head(name: Name | None, title: Description) -> str:
    """The first kana of a name; without its reading, its first letter; without a name, that of the title."""
    if name is None:
        return _title(title, "")
    return _kana(name.reading) or _kana(name.name)


def _author(title: Description, _volume: str) -> str:
    return _head(next(iter(title.creators), None), title)


def _illustrator(title: Description, _volume: str) -> str:
    drawn = (name for name in title.creators if any(word in name.role for word in _ILLUSTRATORS))
    return _head(next(drawn, None) or next(iter(title.creators), None), title)


def _title(title: Description, _volume: str) -> str:
    return _kana(title.title_reading) or _kana(title.title)


def _volume(title: Description, volume: str) -> str:
    found = _VOLUME.search(unicodedata.normalize("NFKC", volume or title.volume))
    return found[0] if found else ""


def _year(title: Description, _volume: str) -> str:
    return str(title.year or "")


_WORDS: dict[str, Callable[[Description, str], str]] = {
    "ndc": _ndc,
    "author": _author,
    "illustrator": _illustrator,
    "title": _title,
    "volume": _volume,
    "year": _year,
}
_USUAL = {"author": 1, "illustrator": 1, "title": 1}
"""図書記号 is one kana unless the rule says otherwise."""
