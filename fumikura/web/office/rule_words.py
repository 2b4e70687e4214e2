"""Words for what the rules speak of: materials, places, readers, doors, counters and values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fumikura.circulation.rules.policies import OR_DAYS
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.organisation.queries import facilities
from fumikura.patrons.queries import categories
from fumikura.web.design.days import day, in_japanese
from fumikura.web.materials import MATERIALS
from fumikura.web.office.frame import name_of

SITES: Mapping[str, Promise] = {
    "network": gettext_lazy("すべての館"),
    "library": gettext_lazy("図書館"),
    "central": gettext_lazy("中央館"),
    "branch": gettext_lazy("地域館"),
    "room": gettext_lazy("図書室"),
    "counter": gettext_lazy("図書館ターミナル"),
    "locker": gettext_lazy("予約ロッカー"),
    "stop": gettext_lazy("移動図書館"),
    "school": gettext_lazy("学校図書館"),
    "culture": gettext_lazy("文化施設"),
}
READERS: Mapping[str, Promise] = {
    "everyone": gettext_lazy("すべての利用者"),
    "person": gettext_lazy("個人"),
    "group": gettext_lazy("団体"),
}
RESIDENCIES: Mapping[str, Promise] = {
    "resident": gettext_lazy("市に住む人"),
    "works": gettext_lazy("市に勤める人"),
    "studies": gettext_lazy("市の学校に通う人"),
    "neighbour": gettext_lazy("近隣の市の人"),
    "group": gettext_lazy("団体の登録"),
}
SERVICES: Mapping[str, Promise] = {
    "accessible": gettext_lazy("障害者サービスの利用者"),
    "home-delivery": gettext_lazy("宅配サービスの利用者"),
    "school": gettext_lazy("学校へのサービス"),
    "institution": gettext_lazy("施設へのサービス"),
}
"""What staff tick on a reader's page."""
DOORS: Mapping[str, Promise] = {
    "desk": gettext_lazy("カウンター"),
    "self-check": gettext_lazy("自動貸出機"),
    "opac": gettext_lazy("ウェブ"),
    "telephone": gettext_lazy("電話"),
    "offline": gettext_lazy("オフライン"),
}
ORIGINS: Mapping[str, Promise] = {
    "own": gettext_lazy("市の資料"),
    "interlibrary": gettext_lazy("ほかの図書館から借りた資料"),
}
MODES: Mapping[str, Promise] = {"normal": gettext_lazy("ふだん"), "disaster": gettext_lazy("災害モードの間")}
CHANNELS: Mapping[str, Promise] = {
    "e-mail": gettext_lazy("メール"),
    "telephone": gettext_lazy("電話"),
    "postcard": gettext_lazy("はがき"),
    "letter": gettext_lazy("手紙"),
    "visit": gettext_lazy("訪問"),
}
VALUES: Mapping[str, Promise] = {
    "unlimited": gettext_lazy("上限なし"),
    "none": gettext_lazy("なし"),
    "calendar": gettext_lazy("暦の日"),
    "open": gettext_lazy("開館日"),
    "next-open": gettext_lazy("次の開館日へ"),
    "previous-open": gettext_lazy("前の開館日へ"),
    "keep": gettext_lazy("そのまま"),
    "renewal-day": gettext_lazy("延長した日"),
    "due-day": gettext_lazy("前の期限"),
    "blocks": gettext_lazy("できない"),
    "allowed": gettext_lazy("できる"),
    "refused": gettext_lazy("できない"),
    "lending-site": gettext_lazy("貸した館"),
    "owning-site": gettext_lazy("持っている館"),
    "any-waiting": gettext_lazy("だれかが待っていればできない"),
    "more-than-free-copies": gettext_lazy("待つ人が棚の本より多ければできない"),
    "never": gettext_lazy("待つ人がいてもできる"),
    "self": gettext_lazy("本人"),
    "household": gettext_lazy("世帯"),
    "reminders": gettext_lazy("督促だけ"),
    "reminders-and-blocks": gettext_lazy("督促と、延滞による貸出・予約の停止"),
    "exact": gettext_lazy("ちょうどこの日"),
    "not-after": gettext_lazy("この日より後にしない"),
    "not-before": gettext_lazy("この日より前にしない"),
    "outranked": gettext_lazy("もっと当てはまる規則があった"),
    "inherits": gettext_lazy("次の規則にまかせた"),
    "does-not-match": gettext_lazy("条件が合わない"),
    "not-in-force": gettext_lazy("この日は効いていない"),
}
TREES = {"material": MATERIALS, "site": SITES, "category": READERS}


@dataclass(frozen=True)
class Names:
    """Words for the nodes of this city, read once a page."""

    rule_set: RuleSet
    places: Mapping[str, str]
    readers: Mapping[str, str]
    kinds: Mapping[str, str]
    """What each place is, by its code."""

    @classmethod
    def for_page(cls, rule_set: RuleSet) -> "Names":
        network = facilities()
        places = {one.code: name_of(one) for one in network}
        readers = {one.code: one.name if in_japanese() or not one.name_en else one.name_en for one in categories()}
        return cls(rule_set, places, readers, {one.code: one.kind for one in network})

    def of(self, dimension: str, value: str) -> str:
        if dimension in {"owner", "transaction", "pickup"}:
            return self.places.get(value) or str(SITES.get(value, value))
        if dimension == "category":
            return self.readers.get(value) or str(READERS.get(value, value))
        tables = {
            "material": MATERIALS, "residency": RESIDENCIES, "channel": DOORS, "origin": ORIGINS, "mode": MODES,
            "service": SERVICES,
        }  # fmt: skip
        return str(tables.get(dimension, {}).get(value, value))

    def counter(self, counter: str) -> str:
        return counter_name(self.rule_set, counter)

    def choices(self, dimension: str) -> list[tuple[str, str]]:
        """Everything that a condition on this dimension may name, in the order of its tree."""
        trees = {"material": "material", "category": "category"} | dict.fromkeys(
            ("owner", "transaction", "pickup"), "site"
        )
        if tree := trees.get(dimension):
            nodes = _nodes(self.rule_set.trees.get(tree, {}), TREES[tree])
            own = self.places if tree == "site" else self.readers if tree == "category" else {}
            codes = list(dict.fromkeys([*nodes, *own]))
            if tree == "category":
                # A kind of reader that the rules foresee and this city has not is offered to nobody.
                codes = [code for code in codes if code in own or code in READERS]
        else:
            tables = {
                "residency": RESIDENCIES, "channel": DOORS, "origin": ORIGINS, "mode": MODES, "service": SERVICES,
            }  # fmt: skip
            codes = list(tables.get(dimension, {}))
        return [(code, self.of(dimension, code)) for code in codes]


def counter_name(rule_set: RuleSet, counter: str) -> str:
    """What a counter is called: by the set, or as the material is."""
    language = "ja" if in_japanese() else "en"
    return rule_set.names.get(counter, {}).get(language) or str(MATERIALS.get(counter, counter))


def _nodes(tree: Mapping[str, Sequence[str]], known: Iterable[str]) -> list[str]:
    found = [node for parent, children in tree.items() for node in (parent, *children)]
    return list(dict.fromkeys([*known, *found]))


def say(value: Any) -> str:
    """A value of a rule in words."""
    if value is True or value is False:
        return _("はい") if value else _("いいえ")
    if isinstance(value, Mapping):
        return _hard(value) if "kind" in value else "、".join(
            f"{DOORS.get(door, door)} {count}" for door, count in value.items()
        )  # fmt: skip
    if isinstance(value, Sequence) and not isinstance(value, str):
        return stages_in_words(value) if value and isinstance(value[0], Mapping) else "・".join(
            str(MATERIALS.get(part, part)) for part in value
        ) or str(VALUES["none"])  # fmt: skip
    return str(VALUES.get(str(value), value))


def say_of(output: str, value: Any) -> str:
    """The same where it matters what it is a value of."""
    if output in OR_DAYS and isinstance(value, int):
        return _("{days}日おくれまでできる").format(days=value)
    return say(value)


def _hard(value: Mapping[str, Any]) -> str:
    return f"{day(date.fromisoformat(str(value['day'])))} {VALUES.get(str(value['kind']), value['kind'])}"


def stages_in_words(stages: Iterable[Mapping[str, Any]]) -> str:
    """7 メール、14 電話"""
    return "、".join(f"{stage['day']} {CHANNELS.get(stage['by'], stage['by'])}" for stage in stages)


def typed_words(text: str, table: Mapping[str, Promise]) -> list[tuple[str, int]]:
    """(code, number) pairs as typed in either order: 「7 メール、14 電話」. ValueError when a part is neither."""
    by_word = {str(words): code for code, words in table.items()} | {code: code for code in table}
    pairs = []
    for part in re.split(r"[、,，;；\n]+", text.strip()):
        halves = re.fullmatch(r"\s*(?:(\d{1,4})\s*日?\s*(\D+?)|(\D+?)\s*(\d{1,4})\s*日?)\s*", part)
        if halves is None:
            raise ValueError(part)
        number, word = halves[1] or halves[4], (halves[2] or halves[3]).strip()
        if word not in by_word:
            raise ValueError(part)
        pairs.append((by_word[word], int(number)))
    return pairs
