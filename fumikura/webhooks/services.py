"""Verbs: tell a program, have a message sent, try it again."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from fumikura.discovery.touched import records_touched_by
from fumikura.discovery.union.fetching import Silent, is_http, post
from fumikura.journal.models import Entry
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import system_actor
from fumikura.webhooks.events import (
    DeliveryGivenUp,
    DeliverySentAgain,
    WebhookEnded,
    WebhookResumed,
    WebhookSet,
    WebhookStopped,
)
from fumikura.webhooks.models import Delivery, Webhook
from fumikura.webhooks.rules import next_attempt, secret_text, signed_headers

TOPICS = ("record", "availability", "site")
SITE_EVENTS = frozenset({"circulation.site-closed", "circulation.site-reopened", "organisation.facility-changed"})
MOST_RECORDS = 1000
AT_ONCE = 20
SECONDS = 4
KEPT = timedelta(days=7)
RIGHT = "webhooks.set"
GONE = "410"
"""The status by which a program says that it wants no more."""


@dataclass(frozen=True)
class WebhookFacts:
    name: str
    address: str
    topics: tuple[str, ...]


def webhooks() -> QuerySet[Webhook]:
    """Those in force, by name."""
    return Webhook.objects.filter(ended_at=None).order_by("name", "pk")


def secret_of(webhook: Webhook) -> str:
    """What its messages are signed with (`whsec_…`); to be shown to whoever keeps the other program."""
    return secret_text(_key_of(webhook))


def _key_of(webhook: Webhook) -> bytes:
    return salted_hmac("fumikura.webhooks", f"{webhook.pk}:{webhook.salt}", algorithm="sha256").digest()


def name_of(delivery: Delivery) -> str:
    """The same at every attempt, and of no other message of whatever library: by it the other program knows what it has."""
    return f"msg_{delivery.webhook.salt[:12]}_{delivery.pk}"


@transaction.atomic
def set_webhook(facts: WebhookFacts, *, by: Actor, at: datetime, webhook: Webhook | None = None) -> Webhook:
    """Refused: webhook-address, webhook-topics."""
    by.require(RIGHT)
    if not is_http(facts.address) or not facts.name:
        raise Refused(Reason.of("webhook-address", address=facts.address[:100]))
    topics = [topic for topic in TOPICS if topic in facts.topics]
    if not topics:
        raise Refused(Reason("webhook-topics"))
    row = webhook or Webhook(salt=secrets.token_hex(16), made_at=at)
    row.name, row.address, row.topics = facts.name, facts.address, topics
    row.save()
    record(WebhookSet(webhook=row.pk), by=by, at=at, subject=f"webhooks.webhook:{row.pk}")
    return row


@transaction.atomic
def end_webhook(webhook: Webhook, *, by: Actor, at: datetime) -> None:
    """Tell that program nothing more; what has not arrived is dropped. A second time changes nothing."""
    by.require(RIGHT)
    if Webhook.objects.filter(pk=webhook.pk, ended_at=None).update(ended_at=at):
        webhook.deliveries.filter(arrived_at=None).delete()
        record(WebhookEnded(webhook=webhook.pk), by=by, at=at, subject=f"webhooks.webhook:{webhook.pk}")


@transaction.atomic
def resume_webhook(webhook: Webhook, *, by: Actor, at: datetime) -> None:
    """Send again to a program that had answered 410; what waited meanwhile goes first."""
    by.require(RIGHT)
    if Webhook.objects.filter(pk=webhook.pk).exclude(stopped_at=None).update(stopped_at=None):
        webhook.deliveries.filter(arrived_at=None, given_up_at=None).update(due_at=at, attempts=0)
        record(WebhookResumed(webhook=webhook.pk), by=by, at=at, subject=f"webhooks.webhook:{webhook.pk}")


@transaction.atomic
def redeliver(deliveries: Iterable[int], *, webhook: Webhook, by: Actor, at: datetime) -> int:
    """Send these once more, arrived or given up; answers how many."""
    by.require(RIGHT)
    rows = Delivery.objects.filter(webhook=webhook, pk__in=list(deliveries))
    count = rows.update(due_at=at, attempts=0, arrived_at=None, given_up_at=None, answer="")
    if count:
        sent = DeliverySentAgain(webhook=webhook.pk, messages=count)
        record(sent, by=by, at=at, subject=f"webhooks.webhook:{webhook.pk}")
    return count


def take_notice(entries: Sequence[Entry]) -> None:
    """Make messages of what these entries touched. Idempotent for the same batch; another cut tells some twice."""
    told = list(webhooks().filter(stopped_at=None))
    if not told or not entries:
        return
    last = entries[-1]
    news = _news(entries)
    Delivery.objects.bulk_create(
        (
            Delivery(
                webhook=webhook,
                topic=topic,
                entry=last.pk,
                body=json.dumps({"type": topic, "timestamp": last.happened_at.isoformat(), "data": facts}),
                made_at=last.recorded_at,
                due_at=last.recorded_at,
            )
            for webhook in told
            for topic, facts in news.items()
            if topic in webhook.topics
        ),
        ignore_conflicts=True,
    )


def _news(entries: Sequence[Entry]) -> dict[str, dict[str, object]]:
    """By topic. Of more than MOST_RECORDS nobody is told one by one: `many` says to follow /api/v1/changes."""
    described = records_touched_by(entry for entry in entries if entry.event.startswith("catalogue."))
    moved = records_touched_by(entry for entry in entries if not entry.event.startswith("catalogue."))
    sites = sorted({entry.facility for entry in entries if entry.event in SITE_EVENTS and entry.facility})
    news: dict[str, dict[str, object]] = {}
    for topic, records in (("record", described), ("availability", moved)):
        if records:
            news[topic] = {"records": sorted(records)[:MOST_RECORDS], "many": len(records) > MOST_RECORDS}
    if sites:
        news["site"] = {"facilities": sites}
    return news


def send_due(at: datetime) -> int:
    """Send what is due; a program that does not answer is asked no more this time. Answers how many arrived."""
    waiting = Delivery.objects.filter(arrived_at=None, given_up_at=None, due_at__lte=at, webhook__ended_at=None)
    waiting = waiting.filter(webhook__stopped_at=None)
    silent: set[int] = set()
    arrived = 0
    for delivery in waiting.select_related("webhook").order_by("due_at", "pk")[:AT_ONCE]:
        if delivery.webhook_id in silent:
            continue
        answer = _post(delivery, at)
        if answer.startswith("2"):
            arrived += 1
            _note(delivery, answer, arrived_at=at)
        elif answer == GONE:
            silent.add(delivery.webhook_id)
            _stop(delivery, answer, at)
        else:
            silent.add(delivery.webhook_id)
            _note_failure(delivery, answer, at)
    return arrived


def forget_arrived(at: datetime) -> None:
    """What arrived a week ago is forgotten; what was given up stays until somebody looks, a month at most."""
    Delivery.objects.filter(arrived_at__lt=at - KEPT).delete()
    Delivery.objects.filter(given_up_at__lt=at - 4 * KEPT).delete()


def _post(delivery: Delivery, at: datetime) -> str:
    body = delivery.body.encode()
    headers = {
        "Content-Type": "application/json",
        **signed_headers(_key_of(delivery.webhook), message=name_of(delivery), body=body, at=int(at.timestamp())),
    }
    try:
        return str(post(delivery.webhook.address, body, headers, seconds=SECONDS))
    except Silent as silent:
        return f"{silent.code} {silent.detail}"[:60]


def _note(delivery: Delivery, answer: str, **fields: datetime | None) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(attempts=delivery.attempts + 1, answer=answer, **fields)


@transaction.atomic
def _stop(delivery: Delivery, answer: str, at: datetime) -> None:
    """It wants no more: switched off, as Standard Webhooks says, and the office is told."""
    _note(delivery, answer)
    Webhook.objects.filter(pk=delivery.webhook_id).update(stopped_at=at)
    stopped = WebhookStopped(webhook=delivery.webhook_id)
    record(stopped, by=system_actor(via="worker"), at=at, subject=f"webhooks.webhook:{delivery.webhook_id}")


def _note_failure(delivery: Delivery, answer: str, at: datetime) -> None:
    again = next_attempt(delivery.attempts + 1, at)
    if again:
        _note(delivery, answer, due_at=again)
        return
    with transaction.atomic():
        _note(delivery, answer, given_up_at=at)
        given_up = DeliveryGivenUp(webhook=delivery.webhook_id)
        by = system_actor(via="worker")
        record(given_up, by=by, at=at, subject=f"webhooks.webhook:{delivery.webhook_id}")
