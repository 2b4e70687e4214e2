"""One counter under load, as a process of its own: python -m bench.desk_client MODE NUMBER OF COUNT ITEMS PATRONS [FILE]

MODE throughput: lends and returns its own share of the items, COUNT times each; answers waits as JSON. Says "ready" when it has
lent and returned a few, and begins when it is told: measured is a morning's counter, not the first minute of a process.
MODE random: COUNT random loans, returns (of which many begin or end a journey) and holds over everything, holds also
cancelled; each acknowledged act is a line in FILE.
"""

import json
import os
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from bench.lending_town import SITES, django

django()

from django.db import OperationalError  # noqa: E402

from fumikura.catalogue.models import BibliographicRecord  # noqa: E402
from fumikura.circulation.models import Hold  # noqa: E402
from fumikura.circulation.services import Want, cancel_hold, check_in, check_out, place_hold  # noqa: E402
from fumikura.holdings.queries import find_item  # noqa: E402
from fumikura.kernel.actors import Actor  # noqa: E402
from fumikura.kernel.permissions import PERMISSIONS  # noqa: E402
from fumikura.kernel.refusals import Refused  # noqa: E402
from fumikura.organisation.queries import find_facility  # noqa: E402
from fumikura.patrons.queries import find_patron_by_card  # noqa: E402

AT = datetime(2026, 5, 20, 1, tzinfo=UTC)
WARMING_UP = 8


def actor(number: int) -> Actor:
    return Actor(
        ref=f"staff:{number}", facility=SITES[number % len(SITES)], via="desk", permissions=frozenset(PERMISSIONS)
    )


def throughput(number: int, of: int, count: int, items: int, patrons: int) -> dict[str, Any]:
    """Each book is found by its barcode and lent, then all are returned: what a desk does, without the page around it."""
    by, waits = actor(number), {"check-out": [], "check-in": []}
    barcodes = [f"3{n:07}" for n in range(number, items, of)]
    mine, others = barcodes[:count], barcodes[count : count + WARMING_UP]
    cards = [f"2{n + 1:07}" for n in range(number, patrons, of)]
    for barcode in others:
        check_out(item=find_item(barcode), patron=find_patron_by_card(cards[-1]), by=by, at=AT)
    for barcode in others:
        check_in(item=find_item(barcode), by=by, at=AT)
    print("ready", flush=True)
    sys.stdin.readline()
    started = time.perf_counter()
    for turn, barcode in enumerate(mine):
        began = time.perf_counter()
        check_out(item=find_item(barcode), patron=find_patron_by_card(cards[turn // 10 % len(cards)]), by=by, at=AT)
        waits["check-out"].append(time.perf_counter() - began)
    lent = time.perf_counter()
    for barcode in mine:
        began = time.perf_counter()
        check_in(item=find_item(barcode), by=by, at=AT)
        waits["check-in"].append(time.perf_counter() - began)
    return {"waits": waits, "lending": lent - started, "returning": time.perf_counter() - lent}


def anything(number: int, count: int, items: int, patrons: int, acknowledged: TextIO) -> dict[str, Any]:
    """Random loans, returns and holds. COUNT counts acts that were done or refused; 0 goes on for ever."""
    places = [find_facility(code) for code in SITES]
    by, chance = actor(number), random.Random(os.getpid())
    worst, refused, done, locked = 0.0, 0, 0, 0
    while not count or done + refused < count:
        item = find_item(f"3{chance.randrange(items):07}")
        patron = find_patron_by_card(f"2{chance.randrange(patrons) + 1:07}")
        began = time.perf_counter()
        at = AT + timedelta(microseconds=time.time_ns() // 1000 % 10**13)
        try:
            what = chance.random()
            if what < 0.08:
                pickup = chance.choice(places)
                record = BibliographicRecord(pk=item.record_id, kind="book")
                hold = place_hold(patron=patron, want=Want((record,)), pickup=pickup, by=by, at=at)
                acknowledged.write(f"waits {hold.pk} {item.pk}\n")
            elif what < 0.10:
                if hold := Hold.objects.open().filter(patron=patron).first():
                    cancel_hold(hold=hold, by=by, at=at)
                    acknowledged.write(f"cancelled {hold.pk} {item.pk}\n")
            elif what < 0.5:
                loan = check_out(item=item, patron=patron, by=by, at=at)
                acknowledged.write(f"lent {loan.pk} {item.pk}\n")
            else:
                back = check_in(item=item, by=by, at=at)
                acknowledged.write(f"returned {back.loan.pk} {item.pk}\n" if back.loan else f"scanned 0 {item.pk}\n")
            done += 1
        except Refused:
            refused += 1
        except OperationalError:
            locked += 1
        acknowledged.flush()
        worst = max(worst, time.perf_counter() - began)
    return {"done": done, "refused": refused, "locked": locked, "worst": worst}


if __name__ == "__main__":
    mode, *rest = sys.argv[1:]
    if mode == "throughput":
        answer = throughput(*map(int, rest))
    else:
        number, _of, count, items, patrons = map(int, rest[:5])
        with Path(rest[5]).open("a") as file:
            answer = anything(number, count, items, patrons, file)
    print(json.dumps(answer))
