"""Closing rules as people write them, read into rules: 「月曜日（祝日のときは次の平日）、第3木曜日、12月29日〜1月3日」. Pure.

Whole notices may be given, in Japanese or English. What is not understood is handed back word for word, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fumikura.organisation.rules import LAST, WEEKDAYS

Rule = dict[str, Any]
_LETTERS = dict(zip("月火水木金土日", WEEKDAYS, strict=True)) | {name[:3]: name for name in WEEKDAYS}
_ENGLISH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in WEEKDAYS)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST, "最終": LAST, "最後の": LAST}
_DATE = (
    r"(?:(?P<{0}y>\d{{4}}|令和\s?(?:\d+|元)|R\d+)\s?[年/.-]\s?)?(?P<{0}m>\d{{1,2}})\s?[月/.-]\s?(?P<{0}d>\d{{1,2}})\s?日?"
    r"(?P<{0}w>\s?\([月火水木金土日](?:曜日?)?(?:・祝)?\))?"
)
_DAY = re.compile(_DATE.format("a"))
_RANGE = re.compile(
    _DATE.format("a") + r"\s?(?:から|より|~|〜|–|—|-|to|through|until)\s?"
    r"(?:" + _DATE.format("b") + r"|(?P<only>\d{1,2})日)\s?(?:まで)?",
    re.IGNORECASE,
)  # fmt: skip
_EVERY = re.compile(r"(?:(?P<weeks>\d+)週間?(?:ごと|おき)|(?P<days>\d+)日ごと|(?P<second>隔週)|every (?P<n>\d+) days)")
_WEEKDAY = re.compile(r"(?:毎週)?(?P<nth>(?:第[1-5][・,\s]*)+|最終|最後の)?の?(?P<name>[月火水木金土日])曜日?$")
_ENGLISH_WEEKDAY = re.compile(
    rf"(?:every |on |the )*(?:(?P<nth>first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th)) )?(?P<name>{_ENGLISH})s?(?: of the month)?$"
)
_HOLIDAY_CASE = re.compile(
    r"場合|とき|時|なら|あた|当た|重な|かさな|除|ただし|但し|も休|も開|\bif\b|\bwhen\b|\bbut\b|except|unless"
)
_HOLIDAYS = re.compile(r"(国民の)?(祝日|祝休日|休日)(・休日|及び休日)?|(on |all )*(national |public )?holidays?")
_PREFIX = re.compile(r"^(?P<label>[^:()]{1,20}?)\s?:\s?(?=\S)")
_TAIL = re.compile(r"\s*(は|が)?\s*(お?休み?|休館日?|休館です|定休日|です|とする|とします|closed|closes)$")
_OPENS = re.compile(r"開館|開く|開き|開ける|\bopen")


@dataclass
class Understood:
    rules: list[Rule] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)


def read_closing_rules(written: str, *, this_year: int) -> Understood:
    """Rules in the order in which they are written. Days without a year are days of `this_year`, unless they are 毎年 or pass New Year."""
    found = Understood()
    flat = unicodedata.normalize("NFKC", written).replace("〔", "(").replace("〕", ")").replace("※", "\n")
    flat = re.sub(r"(\d日?(?:\([月火水木金土日]\))?) (?=\d{4}[年/.-])", r"\1、", flat)
    for part in re.split(r"[\n。;]+", flat):
        if sentence := re.sub(r"^[\s、,・*●○■-]+|[\s、,・]+$", "", part):
            _read_sentence(sentence, this_year, found)
    return found


def _read_sentence(sentence: str, this_year: int, found: Understood) -> None:
    label = ""
    if match := _PREFIX.match(sentence):
        label, sentence = match["label"], sentence[match.end() :]
    label = "" if re.search(r"休館日|休み|closed|closing", label, re.IGNORECASE) else label
    waiting: list[str] = []
    mine: list[Rule] = []
    year = this_year
    for part in _parts(sentence):
        words, notes = _apart(part)
        if re.fullmatch(r"(毎月)?第\d", words):
            waiting.append(words.removeprefix("毎月"))
            continue
        if re.fullmatch(r"[月火水木金土日]", words):
            words += "曜"
        text = "・".join([*waiting, words])
        waiting = []
        if _is_clause(words) and _change_holiday(words, mine):
            continue
        rules = _rules_of(text, notes, year, label, mine)
        if not rules:
            found.not_understood.append(part)
        for rule in rules:
            years = [str(day)[:4] for name in ("closed_on", "open_on") for day in rule.get(name, ())]
            year = int(years[-1]) if years else year
            if rule not in mine:
                mine.append(rule)
    found.not_understood.extend(waiting)
    found.rules.extend(rule for rule in mine if rule not in found.rules)


def _parts(sentence: str) -> Iterator[str]:
    """Cut at commas and their like, outside brackets; words like 「次の平日」 stay with what they follow."""
    depth, word = 0, ""
    for piece in re.split(
        r"([(),、・]|及び|および|並びに|\band\b|と(?=第|毎|[月火水木金土日]曜))", sentence, flags=re.IGNORECASE
    ):
        depth += (piece == "(") - (piece == ")")
        if depth <= 0 and piece in {",", "、", "・", "及び", "および", "並びに", "and", "と"}:
            if word.strip():
                yield word.strip()
            word = ""
        else:
            word += piece
    if word.strip():
        yield word.strip()


def _apart(part: str) -> tuple[str, list[str]]:
    """The words, and what stands in brackets after them; the weekday of a date stays with the date."""
    notes = [
        one for one in re.findall(r"\(([^()]*)\)", part) if not re.fullmatch(r"[月火水木金土日](曜日?)?(・祝)?", one)
    ]
    words = part
    for note in notes:
        words = words.replace(f"({note})", " ")
    return re.sub(r"\s+", " ", words).strip(), notes


def _is_clause(words: str) -> bool:
    return bool(re.search(r"祝|休日|holiday", words, re.IGNORECASE) and _HOLIDAY_CASE.search(words)) or bool(
        re.match(r"(ただし|但し|but|その|次の|翌)", words, re.IGNORECASE)
    )


def _change_holiday(words: str, mine: list[Rule]) -> bool:
    """A clause after its comma speaks of the weekdays before it."""
    weekdays = [rule for rule in mine if "weekday" in rule]
    case = _on_holiday(words)
    if not weekdays or not case:
        return False
    for rule in weekdays:
        before = rule["on_holiday"]
        rule["on_holiday"] = "next-weekday" if {case, before} == {"open", "next-weekday"} else case
    return True


def _on_holiday(words: str) -> str:
    """What becomes of a weekday off that is a holiday, or nothing when the words do not say it."""
    words = words.lower()
    moves = re.search(r"次の|翌|振り?替|next|following", words)
    if moves:
        both = re.search(r"祝日も休|祝日も休館|とその翌|も休み、次|closed and|as well", words)
        return "closed-and-next-weekday" if both else "next-weekday"
    if re.search(r"除|except|unless", words) or _OPENS.search(words):
        return "open"
    return "closed" if re.search(r"も(お?休|閉)|休館|休み|closed", words) else ""


def _rules_of(words: str, notes: list[str], year: int, label: str, before: list[Rule]) -> list[Rule]:
    bare = _TAIL.sub("", words)
    note = {"note": said} if (said := label or "、".join(one for one in notes if not _RANGE.search(one))) else {}
    if weekdays := _weekdays(words, bare, notes, label):
        return weekdays
    if _HOLIDAYS.fullmatch(bare.lower()):
        return [{"national_holidays": "closed", **({"note": label} if label else {})}]
    if match := _EVERY.search(words.lower()):
        return _every(match, words, year)
    for text in (words, *notes):
        if match := _RANGE.search(text):
            rest = (text[: match.start()] + text[match.end() :]).strip() if text == words else bare
            return _range(match, rest, year, note)
    return _single_days(words, year, label, note, before)


def _weekdays(words: str, bare: str, notes: list[str], label: str) -> list[Rule]:
    """「毎月第1・第3水曜日（祝日を除く）」: a rule for each of its weeks."""
    clause = ""
    if cut := re.match(r"(.*曜日?)は(?!祝)(.+)$", bare):
        words, bare, label = cut[1], cut[1], label or cut[2]
    if (cut := re.search(r"\s?(ただし|但し|で?祝|が祝|,? but |,? except| if |\s)", words)) and not _WEEKDAY.match(bare):
        words, clause = words[: cut.start()], words[cut.start() :]
        english = _ENGLISH_WEEKDAY.search(bare.lower())
        words = bare if english else words
    plain = re.sub(r"^(毎月|毎週|その月の)", "", _TAIL.sub("", words)).strip()
    match = _WEEKDAY.fullmatch(plain) or _ENGLISH_WEEKDAY.fullmatch(words.lower().strip()) or _ENGLISH_WEEKDAY.fullmatch(
        re.split(r" (?:if|but|except|closed)", bare.lower())[0].strip()
    )  # fmt: skip
    if not match:
        return []
    cases = [one for one in (*notes, clause) if re.search(r"祝|休日|holiday|振|翌|次の", one, re.IGNORECASE)]
    case = next(filter(None, map(_on_holiday, cases)), "closed")
    if cases and not any(map(_on_holiday, cases)):
        return []
    said = label or "、".join(one for one in notes if one not in cases)
    note = {"note": said} if said else {}
    name = _LETTERS[match["name"][:3]]
    return [{"weekday": name, **nth, "on_holiday": case, **note} for nth in _nths(match["nth"] or "")]


def _nths(written: str) -> list[dict[str, int]]:
    if written in _ORDINALS:
        return [{"nth": _ORDINALS[written]}]
    return [{"nth": int(one)} for one in re.findall(r"\d", written)] or [{}]


def _every(match: re.Match[str], words: str, year: int) -> list[Rule]:
    first = _DAY.search(words)
    if not first:
        return []
    n = 14 if match["second"] else int(match["weeks"] or 0) * 7 or int(match["days"] or match["n"] or 0)
    on = _day(first, "a", year)
    return [{"open_every_days": n, "first": on.isoformat()}] if on and n else []


def _range(match: re.Match[str], rest: str, year: int, note: dict[str, str]) -> list[Rule]:
    start = _day(match, "a", year)
    month = match["bm"] or match["am"]
    first, last = (int(match["am"]), int(match["ad"])), (int(month), int(match["bd"] or match["only"]))
    if not note and (said := re.sub(r"毎年|年末年始|^の|は$|\s", "", _TAIL.sub("", rest))):
        note = {"note": said}
    has_year = match["ay"] or match["aw"]
    if "毎年" in rest or (not has_year and last < first):
        ends = [f"{one[0]:02}-{one[1]:02}" for one in (first, last)]
        return [{"yearly_from": ends[0], "yearly_to": ends[1], **note}] if _exist(first, last) else []
    if start is None:
        return []
    end_year = _year(match["by"], start.year + (last < first))
    end = _made(end_year, *last)
    if end is None or end < start or _OPENS.search(rest):
        return []
    return [{"closed_from": start.isoformat(), "closed_to": end.isoformat(), **note}]


def _single_days(words: str, year: int, label: str, note: dict[str, str], before: list[Rule]) -> list[Rule]:
    match = _DAY.search(words)
    on = _day(match, "a", year) if match else None
    if match is None or on is None:
        return []
    rest = (words[: match.start()] + words[match.end() :]).strip()
    if "毎年" in rest:
        return [{"yearly_from": f"{on:%m-%d}", "yearly_to": f"{on:%m-%d}", **note}]
    opens = bool(_OPENS.search(f"{label} {rest}"))
    name = "open_on" if opens else "closed_on"
    said = re.sub(
        r"決めた休みの日|かならず開く日|に?(臨時)?(開館|開く|休館)$|^の|は$", "", _TAIL.sub("", rest) or ""
    ).strip()
    if label in {"決めた休みの日", "かならず開く日"}:
        note = {key: text for key, text in note.items() if text != label}
    if said and not note and not opens:
        note = {"note": said}
    if before and name in before[-1] and (not note or before[-1].get("note", note["note"]) == note["note"]):
        before[-1][name].append(on.isoformat())
        before[-1].update(note)
        return [before[-1]]
    return [{name: [on.isoformat()], **note}]


def _day(match: re.Match[str], which: str, year: int) -> date | None:
    return _made(_year(match[f"{which}y"], year), int(match[f"{which}m"]), int(match[f"{which}d"]))


def _year(written: str | None, otherwise: int) -> int:
    if not written:
        return otherwise
    count = re.sub(r"\D", "", written) or "1"
    return int(count) + 2018 if written[0] in "令R" else int(count)


def _made(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except (ValueError, OverflowError):
        return None


def _exist(*days: tuple[int, int]) -> bool:
    return all(_made(2024, *one) for one in days)
