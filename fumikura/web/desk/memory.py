"""What one counter remembers between two scans, kept in a signed cookie of that browser and nowhere else.

After a return the database no longer knows who had the book (返したら消える). To be able to undo a slip of the hand, the
counter's own browser keeps the patron's key with the returned loan, for the last few returns of the same day.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fumikura.kernel.refusals import Reason

SALT = "fumikura.web.desk.memory"

PATIENCE = timedelta(seconds=90)
"""A patron's panel closes after this long without a scan: the public must not read it from the queue."""

ONE_SCAN = timedelta(seconds=3)
"""The same number read again within this time is one scan: scanners stutter, hands tremble."""

ACTS_KEPT = 40
UNDOABLE = 8
LARGEST_STACK = 60
"""A cookie holds 4 KB; of the acts that are kept for the list, only the newest carry what undoing them needs."""


@dataclass(frozen=True)
class Act:
    """One thing done at this counter, for the list on the page and for undoing it."""

    did: str
    """lent, renewed or returned."""
    loan: int
    """0 when nothing was on loan: a return that only found the item's next stop."""
    item: int
    stop: str = ""
    to: str = ""
    """Where the item goes next: the code of a facility."""
    patron_key: str = ""
    due_on: str = ""
    renewals: int = 0
    """As they were before the act."""

    @property
    def is_undoable(self) -> bool:
        return bool(self.loan and (self.did == "lent" or self.due_on))

    def without_undo(self) -> "Act":
        return replace(self, patron_key="", due_on="", renewals=0)


@dataclass(frozen=True)
class Said:
    """The last answer as codes: words.py turns it into sentences in the reader's language."""

    what: str = "ready"
    item: int = 0
    scanned: str = ""
    due_on: str = ""
    to: str = ""
    count: int = 0
    reasons: tuple[Reason, ...] = ()
    messages: tuple[str, ...] = ()
    """Codes of what staff should know beside the outcome."""


@dataclass(frozen=True)
class Question:
    """An open question: nothing else is heard until it is answered."""

    about: str
    """"lend", "take-back", "renew", "next-patron", "stack", or "parts-lend", "parts-take-back": is everything there?"""
    item: int = 0
    loan: int = 0
    patron: int = 0
    ticked: frozenset[str] = frozenset()
    lacks_parts: bool = False
    """Pieces of it were missing when it was laid down."""
    why: str = ""
    """Why objections are passed over, as far as it was said before something was asked again."""
    words: str = ""


@dataclass(frozen=True)
class Memory:
    """The counter between two scans. `patron` is a row number, 0 while nobody stands there."""

    user: int = 0
    facility: str = ""
    day: str = ""
    visit: str = ""
    """Changes with the patron; a page that shows another visit is out of date and is not obeyed."""
    patron: int = 0
    touched_at: float = 0
    last_number: str = ""
    last_key: str = ""
    said: Said = field(default_factory=Said)
    question: Question | None = None
    acts: tuple[Act, ...] = ()
    slip: tuple[int, ...] = ()
    """Loans on the slip of the visit that has just ended."""
    stack: tuple[int, ...] = ()
    """Items that were read and not yet dealt with: books before their card, a stack of tags."""
    stack_for: str = ""
    """"lend" or "take-back": what is to be done with the stack."""
    kind: str = ""
    """How this visit lends: empty as usual, in-house or overnight."""

    @classmethod
    def fresh(cls, *, user: int, facility: str, at: datetime) -> Self:
        today = timezone.localdate(at).isoformat()
        return cls(user=user, facility=facility, day=today, visit=uuid4().hex[:8])

    def touched(self, at: datetime) -> Self:
        return replace(self, touched_at=at.timestamp())

    def seconds_since_touched(self, at: datetime) -> float:
        return at.timestamp() - self.touched_at

    def saying(self, said: Said, *, question: Question | None = None) -> Self:
        return replace(self, said=said, question=question, slip=())

    def having_done(self, *acts: Act) -> Self:
        """The acts in the order of doing, the newest last; old ones lose their undo, then their place."""
        kept = (*self.acts, *acts)[-ACTS_KEPT:]
        cut = max(0, len(kept) - UNDOABLE)
        return replace(self, acts=(*(act.without_undo() for act in kept[:cut]), *kept[cut:]))

    def with_patron(self, patron: int) -> Self:
        return replace(
            self, patron=patron, visit=uuid4().hex[:8], acts=(), question=None, slip=(), last_number="", kind=""
        )

    def without_patron(self) -> Self:
        return replace(self.with_patron(0), stack=(), stack_for="")


def recall(request: HttpRequest, *, user: int, facility: str, at: datetime) -> Memory:
    """What this browser's counter remembers, if it was the same person's, here and today; otherwise a fresh start."""
    fresh = Memory.fresh(user=user, facility=facility, at=at)
    try:
        memory = _opened(signing.loads(request.COOKIES.get(settings.DESK_COOKIE_NAME, ""), salt=SALT))
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return fresh
    if (memory.user, memory.facility, memory.day) != (fresh.user, fresh.facility, fresh.day):
        return fresh
    return memory


def keep(response: HttpResponse, memory: Memory) -> None:
    response.set_cookie(
        settings.DESK_COOKIE_NAME,
        signing.dumps(_folded(memory), salt=SALT, compress=True),
        path=settings.DESK_COOKIE_PATH,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _folded(memory: Memory) -> dict[str, Any]:
    """Only what differs from an empty memory, so that a long visit fits into a cookie."""
    body = {name: value for name, value in vars(memory).items() if value}
    if memory.question:
        body["question"] = {**_spare(memory.question), "ticked": sorted(memory.question.ticked)}
    body["said"] = _spare(memory.said)
    body["acts"] = [list(vars(act).values()) for act in memory.acts]
    return body


def _spare(thing: Said | Question) -> dict[str, Any]:
    found = {name: value for name, value in vars(thing).items() if value}
    return {**found, "reasons": [asdict(one) for one in found["reasons"]]} if "reasons" in found else found


def _opened(body: dict[str, Any]) -> Memory:
    said = dict(body.pop("said"))
    question = body.pop("question", None)
    said["reasons"] = tuple(
        Reason(reason["code"], reason["overridable_with"], tuple((name, value) for name, value in reason["values"]))
        for reason in said.get("reasons", ())
    )
    said["messages"] = tuple(said.get("messages", ()))
    return Memory(
        **{
            **body,
            "said": Said(**said),
            "question": Question(**{**question, "ticked": frozenset(question["ticked"])}) if question else None,
            "acts": tuple(Act(*act) for act in body.get("acts", ())),
            "slip": tuple(body.get("slip", ())),
            "stack": tuple(body.get("stack", ())),
        }
    )
