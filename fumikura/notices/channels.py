"""The ways by which a message leaves by itself. A library adds its own as a package; see docs/howto/add-a-channel.md."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import entry_points
from typing import Final, Protocol

from django.conf import settings
from django.core.mail import EmailMessage

from fumikura.notices.composing import Message
from fumikura.notices.failures import Undeliverable
from fumikura.notices.providers import Line, Push, Sms
from fumikura.notices.queries import address_of_mail
from fumikura.patrons.models import Patron

__all__ = ["Channel", "Undeliverable", "address_on", "channels"]
GROUP: Final = "fumikura.channels"


class Channel(Protocol):
    """One way. It may block for some seconds and raise anything: the message is then tried again later."""

    name: str

    def address_of(self, patron: Patron) -> str:
        """Where this reader is reached; empty when the library does not know."""

    def send(self, message: Message, *, address: str, number: str) -> None:
        """Hand the message over. `number` is the same in a second try, so that a provider can tell it from a new one.

        Raises Undeliverable for an address that will never work.
        """


class Email:
    """By SMTP; the number becomes the Message-ID."""

    name = "e-mail"

    def address_of(self, patron: Patron) -> str:
        """The reader's own; of a child without one see `address_on`."""
        return patron.email

    def send(self, message: Message, *, address: str, number: str) -> None:
        headers = {
            "Message-ID": f"<{number}@fumikura>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        }
        EmailMessage(message.subject, message.body, None, [address], headers=headers).send()


def address_on(patron: Patron, channel: str, on: date) -> str:
    """Where this way reaches the reader on that day; empty when the library does not know, or does not have the way."""
    way = channels().get(channel)
    if way is None:
        return ""
    return address_of_mail(patron, on) if channel == Email.name else way.address_of(patron)


def channels() -> Mapping[str, Channel]:
    """By name: the house's own, as far as the settings name their providers, and those of installed packages."""
    found: dict[str, Channel] = {"e-mail": Email(), "push": Push()}
    if settings.LINE_TOKEN:
        found["line"] = Line()
    if settings.SMS_URL:
        found["sms"] = Sms()
    return found | _installed()


@cache
def _installed() -> dict[str, Channel]:
    return {made.name: made for made in (point.load()() for point in entry_points(group=GROUP))}
