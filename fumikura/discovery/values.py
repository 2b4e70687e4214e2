"""What people call the codes of the index: 英語 is eng, まんが is comic."""

import unicodedata
from collections.abc import Mapping
from typing import Final

_KINDS: Final = {
    "book": "本 図書",
    "large-print": "大きな活字の本 大活字 大活字本",
    "picture-book": "絵本",
    "comic": "まんが マンガ 漫画 コミック",
    "magazine": "雑誌",
    "newspaper": "新聞",
    "map": "地図",
    "score": "楽譜",
    "cd": "音楽",
    "dvd": "映画",
    "video": "ビデオ",
    "e-book": "電子書籍 電子図書",
    "braille": "点字",
    "daisy": "デイジー 録音図書",
}
_LANGUAGES: Final = {
    "jpn": "日本語 japanese ja",
    "eng": "英語 english en",
    "chi": "中国語 chinese zh",
    "kor": "韓国語 朝鮮語 korean ko",
    "fre": "フランス語 仏語 french fr",
    "ger": "ドイツ語 独語 german de",
    "spa": "スペイン語 spanish es",
    "por": "ポルトガル語 portuguese pt",
    "ita": "イタリア語 italian it",
    "rus": "ロシア語 露語 russian ru",
    "vie": "ベトナム語 vietnamese vi",
    "tha": "タイ語 thai th",
    "ind": "インドネシア語 indonesian id",
    "tgl": "タガログ語 フィリピン語 tagalog",
    "nep": "ネパール語 nepali ne",
}
_AUDIENCES: Final = {
    "child": "子ども こども 子供 児童 children",
    "young-adult": "中高生 ヤング ya ティーンズ",
    "general": "一般 おとな 大人 adult",
}


def _by_word(codes: Mapping[str, str]) -> dict[str, str]:
    return {word: code for code, words in codes.items() for word in words.split()}


_CODES: Final = {"kind": _by_word(_KINDS), "language": _by_word(_LANGUAGES), "audience": _by_word(_AUDIENCES)}


def code_of(field: str, word: str) -> str:
    """The code for what was typed; what is not known is taken for a code."""
    plain = unicodedata.normalize("NFKC", word).strip()
    return _CODES.get(field, {}).get(plain.casefold(), plain)
