"""The counter's whole page as plain values for the templates."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext, ngettext

from fumikura.circulation.models import Loan
from fumikura.holdings.models import Item
from fumikura.kernel.japanese import spoken_name
from fumikura.web.design.days import day, month_day, week_day
from fumikura.web.design.templatetags.addresses import address
from fumikura.web.desk.acts import LEND, TAKE_BACK
from fumikura.web.desk.answer import Answer, Names, answer_of, names_for
from fumikura.web.desk.drawn import act_row, loan_row
from fumikura.web.desk.keybar import keybar
from fumikura.web.desk.memory import Act, Memory
from fumikura.web.desk.notes import notes_for
from fumikura.web.desk.panel import panel_of
from fumikura.web.desk.place import Place
from fumikura.web.desk.rows import items_by_id, open_loans
from fumikura.web.desk.slip import slip_of
from fumikura.web.desk.words import grouped, title_of
from fumikura.web.overriding import USUAL_WHY, WHY_OVERRIDDEN


@dataclass(frozen=True)
class Line:
    """One act in the list of this visit."""

    number: int
    title: str
    creator: str
    barcode: str
    whither: str
    result: str
    kind: str
    due_on: date | None
    why: int
    """The item, when it is asked why: lent, sent, or kept for somebody."""


def counter_page(memory: Memory, place: Place, *, mode: str, titles: bool) -> dict[str, Any]:
    """The context of desk/counter.html, and but for the tabs of desk/page.html; `titles`: whether the slip names them."""
    names = names_for(memory)
    loans = open_loans(memory.patron) if memory.patron else []
    items = _items(memory, loans)
    answer = answer_of(memory, names, items.get(memory.said.item), mode=mode, place=place)
    panel = panel_of(memory.patron, loans, place) if memory.patron else None
    lines = _lines(memory, items, loans, names)
    chosen = memory.said.item if _is_theirs_already(memory) else 0
    return {
        "mode": mode,
        "place_name": place.name,
        "answer": answer,
        "question_about": memory.question.about if memory.question else "",
        "yes": memory.said.scanned if memory.said.what == "next-patron" else "",
        "need": _need(answer),
        "whys": list(WHY_OVERRIDDEN.items()),
        "why_first": memory.question.why or USUAL_WHY if memory.question else USUAL_WHY,
        "words_first": memory.question.words if memory.question else "",
        "yes_words": _yes_words(memory),
        "no_words": _no_words(memory),
        "panel": panel,
        "loan_rows": [loan_row(loan, chosen=chosen) for loan in panel.loans] if panel else [],
        "slip": slip_of(memory.slip, titles=titles, place=place) if memory.slip else None,
        "lines": lines,
        "act_rows": [act_row(line) for line in lines],
        "together": _together(lines),
        "focus": "#renew-form [type=checkbox]"
        if memory.said.what == "nothing-chosen" and panel and panel.loans
        else "",
        "visit": memory.visit,
        "notes": notes_for(patron=memory.patron, item=memory.said.item),
        "kind": memory.kind,
        "kinds": [("", gettext("ふつう")), ("in-house", gettext("館内")), ("overnight", gettext("一夜"))],
        "request_key": uuid4().hex,
        "keybar": keybar(mode, is_asked=memory.question is not None, has_patron=bool(memory.patron)),
    }


def _is_theirs_already(memory: Memory) -> bool:
    """The book is on loan to the one who brings it: what they want is to keep it longer, and F8 does that."""
    return any(reason.kind == "already-on-loan-to-you" for reason in memory.said.reasons)


def work_modes(current: str) -> dict[str, Any]:
    """The tabs on top of every page of the counter: {"modes": what is used at every turn, "more": the rest, "here"}."""
    often = (
        (LEND, "desk:lend", "F2", gettext("貸出")),
        (TAKE_BACK, "desk:take-back", "F3", gettext("返却")),
        ("holds", "desk:holds", "F4", gettext("予約")),
        ("patrons", "desk:patrons", "F6", gettext("利用者")),
        ("items", "desk:items", "F7", gettext("資料")),
        ("picking", "desk:picking", "", gettext("棚から取る")),
        ("hold-shelf", "desk:hold-shelf", "", gettext("取置の棚")),
        ("terminal", "desk:terminal", "", gettext("ターミナル")),
    )
    rest = (
        ("transits", "desk:transits", "", gettext("回送")),
        ("crates", "desk:crates", "", gettext("コンテナ")),
        ("runs", "desk:runs", "", gettext("便")),
        ("applications", "desk:applications", "", gettext("申込み")),
        ("overdue", "desk:overdue", "", gettext("期限すぎ")),
        ("calls", "desk:calls", "", gettext("電話・手紙")),
        ("sets", "desk:sets", "", gettext("組・学級セット")),
        ("stocktakes", "desk:stocktakes", "", gettext("蔵書点検")),
        ("tagging", "desk:tagging", "", gettext("ICタグ貼り")),
        ("offline", "desk:offline-conflicts", "", gettext("オフライン")),
    )
    return {
        "modes": [_mode(one, current) for one in often],
        "more": [_mode(one, current) for one in rest],
        "here": next((words for code, _name, _key, words in rest if code == current), ""),
    }


def _mode(page: tuple[str, str, str, str], current: str) -> dict[str, Any]:
    code, name, key, words = page
    return {"label": words, "href": address(name), "key": key, "current": code == current}


def _items(memory: Memory, loans: list[Loan]) -> dict[int, Item]:
    """The items that the page names; those the patron has are read already."""
    known = {loan.item_id: loan.item for loan in loans}
    wanted = {act.item for act in memory.acts} | ({memory.said.item} if memory.said.item else set())
    missing = wanted - known.keys()
    return known | items_by_id(missing) if missing else known


def _lines(memory: Memory, items: dict[int, Item], open_loans: list[Loan], names: Names) -> list[Line]:
    """The acts of this visit, the newest on top."""
    loans = {loan.pk: loan for loan in open_loans}
    numbered = list(enumerate(memory.acts, start=1))
    return [_line(number, act, items[act.item], loans.get(act.loan), names) for number, act in reversed(numbered)]


def _line(number: int, act: Act, item: Item, loan: Loan | None, names: Names) -> Line:
    due_on = loan.due_on if loan and act.did != "returned" else None
    results = {
        "lent": (gettext("貸出"), "ok"),
        "renewed": (gettext("延長"), "ok"),
        "shelve": (gettext("棚へ"), "ok"),
        "send": (gettext("回送"), "wait"),
    }
    result, kind = results.get(act.stop if act.did == "returned" else act.did, (gettext("受け取り"), ""))
    whither = (
        f"{month_day(due_on)}（{week_day(due_on)[:1]}）" if due_on else (names.facility(act.to) if act.to else "—")
    )
    return Line(
        number=number,
        title=title_of(item),
        creator=spoken_name(item.record.creator),
        barcode=grouped(item.barcode),
        whither=whither,
        result=result,
        kind=kind,
        due_on=due_on,
        why=item.pk if due_on or act.stop in {"send", "hold-shelf"} else 0,
    )


def _together(lines: list[Line]) -> str:
    """すべて 12月4日（金）まで, when it is so."""
    days = {line.due_on for line in lines if line.due_on}
    if len(days) != 1 or len(lines) < 2:
        return ""
    return gettext("すべて {due}まで").format(due=day(days.pop()))


def _need(answer: Answer) -> str:
    left = sum(1 for reason in answer.reasons if not reason.ticked)
    if not left:
        return gettext("F9 で進みます。")
    return ngettext("あと{left}つにチェックすると進めます。", "あと{left}つにチェックすると進めます。", left).format(
        left=left
    )


def _yes_words(memory: Memory) -> str:
    about = memory.question.about if memory.question else ""
    return {
        "lend": gettext("認めて貸す"),
        "take-back": gettext("認めて受け取る"),
        "renew": gettext("認めて延長する"),
        "parts-lend": gettext("そろっている。貸す"),
        "parts-take-back": gettext("そろっている。受け取る"),
        "stack": gettext("読めた本で進む"),
    }.get(about, gettext("次の方に移る"))


def _no_words(memory: Memory) -> str:
    about = memory.question.about if memory.question else ""
    return {
        "lend": gettext("貸さない"),
        "take-back": gettext("受け取らない"),
        "renew": gettext("延長しない"),
        "parts-lend": gettext("たりない。貸さない"),
        "parts-take-back": gettext("たりない"),
        "stack": gettext("重ねなおす"),
    }.get(about, gettext("この方のまま"))
