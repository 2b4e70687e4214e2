"""Registering, finding, and what lending may know; never a name in the journal."""

import json
from datetime import date

import pytest
from django.contrib.auth.hashers import make_password

from fumikura.journal.models import Entry
from fumikura.kernel.refusals import NotPermitted, Refused
from fumikura.patrons import queries, services
from fumikura.patrons.models import Card, Patron
from fumikura.patrons.rules import NewPatron
from tests import cast

pytestmark = pytest.mark.django_db


def names(text: str) -> list[str]:
    return [patron.name for patron in queries.find_patrons(text)]


def test_the_journal_knows_the_key_and_never_the_person() -> None:
    hanako = cast.hanako(phone="090-0000-4318", email="hanako@example.jp", address="水瀬市本町1-1")
    services.change(patron=hanako, name="水野 華子", by=cast.SYSTEM, at=cast.AT)
    entries = Entry.objects.filter(event__startswith="patrons.", patron_key=hanako.key)
    assert entries.count() == 4
    written = json.dumps(list(Entry.objects.values("subject", "particulars", "actor")), ensure_ascii=False)
    for secret in ("水野", "みずの", "20004318", "090", "4318", "hanako", "本町", "1985"):
        assert secret not in written


@pytest.mark.parametrize(
    "text",
    ["花子", "水野　花子", "みずの", "ミズノ", "ﾐｽﾞﾉ はなこ", "20004318", "A20004318A", "00004318", "090-0000-4318"],
)
def test_hanako_is_found_by_name_reading_card_and_telephone(text: str) -> None:
    cast.hanako(phone="090-0000-4318")
    cast.taro()
    assert names(text) == ["水野 花子"]


def test_a_variant_of_the_name_is_found() -> None:
    cast.patron("渡邊 齋", "わたなべ いつき", "20004334")
    assert names("渡辺") == ["渡邊 齋"]


def test_those_who_begin_so_come_first() -> None:
    cast.patron("北見 はな", "きたみ はな", "20004334")
    cast.patron("花田 一", "はなだ はじめ", "20004342")
    assert names("はな") == ["花田 一", "北見 はな"]


def test_nothing_typed_finds_nobody() -> None:
    cast.hanako()
    assert names("") == names("  ") == names("・") == []


def test_facts_for_lending_have_the_line_of_categories_and_no_name() -> None:
    cast.category("everyone")
    cast.category("person", parent="everyone")
    child = cast.category("child", parent="person", card_years=1)
    kenta = cast.patron("水野 健太", "みずの けんた", "20004350", category=child, born_on=date(2018, 5, 20))
    services.block(patron=kenta, reason="overdue", by=cast.SYSTEM, at=cast.AT, ends_on=date(2026, 5, 20))
    facts = queries.lending_facts(kenta, cast.TODAY)
    assert facts.categories == ("child", "person", "everyone")
    assert (facts.age, facts.residency, facts.home, facts.blocks) == (8, "resident", "CHUO", ("overdue",))
    assert facts.card_expires_on == date(2027, 5, 20) and not facts.card_stopped
    assert queries.lending_facts(kenta, date(2026, 5, 21)).blocks == ()
    assert "水野" not in repr(facts)
    standing = queries.standing_of(kenta, cast.TODAY)
    assert (standing.categories, standing.age, standing.residency) == (facts.categories, 8, "resident")


def test_facts_are_told_in_few_queries(django_assert_max_num_queries) -> None:
    cast.hanako()
    hanako = queries.find_patron_by_card("20004318")
    assert hanako
    with django_assert_max_num_queries(3):
        queries.lending_facts(hanako, cast.TODAY)


def test_a_site_that_does_not_register_refuses() -> None:
    locker = cast.facility("LOCKER", "駅の予約ロッカー", registers=False)
    with pytest.raises(Refused, match="site-does-not-register"):
        cast.patron(home=locker)


def test_registering_takes_the_right() -> None:
    adult, chuo = cast.category(), cast.chuo()
    with pytest.raises(NotPermitted):
        services.register(name="x", category=adult, home=chuo, by=cast.acting(), at=cast.AT)


def line(name: str = "水野 花子", card: str = "20004318", **fields: object) -> NewPatron:
    return NewPatron(
        **{"name": name, "reading": "", "category": "adult", "home": "CHUO", "card_number": card, **fields}
    )


def test_a_register_is_taken_over_in_one_batch_with_guardians_and_one_entry() -> None:
    cast.category(), cast.chuo()
    kenta = line("水野 健太", "２０００４３５０", guardian_card="A20004318A", born_on=date(2018, 5, 20))
    hanako = line(encoded_password=make_password(cast.PASSWORD), expires_on=date(2028, 3, 31))
    before = Entry.objects.count()
    services.register_many(people=[kenta, hanako, line("読書会", "")], agency=cast.agency(), by=cast.SYSTEM, at=cast.AT)
    assert Entry.objects.count() == before + 1
    assert Entry.objects.latest("id").particulars == {"count": 3}
    guardian = queries.find_patron_by_card("20004318")
    assert guardian and [ward.name for ward in queries.household(guardian, cast.AT.date())] == [
        "水野 花子",
        "水野 健太",
    ]
    assert Card.objects.get(number="20004318").expires_on == date(2028, 3, 31)
    assert services.check_password("20004318", cast.PASSWORD, "192.0.2.1", cast.AT) == guardian


def test_a_register_with_bad_lines_is_refused_whole_and_names_every_line() -> None:
    cast.category(), cast.chuo()
    cast.agency()
    bad = [line(card=""), line(category="nobody"), line(home="X"), line(guardian_card="999"), line("又", "20004318")]
    with pytest.raises(Refused) as refused:
        services.register_many(people=bad, agency=cast.agency(), by=cast.SYSTEM, at=cast.AT)
    found = [(reason.code, reason.facts()["line"]) for reason in refused.value.reasons]
    assert ("category-unknown", 2) in found and ("facility-unknown", 3) in found
    assert ("guardian-unknown", 4) in found and ("card-number-taken", 5) in found
    assert not Patron.objects.exists()


def test_whoever_has_moved_away_neither_signs_in_nor_is_found() -> None:
    hanako = cast.hanako()
    services.close(patron=hanako, by=cast.SYSTEM, at=cast.AT)
    assert queries.find_patron_by_card("20004318") is None
    assert queries.find_patrons("花子") == []
    assert queries.signed_in_patron(hanako.key) is None
    with pytest.raises(Refused, match="sign-in-failed"):
        services.check_password("20004318", cast.PASSWORD, "192.0.2.1", cast.AT)
