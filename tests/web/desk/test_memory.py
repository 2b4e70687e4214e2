"""What a counter remembers between two scans, in a signed cookie."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from fumikura.kernel.refusals import Reason
from fumikura.web.desk.memory import UNDOABLE, Act, Memory, Question, Said, keep, recall

AT = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
KEY = "k" * 22


def remembered(memory: Memory, *, at: datetime = AT, user: int = 1, facility: str = "CHUO", spoil: str = "") -> Memory:
    response = HttpResponse()
    keep(response, memory)
    request = RequestFactory().get("/desk/")
    request.COOKIES[settings.DESK_COOKIE_NAME] = response.cookies[settings.DESK_COOKIE_NAME].value + spoil
    return recall(request, user=user, facility=facility, at=at)


def busy() -> Memory:
    memory = Memory.fresh(user=1, facility="CHUO", at=AT).with_patron(12345).touched(AT)
    acts = [Act("returned", 1_000_000 + n, 2_000_000 + n, "send", "KITA", KEY, "2026-06-03", n % 2) for n in range(100)]
    reasons = tuple(
        Reason.of(f"loan-limit-reached:{n}", "circulation.override-limit", limit=15, have=15) for n in "abc"
    )
    question = Question("lend", item=7, ticked=frozenset({"loan-limit-reached:a"}))
    return memory.having_done(*acts).saying(Said("refused", item=7, reasons=reasons), question=question)


def test_everything_comes_back_as_it_was():
    memory = busy()
    assert remembered(memory) == memory


def test_the_busiest_counter_still_fits_into_a_cookie():
    response = HttpResponse()
    keep(response, busy())
    assert len(response.cookies[settings.DESK_COOKIE_NAME].OutputString()) < 4096


def test_only_the_newest_acts_still_know_the_patron():
    acts = busy().acts
    assert [bool(act.patron_key) for act in acts[-UNDOABLE:]] == [True] * UNDOABLE
    assert not any(act.patron_key for act in acts[:-UNDOABLE])


def test_the_next_day_begins_with_nothing():
    assert remembered(busy(), at=AT + timedelta(days=1)).acts == ()


def test_another_person_or_another_place_begins_with_nothing():
    assert remembered(busy(), user=2).patron == 0
    assert remembered(busy(), facility="KITA").patron == 0


def test_a_forged_cookie_is_not_believed():
    assert remembered(busy(), spoil="x").patron == 0


def test_the_cookie_is_for_the_desk_alone_and_out_of_reach_of_scripts():
    response = HttpResponse()
    keep(response, busy())
    morsel = response.cookies[settings.DESK_COOKIE_NAME]
    assert (morsel["path"], morsel["httponly"], morsel["samesite"]) == ("/desk", True, "Strict")
    assert morsel["max-age"] == "" and morsel["expires"] == ""
