"""The flow of the counter: one scan in, at most one verb called, the counter's new memory out.

No sentence, no request and no page here: the views bring a scan in, words.py says the answer.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import open_loans_of, states_of
from fumikura.holdings.models import Item
from fumikura.holdings.queries import get_item
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import card_is_stopped, signed_in_patron
from fumikura.patrons.services import view
from fumikura.web.desk.acts import LEND, RENEW, TAKE_BACK, Moment, lend, renew_loans, take_back
from fumikura.web.desk.memory import LARGEST_STACK, ONE_SCAN, PATIENCE, Memory, Question, Said
from fumikura.web.desk.readings import Reading, read
from fumikura.web.overriding import says_why

PARTS = {LEND: "parts-lend", TAKE_BACK: "parts-take-back"}
"""付録: before a thing of several pieces is lent or taken back, they are counted."""


def hear(memory: Memory, scanned: str, *, mode: str, now: Moment) -> Memory:
    """Answer one scan. `mode` says what an item means: LEND or TAKE_BACK; a card always means its patron."""
    reading = read(scanned)
    heard = f"{mode}:{reading.number}"
    is_stutter = heard == memory.last_number and memory.seconds_since_touched(now.at) < ONE_SCAN.total_seconds()
    if reading.number and is_stutter and not memory.question:
        return memory
    memory, was_closed = closed_if_left(memory, now.at)
    if memory.question:
        return _answered_by(memory, reading, now=now)
    memory = replace(memory, last_number=heard).touched(now.at)
    if reading.patron:
        return _hear_card(memory, reading.patron, reading.number, mode=mode, now=now)
    if reading.item and mode == TAKE_BACK:
        return with_parts(memory, reading.item, TAKE_BACK, now=now)
    if reading.item and memory.patron:
        return with_parts(memory, reading.item, LEND, now=now)
    if reading.item:
        return book_first(memory, reading.item, was_closed=was_closed, now=now)
    return memory.saying(Said(reading.trouble or "nothing-asked", scanned=reading.number))


def closed_if_left(memory: Memory, at: datetime) -> tuple[Memory, bool]:
    """The patron leaves the screen after PATIENCE without a scan, and with the patron an open question about them."""
    if not memory.patron and memory.stack and memory.seconds_since_touched(at) > PATIENCE.total_seconds():
        return replace(memory, stack=(), stack_for=""), False
    if memory.patron and memory.seconds_since_touched(at) > PATIENCE.total_seconds():
        return memory.without_patron().saying(Said("panel-closed")), True
    return memory, False


def _hear_card(memory: Memory, patron: Patron, number: str, *, mode: str, now: Moment) -> Memory:
    if card_is_stopped(number):
        return memory.saying(Said("refused", reasons=(Reason("card-stopped"),)))
    if mode == TAKE_BACK:
        return memory.saying(Said("card-for-item", scanned=number))
    if not memory.patron:
        opened = open_patron(memory, patron, now=now)
        return go_on(opened, now=now) if opened.patron else opened
    if memory.patron == patron.pk:
        return memory.saying(Said("same-patron"))
    return memory.saying(Said("next-patron", scanned=number), question=Question("next-patron", patron=patron.pk))


def with_parts(memory: Memory, item: Item, mode: str, *, now: Moment) -> Memory:
    """Lend or take back; a thing of several pieces only after somebody has counted them."""
    if item.parts > 1:
        said = Said(PARTS[mode], item=item.pk, count=item.parts)
        return memory.saying(said, question=Question(PARTS[mode], item=item.pk))
    return (lend if mode == LEND else take_back)(memory, item, now=now)


def book_first(memory: Memory, item: Item, *, was_closed: bool, now: Moment) -> Memory:
    """A book before the card: what it is doing, and, when it can be lent, that it waits for the card."""
    if was_closed or states_of([item], now.at)[item.pk].kind in {"on-loan", "withdrawn"}:
        told = ("panel-closed",) if was_closed else ("card-first",)
        return memory.saying(Said("item-state", item=item.pk, messages=told))
    stack = (*(pk for pk in memory.stack if pk != item.pk), item.pk)[-LARGEST_STACK:]
    said = Said("item-state", item=item.pk, count=len(stack), messages=("book-first",))
    return replace(memory, stack=stack, stack_for=LEND).saying(said)


def hear_stack(memory: Memory, numbers: Sequence[str], *, counted: int, mode: str, now: Moment) -> Memory:
    """A stack of tags read at once. `counted`: how many books the hand has counted; 0 when nobody did.

    When the counts differ nothing is done before somebody says so.
    """
    memory, _was_closed = closed_if_left(memory, now.at)
    if memory.question:
        return replace(memory, said=replace(memory.said, messages=("answer-first",)))
    readings = [read(number) for number in dict.fromkeys(numbers)]
    items = list(dict.fromkeys(one.item.pk for one in readings if one.item))[:LARGEST_STACK]
    unknown = [one.number for one in readings if not one.item and one.number]
    memory = replace(memory.touched(now.at), stack=tuple(items), stack_for=mode, last_number="")
    if not items:
        return memory.saying(Said("stack-empty"))
    if unknown or (counted and counted != len(items)):
        said = Said("stack-differs", count=counted or len(items) + len(unknown), scanned=str(len(items)))
        return memory.saying(said, question=Question("stack"))
    return go_on(memory, now=now)


def go_on(memory: Memory, *, now: Moment) -> Memory:
    """Deal with the stack one thing after the other, until a question has to be answered or nothing is left."""
    if memory.stack_for == LEND and not memory.patron:
        if not memory.stack or memory.question:
            return memory
        return memory.saying(Said("stack-waits", count=len(memory.stack)))
    whole = len(memory.stack)
    refused: list[str] = []
    reasons: tuple[Reason, ...] = ()
    while memory.stack and not memory.question:
        item, rest = get_item(memory.stack[0]), memory.stack[1:]
        memory = with_parts(replace(memory, stack=rest), item, memory.stack_for, now=now.turn(len(rest)))
        if memory.said.what == "refused" and not memory.question:
            refused.append(item.barcode)
            reasons += tuple(reason for reason in memory.said.reasons if reason not in reasons)
    if memory.question or whole < 2:
        return memory
    if refused:
        return memory.saying(Said("stack-part", count=len(refused), scanned=" ".join(refused[:8]), reasons=reasons))
    what = "stack-lent" if memory.stack_for == LEND else "stack-returned"
    return memory.saying(replace(memory.said, what=what, item=0, count=whole))


def lend_as(memory: Memory, kind: str) -> Memory:
    """館内・一夜: how this visit lends from now on."""
    wanted = kind if kind in {"in-house", "overnight"} else ""
    return replace(memory, kind=wanted).saying(Said(f"kind-{wanted or 'loan'}"))


def open_patron(memory: Memory, patron: Patron, *, now: Moment) -> Memory:
    """Show the patron's panel; that it was opened is written down for the patron to see."""
    try:
        view(patron=patron, by=now.by, at=now.at)
    except Refused as refused:
        return memory.saying(Said("refused", reasons=refused.reasons))
    return memory.with_patron(patron.pk).touched(now.at).saying(Said("patron-open"))


def _answered_by(memory: Memory, reading: Reading, *, now: Moment) -> Memory:
    """While a question is open only an answer is heard; the card that asked it, read again, says yes."""
    question = memory.question
    if question is None or not reading.number:
        return memory
    if reading.is_no:
        return leave(memory, now=now)
    if reading.is_yes:
        unticked = [reason.code for reason in memory.said.reasons if reason.code not in question.ticked]
        if len(unticked) > 1:
            return replace(memory, question=replace(question, ticked=question.ticked | {unticked[0]}))
        said = replace(now, why=question.why or now.why, words=question.words or now.words)
        return answer_yes(memory, question.ticked | set(unticked), now=said)
    if question.about == "next-patron" and reading.patron and reading.patron.pk == question.patron:
        return answer_yes(memory, frozenset(), now=now)
    return replace(memory, said=replace(memory.said, scanned=reading.number, messages=("answer-first",)))


def answer_yes(memory: Memory, ticked: frozenset[str], *, now: Moment) -> Memory:
    """認める: go on with what was ticked. What is still standing is asked again, and nothing is done before that."""
    memory, _was_closed = closed_if_left(memory, now.at)
    question = memory.question
    if question is None:
        return memory.saying(Said("nothing-asked"))
    memory = memory.touched(now.at)
    if question.about == "next-patron":
        return open_patron(memory, Patron.objects.get(pk=question.patron), now=now)
    if question.about == "stack":
        return go_on(replace(memory, question=None), now=now)
    if question.about in PARTS.values():
        act = lend if question.about == PARTS[LEND] else take_back
        return go_on(act(replace(memory, question=None), get_item(question.item), now=now), now=now)
    again = replace(question, ticked=ticked, why=now.why, words=now.words)
    unticked = [reason for reason in memory.said.reasons if reason.code not in ticked]
    if unticked:
        return replace(memory, question=again)
    if ticked and not says_why(now.why, now.words):
        asked = replace(memory.said, messages=("override-without-reason",))
        return replace(memory, question=again, said=asked)
    if question.about == RENEW:
        return renew_loans(memory, [Loan.objects.get(pk=question.loan)], now=now, overriding=ticked)
    if question.about == LEND:
        return go_on(lend(memory, get_item(question.item), now=now, overriding=ticked), now=now)
    lacking = ("part",) if question.lacks_parts else ()
    back = take_back(memory, get_item(question.item), now=now, overriding=ticked, missing_parts=lacking)
    return go_on(back, now=now)


def leave(memory: Memory, *, now: Moment) -> Memory:
    """No: a book whose pieces are not all there is taken back as such; otherwise nothing is done, and the stack goes on."""
    question = memory.question
    if question and question.about == PARTS[TAKE_BACK]:
        lacking = take_back(replace(memory, question=None), get_item(question.item), now=now, missing_parts=("part",))
        return go_on(lacking, now=now)
    return go_on(answer_no(memory), now=now)


def answer_no(memory: Memory) -> Memory:
    """貸さない: the question is dropped, nothing was done."""
    about = memory.question.about if memory.question else ""
    if about == "stack":
        memory = replace(memory, stack=(), stack_for="")
    return memory.saying(Said(f"left-{about}" if about else "nothing-asked", item=memory.said.item))


def next_patron(memory: Memory) -> Memory:
    """Esc: drop the open question; when there is none, clear the patron from the screen."""
    if memory.question:
        return answer_no(memory)
    if memory.stack and not memory.patron:
        return replace(memory, stack=(), stack_for="").saying(Said("stack-dropped", count=len(memory.stack)))
    return memory.without_patron().saying(Said("ready"))


def finish(memory: Memory) -> Memory:
    """終わる: the patron leaves the screen, and the loans of this visit are on the slip."""
    if memory.slip:
        return memory
    lent = tuple(act.loan for act in memory.acts if act.did in ("lent", "renewed"))
    return replace(memory.without_patron().saying(Said("finished", count=len(lent))), slip=lent)


def renew_ticked(memory: Memory, loans: Sequence[int], *, now: Moment) -> Memory:
    """延長: the ticked loans of the patron who stands here, and of nobody else."""
    memory, _was_closed = closed_if_left(memory, now.at)
    if not memory.patron or memory.question:
        return memory
    memory = memory.touched(now.at)
    chosen = [loan for loan in open_loans_of(Patron(pk=memory.patron)) if loan.pk in loans]
    if not chosen:
        return memory.saying(Said("nothing-chosen"))
    return renew_loans(memory, chosen, now=now)


def open_found(memory: Memory, key: str, *, now: Moment) -> Memory:
    """A patron found by name: the same as reading the card."""
    patron = signed_in_patron(key)
    if patron is None:
        return memory.saying(Said("unknown"))
    if memory.patron and memory.patron != patron.pk:
        memory = memory.without_patron()
    return open_patron(memory, patron, now=now)
