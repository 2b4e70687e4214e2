"""One way of reading Japanese text for the index, the question, the sort order and matching: folding by levels.

`plain` keeps the script as written; `fold` also lets kana, old forms and variant forms meet. Long vowels stay as
written (ビル is not ビール): where spellings differ by sound, discovery.text offers alternatives to the question.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

Level = Literal["exact", "kana", "old-form", "variant"]
"""How far two writings of the same words are apart; each level includes those before it."""

LEVELS: Final[tuple[Level, ...]] = ("exact", "kana", "old-form", "variant")

_SMALL_TO_LARGE: Final = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_VOICED: Final = dict(
    zip("うかきくけこさしすせそたちつてとはひふへほ", "ゔがぎぐげござじずぜぞだぢづでどばびぶべぼ", strict=True)
)
_HALF_VOICED: Final = dict(zip("はひふへほ", "ぱぴぷぺぽ", strict=True))
_UNVOICED: Final = str.maketrans(
    "".join([*_VOICED.values(), *_HALF_VOICED.values()]), "".join([*_VOICED.keys(), *_HALF_VOICED.keys()])
)
_ROWS: Final = (
    "あかさたなはまやらわ",
    "いきしちにひみりゐ",
    "うくすつぬふむゆる",
    "えけせてねへめれゑ",
    "おこそとのほもよろを",
)
_VOWEL_OF: Final = {kana: row[0] for row in _ROWS for kana in row}

_INVISIBLE: Final = re.compile("[\u00ad\u180b-\u180d\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_ACCENTED: Final = re.compile("[\u00c0-\u058f\u1e00-\u1fff]")
_LATIN_MARKS: Final = re.compile("[\u0300-\u036f]")
# Old data writes the long vowel mark as whatever dash was at hand: コンピュ－タ.
_DASH_IN_KANA: Final = re.compile("[-‐‑‒–—―−](?<=[ァ-ヺー].)(?=[ァ-ヺー]|$)")
_PLUS_OR_SHARP: Final = re.compile(r"([a-z][+#]++)(?![a-z0-9])|[+#]")
_NOT_A_WORD: Final = re.compile(r"(?:[^\w+#]|_)+")
# 霞ヶ関, 霞ケ関 and 霞が関; 三ヶ月, 三ケ月, 三カ月, 三箇月 and 三か月.
_COUNTING_KE: Final = re.compile("(?:[ヶヵゖゕ]|[ケカ箇個](?=[月所国年条]))(?<=[0-9〇一二三四五六七八九十百千万数何].)")
_PLACE_KE: Final = re.compile("[ヶゖ]|ケ(?<=[一-鿿].)(?=[一-鿿])")
_KE_OR_AGAIN: Final = re.compile("[ヶヵゖゕケカ箇個々〻ゝゞヽヾ]")
_AGAIN: Final = re.compile("[々〻]+")
_KANA_AGAIN: Final = re.compile("([ぁ-ゔ])([ゝゞ]+)")


def _read_kanji() -> Iterator[tuple[str, str, str]]:
    for line in files(__package__).joinpath("kanji.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            today, forms = line.split(" ")
            old, _, other = forms.partition("|")
            yield today, old, other


def _hentaigana() -> Iterator[tuple[int, str]]:
    """Unicode names each one after its sound: HENTAIGANA LETTER KA-3."""
    for code in range(0x1B002, 0x1B11F):
        sound = unicodedata.name(chr(code)).removeprefix("HENTAIGANA LETTER ").split("-")[0]
        kana = "ん" if sound == "N" else unicodedata.lookup(f"HIRAGANA LETTER {sound}")
        yield code, kana


KANJI: Final = tuple(_read_kanji())
"""(today's form, its old forms, its other forms)"""

_TO_HIRAGANA: Final[Mapping[int, str]] = {
    **{code: chr(code - 0x60) for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)},
    0x30F7: "ゔぁ",
    0x30F8: "ゔぃ",
    0x30F9: "ゔぇ",
    0x30FA: "ゔぉ",
    0x309F: "より",
    0x30FF: "こと",
    **dict(_hentaigana()),
}
_TO_KATAKANA: Final[Mapping[int, str]] = {code: chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_OLD_TO_TODAY: Final[Mapping[int, str]] = {ord(form): today for today, old, _ in KANJI for form in old}
_OTHER_TO_TODAY: Final[Mapping[int, str]] = {ord(form): today for today, _, other in KANJI for form in other}
_WITHIN: Final[Mapping[Level, Mapping[int, str]]] = {
    "exact": {},
    "kana": _TO_HIRAGANA,
    "old-form": {**_TO_HIRAGANA, **_OLD_TO_TODAY},
    "variant": {**_TO_HIRAGANA, **_OLD_TO_TODAY, **_OTHER_TO_TODAY},
}


WRITTEN_OTHERWISE: Final = frozenset(map(chr, (*_OLD_TO_TODAY, *_OTHER_TO_TODAY)))
"""The kanji that folding takes for others: old and variant forms."""


def plain(text: str) -> str:
    """The text with widths, compatibility characters, case, accents and punctuation settled; script as written.

    Punctuation becomes one space, except the + and # of a name such as C++.
    """
    if text.isalnum():
        # Most names and words: nothing but letters and digits, to which none of what follows applies.
        settled = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        if settled.isalnum() and not _ACCENTED.search(settled):
            return settled
    text = unicodedata.normalize("NFKC", _settle(_INVISIBLE.sub("", text)).casefold())
    if _ACCENTED.search(text):
        text = unicodedata.normalize("NFKC", _LATIN_MARKS.sub("", unicodedata.normalize("NFD", text)))
    text = _DASH_IN_KANA.sub("ー", text)
    if "+" in text or "#" in text:
        text = _PLUS_OR_SHARP.sub(lambda found: found[1] or " ", text)
    return _NOT_A_WORD.sub(" ", text).strip()


def _settle(text: str) -> str:
    """NFKC, with voicing marks that stand beside their kana joined to it."""
    return unicodedata.normalize("NFKC", text.replace("\u309b", "\u3099").replace("\u309c", "\u309a"))


# Names, publishers and subjects come again and again while an index is built.
@lru_cache(maxsize=16_384)
def fold(text: str, level: Level = "variant") -> str:
    """The form in which text is indexed and asked for. Folding twice changes nothing more.

    At the default level 圖書舘, 図書館, ﾄｼｮｶﾝ and としょかん differ only by reading; 髙﨑 is 高崎; ソウセキ is そうせき.
    """
    text = plain(text)
    if level == "exact" or text.isascii():
        return text
    if not _KE_OR_AGAIN.search(text):
        return text.translate(_WITHIN[level])
    text = _COUNTING_KE.sub("か", text)
    text = _PLACE_KE.sub("が", text)
    text = text.translate(_WITHIN[level])
    text = _AGAIN.sub(_repeat, text)
    return _KANA_AGAIN.sub(_repeat_kana, text)


def _repeat(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1] if found.start() else " "
    return found[0] if before == " " else before * len(found[0])


def _repeat_kana(found: re.Match[str]) -> str:
    written: list[str] = [found[1]]
    for mark in found[2]:
        unvoiced = written[-1].translate(_UNVOICED)
        written.append(unvoiced if mark == "ゝ" else _VOICED.get(unvoiced, unvoiced))
    return "".join(written)


def hiragana(text: str) -> str:
    """Katakana of any width as hiragana; everything else as NFKC has it."""
    return _settle(text).translate(_TO_HIRAGANA)


def katakana(text: str) -> str:
    """Hiragana as katakana; everything else as NFKC has it."""
    return _settle(text).translate(_TO_KATAKANA)


def is_kana(text: str) -> bool:
    """Whether text is hiragana and long vowel marks only (fold it first)."""
    return bool(text) and all("ぁ" <= character <= "ゖ" or character == "ー" for character in text)


def forms_of(character: str) -> tuple[str, ...]:
    """Every other writing of a kanji that folding takes for the same: forms_of("館") = ("舘",)."""
    return tuple(_FORMS.get(fold(character), ""))


def old_form_of(character: str) -> str:
    """The kanji in its old form (旧字体), or as it is: old_form_of("図") = "圖", old_form_of("館") = "館"."""
    return _OLD.get(fold(character), character)


_OLD: Final[Mapping[str, str]] = {today: old[0] for today, old, _ in KANJI if old}
_FORMS: Final[Mapping[str, str]] = {today: old + other for today, old, other in KANJI}


def sort_key(reading: str) -> str:
    """A key that sorts readings in 五十音 order by code point, at most 200 characters.

    は, ば and ぱ stand together, as do や and ゃ; ー counts as the vowel it prolongs; those differences decide only
    between otherwise equal readings.
    """
    folded = fold(reading).replace(" ", "")[:100]
    first: list[str] = []
    for kana in folded.translate(_SMALL_TO_LARGE).translate(_UNVOICED):
        first.append(_VOWEL_OF.get(first[-1], kana) if kana == "ー" and first else kana)
    settled = "".join(first)
    return settled if settled == folded else f"{settled[:99]} {folded}"


def spoken_name(heading: str) -> str:
    """A name as it is spoken: 夏目, 漱石 → 夏目漱石. Headings in Latin script stay as they are."""
    family, comma, given = heading.partition(", ")
    return family + given if comma and not family[:1].isascii() and "," not in given else heading


def kana_row(sorted_by: str) -> str:
    """The 行 under which something sorted by this key stands: あ, か … わ; empty for what does not begin with kana."""
    first = sorted_by[:1].translate(_SMALL_TO_LARGE).translate(_UNVOICED)
    return next((row for row, letters in _KANA_ROWS.items() if first and first in letters), "")


_KANA_ROWS: Final[Mapping[str, str]] = {
    "あ": "あいうえお", "か": "かきくけこ", "さ": "さしすせそ", "た": "たちつてと", "な": "なにぬねの",
    "は": "はひふへほ", "ま": "まみむめも", "や": "やゆよ", "ら": "らりるれろ", "わ": "わゐゑをん",
}  # fmt: skip
