"""How long a batch of a stocktake takes: 10,000 numbers read at a shelf, most right, some not.

python -m bench.stocktake [--numbers 10000] [--batches 3] [--database sqlite --database postgres]
"""

import argparse
import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.lending_town import django, town

PATRONS = 50
AT = datetime(2026, 5, 20, 1, tzinfo=UTC)


def costs(numbers: int, batches: int) -> dict[str, Any]:
    from fumikura.holdings.models import Item
    from fumikura.kernel.actors import Actor
    from fumikura.kernel.permissions import PERMISSIONS
    from fumikura.organisation.queries import find_facility
    from fumikura.stocktake.models import Reading
    from fumikura.stocktake.queries import progress_of
    from fumikura.stocktake.services import finish_counting, open_stocktake, take_batch, undo_batch

    chuo = find_facility("CHUO")
    by = Actor(ref="staff:1", facility="CHUO", via="api", permissions=frozenset(PERMISSIONS))
    items = list(Item.objects.order_by("pk"))
    for place, item in enumerate(items):
        item.call_number = f"{place * 1000 // len(items):03}.{place % 10}/{chr(0x30A2 + place % 80)}"
    Item.objects.bulk_update(items, ["call_number"], batch_size=500)
    Item.objects.update(home=chuo)
    one = open_stocktake(facility=chuo, by=by, at=AT)
    found: dict[str, Any] = {"numbers": numbers, "items": len(items)}
    chance = random.Random(7)
    took, undone = [], []
    for turn in range(batches):
        read = [item.barcode for item in items[turn * numbers : (turn + 1) * numbers]] or [items[0].barcode]
        for _ in range(len(read) // 50):
            there = chance.randrange(len(read))
            read[there] = f"9{there:07}" if there % 2 else read[chance.randrange(len(read))]
        at = AT + timedelta(minutes=20 * turn)
        began, worked = time.perf_counter(), time.process_time()
        batch = take_batch(stocktake=one, numbers=read, key=f"b{turn}", shelf=str(turn), source="rfid", by=by, at=at)
        took.append((time.perf_counter() - began, time.process_time() - worked))
        if turn == batches - 1:
            began = time.perf_counter()
            undo_batch(batch=batch, by=by, at=at)
            undone.append(time.perf_counter() - began)
    found["batch_seconds"] = [round(seconds, 2) for seconds, _cpu in took]
    found["batch_cpu_seconds"] = [round(cpu, 2) for _seconds, cpu in took]
    found["undo_seconds"] = [round(seconds, 2) for seconds in undone]
    began = time.perf_counter()
    found["percent"] = progress_of(one, AT).percent
    found["progress_seconds"] = round(time.perf_counter() - began, 2)
    began = time.perf_counter()
    found["to_search"] = finish_counting(stocktake=one, by=by, at=AT + timedelta(hours=2))
    found["finish_seconds"] = round(time.perf_counter() - began, 2)
    found["readings"] = Reading.objects.count()
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["measured"]:
        django()
        print(json.dumps(costs(*map(int, sys.argv[2:]))))
    else:
        options = argparse.ArgumentParser(description=__doc__)
        options.add_argument("--numbers", type=int, default=10_000)
        options.add_argument("--batches", type=int, default=3)
        options.add_argument("--database", action="append", choices=["sqlite", "postgres"])
        chosen = options.parse_args()
        for name in chosen.database or ["sqlite", "postgres"]:
            with town(name, items=chosen.numbers * chosen.batches, patrons=PATRONS) as place:
                said = place.start("stocktake", "measured", str(chosen.numbers), str(chosen.batches)).communicate()[0]
                print(f"{name:9}", *(f"{key} {value}" for key, value in json.loads(said).items()), sep="  ")
