"""Why a hit was found, and what else was searched: said from what a list shows, in the words that were typed."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from fumikura.discovery.answers import Instead, Why
from fumikura.discovery.query import Phrase, Query, Term, words_of
from fumikura.discovery.text import sound, spoken, units, ways
from fumikura.kernel.japanese import Level, fold, forms_of, hiragana, is_kana, katakana, old_form_of
from fumikura.kernel.romaji import kana_of

NEAREST_FIRST: Final[tuple[Why, ...]] = ("exact", "kana", "reading", "old-form", "variant", "sound", "other")
MOST_WRITINGS: Final = 4


def why(query: Query, texts: Iterable[str], readings: Iterable[str]) -> Why:
    """How the words of the question stand in what a list shows of a hit: the farthest of them decides."""
    shown, read = list(texts), [spelling for reading in readings for spelling in spoken(reading)]
    reasons = [_why_word(word, shown, read) for word in words_of(query)]
    return max(reasons, key=NEAREST_FIRST.index, default="exact")


def _why_word(word: Term | Phrase, texts: Sequence[str], readings: Sequence[str]) -> Why:
    if _inside(word.text, texts, "exact"):
        return "exact"
    if _inside(word.text, texts, "kana"):
        return "kana"
    found = ways(word.text)
    spellings = ["".join(way.cut) for way in found if way.by != "sound" and is_kana("".join(way.cut))]
    if any(_inside(spelling, [*readings, *texts], "kana") for spelling in spellings):
        return "reading"
    if _inside(word.text, texts, "old-form"):
        return "old-form"
    if _inside(word.text, texts, "variant"):
        return "variant"
    sounds = ["".join(way.cut) for way in found if way.by == "sound"]
    if any(wanted in sound(text) for wanted in sounds for text in [*readings, *texts]):
        return "sound"
    return "other"


def _inside(wanted: str, texts: Sequence[str], level: Level) -> bool:
    compact = fold(wanted, level).replace(" ", "")
    return any(compact in fold(text, level).replace(" ", "") for text in texts)


def also_searched(query: Query) -> tuple[str, ...]:
    """Other writings of the words that were found as well, for the line above the results."""
    found: dict[str, None] = {}
    for word in words_of(query):
        for writing in _writings(word.text, by_sound=isinstance(word, Term)):
            found.setdefault(writing)
    return tuple(found)[:MOST_WRITINGS]


def _writings(text: str, *, by_sound: bool) -> list[str]:
    typed = text.strip()
    if by_sound and len(units(typed)) == 1 and (kana := kana_of(typed)) and len(ways(typed)) > 1:
        return [kana]
    if is_kana(fold(typed)) and typed not in (hiragana(typed), katakana(typed)):
        return [katakana(typed)]
    today = "".join(fold(sign) if forms_of(sign) else sign for sign in typed)
    old = "".join(map(old_form_of, today))
    others = [
        today[:at] + form + today[at + 1 :]
        for at, sign in enumerate(today)
        for form in forms_of(sign)
        if len(typed) > 1
    ]
    return [writing for writing in dict.fromkeys([today, old, *others]) if writing != typed]


# Different characters that are taken for one another in names.
_MISTAKEN: Final = str.maketrans("斉斎坂阪裕祐川河佐左仁二郎朗", "斎斉阪坂祐裕河川左佐二仁朗郎")
_TWO_SIZES: Final = re.compile(
    "(?<=[きしちにひみりぎじびぴキシチニヒミリギジビピ])[やゆよゃゅょヤユヨャュョ]"
    "|[つっツッ](?=[か-ぢつ-とは-ぽカ-ヂツ-トハ-ポ])"
)
_LARGE: Final = "やゆよつヤユヨツ"
_SMALL: Final = "ゃゅょっャュョッ"
_OTHER_SIZE: Final = str.maketrans(_LARGE + _SMALL, _SMALL + _LARGE)
MOST_SIZED: Final = 3


def sized_otherwise(word: str) -> list[str]:
    """As old prints, young writers and hurried fingers have it: ぼつちやん → ぼっちゃん, ひぐちいちょう → ひぐちいちよう.

    All small, all large, then (of two or three) each alone in the other size.
    """
    places = [found.start() for found in _TWO_SIZES.finditer(word)]
    large = [at for at in places if word[at] in _LARGE]
    small = [at for at in places if word[at] in _SMALL]
    alone = [[at] for at in places] if len(places) <= MOST_SIZED else []
    turned = (
        "".join(sign.translate(_OTHER_SIZE) if at in some else sign for at, sign in enumerate(word))
        for some in (large, small, *alone)
    )
    return [other for other in dict.fromkeys(turned) if other != word]


ALIKE_ENOUGH: Final = 0.6
SAME_SOUND: Final = 0.95
LONG_BEGINNING: Final = 5
MOST_ALIKE: Final = 3


def mistaken_for(word: str) -> str:
    """The word with the characters that people take for one another exchanged: 斉藤 → 斎藤."""
    return fold(word).translate(_MISTAKEN)


def alike(word: str, offers: Iterable[tuple[str, str]], *, enough: float = ALIKE_ENOUGH) -> list[str]:
    """Of (text to offer, text to compare), the offers whose comparison is written or read much like the word, best first."""
    offers = list(offers)
    typed = kana_of(word) or word
    wanted, heard = "".join(units(typed)), sound(typed)
    best: dict[str, float] = {}
    for offer, compared in offers:
        written = SequenceMatcher(None, wanted, "".join(units(compared)), autojunk=False).ratio()
        read = SequenceMatcher(None, heard, sound(compared), autojunk=False).ratio() if is_kana(heard) else 0
        likeness = max(written, read)
        if likeness >= enough and fold(offer) != fold(word):
            best[offer] = max(likeness, best.get(offer, 0))
    if enough == ALIKE_ENOUGH:
        best = {**_with_one_kanji_else(units(word), offers), **best}
    return sorted(best, key=lambda offer: -best[offer])[:MOST_ALIKE]


def _with_one_kanji_else(cut: tuple[str, ...], offers: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Titles of two kanji of which one is another: 斜陽 for 斜楊. The first is seldom the wrong one; known titles come first."""
    if len(cut) != 2:
        return {}
    counted: Counter[str] = Counter()
    for offer, compared in offers:
        other = units(compared)
        if offer == compared and len(other) == 2 and (other[0] == cut[0]) != (other[1] == cut[1]):
            counted[offer] += 1
    return {
        offer: ALIKE_ENOUGH + (0.2 if units(offer)[0] == cut[0] else 0) + 0.1 * count / (count + 1)
        for offer, count in counted.items()
    }


FEW: Final = 3
"""Up to so many hits もしかして is offered beside them, when it finds much more."""

VERY_ALIKE: Final = 0.8
MORE: Final = 3

MOST_WORDS_MENDED: Final = 4


def is_doubtful(text: str, total: int, shown: Iterable[str]) -> bool:
    """Whether もしかして is worth its price: nothing was found, or little and none of it is called or read as was typed."""
    if not total:
        return True
    wanted = "".join(units(text))
    if total > FEW or len(text.split()) > 1 or wanted.isascii():
        return False
    return all("".join(units(one)) != wanted and sound(one) != sound(text) for one in shown)


def mended(
    text: str,
    *,
    total: Callable[[str], int],
    like: Callable[[str], Iterable[tuple[str, str]]],
    read: Callable[[str], str] = lambda _word: "",
) -> Iterator[Instead]:
    """Questions that find something, for one that finds nothing, the likeliest first; for one that finds little, those
    that find much more.

    `total` answers how much a question finds; `like` what is written a little like a word: (text to offer, text to
    compare); `read` how a word is probably read, because another word of that sound was meant: 蜘蛛の意図.
    """
    words = [word for one in text.split() if units(word := one.strip(_AROUND_WORDS))][:MOST_WORDS_MENDED]
    whole = total(text)
    tried = [f"分類:{fold(called['class'])}"] if (called := _CLASS.fullmatch(text.strip())) else []
    for at, word in enumerate(words):
        if (alone := total(word)) <= FEW:
            others = [] if alone else taken_apart(word)
            others += _others(word, like, read, enough=VERY_ALIKE if alone else ALIKE_ENOUGH)
            tried += [" ".join([*words[:at], other, *words[at + 1 :]]) for other in others]
    if len(words) > 1 and not whole:
        tried += [" ".join(words[:at] + words[at + 1 :]) for at in reversed(range(len(words)))]
        tried += words
    for one in dict.fromkeys(tried):
        if one != text and units(one) and (found := total(one)) > whole * MORE:
            yield Instead(one, found)


_CLASS: Final = re.compile("[A-ZＡ-Ｚ]?(?P<class>[0-9０-９]{3})")
"""Three digits alone are the number on the shelf as often as a word of a title, behind a letter they are the back of a book."""

_BOOK_OF: Final = re.compile("(?<=..)の(?:本|ほん|絵本|えほん|お?話|お?はなし|図鑑|ずかん)$")
_SCRIPTS: Final = re.compile("[゠-ヿ]+|[ぁ-ゟ]+|[0-9０-９]+|[^゠-ヿぁ-ゟ0-9０-９]+")
_AROUND_WORDS: Final = "、。，．,.;:；：「」『』（）()[]［］【】〈〉《》…"
SHORTEST_PART: Final = 2
SHORTEST_SAID: Final = 2


def matter_of(word: str) -> list[str]:
    """What a book shall be about, as children ask for it: でんしゃの本 → でんしゃ."""
    return [rest] if (rest := _BOOK_OF.sub("", word)) != word else []


def taken_apart(word: str) -> list[str]:
    """A name and a title written in one, parted where the script changes: ファーブル昆虫記 → ファーブル 昆虫記, 水瀬の歴史 → 水瀬 歴史, 水瀬市史3 → 水瀬市史 3."""
    parts = _SCRIPTS.findall(word)
    pairs = (
        ("".join(parts[:at]).removesuffix("の"), "".join(parts[at:]).removeprefix("の")) for at in range(1, len(parts))
    )
    return [
        " ".join(pair)
        for pair in dict.fromkeys(pairs)
        if all(len(part) >= SHORTEST_PART or part.isdigit() for part in pair)
    ]


def _others(
    word: str,
    like: Callable[[str], Iterable[tuple[str, str]]],
    read: Callable[[str], str],
    *,
    enough: float,
) -> list[str]:
    written = list(like(word))
    heard = fold(read(word)).replace(" ", "")
    read_alike = list(like(heard)) if is_kana(heard) else []
    same_sound = alike(heard, read_alike, enough=SAME_SOUND)
    # The beginning of a title, in other characters: 我輩は猫.
    begun = [offer for offer, compared in read_alike if _begins(compared, heard)]
    # The same in kana: who types 電車 or 手ぶくろ means the books of でんしゃ and 手袋 as well.
    said = [heard] if is_kana(heard) and len(heard) >= SHORTEST_SAID and not (same_sound or begun) else []
    written_alike = alike(word, written, enough=enough)
    return [*matter_of(word), mistaken_for(word), *sized_otherwise(word), *same_sound, *begun, *said, *written_alike]


def _begins(compared: str, heard: str) -> bool:
    return len(heard) >= LONG_BEGINNING and sound(compared).startswith(sound(heard))
