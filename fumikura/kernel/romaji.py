"""Romaji typed into a search box, read as kana: Hepburn, kunrei and what keyboards accept; and a reading in Hepburn."""

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import Final

_VOWELS: Final = "aiueo"
_ROWS: Final = {
    "": "あいうえお",
    "k": "かきくけこ",
    "s": "さしすせそ",
    "t": "たちつてと",
    "n": "なにぬねの",
    "h": "はひふへほ",
    "m": "まみむめも",
    "r": "らりるれろ",
    "g": "がぎぐげご",
    "z": "ざじずぜぞ",
    "d": "だぢづでど",
    "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}
_GLIDES: Final = {"ky": "き", "sy": "し", "ty": "ち", "ny": "に", "hy": "ひ", "my": "み", "ry": "り", "gy": "ぎ", "zy": "じ", "by": "び", "py": "ぴ", "sh": "し", "ch": "ち", "j": "じ", "jy": "じ", "dy": "ぢ"}  # fmt: skip
_SMALL: Final = dict(zip(_VOWELS, ("ゃ", "ぃ", "ゅ", "ぇ", "ょ"), strict=True))

SYLLABLES: Final = {
    **{row + vowel: kana for row, kanas in _ROWS.items() for vowel, kana in zip(_VOWELS, kanas, strict=True)},
    **{glide + vowel: kana + _SMALL[vowel] for glide, kana in _GLIDES.items() for vowel in _VOWELS},
    "shi": "し", "chi": "ち", "tsu": "つ", "fu": "ふ", "ji": "じ",
    "ya": "や", "yu": "ゆ", "yo": "よ", "wa": "わ", "wi": "うぃ", "we": "うぇ", "wo": "を",
    "fa": "ふぁ", "fi": "ふぃ", "fe": "ふぇ", "fo": "ふぉ", "va": "ゔぁ", "vi": "ゔぃ", "vu": "ゔ", "ve": "ゔぇ", "vo": "ゔぉ",
    "tsa": "つぁ", "tse": "つぇ", "tso": "つぉ", "thi": "てぃ", "dhi": "でぃ",
}  # fmt: skip
_BEGUN: Final = frozenset(
    doubled + syllable[:end]
    for syllable in SYLLABLES
    for end in range(1, len(syllable))
    for doubled in ("", syllable[0], "t")
)
"""What a syllable may begin with: ky, kky, tch."""

_LONG: Final = {"ā": "aa", "ī": "ii", "ū": "uu", "ē": "ei", "ō": "ou", "â": "aa", "î": "ii", "û": "uu", "ê": "ei", "ô": "ou"}  # fmt: skip
_CONSONANTS: Final = "bcdfghjkmprstz"
# Who leaves long vowels unmarked writes o for おう and おお, u for うう.
_MAYBE_LONG: Final = {"o": ("", "う", "お"), "u": ("", "う")}


_N_BEFORE_VOWEL: Final = re.compile("(?<=[aiueo])n(?=[aiueo][^aiueo])")


def kana_of(word: str) -> str:
    """The hiragana that `word` spells, or an empty string when it is not romaji from end to end.

    >>> kana_of("sousuke"), kana_of("Sōseki"), kana_of("tukue"), kana_of("shimbun"), kana_of("python")
    ('そうすけ', 'そうせき', 'つくえ', 'しんぶん', '')
    """
    return "".join(_syllables(word))


def kana_begun(word: str) -> str:
    """The kana of romaji that is still being typed: the last letters may not make a syllable yet (sous → そう, gakk → が).

    Doyle is not begun with ど: no syllable begins with yle.
    """
    for end in range(len(word), max(len(word) - 4, 0), -1):
        rest = word[end:].casefold()
        if (not rest or rest in _BEGUN) and (kana := kana_of(word[:end])):
            return kana.removesuffix("ん") if word[end - 1 : end] == "n" and end < len(word) else kana
    return ""


def spellings_of(word: str, limit: int = 16) -> tuple[str, ...]:
    """What `word` may stand for when long vowels may have been left unmarked: soseki → そせき, そうせき, そおせき.

    The literal reading first. At most `limit`; with more doubtful vowels than that allows, only the first ones vary.
    """
    apart = _N_BEFORE_VOWEL.sub("n'", word.casefold())
    if apart != word.casefold() and _syllables(apart):
        # Nobody writes the apostrophe: junichiro is じゅんいちろう.
        return tuple(dict.fromkeys([*_spelt(word, limit), *_spelt(apart, limit)]))[: limit * 2]
    return _spelt(word, limit)


def _spelt(word: str, limit: int) -> tuple[str, ...]:
    syllables = _syllables(word)
    if not syllables or any(mark in word.casefold() for mark in _LONG):
        return ("".join(syllables),) if syllables else ()
    choices: list[tuple[str, ...]] = []
    count = 1
    for here, after in zip(syllables, [*syllables[1:], ""], strict=True):
        longer = () if after in ("う", "お") else _MAYBE_LONG.get(_vowel_of(here), ())
        if longer and count * len(longer) <= limit:
            count *= len(longer)
            choices.append(tuple(here + vowel for vowel in longer))
        else:
            choices.append((here,))
    return tuple("".join(parts) for parts in product(*choices))


def _syllables(word: str) -> list[str]:
    """The kana of each syllable, or nothing when some letter is left over."""
    word = word.casefold()
    for long, plain in _LONG.items():
        word = word.replace(long, plain)
    word = re.sub("oh(?=[^aiueoy]|$)", "ou", word)
    found: list[str] = []
    position = 0
    while position < len(word):
        rest = word[position:]
        if rest[0] == "n" and not re.match("n[aiueoy]", rest):
            found.append("ん")
            position += 2 if rest[1:2] == "'" else 1
        elif rest[0] == "m" and rest[1:2] in ("b", "m", "p"):
            found.append("ん")
            position += 1
        elif (rest[0] == rest[1:2] and rest[0] in _CONSONANTS) or rest.startswith("tch"):
            found.append("っ")
            position += 1
        else:
            size = next((size for size in (3, 2, 1) if rest[:size] in SYLLABLES), 0)
            if not size:
                return []
            found.append(SYLLABLES[rest[:size]])
            position += size
    return found


def _vowel_of(kana: str) -> str:
    return next((spelling[-1] for spelling, written in SYLLABLES.items() if written == kana), "")


_HEPBURN: Final = {
    **{kana: row + vowel for row, kanas in _ROWS.items() for vowel, kana in zip(_VOWELS, kanas, strict=True)},
    **{kana + small: glide.removesuffix("y") + ("y" if glide.endswith("y") else "") + vowel
       for glide, kana in _GLIDES.items() if glide not in ("sy", "ty", "zy", "jy", "dy")
       for vowel, small in _SMALL.items()},
    **{kana: spelling for spelling, kana in SYLLABLES.items() if spelling[0] in "fvw" or spelling[:2] in ("ya", "yu", "yo", "th", "dh")},
    "し": "shi", "ち": "chi", "つ": "tsu", "じ": "ji", "ぢ": "ji", "づ": "zu", "ふ": "fu", "を": "o", "ゐ": "i", "ゑ": "e",
    "つぁ": "tsa", "つぇ": "tse", "つぉ": "tso", "てぃ": "ti", "でぃ": "di", "とぅ": "tu", "どぅ": "du", "でゅ": "dyu",
    "うぉ": "wo", "いぇ": "ye", "ん": "n",
    **dict(zip("ぁぃぅぇぉゃゅょゎ", ("a", "i", "u", "e", "o", "ya", "yu", "yo", "wa"), strict=True)),
}  # fmt: skip
_PARTICLES: Final = {"は": "wa", "へ": "e", "を": "o"}
_LENGTHENED: Final = {"aa": "ā", "uu": "ū", "ee": "ē", "oo": "ō", "ou": "ō"}
_MARKED: Final = dict(zip(_VOWELS, "āīūēō", strict=True))


@lru_cache(maxsize=8_192)
def romaji_of(reading: str) -> str:
    """A record's reading in modified Hepburn, spaced as the reading is; what is no kana stays. Empty without a reading.

    Particles that stand alone are written as they sound. Kana do not say where a word within a word ends: 思う is omō here.

    >>> romaji_of("ギンガ テツドウ ノ ヨル"), romaji_of("ワガハイ ハ ネコ デ アル"), romaji_of("ザッシ ト シンアイ コーヒー 100")
    ('Ginga tetsudō no yoru', 'Wagahai wa neko de aru', "Zasshi to shin'ai kōhī 100")
    """
    words = [_romaji_word(word) for word in unicodedata.normalize("NFKC", reading).split()]
    said = " ".join(words)
    return said[:1].upper() + said[1:]


def _romaji_word(word: str) -> str:
    kana = "".join(chr(ord(one) - 0x60) if "ァ" <= one <= "ヴ" else one for one in word)
    return _PARTICLES.get(kana) or _spelled(kana)


def _spelled(kana: str) -> str:
    made: list[str] = []
    position = 0
    while position < len(kana):
        size = 2 if kana[position : position + 2] in _HEPBURN else 1
        here = kana[position : position + size]
        said = _HEPBURN.get(here, here)
        last = made[-1] if made else ""
        if here == "ー" and last[-1:] in _MARKED:
            made[-1] = last[:-1] + _MARKED[last[-1]]
        elif here in ("あ", "う", "え", "お") and (long := _LENGTHENED.get(last[-1:] + said)):
            made[-1] = last[:-1] + long
        elif last in {"ん", "っ"}:
            made[-1] = _before(last, said)
            made.append(said)
        else:
            made.append(here if here in ("ん", "っ") else said)
        position += size
    return "".join(made).replace("ん", "n").replace("っ", "")


def _before(kana: str, said: str) -> str:
    """ん and っ by what follows: n' before a vowel and y; the consonant doubled, t before ch."""
    if kana == "ん":
        return "n'" if said[:1] in (*_VOWELS, "y") else "n"
    if said.startswith("ch"):
        return "t"
    return said[:1] if said[:1] in _CONSONANTS else ""
