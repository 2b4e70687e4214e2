"""The mailbox to which undeliverable mail comes back, read over IMAP (RFC 9051). Only delivery reports are touched."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

PORT, TLS_PORT = 143, 993
PATIENCE = 20
"""Seconds."""
MOST = 500
"""Reports in one go; the rest waits for the next."""
LARGEST = 2_000_000
"""Bytes of a report that are read: the list of addresses stands before the letter that came back."""


class MailboxTrouble(Exception):
    """The mailbox cannot be read. Says the kind of trouble, never the server's words, which might hold an address."""


@contextmanager
def opened(url: str) -> Iterator[imaplib.IMAP4]:
    """The mailbox that `imaps://name:password@host/FOLDER` names (INBOX without a folder), signed in and selected."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        if parts.scheme == "imaps":
            port = parts.port or TLS_PORT
            box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                host, port, ssl_context=ssl.create_default_context(), timeout=PATIENCE
            )
        else:
            box = imaplib.IMAP4(host, parts.port or PORT, timeout=PATIENCE)
    except (OSError, imaplib.IMAP4.error) as failure:
        raise MailboxTrouble(type(failure).__name__) from None
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        said, _answer = box.select(f'"{unquote(parts.path.strip("/")) or "INBOX"}"')
        if said != "OK":
            raise MailboxTrouble("no-such-folder")
        yield box
    except (OSError, imaplib.IMAP4.error) as failure:
        raise MailboxTrouble(type(failure).__name__) from None
    finally:
        _leave(box)


def unread_reports(box: imaplib.IMAP4) -> Iterator[tuple[str, bytes]]:
    """(number, bytes) of every unread message that says it is a report. Reading leaves it unread."""
    _said, found = box.uid("SEARCH", "UNSEEN", "HEADER", "Content-Type", '"multipart/report"')
    for number in (found[0] or b"").decode().split()[:MOST]:
        _said, parts = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{LARGEST}>)")
        yield number, b"".join(part[1] for part in parts if isinstance(part, tuple))


def throw_away(box: imaplib.IMAP4, number: str) -> None:
    """Delete a report that has been dealt with: with it goes the letter to a reader that it holds."""
    box.uid("STORE", number, "+FLAGS.SILENT", r"(\Deleted)")


def set_aside(box: imaplib.IMAP4, number: str) -> None:
    """Leave a message for people, as read: it is a report of something else."""
    box.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")


def _leave(box: imaplib.IMAP4) -> None:
    try:
        if box.state == "SELECTED":
            box.close()  # and what is marked as deleted goes
        box.logout()
    except (OSError, imaplib.IMAP4.error):
        pass
