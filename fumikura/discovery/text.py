"""The one way of cutting folded text, for the index and for the question; and the other ways a word may be spelled."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import add
from typing import Final, Literal

from fumikura.discovery.numerals import volume_numbers, with_other_numerals
from fumikura.kernel.japanese import fold, is_kana
from fumikura.kernel.romaji import kana_of, spellings_of

# A unit is a Latin (Greek, Cyrillic …) word, a run of digits, or one character of everything else.
_LETTERS: Final = "a-z\u00df-\u024f\u0370-\u0dff"
_UNIT: Final = re.compile(f"[{_LETTERS}]+[+#]*|[0-9]+|\\S")
WORDLIKE: Final = f"0-9{_LETTERS}"
"""The inside of a regular expression's class: characters that make up words and numbers."""
_LAST_LETTER: Final = "\u0dff"
_WORDLIKE: Final = re.compile(f"[{WORDLIKE}]")

START: Final = "^"
END: Final = "$"


@lru_cache(maxsize=16_384)
def units(text: str) -> tuple[str, ...]:
    """What text is made of once folded; spaces only separate words of spaced scripts.

    >>> units("レオ・トルストイ 第3巻")
    ('れ', 'お', 'と', 'る', 'す', 'と', 'い', '第', '3', '巻')
    """
    folded = fold(text)
    if _WORDLIKE.search(folded) is None:
        return tuple(folded.replace(" ", ""))
    return tuple(_UNIT.findall(folded))


def series_code(title: str) -> str:
    """A series as it is counted and asked for whole: widths and blanks settled."""
    return " ".join(unicodedata.normalize("NFKC", title).split())


def is_wordlike(unit: str) -> bool:
    """Whether the unit is a word of a spaced script or a number, rather than one character."""
    return _WORDLIKE.match(unit) is not None


def pair(first: str, second: str) -> str:
    """Two neighbouring units as one token, so that "war and" is not "warand"."""
    if first[-1] > _LAST_LETTER or second[0] > _LAST_LETTER:
        return first + second
    between = "_" if _WORDLIKE.match(first[-1]) and _WORDLIKE.match(second[0]) else ""
    return f"{first}{between}{second}"


def tokens(cut: tuple[str, ...], *, anchored: Literal["no", "start", "both"] = "no") -> list[str]:
    """The pairs of a piece of text; anchored to where a title or name begins, or begins and ends.

    Indexed text is anchored at both, so that "begins with" and "is" are phrases like any other.
    """
    if _WORDLIKE.search("".join(cut)) is None:
        found = list(map(add, cut, cut[1:]))
    else:
        found = [
            first + second if first[-1] > _LAST_LETTER or second[0] > _LAST_LETTER else pair(first, second)
            for first, second in pairwise(cut)
        ]
    if anchored != "no":
        found.insert(0, START + cut[0])
    if anchored == "both":
        found.append(cut[-1] + END)
    return found


ONE_PAIR: Final = 3
"""Two characters: where they begin, the pair, where they end."""

LIKE_FIELDS: Final = ("title", "reading", "name")


def needed_to_be_like(all_pairs: int) -> int:
    """How many of a word's anchored pairs something similar shares: two, or two in five; of two characters one."""
    return 1 if all_pairs == ONE_PAIR else max(2, -(-all_pairs * 2 // 5))


def spoken(reading: str) -> tuple[str, ...]:
    """A reading written in words (分かち書き) as people type it: ワガハイ ワ ネコ デ アル also as わがはいはねこである."""
    words = fold(reading).split()
    written = [{"わ": "は", "え": "へ", "お": "を"}.get(word, word) for word in words]
    return (reading,) if written == words or len(words) == 1 else (reading, "".join(written))


_FAMILY_GIVEN: Final = re.compile(r"(?<=[^\x00-\u02ff\u30a0-\u30ff])\s*,\s*(?=[^\x00-\u02ff])")


def joined_name(heading: str) -> str:
    """A heading as the name is said: 夏目, 漱石 → 夏目漱石; Tolstoy, Leo and ポー, エドガー アラン stay."""
    return _FAMILY_GIVEN.sub("", heading)


_HISTORICAL: Final = re.compile("くゎ|くわ(?=[んうい])|ぐわ(?=[んう])|[てせ]ふ|[けせて]う(?=[^あ-お]|$)|けふ")
_TODAY: Final = {"くゎ": "か", "くわ": "か", "ぐわ": "が", "てふ": "ちょう", "せふ": "しょう", "けふ": "きょう", "けう": "きょう", "せう": "しょう", "てう": "ちょう"}  # fmt: skip
_SAME_SOUND: Final = str.maketrans("ぢづゐゑを", "じずいえお")
_SMALL_VOWELS: Final = str.maketrans("ぁぃぅぇぉ", "あいうえお")
_FOREIGN: Final = re.compile("ゔ([ぁぃぇぉ]?)")
_FOREIGN_SOUND: Final = {"ぁ": "ば", "ぃ": "び", "": "ぶ", "ぇ": "べ", "ぉ": "ぼ"}
_A, _I, _U, _E, _O = (
    "あかさたなはまやらわがざだばぱゃぁ",
    "いきしちにひみりぎじびぴぃ",
    "うくすつぬふむゆるぐずぶぷゅぅ",
    "えけせてねへめれげぜでべぺぇ",
    "おこそとのほもよろごぞどぼぽょぉ",
)
_LONG: Final = re.compile(f"(?<=[{_A}])あ|(?<=[{_I}])い|(?<=[{_U}])う|(?<=[{_E}])[いえ]|(?<=[{_O}])[うお]")


@lru_cache(maxsize=16_384)
def sound(kana: str) -> str:
    """How kana sound, so that ソーセキ is そうせき, みかづき is みかずき, ヴェルヌ is べるぬ and てふ is ちょう.

    Only for finding what was not found as written: it also takes apart-sounding words for one now and then.
    """
    text = fold(kana).replace(" ", "")
    text = _HISTORICAL.sub(lambda found: _TODAY[found[0]], text)
    text = _FOREIGN.sub(lambda found: _FOREIGN_SOUND[found[1]], text).translate(_SAME_SOUND)
    return re.sub("ー+", "ー", _LONG.sub("ー", text)).translate(_SMALL_VOWELS)


_MEDIAL_HA: Final = re.compile("(?<=[ぁ-ん])[はひふへほ]")
_HA_TO_WA: Final = str.maketrans("はひふへほ", "わいうえお")
_AU: Final = re.compile("([かさたなはまやらわがざだばぱ])[うふ]")
_AU_TODAY: Final = str.maketrans("かさたなはまやらわがざだばぱ", "こそとのほもよろおごぞどぼぽ")
_KANJI: Final = "[一-鿿㐀-䶿々]"
_OLD_TAIL: Final = re.compile(f"(?<={_KANJI})[はひふへほ](?![はひふへほ])")
_NEW_TAIL: Final = re.compile(f"(?<={_KANJI})[わいうえお](?![わいうえお])")
_WA_TO_HA: Final = str.maketrans("わいうえお", "はひふへほ")


def tails_of_other_times(text: str) -> tuple[str, ...]:
    """Words with kana after a kanji as once spelled, or as today: 思ひ出 for 思い出, 匂う for 匂ふ. Folded text."""
    found = []
    for pattern, table in ((_OLD_TAIL, _HA_TO_WA), (_NEW_TAIL, _WA_TO_HA)):
        if (other := pattern.sub(lambda one: one[0].translate(table), text)) != text:  # noqa: B023 — called at once
            found.append(other)
    return tuple(found)


_LARGE_SIZE: Final = re.compile("(?<=[きしちにひみりぎじびぴ])[やゆよ]|つ(?=[か-ぢつ-とは-ぽ])")
_SMALL_SIZE: Final = re.compile("[ゃゅょっ]")
_TO_SMALL: Final = str.maketrans("やゆよつ", "ゃゅょっ")
_TO_LARGE: Final = str.maketrans("ゃゅょっ", "やゆよつ")


def sizes_of_other_times(text: str) -> tuple[str, ...]:
    """Words with kanji whose small kana stand large, as old prints have them, or small: 坊つちやん for 坊っちゃん. Folded text.

    Kana alone are left as they are: びよういん is not びょういん.
    """
    if not re.search(_KANJI, text):
        return ()
    small = _LARGE_SIZE.sub(lambda one: one[0].translate(_TO_SMALL), text)
    large = _SMALL_SIZE.sub(lambda one: one[0].translate(_TO_LARGE), text)
    return tuple(other for other in dict.fromkeys((small, large)) if other != text)


_KWA: Final = re.compile("くわ|ぐわ")
_KWA_TODAY: Final = {"くわ": "か", "ぐわ": "が"}
_OLD_SPELLING: Final = re.compile(f"[ゐゑぢづ]|{_HISTORICAL.pattern}")
LONGEST_SHORT_FORM: Final = 5
"""コンピューター is also written コンピュータ; shorter words need their last ー: ギター."""


def sounds(kana: str) -> tuple[str, ...]:
    """Every way kana may sound: くわじ also as かじ, コンピューター also as コンピュータ, おもふ as おもう, かうもり as こうもり."""
    heard = sound(kana)
    found = [heard]
    if heard.endswith("ー") and len(heard) > LONGEST_SHORT_FORM:
        found.append(heard[:-1])
    if _KWA.search(heard):
        found.append(_KWA.sub(lambda one: _KWA_TODAY[one[0]], heard))
    text = fold(kana).replace(" ", "")
    spoken_today = _MEDIAL_HA.sub(lambda one: one[0].translate(_HA_TO_WA), text)
    joined = _AU.sub(lambda one: one[1].translate(_AU_TODAY) + "う", text)
    found += [sound(other) for other in (spoken_today, joined) if other != text]
    return tuple(dict.fromkeys(found))


def _is_heard(kana: str) -> bool:
    """Two kana are enough where they are spelled as of old; others would be heard everywhere."""
    return len(kana) >= SHORTEST_SOUND or (len(kana) > 1 and _OLD_SPELLING.search(kana) is not None)


@dataclass(frozen=True)
class Way:
    """One way in which a typed word may stand in the index."""

    cut: tuple[str, ...]
    by: Literal["words", "headings", "sound"]
    """words: as typed, in all fields; headings: what was typed in romaji, or a volume's number, in titles, readings and
    names; sound: among sounds."""
    weight: float = 1.0
    """What it counts beside the others, when it is farther from what was typed than its kind says."""


SHORTEST_ROMAJI: Final = 4
SHORTEST_SOUND: Final = 3
LONGEST_NUMBERED: Final = 40
OTHER_NUMERAL: Final = 0.5
OTHER_TIME: Final = 0.3


@lru_cache(maxsize=2_048)
def ways(text: str) -> tuple[Way, ...]:
    """Every way to look for what was typed, the nearest first; none when nothing is left after folding."""
    cut = units(text)
    if not cut:
        return ()
    typed = fold(text).replace(" ", "")
    found = [Way(cut, "words")]
    if len(typed) < LONGEST_NUMBERED:
        found += [Way(units(other), "words", OTHER_NUMERAL) for other in with_other_numerals(typed) if len(cut) > 1]
        found += [Way(units(other), "headings", OTHER_NUMERAL) for other in volume_numbers(typed)]
        found += [Way(units(other), "headings", OTHER_TIME) for other in tails_of_other_times(typed)]
        found += [Way(units(other), "headings", OTHER_TIME) for other in sizes_of_other_times(typed)]
        if typed.endswith("ー") and len(typed) > LONGEST_SHORT_FORM and is_kana(typed):
            # Subjects and notes have no sounds of their own: コンピューター is コンピュータ there too.
            found.append(Way(units(typed[:-1]), "words", OTHER_NUMERAL))
    kana = typed if is_kana(typed) else kana_of(text.strip()) if len(text.strip()) >= SHORTEST_ROMAJI else ""
    if kana and kana != typed:
        found += [Way(tuple(spelling), "headings") for spelling in spellings_of(text.strip())]
    if _is_heard(kana):
        found += [Way(tuple(heard), "sound") for heard in sounds(kana)]
    return tuple(dict.fromkeys(found))
