"""What the webhooks announce."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class WebhookSet(Event):
    """A program is told from now on, or what it is told was changed."""

    name: ClassVar[str] = "webhooks.webhook-set"
    webhook: int


@dataclass(frozen=True, kw_only=True)
class WebhookEnded(Event):
    """A program is told no more."""

    name: ClassVar[str] = "webhooks.webhook-ended"
    webhook: int


@dataclass(frozen=True, kw_only=True)
class WebhookStopped(Event):
    """A program answered 410: it wants no more, and is sent nothing until somebody switches it on again."""

    name: ClassVar[str] = "webhooks.webhook-stopped"
    webhook: int


@dataclass(frozen=True, kw_only=True)
class WebhookResumed(Event):
    """Staff switched a program on again that had answered 410."""

    name: ClassVar[str] = "webhooks.webhook-resumed"
    webhook: int


@dataclass(frozen=True, kw_only=True)
class DeliveryGivenUp(Event):
    """A message did not arrive in three days of trying."""

    name: ClassVar[str] = "webhooks.delivery-given-up"
    webhook: int


@dataclass(frozen=True, kw_only=True)
class DeliverySentAgain(Event):
    """Staff had messages sent once more."""

    name: ClassVar[str] = "webhooks.delivery-sent-again"
    webhook: int
    messages: int
