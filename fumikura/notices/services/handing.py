"""Told by hand: staff telephone or post a letter, and say what came of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.composing import compose_each
from fumikura.notices.events import NoticeHanded
from fumikura.notices.models import Notice
from fumikura.notices.queries import by_hand
from fumikura.notices.rules import BY_HAND, TRIES

OUTCOMES = {
    "telephone": ("reached", "message-left", "not-reached", "wrong-number"),
    "letter": ("posted",),
}
AGAIN_AFTER = timedelta(hours=3)


@transaction.atomic
def hand(*, notices: Iterable[int], outcome: str, by: Actor, at: datetime) -> int:
    """What came of calling or posting. Not reached: it comes again after some hours, six times at most.

    Answers how many; those settled already are passed over. Refused("outcome-unknown").
    """
    by.require("notices.hand")
    done = 0
    rows = Notice.objects.select_for_update(of=("self",)).filter(pk__in=list(notices), channel__in=BY_HAND)
    for notice in rows.filter(settled_at=None).select_related("patron").order_by("pk"):
        if outcome not in OUTCOMES[notice.channel]:
            raise Refused(Reason("outcome-unknown"))
        _note(notice, outcome, at)
        said = NoticeHanded(kind=notice.kind, channel=notice.channel, outcome=outcome)
        record(said, by=by, at=at, patron_key=notice.patron.key)
        done += 1
    return done


def _note(notice: Notice, outcome: str, at: datetime) -> None:
    notice.tries += 1
    notice.trouble = outcome
    match outcome:
        case "not-reached" if notice.tries < TRIES:
            notice.next_try_at = at + AGAIN_AFTER
        case "not-reached" | "wrong-number":
            notice.state, notice.settled_at = Notice.State.GIVEN_UP, at
        case "message-left":
            notice.state, notice.settled_at = Notice.State.LEFT, at
        case _:
            notice.state, notice.settled_at, notice.trouble = Notice.State.SENT, at, ""
    notice.save()


def drop_overtaken(*, at: datetime) -> int:
    """Off the lists of calls and letters what there is nothing left to say about. Answers how many."""
    today = timezone.localdate(at)
    waiting = [one for channel in BY_HAND for one in by_hand(channel)]
    gone = [one.pk for one, said in zip(waiting, compose_each(waiting, today), strict=True) if said is None]
    return Notice.objects.filter(pk__in=gone).update(state=Notice.State.OVERTAKEN, settled_at=at)


@transaction.atomic
def take_back(*, notices: Iterable[int], by: Actor, at: datetime) -> int:
    """It was the wrong line: they wait again. Answers how many; 0 when the night has been here since.

    What was settled before midnight has lost its number (`mix_settled`), and a number is never given twice: nobody else's
    notice can be meant.
    """
    by.require("notices.hand")
    rows = Notice.objects.select_for_update(of=("self",)).filter(pk__in=list(notices), channel__in=BY_HAND, tries__gt=0)
    found = list(rows.select_related("patron").order_by("pk"))
    for notice in found:
        again = {"state": Notice.State.WAITING, "settled_at": None, "trouble": "", "next_try_at": at}
        Notice.objects.filter(pk=notice.pk).update(tries=notice.tries - 1, **again)
        said = NoticeHanded(kind=notice.kind, channel=notice.channel, outcome="taken-back")
        record(said, by=by, at=at, patron_key=notice.patron.key)
    return len(found)
