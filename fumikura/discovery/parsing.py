"""The simple box: what people type, as a Query.

夏目漱石 こころ        all words          "吾輩は 猫"          these words in this order
こころ -映画           without            こころ OR 心          either (または, ＯＲ, |)
(心 OR こころ) 漱石     a group            夏目 AND 漱石         both (かつ, ＡＮＤ)
著者:漱石  title:心     one field          分類:913 年:1990-2000
言語:英語 種類:絵本     what kind it is    対象:子ども
シリーズ:岩波文庫       its series         内容:羅生門         a work inside it
978-4-00-310101-8     an ISBN            913.6                a class of the NDC
913.6 ナ              the same on the back of a book, with how the author begins
鉄道 1990-2000         and came out then, or 昭和60年; or has these figures in it
pyth*                 words that begin so
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from stdnum import isbn as isbn_numbers
from stdnum.exceptions import ValidationError

from fumikura.discovery.numerals import with_other_numerals
from fumikura.discovery.query import (
    And,
    AtLeast,
    Everything,
    Field,
    KeyField,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Start,
    Term,
    TextField,
    all_of,
    any_of,
)
from fumikura.discovery.text import SHORTEST_ROMAJI, units
from fumikura.discovery.values import code_of
from fumikura.kernel.days import years_written
from fumikura.kernel.romaji import kana_of

LONGEST: Final = 1000
MOST_WORDS: Final = 24

_QUOTES: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "＂": '"', "：": ":", "　": " ", "｜": "|", "\x00": " "})
_PIECE: Final = re.compile(
    r'(?P<without>[-−－](?=\S))?(?:\x00(?P<group>[0-9]+)\x00|(?:(?P<field>\w+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"\x00]+)))'
)
_GROUP: Final = re.compile(r"[(（](?P<inside>[^()（）]*)[)）]")
_TEXT_FIELDS: Final[dict[str, TextField]] = {
    **dict.fromkeys(("書名", "題名", "タイトル", "title", "ti"), "title"),
    **dict.fromkeys(("著者", "著者名", "作者", "作家", "author", "creator", "au"), "name"),
    **dict.fromkeys(("件名", "テーマ", "subject", "su"), "subject"),
    **dict.fromkeys(("出版社", "出版者", "出版", "publisher", "pub"), "publisher"),
    **dict.fromkeys(("シリーズ", "叢書", "series", "se"), "series"),
    **dict.fromkeys(("内容", "目次", "収録", "contents"), "contents"),
    **dict.fromkeys(("注記", "note"), "rest"),
}
_KEY_FIELDS: Final[dict[str, KeyField]] = {
    **dict.fromkeys(("言語", "ことば", "language", "lang"), "language"),
    **dict.fromkeys(("種類", "形", "資料種別", "kind", "type"), "kind"),
    **dict.fromkeys(("対象", "audience"), "audience"),
    **dict.fromkeys(("館", "所蔵館", "site"), "site"),
}
_OPERATORS: Final = {
    **dict.fromkeys(("OR", "|", "または", "もしくは"), "or"),
    **dict.fromkeys(("AND", "&", "かつ", "および"), "and"),
    **dict.fromkeys(("NOT",), "not"),
}
_BREAKS: Final = re.compile(
    r"(?:[「」『』（）()［］\[\]【】〈〉《》<>、，,。；;：:／/！？!?…]|(?<=[^\x00-\u02ff])[.．])+"
)
_NDC: Final = re.compile(r"[0-9]{3}\.[0-9]+")
_NDC_BEGINNING: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]*)?")
_CLASS_SAID: Final = re.compile(
    r"^(?:分類(?:番号|記号)?|請求記号|NDC)[\s:]+(?=[0-9０-９]{1,3}(?![0-9０-９]))", re.IGNORECASE
)
_CALL_NUMBER: Final = re.compile(r"(?:分類:)?(?P<class>[0-9]{3}(?:\.[0-9]+)?)[\s/]+(?P<mark>[ァ-ヺぁ-ゖ])")
"""As on the back of a book: the class, and how the author's name begins."""
_YEAR: Final = re.compile(r"(1[5-9]|20)[0-9]{2}")
_SPAN: Final = re.compile(r"(?P<low>(?:1[5-9]|20)[0-9]{2})年?[-‐‑–—−~〜](?P<high>(?:1[5-9]|20)[0-9]{2})年?")
_YEARS: Final = re.compile(r"(?P<low>[0-9]{4})?\s*[-~〜–]\s*(?P<high>[0-9]{4})?")
_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{6,18}")
_CITED_ISBN: Final = re.compile(r"ISBN[\s:-]*(?P<number>[0-9][0-9\s-]{8,15}[0-9Xx])(?![0-9])[.,)]?", re.IGNORECASE)
_SYLLABIC_N: Final = re.compile("n\x00(?=[aiueoyAIUEOY])")
_ISBN_SIGNS: Final = re.compile(r"[\s‐‑–—−-]")


def parse(text: str) -> Query:
    """What the box asks for. Everything when it is empty; Nothing when it holds no word."""
    text = text.translate(_QUOTES)[:LONGEST].strip()
    if not text:
        return Everything()
    text = _CLASS_SAID.sub("分類:", text)
    if called := _CALL_NUMBER.fullmatch(unicodedata.normalize("NFKC", text)):
        return all_of(Prefix(called["class"]), Start(called["mark"], "name"))
    if isbn := isbn_query(re.sub(r"^isbn[:\s]*", "", text, flags=re.IGNORECASE)):
        return isbn
    if (cited := _CITED_ISBN.search(text)) and (isbn := isbn_query(cited["number"])):
        return any_of(isbn, _boxed(text.replace(cited[0], " ")))
    return _boxed(text)


def _boxed(text: str) -> Query:
    """Brackets group when there is an operator in them; else they are part of what was copied: 漱石 (1867-1916)."""
    groups: list[Query] = []

    def group(found: re.Match[str]) -> str:
        if not any(_operator(word) for word in found["inside"].split()):
            return f" {found['inside']} "
        groups.append(_alternatives(found["inside"], groups))
        return f" \x00{len(groups) - 1}\x00 "

    while len(groups) < MOST_WORDS and (grouped := _GROUP.sub(group, text)) != text:
        text = re.sub(r"([-−－]) +\x00", "\\1\x00", grouped)
    return _alternatives(text, groups)


def _operator(word: str) -> str:
    return _OPERATORS.get(unicodedata.normalize("NFKC", word), "")


def _alternatives(text: str, groups: Sequence[Query]) -> Query:
    alternatives: list[list[Query]] = [[]]
    negate_next = False
    pieces = list(_PIECE.finditer(text))[:MOST_WORDS]
    for at, found in enumerate(pieces):
        operator = _operator(found[0])
        if operator == "not" and at + 1 < len(pieces):
            negate_next = True
        elif operator in ("or", "and") and 0 < at < len(pieces) - 1:
            alternatives += [[]] if operator == "or" else []
        else:
            piece = groups[int(found["group"])] if found["group"] else _piece(found)
            if not isinstance(piece, Nothing):
                alternatives[-1].append(Not(piece) if found["without"] or negate_next else piece)
            negate_next = False
    return any_of(*(one for parts in alternatives if parts for one in _spaced_romaji(parts)))


def _spaced_romaji(parts: Sequence[Query]) -> tuple[Query, ...]:
    """The words together; and, where some are too short to be read as romaji alone, as one: ningen isu."""
    words = [part.text for part in parts if isinstance(part, Term) and part.field == "any" and kana_of(part.text)]
    if 1 < len(words) == len(parts) and any(len(word) < SHORTEST_ROMAJI for word in words):
        return all_of(*parts), Term(_SYLLABIC_N.sub("n'", "\x00".join(words)).replace("\x00", ""))
    return (all_of(*parts),)


def isbn_query(text: str) -> Query | None:
    """The question for an ISBN of 10 or 13 digits, with or without hyphens or its 978; None when it is none."""
    digits = _ISBN_SIGNS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not re.fullmatch("[0-9]{9}[0-9X]|[0-9]{12,13}", digits):
        return None
    for candidate in (digits, "978" + digits):
        try:
            return Field("identifier", isbn_numbers.to_isbn13(isbn_numbers.validate(candidate)))
        except ValidationError:
            continue
    # A wrong ISBN that was printed in the book is kept in the record as printed.
    return Field("identifier", digits) if len(digits) != 12 else None


def years(text: str) -> Range | None:
    """2005, 2000-2010, 2000-, -2010, 昭和20年, or a decade as facets name it: 2010s."""
    text = unicodedata.normalize("NFKC", text).strip()
    if said := years_written(text) or years_written(f"{text}年"):
        return Range(*said)
    text = text.removesuffix("年")
    if re.fullmatch("[0-9]{3}0s", text):
        return Range(int(text[:4]), int(text[:4]) + 9)
    if (found := _YEARS.fullmatch(text)) and (found["low"] or found["high"]):
        return Range(int(found["low"] or 0), int(found["high"] or 9999))
    return None


def _piece(found: re.Match[str]) -> Query:
    field = (found["field"] or "").casefold()
    typed = found["phrase"] if found["phrase"] is not None else found["word"]
    if field in _TEXT_FIELDS:
        if not units(typed):
            return Nothing()
        return (Phrase if found["phrase"] is not None else Term)(typed, _TEXT_FIELDS[field])
    special = _special(field, typed)
    if special is not None:
        return special
    if found["phrase"] is not None:
        return Phrase(typed) if units(typed) else Nothing()
    return word_query(f"{found['field']}:{typed}" if field else typed)


def _special(field: str, typed: str) -> Query | None:
    match field:
        case "isbn":
            return isbn_query(typed)
        case "ndc" | "分類":
            number = unicodedata.normalize("NFKC", typed)
            return Prefix(number.rstrip(".")) if _NDC_BEGINNING.fullmatch(number) else None
        case "year" | "年" | "出版年":
            return years(typed)
        case _ if field in _KEY_FIELDS:
            return Field(_KEY_FIELDS[field], code_of(_KEY_FIELDS[field], typed))
        case _:
            return None


def word_query(typed: str) -> Query:
    """One word: itself, and what it may be besides (a number of some kind)."""
    plain = unicodedata.normalize("NFKC", typed).strip(".,()")
    if len(plain) > 2 and plain.endswith("*") and plain[:-1].isascii() and plain[:-1].isalnum():
        return Prefix(plain[:-1], "any")
    if not units(typed):
        return Nothing()
    also: list[Query] = []
    if isbn := isbn_query(plain):
        also.append(isbn)
    elif _NDC.fullmatch(plain):
        also.append(Prefix(plain))
    elif _YEAR.fullmatch(plain):
        also.append(Range(int(plain), int(plain)))
    elif said := next(filter(None, map(years_written, (plain, *with_other_numerals(plain)))), None):
        also.append(Range(*said))
    else:
        if _NUMBER.fullmatch(plain) and sum(sign.isdigit() for sign in plain) > 4:
            also.append(Field("identifier", normalised_number(plain)))
        if (span := _SPAN.fullmatch(plain)) and span["low"] <= span["high"]:
            also.append(Range(int(span["low"]), int(span["high"])))
    return any_of(_apart(typed), *also)


def _apart(typed: str) -> Query:
    """夏目漱石『こころ』 and 太宰治.人間失格 are two words; レオ・トルストイ and 芥川-龍之介 are one."""
    return all_of(*(Term(part) for part in _BREAKS.split(typed) if units(part)))


def loosened(query: Query) -> Query | None:
    """Two in five of the words of a pasted citation, at least two: records seldom have all that a citation says, and those
    with more of it come first. None when there are too few words to leave some out.
    """
    if isinstance(query, Or) and len(query.parts) == 2 and isinstance(query.parts[0], Field):
        return loosened(query.parts[1])
    parts = query.parts if isinstance(query, And) else ()
    words = tuple(part for part in parts if isinstance(part, Term | Phrase | Or))
    if len(words) < 3 or len(words) != len(parts):
        return None
    return AtLeast(max(2, -(-len(words) * 2 // 5)), words)


def normalised_number(number: str) -> str:
    """An identifier as it is compared: without hyphens and blanks, upper case."""
    return _ISBN_SIGNS.sub("", unicodedata.normalize("NFKC", number)).upper()
