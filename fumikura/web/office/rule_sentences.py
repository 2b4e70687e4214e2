"""A rule as sentences that a manager reads, and the blanks in them that a manager fills in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fumikura.circulation.rules.resolution import INHERIT, Rule
from fumikura.web.design.days import day, in_japanese
from fumikura.web.materials import MATERIALS
from fumikura.web.office.rule_words import Names, say, say_of

CLAUSES: Mapping[str, tuple[tuple[str, Promise], ...]] = {
    "loan": (
        ("loan.allowed", gettext_lazy("貸す：{value}")),
        ("loan.period", gettext_lazy("貸出の期間は{value}日")),
        ("loan.unit", gettext_lazy("日数は{value}で数える")),
        ("loan.closed_day", gettext_lazy("期限が休館日に当たるときは{value}")),
        ("loan.calendar_of", gettext_lazy("休館日は{value}の暦で見る")),
        ("loan.hard", gettext_lazy("決まった期限の日：{value}")),
        ("loan.cap_at_card_expiry", gettext_lazy("カードの期限をこえて貸さない：{value}")),
        ("loan.guardian_consent_for", gettext_lazy("保護者の同意が要る資料：{value}")),
        ("overnight.from_minutes_before_closing", gettext_lazy("一夜貸しは閉館の{value}分前から")),
        ("overnight.until_minutes_after_opening", gettext_lazy("一夜貸しの返却は開館から{value}分まで")),
        ("overnight.stages", gettext_lazy("一夜貸しの督促（返す朝からの日数と方法）：{value}")),
    ),
    "renewal": (
        ("renewal.max", gettext_lazy("延長は{value}回まで")),
        ("renewal.period", gettext_lazy("1回の延長は{value}日")),
        ("renewal.anchor", gettext_lazy("延長の日数は{value}から数える")),
        ("renewal.blocked_by_holds", gettext_lazy("予約があるときの延長：{value}")),
        ("renewal.overdue", gettext_lazy("延滞しているときの延長：{value}")),
        ("renewal.card_expired", gettext_lazy("カードの期限が切れたときの延長：{value}")),
        ("renewal.on_loan_day", gettext_lazy("借りた日のうちの延長：{value}")),
        ("renewal.not_before_due_days", gettext_lazy("延長できるのは期限の{value}日前から")),
        ("renewal.longest_stay", gettext_lazy("延長しても、貸出の日から{value}日まで")),
    ),
    "hold": (
        ("hold.allowed", gettext_lazy("予約を受ける：{value}")),
        ("hold.on_shelf", gettext_lazy("棚にある本の予約を受ける：{value}")),
        ("hold.on_order", gettext_lazy("注文中の本の予約を受ける：{value}")),
        ("hold.before_lending_start", gettext_lazy("貸出開始の前から予約を受ける：{value}")),
        ("hold.per_day", gettext_lazy("1日に受ける予約の数：{value}")),
        ("hold.visitor_beats_pick_list", gettext_lazy("棚から本を持ってきた人に先に貸す：{value}")),
        ("hold.new_item_days", gettext_lazy("新しい本は{value}日のあいだ、その館で受け取る人を先にする")),
        ("hold.shelf_days", gettext_lazy("取り置きは{value}日")),
        ("hold.shelf_unit", gettext_lazy("取り置きの日数は{value}で数える")),
        ("hold.letter_days", gettext_lazy("はがきで知らせるときは{value}日を加える")),
        ("hold.extensions", gettext_lazy("取り置きの延長は{value}回まで")),
        ("hold.extension_days", gettext_lazy("取り置きの延長は1回{value}日")),
        ("hold.no_shows", gettext_lazy("1年に{value}回取りに来なければ予約を休みにする")),
        ("hold.no_show_pause_days", gettext_lazy("予約の休みは{value}日")),
    ),
    "overdue": (
        ("overdue.stages", gettext_lazy("督促（期限からの日数と方法）：{value}")),
        ("overdue.scope", gettext_lazy("延滞は{value}で見る")),
        ("overdue.blocks_loans_from_day", gettext_lazy("延滞{value}日目から貸さない")),
        ("overdue.blocks_holds_from_day", gettext_lazy("延滞{value}日目から予約を受けない")),
        ("overdue.blocks_e_loans_from_day", gettext_lazy("延滞{value}日目から電子書籍も貸さない")),
        ("overdue.exemption_stops", gettext_lazy("督促の猶予のあいだ止めるもの：{value}")),
        ("overdue.pause_days_per_day", gettext_lazy("遅れた1日につき{value}日、貸出を休む")),
        ("overdue.pause_most", gettext_lazy("貸出の休みは長くて{value}日")),
    ),
    "other": (
        ("shelf.not_found_tries", gettext_lazy("棚で{value}回見つからなければ不明にする")),
        ("movement.missing_after_open_days", gettext_lazy("開館日で{value}日届かなければ、回送中の不明とする")),
        ("floating.group", gettext_lazy("返した館にそのまま置く館のあつまり：{value}")),
        ("floating.most_per_title", gettext_lazy("同じ本を置くのは{value}点まで")),
    ),
}
GROUPS: Mapping[str, Promise] = {
    "loan": gettext_lazy("貸出"),
    "limits": gettext_lazy("借りられる数・予約できる数"),
    "renewal": gettext_lazy("延長"),
    "hold": gettext_lazy("予約と取り置き"),
    "overdue": gettext_lazy("延滞と督促"),
    "other": gettext_lazy("棚と回送"),
}
_IN_THE_HEADLINE = frozenset({"loan.allowed", "loan.period", "loan.unit", "renewal.max", "renewal.period"})


@dataclass(frozen=True, kw_only=True)
class Told:
    """One rule as a person reads it."""

    id: str
    headline: str
    """Who may borrow what for how long, as one sentence."""
    more: tuple[str, ...]
    days: str
    """From when, until when."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One rule as it was and as it becomes: of what both say only how much it is."""

    how: str
    """added, removed or changed."""
    old: Told | None
    new: Told | None
    alike: int = 0
    """Sentences that stay as they are and are left out."""
    was: tuple[tuple[str, bool], ...] = ()
    becomes: tuple[tuple[str, bool], ...] = ()
    """The headlines in pieces: (words, whether the other side says otherwise)."""


def change(how: str, old: Told | None, new: Told | None) -> Change:
    if old is None or new is None:
        return Change(how=how, old=old, new=new)
    return Change(
        how=how,
        old=replace(old, more=tuple(one for one in old.more if one not in new.more)),
        new=replace(new, more=tuple(one for one in new.more if one not in old.more)),
        alike=sum(one in old.more for one in new.more),
        was=_marked(old.headline, new.headline),
        becomes=_marked(new.headline, old.headline),
    )


def _marked(headline: str, other: str) -> tuple[tuple[str, bool], ...]:
    pieces, theirs = (re.findall(r"[^、。,.]+[、。,.]?\s*", words) for words in (headline, other))
    return tuple((piece, piece not in theirs) for piece in pieces)


def tell(rule: Rule, names: Names) -> Told:
    return Told(
        id=rule.id,
        headline=headline(rule, names),
        more=tuple(_clauses(rule, names)),
        days=_days(rule.starts, rule.ends),
    )


def headline(rule: Rule, names: Names) -> str:
    """一般の市民は、図書を 図書・雑誌15点まで 2週間借りられます。予約がなければ1回延長できます。"""
    who, what = subject_of(rule, names)
    gives = rule.gives
    if gives.get("loan.allowed") is False:
        return _("{who}は、{what}を借りられません。").format(who=who, what=what)
    how = [*_limits(rule, names), *_period(gives)]
    borrow = _("{who}は、{what}を{how}借りられます。").format(who=who, what=what, how=_comma().join(how)) if how else ""
    renew = _renewal(gives)
    if not borrow and not renew:
        return _("{who}が使う{what}の決まり。").format(who=who, what=what)
    return borrow + (renew if borrow else _("{who}、{what}：").format(who=who, what=what) + renew)


def subject_of(rule: Rule, names: Names) -> tuple[str, str]:
    """Whom and what a rule is about, in words."""
    conditions = rule.conditions
    who = _listed(conditions, ("category", "residency", "service"), names)
    if age := conditions.get("age"):
        who.append(_("{first}〜{last}歳").format(first=age[0], last=age[1]))
    what = _listed(conditions, ("material", "collection", "origin"), names)
    where = [
        _("{place}で").format(place=_words(conditions["transaction"], "transaction", names))
    ] if "transaction" in conditions else []  # fmt: skip
    if "pickup" in conditions:
        where.append(_("{place}で受け取るとき").format(place=_words(conditions["pickup"], "pickup", names)))
    if "channel" in conditions:
        where.append(_("{door}から").format(door=_words(conditions["channel"], "channel", names)))
    if "owner" in conditions:
        what.append(_("{place}の資料").format(place=_words(conditions["owner"], "owner", names)))
    when = [_words(conditions["mode"], "mode", names)] if "mode" in conditions else []
    if season := conditions.get("season"):
        first, last = (day(date.fromisoformat(str(end))) for end in season)
        when.append(_("{first}から{last}まで").format(first=first, last=last))
    around = _comma().join([*when, *where])
    whom = "・".join(who) or _("すべての利用者")
    return (f"{around}{_comma()}{whom}" if around else whom), "・".join(what) or _("すべての資料")


def tell_counter(code: str, names: Names) -> Told:
    """A counter of the set: what it counts, and which rules set a limit on it."""
    rule_set = names.rule_set
    limits = [
        _("{rule}：{limit}").format(rule=rule.id, limit=limit_words(output, value, names))
        for rule in rule_set.rules
        for output, value in rule.gives.items()
        if output in {f"loan.limit.{code}", f"hold.limit.{code}"} and value not in (INHERIT, "unlimited")
    ]
    what = counted_words(rule_set.counters[code], names)
    return Told(
        id=names.counter(code),
        headline=_("{what}を、合わせて数えます。").format(what=what),
        more=tuple(limits),
        days="",
    )


def counted_words(conditions: Mapping[str, Any], names: Names) -> str:
    """What a counter counts: 中央図書館で借りた図書."""
    what = "・".join(_listed(conditions, ("material", "origin"), names)) or _("もの")
    sentences = {
        "collection": _("コレクション「{where}」の{what}"),
        "owner": _("{where}の{what}"),
        "transaction": _("{where}で借りた{what}"),
        "pickup": _("{where}で受け取る{what}"),
    }
    for dimension, words in sentences.items():
        if conditions.get(dimension):
            what = words.format(where=_words(conditions[dimension], dimension, names), what=what)
    return what


def limit_words(output: str, limit: Any, names: Names) -> str:
    """DVDは2点まで."""
    return words_of_limit(output, names).replace("{value}", say(limit))


def words_of_limit(output: str, names: Names) -> str:
    """The sentence of a limit, with {value} where the number stands."""
    counter = names.counter(output.rpartition(".")[2])
    words = _("{counter}の予約は{value}点まで") if output.startswith("hold") else _("{counter}は{value}点まで")
    return words.replace("{counter}", counter)


def _comma() -> str:
    return "、" if in_japanese() else ", "


def _listed(conditions: Mapping[str, Any], dimensions: tuple[str, ...], names: Names) -> list[str]:
    return [_words(conditions[one], one, names) for one in dimensions if one in conditions]


def _words(value: Any, dimension: str, names: Names) -> str:
    values = [value] if isinstance(value, str) else list(value)
    return "・".join(names.of(dimension, one) for one in values)


def _limits(rule: Rule, names: Names) -> Iterator[str]:
    for output, limit in in_order(rule.gives):
        if output.startswith("loan.limit.") and isinstance(limit, int):
            yield _("{counter}{limit}点まで").format(counter=names.counter(output[11:]), limit=limit)


def in_order(gives: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Limits in the order of the materials, all together first: a database need not keep the order of keys."""
    order = ["total", *MATERIALS]

    def rank(pair: tuple[str, Any]) -> tuple[int, str]:
        counter = pair[0].rpartition(".")[2]
        return (order.index(counter) if counter in order else len(order), pair[0])

    return sorted(gives.items(), key=rank)


def _period(gives: Mapping[str, Any]) -> Iterator[str]:
    period = gives.get("loan.period")
    if not isinstance(period, int):
        return
    if gives.get("loan.unit") == "open":
        yield _("開館日で{days}日").format(days=period)
    elif period % 7 == 0 and period:
        yield _("{weeks}週間").format(weeks=period // 7)
    else:
        yield _("{days}日").format(days=period)


def _renewal(gives: Mapping[str, Any]) -> str:
    times = gives.get("renewal.max")
    if times is None or times == INHERIT:
        return ""
    if times == 0:
        return _("延長はできません。")
    blocked = {"any-waiting": _("予約がなければ"), "more-than-free-copies": _("待つ人が棚の本より多くなければ")}
    when = blocked.get(str(gives.get("renewal.blocked_by_holds")), "")
    if times == "unlimited":
        return when + _("何回でも延長できます。")
    period = gives.get("renewal.period")
    if isinstance(period, int):
        return when + _("{times}回、{days}日ずつ延長できます。").format(times=times, days=period)
    return when + _("{times}回延長できます。").format(times=times)


def _clauses(rule: Rule, names: Names) -> Iterator[str]:
    """The rest, one sentence a value, in the order of the groups."""
    for output, limit in in_order(rule.gives):
        kind, _dot, counter = output.rpartition(".")
        if kind == "hold.limit" and limit != INHERIT:
            yield _("{counter}の予約は{limit}点まで").format(counter=names.counter(counter), limit=say(limit))
        elif kind == "loan.limit" and not isinstance(limit, int) and limit != INHERIT:
            yield _("{counter}は{limit}").format(counter=names.counter(counter), limit=say(limit))
    for clauses in CLAUSES.values():
        for output, words in clauses:
            value = rule.gives.get(output, INHERIT)
            if value != INHERIT and output not in _IN_THE_HEADLINE:
                yield _filled(output, str(words), value)


def _filled(output: str, words: str, value: Any) -> str:
    """A number that is unlimited reads as "no limit" behind the sentence, not inside it."""
    if value == "unlimited":
        return (
            f"{words.format(value='○')}：{say(value)}" if in_japanese() else f"{words.format(value='…')}: {say(value)}"
        )
    return words.format(value=say_of(output, value))


def _days(starts: date, ends: date | None) -> str:
    if ends:
        return _("{first}から{last}まで").format(first=day(starts), last=day(ends))
    return _("{first}から").format(first=day(starts))
