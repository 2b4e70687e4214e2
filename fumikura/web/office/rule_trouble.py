"""What stands against a draft, in words: the rules it is about side by side, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fumikura.circulation.rules.counting import counts
from fumikura.circulation.rules.resolution import Rule, RuleSet
from fumikura.circulation.rules.saving import problems
from fumikura.web.design.days import in_japanese
from fumikura.web.office.rule_form import words_of
from fumikura.web.office.rule_sentences import Told, limit_words, tell
from fumikura.web.office.rule_words import Names

SHOWN = frozenset(
    {
        "ambiguous", "unreachable", "no-default",
        "counter-taken", "counter-empty", "counter-in-itself", "counter-of-other-kind", "counter-never-full",
    }
)  # fmt: skip
"""What rules.saving may say: all of it is told here."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    sentence: str
    way_out: str
    outputs: tuple[str, ...] = ()
    """What two rules answer differently."""
    rules: tuple[Told, ...] = ()
    limits: tuple[str, ...] = ()
    """The limits that do not fit together."""


def trouble_of(rule_set: RuleSet, names: Names) -> list[Trouble]:
    """What stands against these rules: for each pair that quarrels both rules, to be shown side by side."""
    gathered: dict[tuple[str, ...], list[str]] = {}
    for kind, *about in problems(rule_set, names.kinds):
        if kind in {"ambiguous", "counter-never-full"}:
            gathered.setdefault((kind, about[0], about[1]), []).append(about[2])
        else:
            gathered.setdefault((kind, *about), [])
    by_id = {rule.id: rule for rule in rule_set.rules}
    found = []
    for (kind, *about), outputs in gathered.items():
        if kind == "counter-never-full":
            found.append(_never_full(by_id[about[0]], about[1], outputs, names))
            continue
        sentence, way_out = (
            _of_counter(kind, about, names) if kind.startswith("counter-") else _of_rules(kind, about, names)
        )
        told = tuple(tell(by_id[one], names) for one in about if one in by_id)
        differing = tuple(words_of(one, names) for one in outputs)
        found.append(Trouble(sentence=sentence, way_out=way_out, outputs=differing, rules=told))
    return found


def _never_full(rule: Rule, output: str, around: Sequence[str], names: Names) -> Trouble:
    """A limit that is out of reach; of its rule and of others only the limits that quarrel are told."""
    counter = names.counter(_counter(output))
    comma = "・" if in_japanese() else ", "
    outer = comma.join(_("「{name}」").format(name=names.counter(_counter(one))) for one in around)
    limits = [
        _("{rule}：{limit}").format(rule=one.id, limit=limit_words(other, one.gives[other], names))
        for other in (output, *around)
        for one in names.rule_set.rules
        if isinstance(one.gives.get(other), int) and (one is rule or other != output)
    ]
    return Trouble(
        sentence=_("「{counter}」の上限に届くことがありません。先に{outer}がいっぱいになります。").format(
            counter=counter, outer=outer
        ),
        way_out=_(
            "「{counter}」を小さくするか、{outer}を大きくしてください。この規則の人に{outer}の上限がないときは、この規則でそれを上限なしにします。"
        ).format(counter=counter, outer=outer),
        limits=tuple(limits),
    )


def _counter(output: str) -> str:
    return output.rpartition(".")[2]


def _of_rules(kind: str, about: list[str], names: Names) -> tuple[str, str]:
    match kind:
        case "ambiguous":
            return (
                _("この2つの規則は、同じ場合に別々の答えを出します。どちらを先にするか決められません。"),
                _("どちらかの条件を狭くするか、はじまる日をずらしてください。"),
            )
        case "unreachable":
            return _("この規則に当てはまる日や年齢がありません。"), _("期間か年齢を直してください。")
        case _:
            needed = _("条件のない規則（基本）に、この値を入れてください：")
            return _("どの規則も答えないことがあります。"), f"{needed} {words_of(about[-1], names)}"


def _of_counter(kind: str, about: list[str], names: Names) -> tuple[str, str]:
    counter = names.counter(_counter(about[0 if len(about) == 1 else 1]))
    match kind:
        case "counter-of-other-kind":
            conditions = names.rule_set.counters[_counter(about[1])]
            if counts(conditions, "loan"):
                said = _("「{counter}」は貸出だけを数えるので、予約の上限にはできません。")
                return said.format(counter=counter), _("予約を数えるには、受け取る館で数え方を作ってください。")
            said = _("「{counter}」は予約だけを数えるので、貸出の上限にはできません。")
            return said.format(counter=counter), _("貸出を数えるには、貸した館か持っている館で数え方を作ってください。")
        case "counter-in-itself":
            return (
                _("「{counter}」が、めぐりめぐって自分の中に入っています。").format(counter=counter),
                _("入れ子のどこかを外してください。"),
            )
        case "counter-taken":
            return (
                _("「{counter}」は資料の名前と同じなので、どちらを数えるのか決められません。").format(counter=counter),
                _("数え方の記号を変えてください。"),
            )
        case _:
            return (
                _("数え方「{counter}」に当てはまるものがありません。").format(counter=counter),
                _(
                    "何を数えるかを選んでください。貸した館や持っている館と、受け取る館とは、1つの数え方では選べません。"
                ),
            )
