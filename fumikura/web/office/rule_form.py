"""The form of one rule: conditions to tick, sentences with a blank. An empty blank leaves the value to the other rules."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from fumikura.circulation.rules.counting import counts
from fumikura.circulation.rules.policies import CHANNELS as STAGE_CHANNELS
from fumikura.circulation.rules.policies import OR_DAYS, OUTPUTS, STAGES
from fumikura.circulation.rules.resolution import INHERIT, RuleSet
from fumikura.organisation.queries import facilities
from fumikura.web.materials import MATERIALS
from fumikura.web.office.frame import name_of
from fumikura.web.office.rule_sentences import CLAUSES, GROUPS, words_of_limit
from fumikura.web.office.rule_words import CHANNELS, DOORS, VALUES, Names, say, stages_in_words, typed_words
from fumikura.web.visitors import typed

TICKED = ("category", "residency", "service", "material", "origin", "transaction", "owner", "pickup", "channel", "mode")
"""Conditions that are chosen from a list; one ticked means it and all below it, several mean any of them."""
WRITTEN = ("collection",)
"""Conditions without a list: codes, separated by blanks."""
LISTED = ("floating.group", "loan.guardian_consent_for")
"""Values that are several of a list, ticked."""
HARD = ("exact", "not-after", "not-before")
DAYS = "days"
"""Chosen where a number of days stands in place of a word."""


@dataclass(frozen=True, kw_only=True)
class Blank:
    """One sentence with a blank."""

    output: str
    before: str
    after: str
    kind: str
    """number, choice, words, day, days or ticks."""
    value: str = ""
    is_unlimited: bool = False
    options: tuple[tuple[str, str], ...] = ()
    error: str = ""
    day: str = ""
    """Beside the choice: the hard date of its kind, or the number of days."""
    chosen: tuple[str, ...] = ()
    """What is ticked."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    dimension: str
    label: str
    options: tuple[tuple[str, str, bool], ...]
    chosen: str
    """What is ticked, in words."""


class Unreadable(Exception):
    """Something typed cannot be read: field to sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = errors
        super().__init__(", ".join(errors))


def read_rule(sent: QueryDict, rule_set: RuleSet) -> dict[str, Any]:
    """The rule that was typed, as data. Unreadable names every field that cannot be read."""
    errors: dict[str, str] = {}
    rule: dict[str, Any] = {"id": typed(sent, "id", 40)}
    if not rule["id"]:
        errors["id"] = _("規則の名前を入れてください。")
    for name in ("from", "until"):
        written = typed(sent, name, 10)
        try:
            if written or name == "from":
                rule[name] = date.fromisoformat(written).isoformat()
        except ValueError:
            errors[name] = _("日を選んでください。")
    rule["if"] = _conditions(sent, errors)
    rule["give"] = _gives(sent, rule_set, errors)
    if not rule["give"] and not errors:
        errors["give"] = _("決めることが1つもありません。どれかの空らんに入れてください。")
    if errors:
        raise Unreadable(errors)
    return rule


def _conditions(sent: QueryDict, errors: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for dimension in TICKED:
        if ticked := [value for value in sent.getlist(f"if:{dimension}") if len(value) <= 40]:
            found[dimension] = ticked[0] if len(ticked) == 1 else ticked
    for dimension in WRITTEN:
        if written := typed(sent, f"if:{dimension}", 200).split():
            found[dimension] = written[0] if len(written) == 1 else written
    first, last = typed(sent, "age:first", 3), typed(sent, "age:last", 3)
    if first or last:
        if all(not end or re.fullmatch("[0-9]+", end) for end in (first, last)):
            found["age"] = [int(first or 0), int(last or 150)]
        else:
            errors["age"] = _("年齢は数字で入れてください。")
    begins, ends = typed(sent, "season:first", 10), typed(sent, "season:last", 10)
    if begins or ends:
        try:
            found["season"] = [date.fromisoformat(end).isoformat() for end in (begins, ends)]
        except ValueError:
            errors["season"] = _("期間のはじめと終わりの両方を選んでください。")
    return found


def _gives(sent: QueryDict, rule_set: RuleSet, errors: dict[str, str]) -> dict[str, Any]:
    gives: dict[str, Any] = {}
    for output in [*OUTPUTS, *limits_of(rule_set)]:
        written = " ".join(sent.getlist(f"v:{output}"))[:400] if output in LISTED else typed(sent, f"v:{output}", 400)
        unlimited = f"u:{output}" in sent
        if not written and not unlimited:
            continue
        try:
            gives[output] = "unlimited" if unlimited else _value(output, written, typed(sent, f"d:{output}", 10))
        except ValueError:
            errors[f"v:{output}"] = _how_to_write(output)
    return gives


def _value(output: str, written: str, day: str) -> Any:
    """ValueError when it cannot be read."""
    allowed = _kind(output)
    if allowed is bool:
        return {"yes": True, "no": False}[written] if written in {"yes", "no"} else _not_readable()
    if output in OR_DAYS and written == DAYS:
        return int(day) if re.fullmatch("[1-9][0-9]{0,3}", day) else _not_readable()
    if isinstance(allowed, frozenset):
        return written if written in allowed else _not_readable()
    if allowed is int:
        return int(written) if re.fullmatch("[0-9]{1,4}", written) else _not_readable()
    if output == "loan.hard":
        if written == "none":
            return "none"
        return {"kind": written if written in HARD else _not_readable(), "day": date.fromisoformat(day).isoformat()}
    if output in LISTED and "none" in written.split():
        written = "none"
    if written in {"none", str(VALUES["none"])}:
        return [] if output == "loan.guardian_consent_for" else "none"
    if output in STAGES:
        stages = [{"day": days, "by": channel} for channel, days in typed_words(written, CHANNELS)]
        return sorted(stages, key=lambda stage: int(str(stage["day"])))
    if output == "hold.per_day":
        return dict(typed_words(written, DOORS))
    by_word = {str(words): code for code, words in MATERIALS.items()}
    return [by_word.get(part, part) for part in re.split(r"[\s、,，・]+", written) if part]


def _not_readable() -> Any:
    raise ValueError


def _kind(output: str) -> Any:
    return OUTPUTS.get(output, int)


def _how_to_write(output: str) -> str:
    if output in STAGES:
        ways = "・".join(str(CHANNELS[way]) for way in STAGE_CHANNELS)
        return _("「7 メール、14 電話」のように、日数と方法を入れてください（方法：{ways}）。").format(ways=ways)
    if output == "hold.per_day":
        return _("「ウェブ 3、電話 2」のように、窓口と数を入れてください。")
    if output == "loan.hard":
        return _("日を選んでください。")
    if output in OR_DAYS:
        return _("何日おくれまで延長できるか、1から9999までの数字を入れてください。")
    return _("0から9999までの数字を入れてください。")


def limits_of(rule_set: RuleSet) -> tuple[str, ...]:
    """Every counter that a limit may be set on, for loans and then for holds."""
    given = [output for rule in rule_set.rules for output in rule.gives if ".limit." in output]
    spoken = [output.rpartition(".")[2] for output in given]
    inside = [one for members in rule_set.nesting.values() for one in members]
    counters = list(dict.fromkeys([*rule_set.nesting, *rule_set.counters, *inside, *spoken, *MATERIALS]))
    counters.remove("any")
    return tuple(
        f"{what}.limit.{counter}"
        for what in ("loan", "hold")
        for counter in counters
        if counts(rule_set.counters.get(counter, {}), what) or f"{what}.limit.{counter}" in given
    )


def conditions_of(rule: Mapping[str, Any], names: Names) -> list[Condition]:
    labels = {
        "category": _("利用者区分"), "residency": _("住まい・勤め"), "service": _("サービスの印"), "material": _("資料"), "origin": _("資料の出どころ"),
        "transaction": _("貸し借りする館"), "owner": _("資料を持っている館"), "pickup": _("受け取る館"),
        "channel": _("どこから"), "mode": _("ふだんか災害か"),
    }  # fmt: skip
    found = []
    for dimension in TICKED:
        value = rule.get("if", {}).get(dimension, [])
        chosen = {value} if isinstance(value, str) else set(value)
        known = names.choices(dimension)
        extra = [(code, code) for code in sorted(chosen - {code for code, _words in known})]
        options = tuple((code, words, code in chosen) for code, words in [*known, *extra])
        ticked = "・".join(words for _code, words, on in options if on)
        found.append(Condition(dimension=dimension, label=labels[dimension], options=options, chosen=ticked))
    return found


def blanks_of(
    rule: Mapping[str, Any], names: Names, errors: Mapping[str, str], sent: QueryDict | None = None
) -> Iterator[tuple[str, list[Blank], list[Blank]]]:
    """(heading, sentences shown, sentences folded away) for each group; what was typed wins over what is kept."""
    for group, heading in GROUPS.items():
        if group == "limits":
            pairs = [(output, words_of_limit(output, names)) for output in limits_of(names.rule_set)]
        else:
            pairs = [(output, str(words)) for output, words in CLAUSES[group]]
        blanks = [_blank(output, words, rule, errors, sent) for output, words in pairs]
        if group != "limits":
            yield str(heading), blanks, []
            continue
        of_the_set = [*names.rule_set.nesting, *names.rule_set.counters]
        counted = {f"{what}.limit.{one}" for what in ("loan", "hold") for one in of_the_set}
        shown = [one for one in blanks if one.value or one.is_unlimited or one.output in counted]
        yield str(heading), shown, [one for one in blanks if one not in shown]


def words_of(output: str, names: Names) -> str:
    """The sentence of one value, with a circle where the value stands."""
    if ".limit." in output:
        return words_of_limit(output, names).replace("{value}", "○")
    sentences = {one: str(words) for group in CLAUSES.values() for one, words in group}
    return sentences.get(output, output).replace("{value}", "○")


def _blank(
    output: str, words: str, rule: Mapping[str, Any], errors: Mapping[str, str], sent: QueryDict | None
) -> Blank:
    before, _slot, after = words.partition("{value}")
    value = rule.get("give", {}).get(output, "")
    value = "" if value == INHERIT else value
    allowed = _kind(output)
    kind, options = "words", tuple[tuple[str, str], ...]()
    if allowed is bool:
        kind, options = "choice", (("yes", say(True)), ("no", say(False)))
    elif isinstance(allowed, frozenset):
        kind, options = "choice", tuple((one, say(one)) for one in sorted(allowed))
        if output in OR_DAYS:
            kind, options = "days", (*options, (DAYS, _("この日数までできる")))
    elif allowed is int:
        kind = "number"
    elif output in LISTED:
        kind, options = "ticks", (("none", str(VALUES["none"])), *_listed_of(output))
    elif output == "loan.hard":
        kind, options = "day", tuple((one, say(one)) for one in ("none", *HARD))
    typed_value = typed(sent, f"v:{output}", 400) if sent is not None else _as_typed(output, value)
    return Blank(
        output=output,
        before=before,
        after=after,
        kind=kind,
        value=typed_value,
        is_unlimited=f"u:{output}" in sent if sent is not None else value == "unlimited",
        options=options,
        error=errors.get(f"v:{output}", ""),
        day=typed(sent, f"d:{output}", 10) if sent is not None else _beside(output, value),
        chosen=_ticked(output, value, sent),
    )


def _listed_of(output: str) -> tuple[tuple[str, str], ...]:
    """The places with stock, for books that float among them; kinds of material."""
    if output == "floating.group":
        return tuple((one.code, name_of(one)) for one in facilities() if one.holds_stock)
    return tuple((code, str(words)) for code, words in MATERIALS.items())


def _ticked(output: str, value: Any, sent: QueryDict | None) -> tuple[str, ...]:
    if output not in LISTED:
        return ()
    if sent is not None:
        return tuple(sent.getlist(f"v:{output}"))
    return ("none",) if value in ("none", []) else tuple(value)


def _as_typed(output: str, value: Any) -> str:
    if isinstance(value, str) and value in {"unlimited", ""}:
        return ""
    if value is True or value is False:
        return "yes" if value else "no"
    if output in OR_DAYS and isinstance(value, int):
        return DAYS
    if isinstance(value, Mapping):
        return str(value["kind"]) if "kind" in value else say(value)
    if isinstance(value, list):
        return stages_in_words(value) if output in STAGES else say(value)
    return str(VALUES["none"]) if value == "none" and output != "loan.hard" else str(value)


def _beside(output: str, value: Any) -> str:
    if output in OR_DAYS:
        return str(value) if isinstance(value, int) else ""
    return str(value.get("day", "")) if isinstance(value, Mapping) else ""
