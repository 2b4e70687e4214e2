"""By which rules a hold was taken: the version and the values that are kept with it, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from fumikura.circulation.models import Hold
from fumikura.circulation.queries import explain_hold
from fumikura.web.design.days import day, in_japanese
from fumikura.web.materials import MATERIALS

SHOWN: Mapping[str, Promise] = {
    "hold.allowed": gettext_lazy("予約できるか"),
    "hold.on_shelf": gettext_lazy("棚にある本の予約"),
    "hold.on_order": gettext_lazy("注文中の本の予約"),
    "hold.shelf_days": gettext_lazy("取り置きの日数"),
    "hold.shelf_unit": gettext_lazy("日数の数え方"),
    "hold.extensions": gettext_lazy("取り置きを延ばせる回数"),
    "hold.no_shows": gettext_lazy("予約が休みになる、取りに来なかった回数"),
    "overdue.blocks_holds_from_day": gettext_lazy("予約が止まる延滞の日数"),
}
SAID: Mapping[str, Promise] = {
    "unlimited": gettext_lazy("上限なし"),
    "none": gettext_lazy("なし"),
    "open": gettext_lazy("開館日"),
    "calendar": gettext_lazy("暦の日"),
    "True": gettext_lazy("はい"),
    "False": gettext_lazy("いいえ"),
}
LIMIT = "hold.limit."


@dataclass(frozen=True)
class KeptRule:
    words: str
    value: str
    rule: str


@dataclass(frozen=True)
class TakenBy:
    """What the hold remembers of the rules that let it be placed."""

    name: str
    since: str
    values: tuple[KeptRule, ...]


def taken_by(hold: Hold, today: date) -> TakenBy | None:
    """None for a hold that remembers nothing: one taken over from another system."""
    kept = explain_hold(hold)
    if kept is None:
        return None
    return TakenBy(kept.rules, day(kept.effective_from, today), tuple(_values(kept.given, kept.names)))


def _values(given: Mapping[str, tuple[Any, str]], names: Mapping[str, Mapping[str, str]]) -> Iterator[KeptRule]:
    language = "ja" if in_japanese() else "en"
    limits = [output for output in sorted(given) if output.startswith(LIMIT)]
    labels = {output: str(label) for output, label in SHOWN.items()}
    for output in limits:
        counter = output.removeprefix(LIMIT)
        called = names.get(counter, {}).get(language) or MATERIALS.get(counter, counter)
        labels[output] = gettext("予約できる数（{counter}）").format(counter=called)
    for output, words in labels.items():
        if output in given:
            value, rule = given[output]
            yield KeptRule(words, str(SAID.get(str(value), value)), rule)
