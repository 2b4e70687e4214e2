"""The next page of a source, fetched: which address is asked depends on the protocol and on where we stand."""

import hashlib
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.marc.xmlstream import parsed
from fumikura.discovery.union.fetching import Silent, fetch
from fumikura.harvest.reading import NotAnAnswer, Page, PlaceLost, read_csv, read_oai, read_sru

PROTOCOLS = ("oai", "sru", "csv")
SECONDS = 60
TIMES_TO_COME_AGAIN = 5
LONGEST_WAIT = 300
"""Seconds. Who wants more is asked again by the next night."""
SRU_ROWS = 100
EVERYTHING = "cql.allRecords=1"
DAY = len("2026-05-20")


@dataclass(frozen=True)
class Wish:
    """What is asked of whom: fields as in models.HarvestSource and models.Harvest."""

    protocol: str
    address: str
    format: str = ""
    set: str = ""
    since: str = ""
    place: str = ""
    rows: int = SRU_ROWS
    plan: ColumnPlan | None = None


def ask(wish: Wish) -> Page:
    """The next page. Raises Silent, NotAnAnswer, PlaceLost."""
    match wish.protocol:
        case "oai":
            return _ask_oai(wish)
        case "sru":
            return _ask_sru(wish)
    return _ask_csv(wish)


def granularity(address: str) -> int:
    """How many characters of a moment this repository understands. Raises Silent, NotAnAnswer."""
    try:
        root = parsed(_fetched(_with(address, {"verb": "Identify"})))
    except etree.XMLSyntaxError as error:
        raise NotAnAnswer("not-oai", str(error)) from None
    stated = root.findtext("{*}Identify/{*}granularity")
    if stated is None:
        raise NotAnAnswer("not-oai", "Identify")
    return len(stated.strip()) if stated.strip() else DAY


def _ask_oai(wish: Wish) -> Page:
    asked = {"verb": "ListRecords"}
    if wish.place:
        asked["resumptionToken"] = wish.place
    else:
        asked["metadataPrefix"] = wish.format or "oai_dc"
        asked |= {name: value for name, value in (("set", wish.set), ("from", wish.since)) if value}
    page = read_oai(_fetched(_with(wish.address, asked)), plan=wish.plan)
    if wish.place and page.place == wish.place:
        raise NotAnAnswer("oai-error", "resumptionToken")
    return page


def _ask_sru(wish: Wish) -> Page:
    place = int(wish.place or 1)
    asked = {
        "operation": "searchRetrieve",
        "version": "1.1",
        "query": wish.set or EVERYTHING,
        "recordSchema": wish.format or "marcxml",
        "recordPacking": "xml",
        "startRecord": str(place),
        "maximumRecords": str(wish.rows),
    }
    return read_sru(_fetched(_with(wish.address, asked)), place=place, plan=wish.plan)


def _ask_csv(wish: Wish) -> Page:
    """The file is fetched for each page, and read on behind the last row: as long as it is still the same file."""
    body = _fetched(wish.address)
    digest = hashlib.sha256(body).hexdigest()[:16]
    row, _, before = wish.place.partition("-")
    if before and before != digest:
        raise PlaceLost
    page = read_csv(body, place=int(row or 0), plan=wish.plan)
    return Page(page.records, f"{page.place}-{digest}" if page.place else "")


def _fetched(address: str) -> bytes:
    """Fetched; a machine that asks us to come again later is left alone for so long (OAI-PMH 2.0, 3.1.2.2). Raises Silent."""
    for _try in range(TIMES_TO_COME_AGAIN):
        try:
            return fetch(address, seconds=SECONDS)
        except Silent as silent:
            if silent.come_again is None or silent.come_again > LONGEST_WAIT:
                raise
            time.sleep(silent.come_again)
    return fetch(address, seconds=SECONDS)


def _with(address: str, asked: dict[str, str]) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *asked.items()]), fragment=""))
