"""Letting messages leave once, and what becomes of those that do not arrive."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import SystemRandom
from smtplib import SMTPRecipientsRefused

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.notices.channels import Undeliverable, address_on, channels
from fumikura.notices.composing import Message, compose, together
from fumikura.notices.events import AddressFailed, NoticeGivenUp, NoticeSent
from fumikura.notices.models import FailedAddress, Notice
from fumikura.notices.queries import digest_of_address, habit_of, midnight
from fumikura.notices.rules import BY_HAND, DIGESTED, next_try, ways_of
from fumikura.notices.services.expecting import CALLED_WHEN_UNREACHED, address_by_hand
from fumikura.organisation.queries import system_actor
from fumikura.patrons.models import Patron

LOST_AFTER = timedelta(minutes=10)
"""A worker that has not said how a sending ended by then is dead."""
KEPT = timedelta(days=60)
REST = timedelta(minutes=2)
"""So long a way is left alone that has just failed."""


def send_waiting(*, at: datetime, limit: int = 20) -> int:
    """Let the messages leave whose time has come, `limit` at most; how many left.

    Each is claimed in a transaction of its own before it leaves: two workers never send one. A worker killed between
    leaving and noting it sends again after ten minutes under the same number, which mail servers know by its Message-ID.
    """
    due = Notice.objects.filter(settled_at=None, next_try_at__lte=at).exclude(channel__in=BY_HAND)
    left = 0
    for pk in due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit]:
        try:
            left += _send(pk, at)
        except _NoAnswer as silent:
            # The worker that sends also keeps the index fresh: a server that is down must cost it one wait, not twenty.
            others = Notice.objects.filter(settled_at=None, channel=silent.channel, next_try_at__lt=at + REST)
            others.update(next_try_at=at + REST)
            break
    return left


class _NoAnswer(Exception):
    """This way does not work at the moment; the message that was tried has been put back."""

    def __init__(self, channel: str) -> None:
        self.channel = channel


def _send(pk: int, at: datetime) -> int:
    if not _claim(pk, at):
        return 0
    notice = Notice.objects.select_related("patron__guardian", "patron__home").get(pk=pk)
    said = _composed([notice, *_companions(notice, at)], at)
    way = channels().get(notice.channel)
    address = address_on(notice.patron, notice.channel, timezone.localdate(at))
    if not said or way is None or not address or notice.patron.closed_at:
        for one, _message in said:
            _settle(one, Notice.State.OVERTAKEN, at)
        return 0
    notices, messages = [one for one, _message in said], [message for _one, message in said]
    message = messages[0] if len(messages) == 1 else together(messages, notice.patron)
    try:
        way.send(replace(message, leaves_at=at), address=address, number=f"notice-{notices[0].pk}")
    except (Undeliverable, SMTPRecipientsRefused) as failure:
        _fail(notices, address, type(failure).__name__, at, for_good=True)
        return 0
    except Exception as failure:  # whatever a provider's package raises: it is tried again, and counted by its kind
        _fail(notices, address, type(failure).__name__, at, for_good=False)
        raise _NoAnswer(notice.channel) from None
    for one in notices:
        _settle(one, Notice.State.SENT, at)
    return len(notices)


def _claim(pk: int, at: datetime) -> bool:
    sending = {"state": Notice.State.SENDING, "next_try_at": at + LOST_AFTER, "tries": F("tries") + 1}
    return bool(Notice.objects.filter(pk=pk, settled_at=None, next_try_at__lte=at).update(**sending))


def _companions(notice: Notice, at: datetime) -> list[Notice]:
    """What else this reader is to be told now by the same way, when the reader wants one message a day; claimed."""
    if notice.kind not in DIGESTED or not habit_of(notice.patron).digest:
        return []
    same = Notice.objects.filter(patron=notice.patron, channel=notice.channel, settled_at=None, next_try_at__lte=at)
    others = list(same.filter(kind__in=DIGESTED).exclude(pk=notice.pk).order_by("pk"))
    for one in others:
        one.patron = notice.patron
    return [one for one in others if _claim(one.pk, at)]


def _composed(notices: list[Notice], at: datetime) -> list[tuple[Notice, Message]]:
    """Each with its message; those that have nothing left to say are settled. One kind of two days is said once."""
    said: list[tuple[Notice, Message]] = []
    kinds: set[str] = set()
    for one in notices:
        message = compose(one, timezone.localdate(at))
        if message is None or one.kind in kinds:
            _settle(one, Notice.State.OVERTAKEN, at)
        else:
            kinds.add(one.kind)
            said.append((one, message))
    return said


@transaction.atomic
def _settle(notice: Notice, state: Notice.State, at: datetime) -> None:
    Notice.objects.filter(pk=notice.pk).update(state=state, settled_at=at, trouble="")
    if state == Notice.State.SENT:
        sent = NoticeSent(kind=notice.kind, channel=notice.channel)
        record(sent, by=system_actor(via="worker"), at=at, patron_key=notice.patron.key)


@transaction.atomic
def _fail(notices: list[Notice], address: str, trouble: str, at: datetime, *, for_good: bool) -> None:
    by = system_actor(via="worker")
    for notice in notices:
        again = None if for_good else next_try(Notice.objects.get(pk=notice.pk).tries, at)
        if again is not None:
            waiting = {"state": Notice.State.WAITING, "next_try_at": again, "trouble": trouble[:60]}
            Notice.objects.filter(pk=notice.pk).update(**waiting)
            continue
        given_up = {"state": Notice.State.GIVEN_UP, "settled_at": at, "trouble": trouble[:60]}
        Notice.objects.filter(pk=notice.pk).update(**given_up)
        gone = NoticeGivenUp(kind=notice.kind, channel=notice.channel, trouble=trouble[:60])
        record(gone, by=by, at=at, patron_key=notice.patron.key)
        if for_good:
            _mark_failed(notice.patron, notice.channel, address, by=by, at=at)
        _call_instead(notice, at)


def _call_instead(notice: Notice, at: datetime) -> None:
    """What lies ready does not lie there untold: staff telephone, unless another way has said it."""
    told = Notice.objects.filter(patron=notice.patron, kind=notice.kind, on=notice.on).exclude(pk=notice.pk)
    if notice.kind not in CALLED_WHEN_UNREACHED or told.exclude(state=Notice.State.GIVEN_UP).exists():
        return
    if "telephone" in ways_of(notice.kind) and address_by_hand(notice.patron, "telephone", timezone.localdate(at)):
        Notice.objects.create(patron=notice.patron, kind=notice.kind, on=notice.on, channel="telephone", next_try_at=at)


@transaction.atomic
def address_came_back(*, address: str, by: Actor, at: datetime) -> int:
    """A mail server says that this address does not work: nobody is written to there until it changes. How many readers."""
    by.require("notices.change-wording")
    readers = list(Patron.objects.filter(email__iexact=address, closed_at=None))
    for patron in readers:
        _mark_failed(patron, "e-mail", address, by=by, at=at)
    return len(readers)


def _mark_failed(patron: Patron, channel: str, address: str, *, by: Actor, at: datetime) -> None:
    failed = {"digest": digest_of_address(address), "since": at}
    FailedAddress.objects.update_or_create(patron=patron, channel=channel, defaults=failed)
    record(AddressFailed(channel=channel), by=by, at=at, patron_key=patron.key)


@transaction.atomic
def mix_settled(*, before: date) -> int:
    """返したら消える: the order and the minute in which readers were told say nothing of what came back. Answers how many.

    Settled notices of earlier days are written anew in any order, with the day left of their moments.
    """
    # Locked: whoever takes a call back at this moment waits, and finds that it is too late; it is not lost between the two.
    done = Notice.objects.select_for_update(of=("self",)).filter(on__lt=before).exclude(settled_at=None)
    rows = [row for row in done if row.settled_at != midnight(row.on)]
    if not rows:
        return 0
    Notice.objects.filter(pk__in=[row.pk for row in rows]).delete()
    SystemRandom().shuffle(rows)
    for row in rows:
        row.pk = None
        row.settled_at = row.next_try_at = midnight(row.on)
    Notice.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def forget_settled(*, before: date) -> int:
    """Clear away notices of days long gone. Answers how many."""
    return Notice.objects.filter(on__lt=before).exclude(settled_at=None).delete()[0]
