"""Staff mend authorities, refer from one to another, make two into one, and two of one again."""

import pytest

from fumikura.catalogue.authorities import find_authorities, namesakes_of, related_to, works_of
from fumikura.catalogue.models import Authority, AuthorityLink
from fumikura.catalogue.services import (
    AuthorityFacts,
    change_authority,
    merge_authorities,
    relate,
    save_record,
    undo_authority_merge,
    unrelate,
)
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import NotPermitted, Refused
from tests.cast import AT, SYSTEM, acting
from tests.catalogue.test_linking import book, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Authority, Authority]:
    """漱石 under two names that no number brings together."""
    saved("1", "こころ", "夏目, 漱石", reading="ナツメ, ソウセキ", dates="1867-1916", link="(JTNDL)00054222")
    saved("2", "木屑録", "夏目, 金之助", reading="ナツメ, キンノスケ")
    return Authority.objects.get(key="夏目漱石"), Authority.objects.get(key="夏目金之助")


def titles(authority: Authority) -> list[str]:
    return [work.first.title for work in works_of(authority)]


def snapshot() -> list[list[tuple[object, ...]]]:
    return [
        list(
            Authority.objects.order_by("pk").values_list("pk", "heading", "reading", "dates", "identity", "merged_into")
        ),
        sorted(AuthorityLink.objects.values_list("record", "authority", "tag", "role")),
        sorted(Authority.objects.values_list("pk", "variants__name", "identifiers__value"), key=str),
    ]


def test_two_become_one_and_two_again_as_they_were(two: tuple[Authority, Authority]) -> None:
    kept, gone = two
    before = snapshot()
    merge = merge_authorities(kept=kept, gone=gone, by=SYSTEM, at=AT)
    assert titles(kept) == ["こころ", "木屑録"] and titles(gone) == []
    assert list(kept.variants.values_list("name", flat=True)) == ["夏目, 金之助"]
    assert list(find_authorities("なつめきん")) == [kept]
    assert list(find_authorities("金之助")) == [kept]
    undo_authority_merge(merge=merge, by=SYSTEM, at=AT)
    assert snapshot() == before
    events = Entry.objects.filter(event__startswith="catalogue.authorit").values_list("event", flat=True)
    assert sorted(events) == ["catalogue.authorities-merged", "catalogue.authority-merge-undone"]


def test_what_is_imported_after_a_merge_goes_to_the_one_that_was_kept(two: tuple[Authority, Authority]) -> None:
    kept, gone = two
    merge = merge_authorities(kept=kept, gone=gone, by=SYSTEM, at=AT)
    saved("3", "漢詩集", "夏目, 金之助", reading="ナツメ, キンノスケ")
    saved("2", "木屑録 改版", "夏目, 金之助", reading="ナツメ, キンノスケ")
    assert titles(kept) == ["漢詩集", "こころ", "木屑録 改版"] or len(titles(kept)) == 3
    undo_authority_merge(merge=merge, by=SYSTEM, at=AT)
    gone.refresh_from_db()
    assert titles(gone) == ["木屑録 改版"]


def test_a_record_that_names_both_names_one_and_after_undoing_both(two: tuple[Authority, Authority]) -> None:
    kept, gone = two
    both = book("4", "書簡集", "夏目, 漱石")
    both.add_field(book("x", "x", "夏目, 金之助", tag="100").get_fields("100")[0])
    save_record(both, by=SYSTEM, at=AT)
    before = snapshot()
    merge = merge_authorities(kept=kept, gone=gone, by=SYSTEM, at=AT)
    assert AuthorityLink.objects.filter(authority=kept).count() == 3
    undo_authority_merge(merge=merge, by=SYSTEM, at=AT)
    assert snapshot() == before


def test_impossible_merges_are_refused_with_a_reason(two: tuple[Authority, Authority]) -> None:
    kept, gone = two
    saved("5", "社史", "水瀬書房", tag="710")
    body = Authority.objects.get(kind="body")
    for one, other, code in [(kept, kept, "authority-same"), (kept, body, "authority-kinds-differ")]:
        with pytest.raises(Refused) as refused:
            merge_authorities(kept=one, gone=other, by=SYSTEM, at=AT)
        assert refused.value.reasons[0].code == code
    merge = merge_authorities(kept=kept, gone=gone, by=SYSTEM, at=AT)
    with pytest.raises(Refused):
        merge_authorities(kept=kept, gone=gone, by=SYSTEM, at=AT)
    undo_authority_merge(merge=merge, by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        undo_authority_merge(merge=merge, by=SYSTEM, at=AT)
    assert refused.value.reasons[0].code == "merge-undone-already"
    with pytest.raises(NotPermitted):
        merge_authorities(kept=kept, gone=gone, by=acting("catalogue.save"), at=AT)


def test_a_chain_of_merges_is_undone_from_its_end(two: tuple[Authority, Authority]) -> None:
    kept, gone = two
    saved("6", "明暗", "漱石")
    third = Authority.objects.get(key="漱石")
    first = merge_authorities(kept=gone, gone=third, by=SYSTEM, at=AT)
    second = merge_authorities(kept=kept, gone=gone, by=SYSTEM, at=AT)
    assert len(titles(kept)) == 3
    with pytest.raises(Refused) as refused:
        undo_authority_merge(merge=first, by=SYSTEM, at=AT)
    assert refused.value.reasons[0].code == "merge-built-upon"
    undo_authority_merge(merge=second, by=SYSTEM, at=AT)
    undo_authority_merge(merge=first, by=SYSTEM, at=AT)
    assert [len(titles(one)) for one in (kept, gone, third)] == [1, 1, 1]


def test_a_changed_heading_stays_as_a_variant_and_records_keep_their_link(two: tuple[Authority, Authority]) -> None:
    someone = two[1]
    facts = AuthorityFacts(heading="夏目, 金之助 (塩原)", is_local=True, local_note="水瀬で生まれた。", variants=(("塩原, 金之助", "シオバラ, キンノスケ"),))  # fmt: skip
    change_authority(authority=someone, facts=facts, by=SYSTEM, at=AT)
    assert sorted(someone.variants.values_list("name", flat=True)) == ["塩原, 金之助", "夏目, 金之助"]
    saved("7", "詩集", "夏目, 金之助")
    assert len(titles(someone)) == 2
    with pytest.raises(Refused):
        change_authority(authority=someone, facts=AuthorityFacts(heading=" 、"), by=SYSTEM, at=AT)


def test_see_also_is_seen_from_both_sides_and_can_be_taken_away(two: tuple[Authority, Authority]) -> None:
    one, other = two
    relate(one=other, other=one, by=SYSTEM, at=AT)
    relate(one=one, other=other, by=SYSTEM, at=AT)
    assert (related_to(one), related_to(other)) == ([other], [one])
    unrelate(one=one, other=other, by=SYSTEM, at=AT)
    assert related_to(one) == []
    with pytest.raises(Refused):
        relate(one=one, other=one, by=SYSTEM, at=AT)


def test_namesakes_are_offered() -> None:
    saved("1", "甲", "中村, 明", dates="1935-")
    saved("2", "乙", "中村, 明", dates="1960-")
    one, other = Authority.objects.order_by("pk")
    assert list(namesakes_of(one)) == [other]
