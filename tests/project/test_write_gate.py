"""The write gate: writers on SQLite queue up fairly instead of overtaking one another."""

import threading
import time
from pathlib import Path

from fumikura.project.sqlite.gate import WriteGate


def test_one_at_a_time(tmp_path: Path) -> None:
    inside, most = [0], [0]

    def write() -> None:
        gate = WriteGate(tmp_path / "gate")
        for _ in range(20):
            gate.enter()
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.0005)
            inside[0] -= 1
            gate.leave()
        gate.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1


def test_a_gate_that_is_closed_lets_the_next_in(tmp_path: Path) -> None:
    first, second = WriteGate(tmp_path / "gate"), WriteGate(tmp_path / "gate")
    first.enter()
    first.close()
    second.enter()
    second.close()
