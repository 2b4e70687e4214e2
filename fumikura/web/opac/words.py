"""Words for codes on public pages: kinds of material, languages, classes."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fumikura.catalogue import ndc
from fumikura.web.design.days import in_japanese

# MARC language codes.
LANGUAGES: Mapping[str, Promise] = {
    "jpn": _("日本語"),
    "eng": _("英語"),
    "chi": _("中国語"),
    "kor": _("韓国・朝鮮語"),
    "fre": _("フランス語"),
    "ger": _("ドイツ語"),
    "spa": _("スペイン語"),
    "por": _("ポルトガル語"),
    "ita": _("イタリア語"),
    "rus": _("ロシア語"),
    "vie": _("ベトナム語"),
    "tha": _("タイ語"),
    "ind": _("インドネシア語"),
    "tgl": _("タガログ語"),
    "nep": _("ネパール語"),
    "lat": _("ラテン語"),
    "ain": _("アイヌ語"),
    "mul": _("いくつかの言語"),
    "und": _("言語の記録なし"),
    "zxx": _("ことばのないもの"),
}
# 日本十進分類法, the ten classes.
CLASSES: Mapping[str, Promise] = {
    "0": _("総記・情報"),
    "1": _("哲学・宗教"),
    "2": _("歴史・地理"),
    "3": _("社会・教育"),
    "4": _("自然科学・医学"),
    "5": _("技術・暮らし"),
    "6": _("産業・交通"),
    "7": _("芸術・スポーツ"),
    "8": _("ことば"),
    "9": _("文学"),
}
CLASS_NOTES: Mapping[str, Promise] = {
    "0": _("図書館、コンピュータ、百科事典"),
    "1": _("心、生きかた、神と仏"),
    "2": _("日本と世界の歴史、伝記、旅"),
    "3": _("法律、経済、福祉、学校、昔話"),
    "4": _("数、星、生きもの、からだ"),
    "5": _("料理、手芸、建築、機械"),
    "6": _("農業、商い、鉄道、動物の世話"),
    "7": _("絵、音楽、写真、山と球技"),
    "8": _("日本語、外国語、文章の書きかた"),
    "9": _("物語、詩、随筆、戯曲"),
}
SORTS: Mapping[str, Promise] = {
    "relevance": _("よく合う順"),
    "arrived": _("新しく入った順"),
    "newest": _("出版年の新しい順"),
    "oldest": _("出版年の古い順"),
    "title": _("書名の五十音順"),
    "creator": _("書いた人の五十音順"),
    "loans": _("よく借りられる順"),
}
FACETS: Mapping[str, Promise] = {
    "available": _("いま棚にある館"),
    "site": _("持っている館"),
    "kind": _("形"),
    "accessible": _("読みやすい形"),
    "audience": _("だれのための本"),
    "ndc": _("分類"),
    "year": _("出版年"),
    "language": _("ことば"),
    "series": _("シリーズ"),
}
AUDIENCES: Mapping[str, Promise] = {
    "child": _("子ども"),
    "young-adult": _("中高生"),
    "general": _("おとな"),
}
ACCESSIBLE: Mapping[str, Promise] = {
    "braille": _("点字"),
    "tactile": _("さわって読む本"),
    "large-print": _("大きな活字"),
    "daisy": _("DAISY"),
    "easy": _("やさしく読める本（LLブック）"),
    "audio": _("朗読・録音"),
    "captions": _("字幕つき"),
    "audio-description": _("音声ガイドつき"),
}
# Why a title stands near another.
NEAR: Mapping[str, Promise] = {
    "list": _("同じ特集"),
    "series": _("同じシリーズ"),
    "subject": _("同じテーマ"),
    "class": _("同じ分類"),
}
# Why a hit was found although its title is written otherwise; nothing need be said of an exact one.
WHYS: Mapping[str, Promise] = {
    "kana": _("ひらがなとカタカナを同じに見ました"),
    "reading": _("読みが一致しました"),
    "old-form": _("旧字と新字を同じに見ました"),
    "variant": _("異なる字体を同じに見ました"),
    "sound": _("読みの音が一致しました"),
    "other": _("目次、注記、番号などの中にありました"),
}


def of_language(code: str) -> str:
    return str(LANGUAGES.get(code, code))


def of_decade(code: str) -> str:
    """2010s → 2010年から2019年; 1990-2005 → 1990年から2005年; 1990- → 1990年から."""
    low, dash, high = code.partition("-")
    if dash and (low or low == "") and (low + high).isdigit():
        return str((_in_decade if low and high else _since if low else _until) % {"first": low, "last": high})
    first = code.removesuffix("s")
    if not first.isdigit():
        return code
    return _in_decade % {"first": first, "last": int(first) + 9}


_since = _("%(first)s年から")
_until = _("%(last)s年まで")
_in_decade = _("%(first)s年から%(last)s年")


def anywhere() -> str:
    return gettext("どの館でも")


def of_classes(codes: Iterable[str]) -> dict[str, str]:
    """9 → 9 文学, 91 → 910 日本文学; a number without a name stands for itself."""
    wanted = list(codes)
    labels = ndc.labels_of(wanted, "ja" if in_japanese() else "en")
    return {code: " ".join(filter(None, [_on_the_spine(code), labels.get(code, "")])) for code in wanted}


def _on_the_spine(code: str) -> str:
    return code if len(code) == 1 else ndc.as_printed(code)
