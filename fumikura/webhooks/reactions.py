"""The webhooks read the journal, and send what waits while they are at it."""

from datetime import datetime

from fumikura.journal.subscriptions import register
from fumikura.webhooks.services import send_due, take_notice


def send(at: datetime) -> None:
    send_due(at)


register("webhooks", take_notice, tend=send)
