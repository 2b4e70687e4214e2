"""Check-outs and returns per second through the service, and how long one waits.

python -m bench.circulation [--clients 8] [--each 500] [--database sqlite --database postgres]
"""

import argparse
import json
import subprocess
from collections.abc import Sequence

from bench.lending_town import town

ITEMS, PATRONS = 20_000, 4_000


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def together(running: Sequence[subprocess.Popen[str]]) -> list[str]:
    """All begin at once; what each answers."""
    for client in running:
        assert client.stdin is not None
        client.stdin.write("\n")
        client.stdin.flush()
    return [client.communicate()[0] for client in running]


def measure(database: str, clients: int, each: int) -> None:
    with town(database, items=ITEMS, patrons=PATRONS) as place:
        running = [
            place.start("desk_client", "throughput", *map(str, (n, clients, each, ITEMS, PATRONS)))
            for n in range(clients)
        ]
        for client in running:
            if client.stdout is None or client.stdout.readline() != "ready\n":
                raise SystemExit("a client did not come up")
        answers = [json.loads(answer) for answer in together(running)]
    for act, phase in (("check-out", "lending"), ("check-in", "returning")):
        waits = [wait for answer in answers for wait in answer["waits"][act]]
        rate = len(waits) / max(answer[phase] for answer in answers)
        print(
            f"{database:9} {clients} clients  {act:9} {rate:7.0f}/s   p50 {quantile(waits, 0.5) * 1000:6.1f} ms"
            f"   p99 {quantile(waits, 0.99) * 1000:6.1f} ms   worst {max(waits) * 1000:6.0f} ms"
        )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, action="append")
    options.add_argument("--each", type=int, default=500)
    options.add_argument("--database", action="append", choices=["sqlite", "postgres"])
    chosen = options.parse_args()
    for name in chosen.database or ["sqlite", "postgres"]:
        for number in chosen.clients or [1, 8]:
            measure(name, number, chosen.each)
