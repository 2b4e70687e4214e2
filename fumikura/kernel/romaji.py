"""Romaji typed into a search box, read as kana: Hepburn, kunrei and what keyboards accept."""

import re
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
