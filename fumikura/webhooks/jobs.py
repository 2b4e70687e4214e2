"""The night shift: messages that arrived long ago."""

from datetime import datetime

from fumikura.webhooks import services


def forget_arrived(at: datetime) -> None:
    services.forget_arrived(at)
