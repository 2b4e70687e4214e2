"""What single acts of circulation cost when much has piled up: a rule, a long account, a long queue, the night.

python -m bench.waiting [--queue 3000] [--account 400] [--holds 1000000] [--database sqlite --database postgres]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench.circulation import quantile
from bench.lending_town import django, town

ITEMS, PATRONS = 20_000, 4_000
AT = datetime(2026, 5, 20, 1, tzinfo=UTC)


def clock(times: int, act: Callable[[int], object]) -> dict[str, float]:
    waits = []
    for turn in range(times + 2):
        began = time.perf_counter()
        act(turn)
        waits.append(1000 * (time.perf_counter() - began))
    waits = waits[2:]  # the first ones word the statements
    return {"p50": quantile(waits, 0.5), "p95": quantile(waits, 0.95)}


def costs(queue: int, account: int, holds: int) -> dict[str, Any]:
    from django.db import transaction

    from fumikura.catalogue.models import BibliographicRecord
    from fumikura.circulation.models import Hold, HoldTitle, Loan, PolicySet
    from fumikura.circulation.queries import open_loans_of, rules_in_force
    from fumikura.circulation.services import Want, allot_everywhere, place_hold
    from fumikura.holdings.models import Item
    from fumikura.kernel.actors import Actor
    from fumikura.kernel.permissions import PERMISSIONS
    from fumikura.organisation.queries import find_facility, system_actor
    from fumikura.patrons.models import Patron

    chuo, system = find_facility("CHUO"), system_actor(via="cli")
    desk = Actor(ref="staff:1", facility="CHUO", via="desk", permissions=frozenset(PERMISSIONS))
    patrons = list(Patron.objects.order_by("pk"))
    records = list(BibliographicRecord.objects.order_by("pk").only("pk"))
    rules = rules_in_force(AT.date()).rule_set
    subject = {"mode": "normal", "origin": "own", "material": "book", "category": ("adult", "person"), "age": 41,
               "owner": ("CHUO", "branch"), "transaction": ("CHUO", "branch"), "channel": "desk"}  # fmt: skip
    found: dict[str, Any] = {"rule": clock(2000, lambda _: rules.decide(subject, AT.date()))}

    items = list(Item.objects.order_by("-pk")[:account])
    policy = PolicySet.objects.get()
    Loan.objects.bulk_create(
        Loan(item=one, patron=patrons[-1], lent_at=AT, lent_facility=chuo, due_on=AT.date(), policy_set=policy,
             snapshot={}) for one in items
    )  # fmt: skip
    found["account"] = clock(20, lambda _: [loan.item.record.title for loan in open_loans_of(patrons[-1])])

    def waiting(record: int, patron: Patron) -> None:
        hold = Hold(patron=patron, pickup=chuo, accepted_at=AT, entered_at=AT, via="web")
        made.append((hold, record))

    made: list[tuple[Hold, int]] = []
    Loan.objects.bulk_create(
        Loan(item=one, patron=patrons[-2], lent_at=AT, lent_facility=chuo, due_on=AT.date(), policy_set=policy,
             snapshot={}) for one in Item.objects.filter(record=records[0].pk)
    )  # fmt: skip
    for turn in range(queue):
        waiting(records[0].pk, patrons[turn % (PATRONS - 200)])
    write(made, Hold, HoldTitle, transaction)
    readers = patrons[PATRONS - 200 : PATRONS - 100]
    found["hold"] = clock(
        80, lambda n: place_hold(patron=readers[n], want=Want((records[0],)), pickup=chuo, by=desk, at=AT)
    )
    made.clear()
    # One title in fifty has copies on a shelf and readers who wait: what a night finds after a day of suspensions ended.
    lent = {record.pk for n, record in enumerate(records[1:]) if n % 50}
    out = Item.objects.filter(record__in=lent).exclude(loans__returned_at=None, loans__isnull=False)
    Loan.objects.bulk_create(
        (Loan(item=one, patron=patrons[-3], lent_at=AT, lent_facility=chuo, due_on=AT.date(), policy_set=policy,
              snapshot={}) for one in out), batch_size=2000,
    )  # fmt: skip
    for turn in range(holds):
        waiting(records[1 + turn % (len(records) - 1)].pk, patrons[turn % (PATRONS - 200)])
        if len(made) == 50_000:
            write(made, Hold, HoldTitle, transaction)
            made.clear()
    write(made, Hold, HoldTitle, transaction)
    began = time.perf_counter()
    bound = allot_everywhere(by=system, at=AT)
    found["night"] = {"holds": holds, "bound": bound, "seconds": time.perf_counter() - began}
    return found


def write(made: Any, hold: Any, hold_title: Any, transaction: Any) -> None:
    with transaction.atomic():
        hold.objects.bulk_create([one for one, _ in made], batch_size=2000)
        hold_title.objects.bulk_create(
            [hold_title(hold=one, record_id=record) for one, record in made], batch_size=2000
        )


def say(database: str, found: dict[str, Any]) -> None:
    for name in ("rule", "account", "hold"):
        print(f"{database:9} {name:8} p50 {found[name]['p50']:8.2f} ms   p95 {found[name]['p95']:8.2f} ms")
    night = found["night"]
    print(f"{database:9} night    {night['holds']} holds, {night['bound']} copies bound in {night['seconds']:.1f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["measured"]:
        django()
        print(json.dumps(costs(*map(int, sys.argv[2:]))))
    else:
        options = argparse.ArgumentParser(description=__doc__)
        options.add_argument("--queue", type=int, default=3000)
        options.add_argument("--account", type=int, default=400)
        options.add_argument("--holds", type=int, default=1_000_000)
        options.add_argument("--database", action="append", choices=["sqlite", "postgres"])
        chosen = options.parse_args()
        for name in chosen.database or ["sqlite", "postgres"]:
            with town(name, items=ITEMS, patrons=PATRONS) as place:
                numbers = map(str, (chosen.queue, chosen.account, chosen.holds))
                say(name, json.loads(place.start("waiting", "measured", *numbers).communicate()[0]))
