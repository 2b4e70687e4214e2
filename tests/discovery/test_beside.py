"""Work that another thread begins is finished by whoever wants it, whatever becomes of the thread."""

from collections.abc import Iterator
from threading import Event, get_ident

import pytest

from fumikura.discovery.engines.beside import Beside


@pytest.fixture
def beside() -> Iterator[Beside]:
    found = Beside()
    yield found
    found.close()


def test_the_first_piece_is_done_beside_and_what_waits_is_done_here(beside: Beside) -> None:
    begun, go_on = Event(), Event()

    def slow() -> int:
        begun.set()
        go_on.wait(10)
        return get_ident()

    def let_it_go_on() -> int:
        go_on.set()
        return get_ident()

    work = beside.begin([slow, let_it_go_on, get_ident], list)
    assert begun.wait(10)
    assert [one == get_ident() for one in work.result()] == [False, True, True]
    assert work.result() is work.result(), "done once"


def test_an_error_is_that_of_whom_it_concerns_and_is_not_remembered(beside: Beside) -> None:
    failing, tried = [ValueError("beside"), ValueError("here")], Event()

    def work() -> str:
        tried.set()
        if failing:
            raise failing.pop(0)
        return "done"

    begun = beside.begin([work], tuple)
    assert tried.wait(10)
    with pytest.raises(ValueError, match="here"):
        begun.result()
    assert begun.result() == ("done",)


def test_what_was_begun_before_closing_is_answered_and_new_work_finds_a_new_thread(beside: Beside) -> None:
    go_on = Event()
    running = beside.begin([lambda: go_on.wait(10)], list)
    waiting = beside.begin([get_ident], list)
    go_on.set()
    beside.close()
    beside.close()
    assert (running.result(), len(waiting.result())) == ([True], 1)
    assert beside.begin([lambda: 1, lambda: 2], sum).result() == 3
