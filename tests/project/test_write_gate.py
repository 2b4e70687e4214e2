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


def test_one_who_comes_back_at_once_does_not_overtake_those_who_wait(tmp_path: Path) -> None:
    """A hasty writer leaves and re-enters without a pause; a patient one must get in within a few turns."""
    done = threading.Event()
    turns = [0]

    def hasty() -> None:
        gate = WriteGate(tmp_path / "gate")
        while not done.is_set():
            gate.enter()
            turns[0] += 1
            time.sleep(0.001)
            gate.leave()
        gate.close()

    thread = threading.Thread(target=hasty)
    thread.start()
    patient = WriteGate(tmp_path / "gate")
    overtaken = []
    for _ in range(30):
        before = turns[0]
        patient.enter()
        overtaken.append(turns[0] - before)
        patient.leave()
        time.sleep(0.003)
    done.set()
    thread.join()
    assert max(overtaken) <= 2
