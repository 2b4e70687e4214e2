"""Which sentences of the house a library may say its own way, and what figures each may name."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fumikura.kernel.reasons import OTHER_LANGUAGES, PATRON, REASONS, STAFF, WHY, ReasonText, sentence_name

TABLES: Final[Mapping[str, Promise]] = {
    "refusals": _("できないと伝えるとき"),
    "why": _("わけを説明するとき"),
    "patron": _("機械が利用者に伝えるとき"),
    "staff": _("職員に伝えるとき"),
}
_SAID_BY_MACHINES: Final = (
    "lent", "renewed", "hold-placed", "hold-cancelled", "returned", "returned-provisionally", "session-over",
    "put-in-bin", "put-in-crate", "put-on-table", "ask-staff",
)  # fmt: skip
"""Of what readers are told: by machines, as it happens. The rest reaches them as a notice, which has a text of its own."""
_HOUSE: Final[Mapping[str, Mapping[str, ReasonText]]] = {
    "refusals": {code: text for code, text in REASONS.items() if len(text.others) == len(OTHER_LANGUAGES)},
    "why": WHY,
    "patron": {code: PATRON[code] for code in _SAID_BY_MACHINES},
    "staff": STAFF,
}
SENTENCES: Final[Mapping[str, ReasonText]] = {
    sentence_name(table, code): text for table, texts in _HOUSE.items() for code, text in texts.items()
}
"""Refusals that are said in every language are those that a reader can meet; the others are about forms of the office."""


def languages_of(name: str) -> tuple[str, ...]:
    """What the house says a sentence in: all languages of the pages for readers, Japanese and English for staff."""
    return ("ja", "en", *(one for one in OTHER_LANGUAGES if one in SENTENCES[name].others))


FIGURE_NAMES: Final[Mapping[str, Promise]] = {
    "about": _("足りない権限・欄の名前"),
    "age": _("年齢"),
    "barcode": _("資料の番号"),
    "bin": _("返却の箱の名前"),
    "code": _("控えの番号"),
    "copies": _("資料の数"),
    "count": _("点数・人数"),
    "counter": _("数える種類（日本語）"),
    "counter_en": _("数える種類（英語）"),
    "day": _("日にち"),
    "days": _("日数"),
    "door": _("扉の番号"),
    "due": _("返す日"),
    "early": _("見込みの早い日"),
    "expired_on": _("期限の日"),
    "facility": _("館の番号"),
    "from_day": _("はじまる日"),
    "from_time": _("はじまる時刻"),
    "have": _("いまの数"),
    "instead": _("もう一方の停車の数"),
    "late": _("見込みの遅い日"),
    "limit": _("上限の数"),
    "line": _("行の番号"),
    "minutes": _("何分か"),
    "most": _("最大の数"),
    "number": _("カードの番号"),
    "place": _("館の名前"),
    "place_en": _("館の名前（英語）"),
    "position": _("順番"),
    "rule": _("規則の名前"),
    "site": _("館の名前"),
    "stops": _("停車の数"),
    "times": _("回数"),
    "until": _("終わる日"),
    "waiting": _("待つ人数"),
}
_FIGURE = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=256)
def figures_of(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(known always, known sometimes): what the house names in any language, outside and inside of [ ]."""
    text = SENTENCES[name]
    whole = "".join(
        (text.ja, text.way_out_ja, text.en, text.way_out_en, *("".join(one) for one in text.others.values()))
    )
    bare = re.sub(r"\[[^\]]*\]", "", whole)
    always = tuple(dict.fromkeys(_FIGURE.findall(bare)))
    return always, tuple(one for one in dict.fromkeys(_FIGURE.findall(whole)) if one not in always)
