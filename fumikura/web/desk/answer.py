"""The last answer of the counter in words: what happened, why not, who may say yes, what to do with the book in hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext

from fumikura.circulation.queries import states_of
from fumikura.holdings.models import Item
from fumikura.kernel import reasons
from fumikura.kernel.actors import Actor
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.refusals import Reason
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import facilities, roles
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.acts import TAKE_BACK
from fumikura.web.desk.memory import Memory, Said
from fumikura.web.desk.place import Place
from fumikura.web.desk.words import ICONS, MESSAGES, OUTCOMES, grouped, joined, name_of, spell, state_line, title_of


@dataclass(frozen=True)
class ReasonLine:
    """One objection on the page, in the shape of the design's `reasons` component."""

    code: str
    sentence: str
    way_out: str
    tickable: bool
    ticked: bool
    who: str
    may_anybody: bool


@dataclass(frozen=True)
class Answer:
    """The last outcome as the page shows it."""

    what: str
    kind: str
    """ok, ask, stop, go or note: colour, line style and tone."""
    icon: str
    word: str
    note: str
    item: Item | None = None
    messages: tuple[str, ...] = ()
    reasons: tuple[ReasonLine, ...] = ()
    is_question: bool = False
    is_undoable: bool = False

    @property
    def title(self) -> str:
        return title_of(self.item) if self.item else ""

    @property
    def creator(self) -> str:
        return spoken_name(self.item.record.creator) if self.item else ""

    @property
    def barcode(self) -> str:
        return grouped(self.item.barcode) if self.item else ""


@dataclass(frozen=True)
class Names:
    """Names of facilities by code, and of roles by the permission they give; read once per page."""

    facilities: dict[str, Facility] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)

    def facility(self, code: str) -> str:
        place = self.facilities.get(code)
        return name_of(place) if place else code


def names_for(memory: Memory) -> Names:
    """Only what this page needs: a plain loan reads neither table."""
    needs_places = bool(memory.said.to or memory.said.what == "item-state" or any(act.to for act in memory.acts))
    places = {place.code: place for place in facilities()} if needs_places else {}
    may: dict[str, str] = {}
    if any(reason.overridable_with for reason in memory.said.reasons):
        for role in roles():
            name = role.name if in_japanese() else role.name_en or role.name
            for permission in role.permissions:
                may.setdefault(permission, name)
    return Names(places, may)


def answer_of(memory: Memory, names: Names, item: Item | None, *, mode: str, place: Place) -> Answer:
    """The last outcome in words, with every objection and who may set it aside."""
    said, question = memory.said, memory.question
    what = said.what
    if what == "ready" and mode == TAKE_BACK:
        what = "ready-take-back"
    if door_among(said.messages):
        what = "locker-door"
    lines = tuple(_reason_line(reason, memory, names, by=place.by, at=place.at) for reason in said.reasons)
    if what == "refused" and question:
        what = "to-confirm"
    outcome = OUTCOMES[what]
    word, note = spell(outcome, **_figures(said, item, names, at=place.at))
    if what == "refused" and len(lines) == 1:
        word, note, lines = lines[0].sentence, _with_who(lines[0]), ()
    return Answer(
        what=what,
        kind=outcome.shape,
        icon=outcome.icon or ICONS[outcome.shape],
        word=word,
        note=note,
        item=item,
        messages=tuple(
            _message(code, said, names) for code in said.messages if Reason(code).kind not in _SAID_BY_THE_STOP
        ),
        reasons=lines,
        is_question=question is not None,
        is_undoable=bool(memory.acts and memory.acts[-1].is_undoable and what in _ACTS),
    )


_SAID_BY_THE_STOP = frozenset({"send-home", "send-to-deposit", "put-on-hold-shelf", "put-in-locker"})
"""What circulation tells staff and the large word says already."""

_ACTS = frozenset(
    {"stack-lent", "stack-returned", "lent", "renewed", "shelve", "send", "hold-shelf", "locker-door", "set-aside"}
)


def door_among(messages: Iterable[str]) -> str:
    """Behind which door of a locker a thing goes; empty when behind none."""
    return next((one.about for one in map(Reason, messages) if one.kind == "put-in-locker"), "")


def _figures(said: Said, item: Item | None, names: Names, *, at: datetime) -> dict[str, str | int]:
    today = timezone.localdate(at)
    figures: dict[str, str | int] = {
        "due": day(date.fromisoformat(said.due_on), today) if said.due_on else "",
        "to": names.facility(said.to),
        "count": len(said.reasons) or said.count,
        "scanned": grouped(said.scanned),
        "state": "",
        "books": said.count,
        "door": door_among(said.messages),
        "parts": (item.parts_words if item else "") or gettext("本と付録"),
    }
    if said.what == "item-state" and item:
        state = states_of([item], at)[item.pk]
        figures["state"] = state_line(state, item, names.facility, today)
    return figures


def _reason_line(reason: Reason, memory: Memory, names: Names, *, by: Actor, at: datetime) -> ReasonLine:
    sentence, way_out = say(reason, timezone.localdate(at))
    may = bool(reason.overridable_with) and by.may(reason.overridable_with)
    question = memory.question
    if not reason.overridable_with:
        who = gettext("認めることはできません")
    elif may:
        who = gettext("あなたが認められます")
    else:
        who = gettext("{role}が認められます").format(
            role=names.roles.get(reason.overridable_with, gettext("権限のある職員"))
        )
    return ReasonLine(
        code=reason.code,
        sentence=sentence,
        way_out=way_out,
        tickable=may and question is not None,
        ticked=question is not None and reason.code in question.ticked,
        who=who,
        may_anybody=bool(reason.overridable_with),
    )


def _with_who(line: ReasonLine) -> str:
    return (
        joined(line.way_out, f"{line.who}。" if in_japanese() else f"{line.who}.") if line.may_anybody else line.way_out
    )


def say(reason: Reason, today: date | None = None) -> tuple[str, str]:
    """The sentence and the way out in the language of the page."""
    spoken = _spoken(reason, today or timezone.localdate())
    return reasons.words(spoken, get_language() or "ja")


def _spoken(reason: Reason, today: date) -> Reason:
    """ISO dates among the figures become spoken days."""
    return replace(reason, values=tuple((name, _spoken_value(value, today)) for name, value in reason.values))


def _spoken_value(value: str | int, today: date) -> str | int:
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return day(date.fromisoformat(value), today)
    return value


def _message(code: str, said: Said, names: Names) -> str:
    """What staff should know beside the outcome: the counter's own codes, or circulation's."""
    if code in MESSAGES:
        return str(MESSAGES[code]).format(scanned=grouped(said.scanned))
    sentence, way_out = reasons.staff_words(code, get_language() or "ja", to=names.facility(said.to))
    return joined(sentence, way_out)
