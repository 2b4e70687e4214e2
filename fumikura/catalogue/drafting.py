"""How a title or name is probably read: as it is read elsewhere, else as the dictionary has it. A draft for people to confirm.

The dictionary is Sudachi's: the largest that is installed (full, core, small). Without any, nothing is drafted by analysis.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from threading import Lock
from typing import Any, Final, Literal

from fumikura.kernel.japanese import KANJI, katakana

DICTIONARIES: Final = ("full", "core", "small")
Origin = Literal["same-writing", "analysis"]
READ_ELSEWHERE, READ_SEVERAL_WAYS = 95, 80
"""Confidence of a reading that the same writing has elsewhere; and when it is read in more than one way there."""
LIKELY: Final = 60
"""From here on a draft is right three times in four or better; see docs/benchmarks.md."""

_TITLE, _NAME, _BODY = 75, 45, 65
_KNOWN_FAMILY, _KNOWN_GIVEN = 25, 20
_UNKNOWN, _SINGLE = 30, 15

_KANJI: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〆]")
_TODAY: Final = {ord(form): today for today, old, other in KANJI for form in old + other}
_KANA: Final = re.compile("[ァ-ヺー]+")
_DIGITS: Final = re.compile("([0-9]+)([十百千万億兆]?)")
_LATIN: Final = re.compile("[A-Za-zÀ-ɏ'&.+#-]+")
_PARTICLES: Final = {"は": "ワ", "へ": "エ", "を": "オ"}
"""As libraries write them by sound: ワガハイ ワ ネコ デ アル."""
_AFTER: Final = {
    ("株式", "会社"): "ガイシャ", ("有限", "会社"): "ガイシャ", ("合同", "会社"): "ガイシャ",
    ("四", "月"): "シガツ", ("七", "月"): "シチガツ", ("九", "月"): "クガツ",
}  # fmt: skip
"""What the second of two words sounds like behind the first; of the months, both."""
_UNITS: Final = {"十": "ジュウ", "百": "ヒャク", "千": "セン", "万": "マン", "億": "オク", "兆": "チョウ"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A reading in katakana, spaced, and how sure it is (0 to 100)."""

    text: str
    origin: Origin
    confidence: int


@dataclass(slots=True)
class NameParts:
    """How family and given names are read in the authorities that are here."""

    families: dict[str, Counter[str]] = field(default_factory=dict)
    given: dict[str, Counter[str]] = field(default_factory=dict)

    def learn(self, heading: str, reading: str) -> None:
        """From a heading 姓, 名 whose reading has as many parts."""
        parts, said = _parts(heading), _parts(reading)
        if len(parts) == len(said) == 2 and all(map(_KANJI.search, parts)):
            self.families.setdefault(parts[0], Counter())[said[0]] += 1
            self.given.setdefault(parts[1], Counter())[said[1]] += 1


def needs_reading(writing: str) -> bool:
    """Whether there is anything in it that does not say itself how it is read."""
    return _KANJI.search(writing) is not None


def read_elsewhere(readings: Iterable[str]) -> Draft | None:
    """The reading that the same writing has elsewhere, the most common if there are several."""
    counted = Counter(filter(None, readings))
    if not counted:
        return None
    text, _times = min(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    ways = {said.replace(" ", "") for said in counted}
    return Draft(text, "same-writing", READ_ELSEWHERE if len(ways) == 1 else READ_SEVERAL_WAYS)


def draft_title(title: str) -> Draft | None:
    """None when it cannot be read: no dictionary, or nothing in it."""
    said = _said_title(title)
    return Draft(said.text, "analysis", max(5, _TITLE - said.doubt)) if said and said.text else None


def draft_name(heading: str, kind: str, known: NameParts) -> Draft | None:
    """`kind` as Authority.kind. A person is read part by part: 姓, 名."""
    if kind != "person":
        said = _said(heading)
        return Draft(said.text, "analysis", max(5, _BODY - said.doubt)) if said and said.text else None
    parts = _parts(heading)
    if len(parts) != 2:
        said = _said(heading)
        return Draft(said.text, "analysis", max(5, _NAME - said.doubt)) if said and said.text else None
    return _person(parts[0], parts[1], known)


def _person(family: str, given: str, known: NameParts) -> Draft | None:
    first, first_sure = _known(family, known.families, _KNOWN_FAMILY)
    second, second_sure = _known(given, known.given, _KNOWN_GIVEN)
    doubt = 0
    if not (first and second):
        by_dictionary = _split_name(family, given)
        if by_dictionary is None:
            return None
        first, second = first or by_dictionary[0], second or by_dictionary[1]
        doubt = by_dictionary[2]
    return Draft(f"{first}, {second}", "analysis", max(5, _NAME + first_sure + second_sure - doubt))


def _known(part: str, learned: Mapping[str, Counter[str]], worth: int) -> tuple[str, int]:
    """The usual reading of a part of a name and how far it is to be trusted; ("", 0) for one that is not known."""
    if not _KANJI.search(part):
        return (katakana(part), worth) if _KANA.fullmatch(katakana(part)) else ("", 0)
    if not (counted := learned.get(part)):
        return "", 0
    text, times = min(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return text, worth * times // counted.total()


def _split_name(family: str, given: str) -> tuple[str, str, int] | None:
    """Both parts by the dictionary: read in one go when it divides them as the heading does, else each alone."""
    tokens = _tokens(family + given, "A")
    if tokens is None:
        return None
    first: list[_Token] = []
    second: list[_Token] = []
    length = 0
    for token in tokens:
        (first if length < len(family) else second).append(token)
        length += len(token.surface)
    if "".join(token.surface for token in first) == _todays(family):
        one, two = _spaced(first), _spaced(second)
        return one.text.replace(" ", ""), two.text.replace(" ", ""), one.unknown + two.unknown
    alone = _said(family), _said(given)
    if alone[0] is None or alone[1] is None:
        return None
    return alone[0].text.replace(" ", ""), alone[1].text.replace(" ", ""), alone[0].unknown + alone[1].unknown


def _parts(heading: str) -> list[str]:
    return [part for part in (piece.strip() for piece in re.split("[,、，]", heading)) if part]


@dataclass(frozen=True, slots=True)
class _Token:
    surface: str
    reading: str
    kind: str
    """The first two levels of its part of speech: 助詞-格助詞."""
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    unknown: int
    """Points for kanji that the dictionary does not know."""
    doubt: int


@lru_cache(maxsize=1)
def dictionary_name() -> str:
    """Which of Sudachi's dictionaries is here: full, core, small; empty when there is none."""
    return _dictionary()[0]


@lru_cache(maxsize=1)
def _dictionary() -> tuple[str, Any]:
    try:
        from sudachipy import Dictionary
    except ImportError:
        return "", None
    for name in DICTIONARIES:
        try:
            return name, Dictionary(dict=name).tokenizer()
        except (ImportError, ModuleNotFoundError, OSError):
            continue
    return "", None


_ONE_AT_A_TIME: Final = Lock()


def _tokens(text: str, mode: Literal["A", "B"]) -> list[_Token] | None:
    from_sudachi = _dictionary()[1]
    if from_sudachi is None:
        return None
    from sudachipy import SplitMode

    with _ONE_AT_A_TIME:
        found = from_sudachi.tokenize(_todays(text), SplitMode.A if mode == "A" else SplitMode.B)
        return [
            _Token(one.surface(), one.reading_form(), "-".join(one.part_of_speech()[:2]), bool(one.is_oov()))
            for one in found
        ]


def _todays(text: str) -> str:
    """In widths and forms that the dictionary knows: 國木田 → 国木田."""
    return unicodedata.normalize("NFKC", text[:1000]).translate(_TODAY)


@lru_cache(maxsize=1)
def _known_words() -> tuple[re.Pattern[str], dict[str, str]]:
    """Words of titles that every dictionary misreads (known_readings.txt): how to find them, and how they are read."""
    lines = files("fumikura.catalogue").joinpath("known_readings.txt").read_text(encoding="utf-8").splitlines()
    known = dict(line.split("\t") for line in lines if line and not line.startswith("#"))
    longest_first = sorted(known, key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})"), known


def _said_title(text: str) -> _Said | None:
    """As _said, with the words that are known."""
    pattern, known = _known_words()
    pieces = [piece for piece in pattern.split(_todays(text)) if piece]
    if not any(piece in known for piece in pieces):
        return _said(text)
    found = [_Said(known[piece], 0, 0) if piece in known else _said(piece) for piece in pieces]
    said = [one for one in found if one is not None]
    if len(said) < len(found):
        return None
    words = " ".join(one.text for one in said if one.text)
    return _Said(words, sum(one.unknown for one in said), sum(one.doubt for one in said))


def _said(text: str) -> _Said | None:
    tokens = _tokens(text, "B")
    return None if tokens is None else _spaced(tokens)


def _spaced(tokens: list[_Token]) -> _Said:
    """The words of a text, written apart as libraries do."""
    words: list[str] = []
    unknown = doubt = 0
    joins, before = False, ""
    for token in tokens:
        said = _AFTER.get((before, token.surface)) or _as_said(token)
        if token.surface == "版" and before.isdigit():
            said = "ハン"
        if words and token.surface == "月" and (before, "月") in _AFTER:
            words.pop()
        before = token.surface
        if not said:
            joins = False
            continue
        hangs = token.kind.startswith(("接尾辞", "助動詞")) or token.kind == "助詞-接続助詞"
        counted = bool(words) and words[-1][-1].isdigit() and not token.kind.startswith("助詞")
        more_digits = bool(words) and words[-1][-1].isdigit() and said.isdigit()
        if words and (joins or hangs or counted or more_digits):
            words[-1] += said
        else:
            words.append(said)
        joins = token.kind.startswith("接頭辞")
        if token.is_unknown and needs_reading(token.surface):
            unknown += _UNKNOWN
        elif len(token.surface) == 1 and needs_reading(token.surface) and token.kind.startswith("名詞-普通名詞"):
            doubt += _SINGLE
    return _Said(" ".join(words), unknown, unknown + doubt)


def _as_said(token: _Token) -> str:
    """One word in katakana; digits and Latin letters that no dictionary knows stay as they are; signs are not said."""
    surface = token.surface
    if match := _DIGITS.fullmatch(surface):
        return match[1] + _UNITS.get(match[2], "")
    if token.kind.startswith("助詞") and surface in _PARTICLES:
        return _PARTICLES[surface]
    reading = katakana(token.reading)
    if _LATIN.fullmatch(surface):
        return reading if not token.is_unknown and len(surface) > 2 and _KANA.fullmatch(reading) else surface
    if token.kind.startswith(("補助記号", "空白", "記号")):
        return ""
    return reading if _KANA.fullmatch(reading) else katakana(surface)
