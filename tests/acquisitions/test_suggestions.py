"""購入希望: asked, counted, answered; a promise becomes a hold at the place of the day of asking."""

from datetime import timedelta

import pytest

from fumikura.acquisitions import queries, services
from fumikura.acquisitions.models import Suggestion
from fumikura.acquisitions.services import Wish
from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from tests import cast
from tests.cast import AT, SYSTEM, chuo, kita
from tests.circulation.cast import at_desk, house_rules, item, kokoro

pytestmark = pytest.mark.django_db
BOOK = Wish(title="水瀬の橋", creator="秋山 渡")


@pytest.fixture(autouse=True)
def rules() -> None:
    house_rules()


def ask(wish: Wish = BOOK, **fields: object) -> Suggestion:
    fields = {"pickup": chuo(), "by": at_desk(), "at": AT, **fields}
    fields["patron"] = fields.get("patron") or cast.hanako()
    return services.suggest(wish=wish, **fields)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def new_title() -> BibliographicRecord:
    return BibliographicRecord.objects.create(
        source="test", number="hashi", marc=b"", title="水瀬の橋", created_at=AT, changed_at=AT
    )


def test_a_wish_waits_for_its_answer_and_fills_the_limit() -> None:
    made = ask()
    assert queries.suggestions_to_decide() == [made]
    [thing] = queries.things_asked_for(made.patron)
    assert (thing["material"], thing["pickup"]) == ("book", ("CHUO", "central"))


def test_asking_twice_or_without_a_title_is_refused() -> None:
    reader = ask().patron
    with pytest.raises(Refused) as again:
        ask(patron=reader)
    assert codes(again) == {"suggested-already"}
    with pytest.raises(Refused) as empty:
        ask(Wish(title=" "), patron=reader)
    assert codes(empty) == {"suggestion-without-title"}


def test_what_is_held_is_waited_for_instead() -> None:
    copy = item()
    copy.record.identifiers.create(scheme="isbn", value="9784003101018")
    with pytest.raises(Refused) as held:
        ask(Wish(title="こころ", isbn="9784003101018"))
    assert codes(held) == {"in-the-catalogue"}


def test_wishes_and_holds_fill_one_limit() -> None:
    reader = cast.hanako()
    for number in range(15):
        ask(Wish(title=f"巻{number}"), patron=reader)
    with pytest.raises(Refused) as full:
        ask(Wish(title="巻16"), patron=reader)
    assert codes(full) == {"hold-limit-reached:print"}
    item()
    with pytest.raises(Refused) as hold:
        circulation.place_hold(
            patron=reader, want=circulation.Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT,
            requested=queries.things_asked_for(reader),
        )  # fmt: skip
    assert codes(hold) == {"hold-limit-reached:print"}


def test_a_promise_becomes_a_hold_at_the_place_of_the_day_of_asking() -> None:
    made = ask()
    later = AT + timedelta(days=20)
    services.decide(suggestion=made, decision="buy", answer="", by=at_desk(), at=AT, record_=None)
    assert queries.suggestions_promised() == [made]
    record = new_title()
    taro = cast.taro()
    circulation.place_hold(
        patron=taro,
        want=circulation.Want((record,)),
        pickup=kita(),
        by=at_desk(),
        at=AT + timedelta(days=3),
        on_order=1,
    )
    services.decide(suggestion=made, decision="buy", answer="届きしだい", by=at_desk(), at=later, record_=record)
    made.refresh_from_db()
    assert made.hold.accepted_at == AT
    assert Hold.objects.open().order_by("accepted_at").first() == made.hold
    assert queries.suggestions_promised() == []


def test_a_no_needs_a_reason_and_is_said_once() -> None:
    made = ask()
    with pytest.raises(Refused) as silent:
        services.decide(suggestion=made, decision="decline", answer=" ", by=at_desk(), at=AT, record_=None)
    assert codes(silent) == {"suggestion-answer-missing"}
    services.decide(suggestion=made, decision="decline", answer="絶版です", by=at_desk(), at=AT, record_=None)
    with pytest.raises(Refused) as twice:
        services.decide(suggestion=made, decision="buy", answer="", by=at_desk(), at=AT, record_=None)
    assert codes(twice) == {"suggestion-decided"}
    assert queries.things_asked_for(made.patron) == []


def test_withdrawn_it_leads_to_nobody() -> None:
    made = ask()
    services.withdraw_suggestion(suggestion=made, by=at_desk(), at=AT)
    made.refresh_from_db()
    assert made.patron is None
    assert not Entry.objects.filter(subject=f"acquisitions.suggestion:{made.pk}").exclude(patron_key="").exists()


def test_old_answers_are_parted_from_their_readers() -> None:
    made = ask()
    services.decide(suggestion=made, decision="decline", answer="絶版です", by=at_desk(), at=AT, record_=None)
    assert services.forget_old_answers(by=SYSTEM, at=AT + timedelta(days=89)) == 0
    assert services.forget_old_answers(by=SYSTEM, at=AT + timedelta(days=91)) == 1
    made.refresh_from_db()
    assert made.patron is None
    assert not Entry.objects.filter(subject=f"acquisitions.suggestion:{made.pk}").exclude(patron_key="").exists()
