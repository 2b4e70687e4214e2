"""Neighbours are asked at once: nobody waits for the slow one, a silent one says so, and a late answer is found on the next look."""

import threading
import time

import pytest
from django.test import Client

from fumikura.discovery import asking, targets
from fumikura.discovery.asking import ask_neighbours
from fumikura.discovery.models import Target
from fumikura.discovery.targets import Facts
from tests import cast
from tests.interop.replaying import serving

pytestmark = pytest.mark.django_db(transaction=True)
BY = cast.acting("discovery.set-targets")
NOBODY = "http://127.0.0.1:9/sru"


def answer_with(title: bytes) -> bytes:
    return (
        b'<searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><numberOfRecords>12</numberOfRecords><records><record>'
        b"<recordData>" + title + b"</recordData></record></records></searchRetrieveResponse>"
    )


KOKORO = answer_with(
    '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 i 4500</leader>'
    '<controlfield tag="001">1</controlfield><datafield tag="245" ind1="0" ind2="0"><subfield code="a">こころの旅</subfield></datafield>'
    "</record>".encode()
)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    asking._asked.clear()


def neighbour(name: str, address: str, seconds: int = 5) -> Target:
    return targets.set_target(Facts(name=name, address=address, seconds=seconds), by=BY, at=cast.AT)


def test_the_quick_the_slow_and_the_silent_are_told_apart_within_the_patience() -> None:
    with serving(lambda _asked: (200, KOKORO, 0)) as quick, serving(lambda _asked: (200, KOKORO, 2.5)) as slow:
        neighbour("早い館", quick)
        neighbour("おそい館", slow)
        neighbour("だまった館", NOBODY)
        began = time.monotonic()
        replies = {one.name: one for one in ask_neighbours("こころ", at=cast.AT, patience=1.5)}
        assert time.monotonic() - began < 2.5
        assert {name: one.state for name, one in replies.items()} == {
            "早い館": "answered",
            "おそい館": "waiting",
            "だまった館": "silent",
        }
        assert (replies["早い館"].total, replies["早い館"].titles[0].title) == (12, "こころの旅")
        later = {one.name: one.state for one in ask_neighbours("こころ", at=cast.AT, patience=8)}
        assert later["おそい館"] == "answered"


def test_one_that_was_silent_three_times_rests_and_is_not_waited_for() -> None:
    neighbour("だまった館", NOBODY)
    for _ in range(3):
        ask_neighbours("こころ", at=cast.AT)
    began = time.monotonic()
    assert [one.state for one in ask_neighbours("こころ", at=cast.AT)] == ["resting"]
    assert time.monotonic() - began < 2


def test_one_that_hangs_takes_no_turn_from_the_others() -> None:
    others_were_asked = threading.Event()

    def hangs(_asked: dict[str, str]) -> tuple[int, bytes, float]:
        others_were_asked.wait(20)
        return 200, KOKORO, 0

    def answers(asked: dict[str, str]) -> tuple[int, bytes, float]:
        if "こころ" in asked["query"]:
            others_were_asked.set()
        return 200, KOKORO, 0

    with serving(hangs) as hanging, serving(answers) as quick:
        neighbour("だまった館", hanging, seconds=30)
        neighbour("早い館", quick)
        for n in range(12):
            ask_neighbours(f"本{n}", at=cast.AT, patience=0)
        replies = ask_neighbours("こころ", at=cast.AT, patience=15)
    assert [one.state for one in replies] == ["answered", "answered"]


def test_questions_that_waited_for_a_silent_one_are_told_of_its_rest() -> None:
    silent = neighbour("だまった館", NOBODY)
    for n in range(12):
        ask_neighbours(f"本{n}", at=cast.AT, patience=0)
    states = [ask_neighbours(f"本{n}", at=cast.AT, patience=15)[0].state for n in range(12)]
    # Three were silent, and those that were under way at that moment.
    assert states.count("resting") >= 12 - 3 - (asking.AT_ONCE - 1)
    assert 3 <= Target.objects.get(pk=silent.pk).failures <= 3 + asking.AT_ONCE - 1


def test_the_page_says_who_has_it_and_leads_back_and_on() -> None:
    with serving(lambda _asked: (200, KOKORO, 0)) as quick:
        neighbour("となりの市", quick)
        html = Client().get("/search/neighbours?q=こころ").content.decode()
        part = Client().get("/search/neighbours?q=こころ&part=1").content.decode()
    assert "12件あります" in html
    assert "こころの旅" in html
    assert "さがした結果へもどる" in html
    assert part.count("<html") == 0
    assert "こころの旅" in part
    assert Client().get("/search/neighbours").status_code == 302
