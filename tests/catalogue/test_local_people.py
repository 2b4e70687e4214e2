"""市ゆかりの文化人, the library's own 件名, broader and narrower terms: made, shown, merged and taken out again."""

import pytest
from django.test import Client

from fumikura.catalogue.authorities import local_people, relations_of, ties_of
from fumikura.catalogue.models import Authority
from fumikura.catalogue.services import (
    AuthorityFacts,
    TieFacts,
    add_authority,
    add_tie,
    merge_authorities,
    relate,
    remove_authority,
    remove_tie,
    undo_authority_merge,
)
from fumikura.kernel.refusals import Refused
from tests.cast import AT, SYSTEM
from tests.catalogue.test_linking import saved

pytestmark = pytest.mark.django_db


def made(kind: str, heading: str, reading: str = "", scheme: str = "") -> Authority:
    facts = AuthorityFacts(heading=heading, reading=reading)
    return add_authority(kind=kind, facts=facts, scheme=scheme, by=SYSTEM, at=AT)


def tied(person: Authority, kind: str = "born", place: str = "水瀬市本町"):
    facts = TieFacts(kind=kind, place=place, dates="1888", source="『水瀬市史』")
    return add_tie(authority=person, facts=facts, by=SYSTEM, at=AT)


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.reasons[0].code


def test_ties_are_shown_on_the_persons_page_and_on_the_page_of_all(client: Client) -> None:
    for heading, reading in (
        ("渡辺, 春", "ワタナベ, ハル"),
        ("石川, 夏", "イシカワ, ナツ"),
        ("安藤, 秋", "アンドウ, アキ"),
    ):
        person = made("person", heading, reading)
        tied(person)
    page = client.get("/people/local").content.decode()
    assert page.index("安藤秋") < page.index("石川夏") < page.index("渡辺春")
    assert "生まれたところ" in page and "水瀬市本町" in page and ">わ</h2>" in page
    assert "『水瀬市史』" in client.get(f"/persons/{person.pk}").content.decode()
    assert "安藤秋" in client.get("/persons/").content.decode()


def test_a_tie_needs_its_kind_and_place_and_a_person() -> None:
    person, subject = made("person", "渡辺, 春"), made("subject", "水瀬の民話")
    with pytest.raises(Refused) as refused:
        tied(person, place=" ")
    assert code(refused) == "tie-incomplete"
    with pytest.raises(Refused) as refused:
        tied(subject)
    assert code(refused) == "tie-of-a-subject"
    remove_tie(tie=tied(person), by=SYSTEM, at=AT)
    assert not ties_of(person) and list(local_people()) == [Authority.objects.get(pk=person.pk)]


def test_ties_go_over_in_a_merge_and_come_back() -> None:
    kept, gone = made("person", "渡辺, 春", "ワタナベ, ハル"), made("person", "渡邊, はる", "ワタナベ, ハル")
    tied(gone)
    merge = merge_authorities(kept=kept, gone=gone, by=SYSTEM, at=AT)
    assert len(ties_of(kept)) == 1
    undo_authority_merge(merge=merge, by=SYSTEM, at=AT)
    assert len(ties_of(gone)) == 1 and not ties_of(kept)


def test_the_librarys_own_subjects_have_broader_and_narrower_terms_without_circles() -> None:
    tale, custom, all_of_it = (made("subject", words, scheme="local") for words in ("民話", "民俗", "郷土"))
    relate(one=tale, other=custom, kind="broader", by=SYSTEM, at=AT)
    relate(one=all_of_it, other=custom, kind="narrower", by=SYSTEM, at=AT)
    assert relations_of(custom) == [("broader", all_of_it), ("narrower", tale)]
    with pytest.raises(Refused) as refused:
        relate(one=all_of_it, other=tale, kind="broader", by=SYSTEM, at=AT)
    assert code(refused) == "authority-circle"
    relate(one=tale, other=custom, by=SYSTEM, at=AT)
    assert ("related", custom) in relations_of(tale)


def test_a_merge_keeps_what_is_broader() -> None:
    tale, old_tale, custom = (made("subject", words, scheme="local") for words in ("民話", "むかし話", "民俗"))
    relate(one=old_tale, other=custom, kind="broader", by=SYSTEM, at=AT)
    merge = merge_authorities(kept=tale, gone=old_tale, by=SYSTEM, at=AT)
    assert relations_of(tale) == [("broader", custom)]
    undo_authority_merge(merge=merge, by=SYSTEM, at=AT)
    assert relations_of(old_tale) == [("broader", custom)] and relations_of(tale) == []


def test_there_is_one_subject_of_a_name_and_what_nothing_names_may_go() -> None:
    tale = made("subject", "民話")
    with pytest.raises(Refused) as refused:
        made("subject", "民話", "ミンワ")
    assert code(refused) == "authority-exists"
    remove_authority(authority=tale, by=SYSTEM, at=AT)
    assert not Authority.objects.exists()
    saved("1", "こころ", "夏目, 漱石")
    with pytest.raises(Refused) as refused:
        remove_authority(authority=Authority.objects.get(), by=SYSTEM, at=AT)
    assert code(refused) == "authority-in-use"
