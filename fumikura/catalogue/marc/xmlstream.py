"""Reading XML from outside as a stream of elements, in constant memory.

The parser resolves no entities, opens no network and keeps libxml2's limits: a record from outside is not to be trusted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from lxml import etree

_CHUNK = 1 << 16
_LONGEST_REST = 1 << 20


@dataclass(frozen=True, slots=True)
class Broken:
    """The XML ends here: what stands behind the last whole element (its first megabyte), and what the parser says."""

    rest: bytes
    detail: str


def elements(stream: IO[bytes], *names: str) -> Iterator["etree._Element | Broken"]:
    """Every element with one of these local names, of any namespace, when it is whole. It is gone when the next is asked for."""
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
    )
    closing = re.compile(rb"</(?:[\w.-]+:)?(?:" + "|".join(names).encode() + rb")\s*>")
    unread = b""
    try:
        while chunk := stream.read(_CHUNK):
            unread += chunk
            broken = ""
            try:
                parser.feed(chunk)
            except etree.XMLSyntaxError as error:
                broken = str(error)
            closed = 0
            for _event, element in parser.read_events():
                if isinstance(element, etree._Element):
                    closed += 1
                    yield element
                    _forget(element)
            unread = _behind(unread, closed, closing)
            if broken:
                yield _rest(unread, stream, broken)
                return
        parser.close()
    except etree.XMLSyntaxError as error:
        yield _rest(unread, stream, str(error))


def _rest(unread: bytes, stream: IO[bytes], detail: str) -> Broken:
    return Broken((unread + stream.read(_LONGEST_REST))[:_LONGEST_REST], detail)


def parsed(document: bytes) -> "etree._Element":
    """A whole document. Raises etree.XMLSyntaxError."""
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _forget(element: "etree._Element") -> None:
    """Free the memory of what has been read."""
    element.clear()
    while element.getprevious() is not None and (parent := element.getparent()) is not None:
        del parent[0]


def _behind(unread: bytes, closed: int, closing: re.Pattern[bytes]) -> bytes:
    """The bytes that stand behind the last element read: what is handed over when the XML breaks."""
    if not closed:
        return unread
    ends = [match.end() for match in closing.finditer(unread)]
    return unread[ends[closed - 1] :] if len(ends) >= closed else unread[ends[-1] :] if ends else unread
