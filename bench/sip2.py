"""Self-service machines under load: terminals that each lend stacks of ten books, then return them, over real sockets.

python -m bench.sip2 [--terminals 50] [--stacks 4] [--database sqlite --database postgres] [--minutes 0] [--pause 0]

Every figure is of the whole way: frame sent, loan made and committed, frame read. `--minutes` goes on with lending and
returning for so long (the standing proof is 50 terminals for 30 minutes: `--minutes 30 --pause 1`), telling how it stands once a
minute. Exit status 1 when an answer was no, of another message or about another book, or a line was lost. Without `--pause`
every terminal lays the next book down at once, which shows how many loans a second there can be; with `--pause 1` each lays one
a second, as a reader does at the fastest, which shows how long a book takes when fifty people stand there.
"""

import argparse
import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime

from bench.circulation import quantile
from bench.http_checkouts import free_port
from bench.lending_town import TOP, Town, django, town
from bench.memory import now_below
from fumikura.protocols.sip2.codec import Unreadable
from fumikura.protocols.sip2.layouts import ANSWERS

BOOKS = 10
ITEMS, PATRONS = 20_000, 4_000
LOOKS_EVERY = 60.0


def serve(place: Town, *, threads: int, processes: int) -> tuple[subprocess.Popen[str], int]:
    command = [
        sys.executable,
        "-W",
        "ignore",
        "manage.py",
        "sip2",
        "--port",
        str(free_port()),
        "--threads",
        str(threads),
        "--processes",
        str(processes),
    ]
    server = subprocess.Popen(command, env=place.environment, cwd=TOP, stdout=subprocess.PIPE, text=True)
    said = server.stdout.readline()
    if not (found := re.search(r":(\d+) ", said)):
        raise SystemExit(f"the server did not start: {said}")
    return server, int(found[1])


def keys(place: Town, terminals: int) -> list[str]:
    made = place.start("sip2", "keys", str(terminals))
    return json.loads(made.communicate()[0])


def make_keys(terminals: int) -> None:
    django()
    from django.utils import timezone

    from fumikura.organisation.queries import find_facility, system_actor
    from fumikura.organisation.services import add_device

    by, place = system_actor(via="cli"), find_facility("CHUO")
    made = [
        add_device(code=f"SC-{n}", name="", kind="combined", facility=place, by=by, at=timezone.now())[1]
        for n in range(terminals)
    ]
    print(json.dumps(made))


class Terminal(threading.Thread):
    def __init__(self, port: int, number: int, of: int, key: str, *, stacks: int, minutes: float, pause: float) -> None:
        super().__init__()
        self.port, self.number, self.of, self.key, self.stacks, self.minutes = port, number, of, key, stacks, minutes
        self.pause = pause
        self.lent: list[float] = []
        self.returned: list[float] = []
        self.sent = 0
        self.refused = Counter[str]()
        self.wrong = 0
        self.failure = ""

    def run(self) -> None:
        from fumikura.protocols.sip2.simulating import Machine

        try:
            with Machine("127.0.0.1", self.port) as machine:
                self.work(machine)
        except (OSError, Unreadable) as failure:
            self.failure = repr(failure)

    def work(self, machine: object) -> None:
        from fumikura.protocols.sip2.codec import stamp

        fixed = {"name_algorithm": "0", "password_algorithm": "0"}
        machine.ask("93", fixed, ("CN", f"SC-{self.number}"), ("CO", self.key))
        mine = [f"3{n:07}" for n in range(self.number, ITEMS, self.of)]
        cards = [f"2{n + 1:07}" for n in range(self.number, PATRONS, self.of)]
        time.sleep(self.pause * self.number / self.of)  # they do not all lay down a book at the same moment
        ends, turn = time.monotonic() + self.minutes * 60, 0
        while turn < self.stacks or time.monotonic() < ends:
            stack = [mine[(turn * BOOKS + n) % len(mine)] for n in range(BOOKS)]
            card = cards[turn % len(cards)]
            for number in stack:
                now = stamp(datetime.now())
                due = {"may_renew": "N", "no_block": "N", "no_block_due": " " * 18, "when": now}
                self.lent.append(
                    self.timed(machine, "11", due, ("AO", "TOWN"), ("AA", card), ("AB", number), ("AC", ""))
                )
            for number in stack if self.minutes else ():
                now = stamp(datetime.now())
                back = {"no_block": "N", "when": now, "returned_at": now}
                self.returned.append(
                    self.timed(machine, "09", back, ("AP", ""), ("AO", "TOWN"), ("AB", number), ("AC", ""))
                )
            turn += 1

    def timed(self, machine: object, code: str, fixed: dict[str, str], *fields: tuple[str, str]) -> float:
        began = time.perf_counter()
        self.sent += 1
        step = machine.ask(code, fixed, *fields)
        waited = time.perf_counter() - began
        said, asked = step.said, step.asked
        self.wrong += (said.code, said.get("AB")) != (ANSWERS[code], asked.get("AB")) or said.sequence != asked.sequence
        if said.fixed.get("ok") != "1":
            self.refused[" ".join(said.all("AF")) or said.code] += 1
        time.sleep(max(self.pause - waited, 0))
        return waited


def measure(
    database: str, *, terminals: int, stacks: int, minutes: float, pause: float, threads: int, processes: int
) -> bool:
    with town(database, items=ITEMS, patrons=PATRONS) as place:
        secrets = keys(place, terminals)
        server, port = serve(place, threads=threads, processes=processes)
        fresh = now_below(server.pid)
        try:
            machines = [
                Terminal(port, n, terminals, secrets[n], stacks=stacks, minutes=minutes, pause=pause)
                for n in range(terminals)
            ]
            began = time.perf_counter()
            for machine in machines:
                machine.start()
            look_at = began + LOOKS_EVERY
            while busy := next((machine for machine in machines if machine.is_alive()), None):
                busy.join(max(look_at - time.perf_counter(), 0))
                if time.perf_counter() >= look_at:
                    look_at += LOOKS_EVERY
                    print(
                        f"  {time.perf_counter() - began:6.0f} s  {so_far(machines)}; server {now_below(server.pid)} MB",
                        flush=True,
                    )
            seconds, held = time.perf_counter() - began, now_below(server.pid)
        finally:
            server.terminate()
            server.wait(timeout=60)
    return tell(database, machines, seconds, f"server {fresh} → {held} MB")


def so_far(machines: list["Terminal"]) -> str:
    return f"{sum(one.sent for one in machines)} sent, {sum(len(one.lent) + len(one.returned) for one in machines)} answered"


def tell(database: str, machines: list["Terminal"], seconds: float, memory: str) -> bool:
    refused = sum((machine.refused for machine in machines), Counter[str]())
    wrong = sum(machine.wrong for machine in machines)
    failed = [machine.failure for machine in machines if machine.failure]
    lent = [wait for machine in machines for wait in machine.lent]
    back = [wait for machine in machines for wait in machine.returned]
    print(
        f"{database}: {len(machines)} terminals, {seconds:.1f} s, {so_far(machines)} = {(len(lent) + len(back)) / seconds:.0f}/s; "
        f"refused {refused.total()}, wrong answers {wrong}, lines lost {len(failed)} {failed[:1]}; {memory}"
    )
    for name, waits in (("loan", lent), ("return", back)):
        if waits:
            print(
                f"  {len(waits)} {name}s: p50 {quantile(waits, 0.5) * 1000:.0f} ms, p95 {quantile(waits, 0.95) * 1000:.0f} ms, "
                f"p99 {quantile(waits, 0.99) * 1000:.0f} ms, longest {max(waits) * 1000:.0f} ms"
            )
    for why, times in refused.most_common(5):
        print(f"  refused {times} times: {why}")
    return not (refused or wrong or failed)


def main() -> int:
    if sys.argv[1:2] == ["keys"]:
        make_keys(int(sys.argv[2]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", action="append", choices=["sqlite", "postgres"])
    parser.add_argument("--terminals", type=int, default=50)
    parser.add_argument("--stacks", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--pause", type=float, default=0, help="seconds from one book to the next at a terminal")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    well = True
    for database in options.database or ["sqlite", "postgres"]:
        well &= measure(
            database,
            terminals=options.terminals,
            stacks=options.stacks,
            minutes=options.minutes,
            pause=options.pause,
            threads=options.threads,
            processes=options.processes,
        )
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
