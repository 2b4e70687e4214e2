"""Random loans, returns, journeys and holds by eight processes: nothing double, everything acknowledged is stored, nobody waits long.

python -m bench.soak [--operations 100000] [--processes 8] [--database sqlite --database postgres]
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from bench.lending_town import Town, town

ITEMS, PATRONS = 2_000, 400


def soak(database: str, operations: int, processes: int) -> bool:
    with town(database, items=ITEMS, patrons=PATRONS) as place:
        files = [place.folder / f"acknowledged-{n}" for n in range(processes)]
        running = [
            place.start(
                "desk_client", "random", *map(str, (n, processes, operations // processes, ITEMS, PATRONS, files[n]))
            )
            for n in range(processes)
        ]
        began = time.perf_counter()
        answers = [json.loads(client.communicate()[0]) for client in running]
        seconds = time.perf_counter() - began
        found = verify(place, files)
    worst = max(answer["worst"] for answer in answers)
    print(
        f"{database}: {sum(answer['done'] for answer in answers)} done, {sum(answer['refused'] for answer in answers)} refused,"
        f" {sum(answer['locked'] for answer in answers)} gave up waiting; worst wait {worst:.2f} s;"
        f" {operations / seconds:.0f} operations/s\n  {found}"
    )
    wrong = any(
        found[key]
        for key in (
            "double",
            "overlapping",
            "lost",
            "unacknowledged",
            "entries_missing",
            "reader_left",
            "in_two_places",
            "promised_wrongly",
        )
    )
    return not wrong and worst <= 1.0


def verify(place: Town, files: list[Path]) -> dict[str, int]:
    checker = place.start("soak", "--verify", *map(str, files))
    found: dict[str, int] = json.loads(checker.communicate()[0])
    return found


def look(files: list[str]) -> dict[str, int]:
    """Compare what was acknowledged with what the database holds."""
    from bench.lending_town import django

    django()
    from django.db.models import Count

    from fumikura.circulation.models import Allotment, Hold, Loan, ShelfPlace, Transit
    from fumikura.journal.models import Entry

    lines = [line.split() for name in files for line in Path(name).read_text().splitlines()]
    lent = {int(loan) for what, loan, _ in lines if what == "lent"}
    returned = {int(loan) for what, loan, _ in lines if what == "returned"}
    stored = set(Loan.objects.values_list("pk", flat=True))
    closed = set(Loan.objects.exclude(returned_at=None).values_list("pk", flat=True))
    overlapping, last = 0, {}
    for item, lent_at, returned_at in Loan.objects.order_by("item", "pk").values_list("item", "lent_at", "returned_at"):
        before = last.get(item)
        overlapping += before is not None and (before[1] is None)
        last[item] = (lent_at, returned_at)
    made = Entry.objects.filter(event="circulation.loan-made").count()
    ended = Entry.objects.filter(event="circulation.loan-returned").count()
    waits = {int(hold) for what, hold, _ in lines if what == "waits"}
    cancelled = {int(hold) for what, hold, _ in lines if what == "cancelled"}
    holds = set(Hold.objects.values_list("pk", flat=True))
    given_up = set(Hold.objects.filter(closed_as="cancelled").values_list("pk", flat=True))
    out = Counter(Loan.objects.open().values_list("item", flat=True))
    out.update(Transit.objects.open().values_list("item", flat=True))
    out.update(ShelfPlace.objects.open().values_list("item", flat=True))
    promised = Allotment.objects.open()
    return {
        "acknowledged": len(lines),
        "loans": len(stored),
        "double": Loan.objects.open().values("item").annotate(times=Count("id")).filter(times__gt=1).count(),
        "overlapping": overlapping,
        "lost": len(lent - stored) + len(returned - closed) + len(waits - holds) + len(cancelled - given_up),
        "unacknowledged": len(stored - lent) + len(closed - returned) + len(holds - waits) + len(given_up - cancelled),
        "holds": len(holds),
        "journeys": Transit.objects.count(),
        "in_two_places": sum(times > 1 for times in out.values()),
        "promised_wrongly": promised.exclude(title__hold__closed_at=None).count()
        + promised.filter(item__in=Loan.objects.open().values("item")).count(),
        "entries_missing": abs(made - len(stored)) + abs(ended - len(closed)),
        "reader_left": Loan.objects.exclude(returned_at=None).exclude(patron=None).count(),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--verify"]:
        print(json.dumps(look(sys.argv[2:])))
        sys.exit()
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--operations", type=int, default=100_000)
    options.add_argument("--processes", type=int, default=8)
    options.add_argument("--database", action="append", choices=["sqlite", "postgres"])
    chosen = options.parse_args()
    results = [soak(name, chosen.operations, chosen.processes) for name in chosen.database or ["sqlite"]]
    sys.exit(0 if all(results) else 1)
