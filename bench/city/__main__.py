"""A year of a city, or some days of it, through the real verbs; what came of it is drawn.

python -m bench.city [--days 7] [--scale 0.01] [--processes 4] [--database sqlite] [--report city.html]
python -m bench.city --setagaya [--database postgres] [--kept FOLDER]

--scale 1 is 24 sites, 300,000 patrons, a million copies, 6 M loans and 1 M holds a year, 2 % of the stock not where it
should be, a van twice a day. --setagaya is one day with 17,700 loans, 17,700 returns, 6,000 holds and all transports;
it must be replayed in less than three minutes (the building of the city beforehand is not counted).
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as of_day
from pathlib import Path
from typing import Any

from bench.circulation import quantile
from bench.city.building import FIRST_DAY, Size, as_argument
from bench.city.drawing import draw
from bench.lending_town import Town, town

OPEN_DAYS = 305
YEAR = {"loans": 6_000_000, "holds": 1_000_000}
SETAGAYA = {"loans": 17_700, "returns": 17_700, "holds": 6_000}
RUNS = (13, 18)
"""Hours at which a van leaves; what it brings is scanned two hours later."""


@dataclass
class Result:
    """What the days came to."""

    days: list[dict[str, Any]] = field(default_factory=list)
    loads: dict[str, list[int]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    processor: float = 0.0
    in_verbs: float = 0.0
    """Of it, spent in the verbs: the rest is the drawing of who comes and what they want."""
    nights: list[dict[str, float]] = field(default_factory=list)


class City:
    """The processes that play, each for some of the sites."""

    def __init__(self, place: Town, processes: int) -> None:
        self._running = [place.start("city.living", str(n), str(processes)) for n in range(processes)]
        for one in self._running:
            _answer(one)
        self.result = Result()

    def all(self, what: str, day: datetime, **told: Any) -> None:
        """Everybody does this part of the day; the next begins when all are done."""
        began = time.perf_counter()
        for one in self._running:
            _tell(one, what=what, day=day.date().isoformat(), **told)
        for one in self._running:
            self._add(_answer(one))
        self.result.seconds[what] = self.result.seconds.get(what, 0.0) + time.perf_counter() - began

    def one(self, what: str, day: datetime, **told: Any) -> Any:
        began = time.perf_counter()
        _tell(self._running[0], what=what, day=day.date().isoformat(), **told)
        answer = _answer(self._running[0])
        self._add(answer)
        self.result.seconds[what] = self.result.seconds.get(what, 0.0) + time.perf_counter() - began
        return answer["answer"]

    def _add(self, answer: dict[str, Any]) -> None:
        self.result.done.update(answer["done"])
        self.result.refused.update(answer["refused"])
        self.result.processor += answer["processor"]
        self.result.in_verbs += answer["in_verbs"]
        for what, waits in answer["waits"].items():
            self.result.waits.setdefault(what, []).extend(waits)

    def end(self) -> None:
        for one in self._running:
            one.stdin.close()  # type: ignore[union-attr]
            one.wait()


def _tell(one: subprocess.Popen[str], **command: Any) -> None:
    assert one.stdin is not None
    one.stdin.write(json.dumps(command) + "\n")
    one.stdin.flush()


def _answer(one: subprocess.Popen[str]) -> dict[str, Any]:
    assert one.stdout is not None
    line = one.stdout.readline()
    if not line:
        raise SystemExit("a process of the city died")
    answer: dict[str, Any] = json.loads(line)
    return answer


def play(city: City, day: datetime, since: datetime, numbers: dict[str, int], *, with_night: bool) -> datetime:
    """One day; answers when the last van left."""
    if with_night:
        city.result.nights.append(city.one("night", day))
    city.all("pick", day)
    half = {name: number // 2 for name, number in numbers.items()}
    for hour, begins in zip(RUNS, (9, 15), strict=True):
        city.all("open", day, begins=begins, hours=4, **half)
        run = {"hour": hour if hour == RUNS[0] else 20, "since": since.isoformat()}
        city.result.loads[f"{day:%m-%d} {run['hour']}:00"] = city.one("riding", day, **run)
        city.all("van", day, **run)
        since = day.replace(hour=run["hour"]) - timedelta(hours=9)
    city.result.days.append({"day": day.date().isoformat(), **city.one("count", day)})
    return since


def main(chosen: argparse.Namespace) -> int:
    # Setagaya: 900,000 people, of whom a good third are registered.
    scale = chosen.scale if not chosen.setagaya or chosen.scale != 0.01 else 1.0
    numbers = dict(SETAGAYA)
    if not chosen.setagaya:
        each_day = {name: max(4, int(number * scale / OPEN_DAYS)) for name, number in YEAR.items()}
        numbers = {**each_day, "returns": each_day["loans"]}
    size = Size.of(scale)
    began = time.perf_counter()
    building = ("city.building", as_argument(size))
    kept = Path(chosen.kept) if chosen.kept else None
    with town(chosen.database, items=size.items, patrons=size.patrons, built_by=building, kept=kept) as place:
        built = time.perf_counter() - began
        city = City(place, chosen.processes)
        began = time.perf_counter()
        day = datetime.combine(FIRST_DAY, of_day(), UTC)
        since = day - timedelta(days=1)
        for _ in range(1 if chosen.setagaya else chosen.days):
            since = play(city, day, since, numbers, with_night=not chosen.setagaya)
            day += timedelta(days=1)
        seconds = time.perf_counter() - began
        city.end()
    say(city.result, size, built, seconds)
    Path(chosen.report).write_text(draw(city.result, size, seconds, chosen.database), encoding="utf-8")
    print(f"drawn in {chosen.report}")
    doubled = sum(one["double"] for one in city.result.days)
    return 1 if doubled or (chosen.setagaya and seconds > 180) else 0


def say(result: Result, size: Size, built: float, seconds: float) -> None:
    print(
        f"{size}\nbuilt in {built:.0f} s; {len(result.days)} day(s) in {seconds:.1f} s, {result.processor:.0f} s of processor,"
        f" {result.in_verbs:.0f} s of it in the verbs"
    )
    for what, waits in sorted(result.waits.items()):
        print(
            f"  {what:10} {result.done[what]:7} done   p50 {quantile(waits, 0.5) * 1000:6.1f} ms"
            f"   p99 {quantile(waits, 0.99) * 1000:7.1f} ms   worst {max(waits) * 1000:7.0f} ms"
        )
    print("  refused: " + (", ".join(f"{why} {times}" for why, times in result.refused.most_common(12)) or "nothing"))
    print("  seconds: " + ", ".join(f"{what} {spent:.1f}" for what, spent in result.seconds.items()))
    jobs = {name for night in result.nights for name in night}
    worst = {name: max(night.get(name, 0.0) for night in result.nights) for name in sorted(jobs)}
    if worst:
        print("  the longest night: " + ", ".join(f"{name} {spent:.1f}" for name, spent in worst.items()))
    for one in result.days:
        waited = one["waited"]
        told = ", ".join(f"{what} {number}" for what, number in one.items() if what not in {"day", "waited"})
        if len(result.days) <= 14:
            print(f"  {one['day']}: {told}; {len(waited)} readers told")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--days", type=int, default=7)
    options.add_argument("--scale", type=float, default=0.01)
    options.add_argument("--processes", type=int, default=4)
    options.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--setagaya", action="store_true")
    options.add_argument(
        "--kept", default="", help="a folder where the city stands as built, for the next run to play on a copy"
    )
    options.add_argument("--report", default="city.html")
    sys.exit(main(options.parse_args()))
