"""Expecting that somebody is to be told, choosing how, and letting messages leave once."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.channels import Undeliverable, channels
from fumikura.notices.composing import compose
from fumikura.notices.events import AddressFailed, ChoiceMade, NoticeGivenUp, NoticeSent, WordingChanged
from fumikura.notices.models import Choice, FailedAddress, Notice, Wording
from fumikura.notices.queries import choices_of
from fumikura.notices.rules import CHANNELS, KINDS, faults_of, may_leave_at, next_try
from fumikura.notices.words import TEXTS
from fumikura.organisation.queries import system_actor
from fumikura.patrons.models import Patron

LOST_AFTER = timedelta(minutes=10)
"""A worker that has not said how a sending ended by then is dead."""
KEPT = timedelta(days=60)
REST = timedelta(minutes=2)
"""So long a way is left alone that has just failed."""


@transaction.atomic
def expect(*, kind: str, patrons: Iterable[Patron], at: datetime) -> int:
    """Each is to be told of this kind today, once however often it is said. Answers how many are new.

    Readers who chose not to be told, and those whom no way reaches, are left out.
    """
    local = timezone.localtime(at)
    leaves = may_leave_at(local, time(settings.NOTICES_FROM), _last_hour())
    rows = []
    for patron in patrons:
        channel = choices_of(patron)[kind].channel
        way = channels().get(channel)
        if way is not None and way.address_of(patron) and not _has_failed(patron, channel, way.address_of(patron)):
            rows.append(Notice(patron=patron, kind=kind, on=local.date(), channel=channel, next_try_at=leaves))
    before = Notice.objects.filter(kind=kind, on=local.date()).count()
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return Notice.objects.filter(kind=kind, on=local.date()).count() - before


def _last_hour() -> time:
    return time(settings.NOTICES_UNTIL) if settings.NOTICES_UNTIL < 24 else time.max


def send_waiting(*, at: datetime, limit: int = 20) -> int:
    """Let the messages leave whose time has come, `limit` at most; how many left.

    Each is claimed in a transaction of its own before it leaves: two workers never send one. A worker killed between
    leaving and noting it sends again after ten minutes under the same number, which mail servers know by its Message-ID.
    """
    due = Notice.objects.filter(settled_at=None, next_try_at__lte=at).order_by("next_try_at", "pk")
    left = 0
    for pk in due.values_list("pk", flat=True)[:limit]:
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
    claimed = Notice.objects.filter(pk=pk, settled_at=None, next_try_at__lte=at)
    sending = {"state": Notice.State.SENDING, "next_try_at": at + LOST_AFTER, "tries": F("tries") + 1}
    if not claimed.update(**sending):
        return 0
    notice = Notice.objects.select_related("patron__guardian").get(pk=pk)
    message = compose(notice, timezone.localdate(at))
    way = channels().get(notice.channel)
    address = way.address_of(notice.patron) if way else ""
    if message is None or way is None or not address or notice.patron.closed_at:
        _settle(notice, Notice.State.OVERTAKEN, at)
        return 0
    try:
        way.send(message, address=address, number=f"notice-{notice.pk}")
    except (Undeliverable, SMTPRecipientsRefused) as failure:
        _fail(notice, address, type(failure).__name__, at, for_good=True)
        return 0
    except Exception as failure:  # whatever a provider's package raises: it is tried again, and counted by its kind
        _fail(notice, address, type(failure).__name__, at, for_good=False)
        raise _NoAnswer(notice.channel) from None
    _settle(notice, Notice.State.SENT, at)
    return 1


@transaction.atomic
def _settle(notice: Notice, state: Notice.State, at: datetime) -> None:
    Notice.objects.filter(pk=notice.pk).update(state=state, settled_at=at, trouble="")
    if state == Notice.State.SENT:
        sent = NoticeSent(kind=notice.kind, channel=notice.channel)
        record(sent, by=system_actor(via="worker"), at=at, patron_key=notice.patron.key)


@transaction.atomic
def _fail(notice: Notice, address: str, trouble: str, at: datetime, *, for_good: bool) -> None:
    again = None if for_good else next_try(notice.tries, at)
    by = system_actor(via="worker")
    if again is not None:
        Notice.objects.filter(pk=notice.pk).update(state=Notice.State.WAITING, next_try_at=again, trouble=trouble[:60])
        return
    given_up = {"state": Notice.State.GIVEN_UP, "settled_at": at, "trouble": trouble[:60]}
    Notice.objects.filter(pk=notice.pk).update(**given_up)
    gone = NoticeGivenUp(kind=notice.kind, channel=notice.channel, trouble=trouble[:60])
    record(gone, by=by, at=at, patron_key=notice.patron.key)
    if for_good:
        _mark_failed(notice.patron, notice.channel, address, by=by, at=at)


@transaction.atomic
def address_came_back(*, address: str, by: Actor, at: datetime) -> int:
    """A mail server says that this address does not work: nobody is written to there until it changes. How many readers."""
    by.require("notices.change-wording")
    readers = list(Patron.objects.filter(email__iexact=address, closed_at=None))
    for patron in readers:
        _mark_failed(patron, "e-mail", address, by=by, at=at)
    return len(readers)


def _mark_failed(patron: Patron, channel: str, address: str, *, by: Actor, at: datetime) -> None:
    failed = {"digest": _digest(address), "since": at}
    FailedAddress.objects.update_or_create(patron=patron, channel=channel, defaults=failed)
    record(AddressFailed(channel=channel), by=by, at=at, patron_key=patron.key)


def _has_failed(patron: Patron, channel: str, address: str) -> bool:
    failed = FailedAddress.objects.filter(patron=patron, channel=channel).first()
    if failed is None:
        return False
    if failed.digest == _digest(address):
        return True
    failed.delete()  # the reader has another address now
    return False


def _digest(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


@transaction.atomic
def choose(*, patron: Patron, kind: str, channel: str, with_titles: bool, by: Actor, at: datetime) -> Choice:
    """By which way the reader is told of this kind. Refused("channel-unknown")."""
    by.require("notices.choose")
    if kind not in KINDS or channel not in CHANNELS or (channel != "none" and channel not in channels()):
        raise Refused(Reason("channel-unknown"))
    said = {"channel": channel, "with_titles": with_titles}
    choice, _is_new = Choice.objects.update_or_create(patron=patron, kind=kind, defaults=said)
    record(ChoiceMade(kind=kind, channel=channel), by=by, at=at, patron_key=patron.key)
    return choice


@transaction.atomic
def change_wording(*, kind: str, language: str, subject: str, body: str, by: Actor, at: datetime) -> None:
    """The library's own words. Refused with every fault of both texts at once."""
    by.require("notices.change-wording")
    if (kind, language) not in TEXTS:
        raise Refused(Reason("wording-unknown"))
    faults = {fault: None for text in (subject, body) for fault in faults_of(kind, text)}
    if faults:
        raise Refused(*(_reason(fault) for fault in faults))
    own = {"subject": " ".join(subject.split())[:120], "body": body.replace("\r\n", "\n").strip() + "\n"}
    Wording.objects.update_or_create(kind=kind, language=language, defaults=own)
    record(WordingChanged(kind=kind, language=language), by=by, at=at)


def _reason(fault: str) -> Reason:
    match fault:
        case "empty":
            return Reason("wording-empty")
        case "long":
            return Reason("wording-too-long")
        case "{":
            return Reason("wording-brace-open")
    return Reason.of("wording-variable-unknown", name=fault)


@transaction.atomic
def restore_wording(*, kind: str, language: str, by: Actor, at: datetime) -> None:
    """Back to the words of the house."""
    by.require("notices.change-wording")
    if Wording.objects.filter(kind=kind, language=language).delete()[0]:
        record(WordingChanged(kind=kind, language=language), by=by, at=at)


def forget_settled(*, before: date) -> int:
    """Clear away notices of days long gone. Answers how many."""
    return Notice.objects.filter(on__lt=before).exclude(settled_at=None).delete()[0]
