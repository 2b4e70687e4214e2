"""Check-outs per second through HTTP, and how long a counter waits for its answer: `fumikura serve` with granian.

Every figure is of the whole way: the form posted, the loan made, the counter's page written and read.

python -m bench.http_checkouts [--clients 1 --clients 8] [--each 200] [--workers 1] [--pause 1] [--database sqlite --database postgres]
"""

import argparse
import json
import socket
import subprocess
import sys
import time

from bench.circulation import quantile
from bench.lending_town import TOP, Town, town

ITEMS, PATRONS = 20_000, 4_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(place: Town, workers: int) -> tuple[subprocess.Popen[bytes], str]:
    """The server as it is run in earnest, its worker that reads the journal beside it; its address once it answers."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "manage.py", "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(
        command, env=place.environment, cwd=TOP, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(1800):
        if server.poll() is not None:
            raise SystemExit("the server did not start")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server, f"127.0.0.1:{port}"
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise SystemExit("the server does not answer")


def measure(database: str, clients: int, each: int, workers: int, pause: float) -> None:
    with town(database, items=ITEMS, patrons=PATRONS) as place:
        place.start("http_desk", "staff", str(clients)).wait()
        server, address = serve(place, workers)
        try:
            running = [
                place.start("http_desk", address, *map(str, (n, clients, each, ITEMS, PATRONS, pause)))
                for n in range(clients)
            ]
            answers = [json.loads(client.communicate()[0]) for client in running]
        finally:
            server.terminate()
            server.wait(timeout=30)
    waits = [wait for answer in answers for wait in answer["waits"]]
    not_lent = [said for answer in answers for said in answer["not_lent"]]
    seconds = max(answer["to"] for answer in answers) - min(answer["from"] for answer in answers)
    print(
        f"{database:9} {clients} counters {workers} worker(s)  {len(waits) / seconds:6.1f} loans/s"
        f"   p50 {quantile(waits, 0.5) * 1000:6.1f} ms   p95 {quantile(waits, 0.95) * 1000:6.1f} ms"
        f"   p99 {quantile(waits, 0.99) * 1000:6.1f} ms   not lent: {len(not_lent)}"
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, action="append")
    options.add_argument("--each", type=int, default=200)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--pause", type=float, default=0, help="seconds from an answer to the next scan of a counter")
    options.add_argument("--database", action="append", choices=["sqlite", "postgres"])
    chosen = options.parse_args()
    for name in chosen.database or ["sqlite", "postgres"]:
        for number in chosen.clients or [1, 8]:
            measure(name, number, chosen.each, chosen.workers, chosen.pause)
