"""SMS, LINE and web push: what their providers ask for, and what an answer means. Told by settings; none set, none used."""

import json
import uuid
from base64 import b64encode
from datetime import datetime
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit
from urllib.request import HTTPErrorProcessor, HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from django.conf import settings

from fumikura.notices.composing import Message
from fumikura.notices.failures import NotTaken, Undeliverable
from fumikura.notices.web_push import for_browser
from fumikura.organisation.queries import system_actor
from fumikura.patrons.models import ContactPoint, Patron
from fumikura.patrons.queries import contacts_of
from fumikura.patrons.services.contacts import remove_contact

SECONDS: Final = 5
LONGEST_SMS: Final = 660
"""Characters: what Japanese carriers take in one long message."""
MOBILE: Final = ("070", "080", "090")


def post(address: str, body: bytes, headers: dict[str, str]) -> int:
    """Send a body and answer the status, whatever it is. Follows no redirect. Raises OSError when nobody answers."""
    request = Request(address, data=body, headers={"User-Agent": "Fumikura", **headers}, method="POST")  # noqa: S310 — https from the settings
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler(), _AnyStatus()):
        opener.add_handler(handler)
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, HTTPException) as error:
        raise OSError(type(error).__name__) from None


class _AnyStatus(HTTPErrorProcessor):
    """A status is an answer, not an exception."""

    def http_response(self, request, response):  # type: ignore[no-untyped-def]  # urllib's own has no types
        return response

    https_response = http_response


class Sms:
    """An HTTP interface of the form that Twilio made common: To, Body and what the address carries, as a web form.

    SMS_URL = https://NAME:PASSWORD@host/path?From=+81501234567
    """

    name = "sms"

    def address_of(self, patron: Patron) -> str:
        digits = patron.phone_key
        return f"+81{digits[1:]}" if digits.startswith(MOBILE) and len(digits) == 11 else ""

    def send(self, message: Message, *, address: str, number: str) -> None:
        parts = urlsplit(settings.SMS_URL)
        form = dict(parse_qsl(parts.query)) | {"To": address, "Body": message.brief[:LONGEST_SMS]}
        name = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        host = parts.netloc.rpartition("@")[2]
        headers = {
            "Authorization": f"Basic {b64encode(name.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": _retry_key(number),
        }
        status = post(urlunsplit((parts.scheme, host, parts.path, "", "")), urlencode(form).encode(), headers)
        _judge(status, wrong_address={400, 404})


class Line:
    """LINE Messaging API, a push message; the retry key makes a second try harmless (409: it was taken before)."""

    name = "line"

    def address_of(self, patron: Patron) -> str:
        return next((one.address for one in contacts_of(patron, "line")), "")

    def send(self, message: Message, *, address: str, number: str) -> None:
        body = {"to": address, "messages": [{"type": "text", "text": message.brief[:5000]}]}
        headers = {
            "Authorization": f"Bearer {settings.LINE_TOKEN}",
            "Content-Type": "application/json",
            "X-Line-Retry-Key": _retry_key(number),
        }
        status = post(f"{settings.LINE_API}/v2/bot/message/push", json.dumps(body).encode(), headers)
        if status != 409:
            _judge(status, wrong_address={400})


def reply_at_line(token: str, text: str) -> None:
    """Answer somebody who wrote at LINE; the token is good once, for about a minute. Raises OSError when LINE is silent."""
    body = {"replyToken": token, "messages": [{"type": "text", "text": text[:5000]}]}
    headers = {"Authorization": f"Bearer {settings.LINE_TOKEN}", "Content-Type": "application/json"}
    post(f"{settings.LINE_API}/v2/bot/message/reply", json.dumps(body).encode(), headers)


class Push:
    """Web push to every browser that the reader has allowed. A browser that is gone is forgotten."""

    name = "push"

    def address_of(self, patron: Patron) -> str:
        """Row numbers of the browsers: an address of theirs would be one of somebody else tomorrow."""
        return ",".join(str(one.pk) for one in contacts_of(patron, "push"))

    def send(self, message: Message, *, address: str, number: str) -> None:
        arrived = 0
        silent: OSError | NotTaken | None = None
        for contact in ContactPoint.objects.filter(pk__in=address.split(",")).select_related("patron").order_by("pk"):
            said = {
                "title": message.subject[:120],
                "body": "\n".join((*message.titles, message.library))[:900],
                "tag": number,
            }
            try:
                arrived += self._tell(contact, said, message.leaves_at or contact.since)
            except (OSError, NotTaken) as failure:
                silent = failure
        if not arrived and silent:
            raise silent
        if not arrived:
            raise Undeliverable

    @staticmethod
    def _tell(contact: ContactPoint, said: dict[str, str], at: datetime) -> int:
        body, headers = for_browser(contact.address, contact.keys, json.dumps(said, ensure_ascii=False).encode(), at)
        status = post(contact.address, body, headers)
        if status in {404, 410}:
            remove_contact(contact=contact, by=system_actor(via="worker"), at=at)
            return 0
        _judge(status, wrong_address=set())
        return 1


def _retry_key(number: str) -> str:
    """The same UUID for the same notice of this library."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.PUBLIC_ADDRESS}/{settings.LIBRARY_NAME}/{number}"))


def _judge(status: int, *, wrong_address: set[int]) -> None:
    if status in wrong_address:
        raise Undeliverable
    if not 200 <= status < 300:
        raise NotTaken(f"answered {status}")
