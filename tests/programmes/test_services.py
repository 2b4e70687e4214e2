"""Events and announcements: written by those who may, shown as long as they should be."""

from datetime import timedelta

import pytest

from fumikura.journal.models import Entry
from fumikura.kernel.refusals import NotPermitted, Refused
from fumikura.programmes import queries, services
from fumikura.programmes.services import About, Day, News
from tests.cast import AT, TODAY, acting, chuo, kita

pytestmark = pytest.mark.django_db
SANO = acting("programmes.announce")
MANAGER = acting("programmes.announce", "organisation.configure")
TOMORROW = Day(starts_at=AT + timedelta(days=1), ends_at=AT + timedelta(days=1, hours=1))


def stories(**more: object) -> About:
    return About(title="おはなしの森", note="えほんと、てあそび。", facility=chuo(), **more)


def test_an_event_is_shown_until_its_last_day_is_over() -> None:
    later = Day(starts_at=AT + timedelta(days=8), ends_at=AT + timedelta(days=8, hours=1))
    made = services.announce(stories(), [later, TOMORROW], by=SANO, at=AT)
    assert [day.starts_at for day in queries.coming_sessions(AT)] == [TOMORROW.starts_at, later.starts_at]
    assert [day.starts_at for day in queries.coming_sessions(AT + timedelta(days=2))] == [later.starts_at]
    assert queries.coming_sessions(AT + timedelta(days=9)) == []
    assert Entry.objects.filter(
        event="programmes.programme-written", subject=f"programmes.programme:{made.pk}"
    ).exists()


def test_everything_wrong_with_an_event_is_said_at_once() -> None:
    backwards = Day(starts_at=AT, ends_at=AT)
    with pytest.raises(Refused) as refused:
        services.announce(About(title=" ", facility=chuo()), [backwards], by=SANO, at=AT)
    assert [reason.kind for reason in refused.value.reasons] == ["programme-without-title", "day-ends-before-it-begins"]
    with pytest.raises(Refused):
        services.announce(stories(), [], by=SANO, at=AT)


def test_another_sites_event_is_not_ours_to_write() -> None:
    with pytest.raises(NotPermitted):
        services.announce(About(title="北の会", facility=kita()), [TOMORROW], by=SANO, at=AT)
    made = services.announce(About(title="北の会", facility=kita()), [TOMORROW], by=MANAGER, at=AT)
    with pytest.raises(NotPermitted):
        services.end_programme(made, by=SANO, at=AT)


def test_an_event_is_ended_and_taken_up_again() -> None:
    made = services.announce(stories(), [TOMORROW], by=SANO, at=AT)
    services.end_programme(made, by=SANO, at=AT)
    assert queries.find_programme(made.pk) is None
    services.take_up_programme(made, by=SANO, at=AT)
    assert queries.find_programme(made.pk) == made


def test_an_event_is_found_by_its_words_in_either_kana() -> None:
    said = queries.words_said(services.announce(stories(), [TOMORROW], by=SANO, at=AT))
    assert queries.says(said, "オハナシ") and queries.says(said, "おはなし 森")
    assert not queries.says(said, "こころ") and not queries.says(said, "おはなし こころ")
    assert not queries.says(said, "") and not queries.says(said, "森"), "one letter says too little"


def test_an_announcement_stands_from_its_first_day_to_its_last_urgent_ones_first() -> None:
    week = News(title="臨時休館", shown_from=TODAY, shown_until=TODAY + timedelta(days=6), is_urgent=True)
    old = services.make_known(News(title="新しい返却ポスト", shown_from=TODAY), by=MANAGER, at=AT)
    new = services.make_known(week, by=MANAGER, at=AT)
    assert queries.announcements_on(TODAY) == [new, old]
    assert queries.announcements_on(TODAY + timedelta(days=7)) == [old]
    assert queries.announcements_on(TODAY - timedelta(days=1)) == []


def test_an_announcement_for_all_sites_is_not_one_sites_to_write() -> None:
    with pytest.raises(NotPermitted):
        services.make_known(News(title="全館", shown_from=TODAY), by=SANO, at=AT)
    with pytest.raises(Refused):
        services.make_known(News(title="", shown_from=TODAY, facility=chuo()), by=SANO, at=AT)
