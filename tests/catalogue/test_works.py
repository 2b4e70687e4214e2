"""What staff say of works wins over what titles and names come to: through imports, merges, removals, and their undoing."""

from pathlib import Path
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fumikura.catalogue.authorities import MOST_EDITIONS
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import content_of
from fumikura.catalogue.models import BibliographicRecord, DuplicatePair, ImportBatch, Reading, WorkDecision
from fumikura.catalogue.same_works import decisions_about, mark_of_both, read_alike, together_with
from fumikura.catalogue.services import (
    bring_back_record,
    confirm_readings,
    delete_record,
    draft_readings,
    import_file,
    join_works,
    keep_apart,
    keep_as_editions,
    open_again,
    part_work,
    place_late_records,
    save_record,
    undo_import,
    undo_work_decision,
)
from fumikura.catalogue.services.placing import place_again
from fumikura.circulation.services import merge_titles, unmerge_titles
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from tests.cast import AT, SYSTEM, acting
from tests.catalogue.records import field, record

pytestmark = pytest.mark.django_db


def book(number: str, title: str, name: str = "太宰治", year: str = "1940", source: str = "MINASE") -> bytes:
    made = record(
        field("245", "00", ("a", title)),
        field("260", "  ", ("b", "" if name == "" else "新潮社"), ("c", year)),
        *([field("700", "1 ", ("a", name))] if name else []),
        f001=number,
        f003=source,
        f008="200101s1940    ja ||||g |||| ||||||jpn  ",
    )
    return iso2709.encode(content_of(made))


def saved(number: str, title: str, name: str = "太宰治", **facts: str) -> BibliographicRecord:
    return save_record(book(number, title, name, **facts), by=SYSTEM, at=AT)


def fresh(row: BibliographicRecord) -> BibliographicRecord:
    return BibliographicRecord.objects.get(pk=row.pk)


def beside(row: BibliographicRecord) -> set[int]:
    """Numbers under which the others of its work are known."""
    return {one.record.number for one in together_with(fresh(row)).others}


def join(one: BibliographicRecord, two: BibliographicRecord, why: str = "") -> WorkDecision:
    one, two = fresh(one), fresh(two)
    return join_works(record=one, other=two, seen=mark_of_both(one, two), why=why, by=SYSTEM, at=AT)


def part(*rows: BibliographicRecord) -> WorkDecision:
    seen = together_with(fresh(rows[0])).mark
    return part_work(records=[fresh(row) for row in rows], seen=seen, by=SYSTEM, at=AT)


def undo(decision: WorkDecision) -> None:
    undo_work_decision(decision=decision, by=SYSTEM, at=AT)


def refused(code: str, act, *arguments: object) -> None:
    entries = Entry.objects.count()
    with pytest.raises(Refused) as raised:
        act(*arguments)
    assert [reason.code for reason in raised.value.reasons] == [code]
    assert Entry.objects.count() == entries


@pytest.fixture
def melos() -> BibliographicRecord:
    saved("m2", "走れメロス 新装版", year="1999")
    return saved("m1", "走れメロス")


@pytest.fixture
def run() -> BibliographicRecord:
    return saved("r1", "Run, Melos!", "Dazai Osamu")


def test_two_titles_become_one_work_with_all_their_editions_and_with_what_comes_later(melos, run) -> None:
    decision = join(melos, run, "英訳")
    assert beside(run) == {"m1", "m2"} and beside(melos) == {"m2", "r1"}
    assert (decision.why, decision.made_by, decision.made_at) == ("英訳", SYSTEM.ref, AT)
    saved("r2", "Run, Melos! 2nd", "Dazai Osamu")
    later = saved("r3", "Run, Melos!", "Dazai Osamu", year="2020")
    assert beside(later) == {"m1", "m2", "r1"}
    undo(decision)
    assert beside(melos) == {"m2"} and beside(run) == {"r3"}
    assert WorkDecision.objects.get().undone_by == SYSTEM.ref


def test_the_smaller_work_goes_over_to_the_larger_whichever_was_looked_at(melos, run) -> None:
    join(run, melos)
    entry = Entry.objects.latest("pk")
    assert (entry.event, entry.particulars["records"]) == ("catalogue.works-joined", [run.pk])
    assert fresh(run).work_key == fresh(melos).work_key == melos.work_key


def test_records_that_say_too_little_to_be_grouped_can_be_joined() -> None:
    one, two, three = (saved(f"n{title}", title, "") for title in ("写真帖", "アルバム", "絵はがき"))
    assert one.work_key == ""
    first = join(one, two)
    assert beside(one) == {"nアルバム"} and fresh(one).work_key == f"~{first.pk}"
    second = join(three, two)
    assert beside(three) == {"n写真帖", "nアルバム"}
    undo(first)
    assert beside(one) == set() and beside(three) == {"nアルバム"}
    undo(second)
    assert {fresh(row).work_key for row in (one, two, three)} == {""}


def test_another_book_of_the_same_name_is_parted_and_what_comes_later_stays_with_the_rest() -> None:
    first, second, third, fourth = (saved(f"s{i}", "数学入門", "田中一郎", year=str(1980 + i)) for i in range(4))
    decision = part(third, fourth)
    assert beside(first) == {"s1"} and beside(third) == {"s3"}
    later = saved("s9", "数学入門", "田中一郎", year="2020")
    assert beside(later) == {"s0", "s1"}
    part(fourth)
    assert beside(third) == set() == beside(fourth)
    undo(decision)
    assert beside(third) == {"s0", "s1", "s9"} and beside(fourth) == set()
    assert second.work_key == first.work_key


def test_what_was_decided_survives_a_record_that_comes_again_under_another_title(melos, run) -> None:
    join(melos, run)
    changed = saved("r1", "走れ、めろす（英語版）", "ダザイ オサム")
    assert changed.pk == run.pk and beside(run) == {"m1", "m2"}
    saved("m1", "走れメロスと女生徒", "太宰治")
    assert beside(run) == {"m1", "m2"}


def test_what_was_parted_stays_apart_when_it_comes_again(melos) -> None:
    decision = part(melos)
    saved("m1", "走れメロス", year="1948")
    assert beside(melos) == set()
    saved("m1", "斜陽")
    undo(decision)
    assert beside(melos) == set()
    saved("m1", "走れメロス")
    assert beside(melos) == {"m2"}


def test_a_file_that_is_imported_taken_back_and_imported_again_finds_its_works_as_they_were_decided(
    melos, tmp_path: Path
) -> None:
    path = tmp_path / "more.mrc"
    path.write_bytes(book("r1", "Run, Melos!", "Dazai Osamu") + book("m1", "走れメロス", year="2001"))
    import_file(path, by=SYSTEM, at=AT)
    run = BibliographicRecord.objects.get(number="r1")
    join(melos, run)
    undo_import(ImportBatch.objects.get(), by=SYSTEM, at=AT)
    assert beside(melos) == {"m2"} and fresh(melos).work_key == fresh(run).work_key
    import_file(path, by=SYSTEM, at=AT)
    assert beside(melos) == {"m2", "r1"}


def test_a_record_that_was_out_of_the_catalogue_comes_back_to_its_work(melos, run) -> None:
    decision = join(melos, run)
    delete_record(record=run, by=SYSTEM, at=AT)
    assert beside(melos) == {"m2"}
    bring_back_record(record=fresh(run), by=SYSTEM, at=AT)
    assert beside(melos) == {"m2", "r1"}
    delete_record(record=fresh(run), by=SYSTEM, at=AT)
    undo(decision)
    bring_back_record(record=fresh(run), by=SYSTEM, at=AT)
    assert beside(run) == set()


def test_a_confirmed_reading_changes_nothing_about_the_work(melos, run) -> None:
    join(melos, run)
    draft_readings(records=[melos.pk], authorities=[], by=SYSTEM, at=AT)
    reading = Reading.objects.get(record=melos)
    confirm_readings(texts={reading.pk: "ハシレ メロス"}, by=SYSTEM, at=AT)
    assert beside(run) == {"m1", "m2"}


def test_the_record_that_is_kept_in_a_merge_takes_over_what_was_decided_until_the_merge_is_undone(melos, run) -> None:
    join(melos, run)
    same = saved("x1", "Hashire Merosu", "Osamu D.", source="TRC")
    merge = merge_titles(kept=same, gone=run, by=SYSTEM, at=AT)
    assert beside(same) == {"m1", "m2"}
    further = saved("y1", "Melos runs", "O. D.", source="TRC")
    second = merge_titles(kept=further, gone=fresh(same), by=SYSTEM, at=AT)
    assert beside(further) == {"m1", "m2"}
    unmerge_titles(merge=second, by=SYSTEM, at=AT)
    unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    assert beside(same) == set() == beside(further)
    assert beside(run) == {"m1", "m2"}


def test_what_was_decided_about_the_kept_record_itself_counts_more(melos, run) -> None:
    join(melos, run)
    apart = saved("m3", "走れメロス", source="TRC")
    part(apart)
    merge = merge_titles(kept=apart, gone=run, by=SYSTEM, at=AT)
    assert beside(apart) == set()
    unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    assert beside(run) == {"m1", "m2"}


def test_the_latest_decision_that_stands_counts_in_whatever_order_they_are_undone(melos, run) -> None:
    first = join(melos, run)
    second = part(run)
    assert beside(run) == set() and beside(melos) == {"m2"}
    third = join(run, saved("z1", "Cours, Mélos", "Dazai"))
    undo(first)
    assert beside(run) == {"z1"}
    undo(second)
    assert beside(run) == {"z1"}
    undo(third)
    assert beside(run) == set()


def test_why_records_stand_together_and_what_was_decided_is_told(melos, run) -> None:
    decision = join(melos, run, "英訳")
    told = {one.record.number: one.is_by_hand for one in together_with(fresh(melos)).others}
    assert told == {"m2": False, "r1": True}
    undone = part(run)
    undo(undone)
    assert [one.pk for one in decisions_about(fresh(run))] == [undone.pk, decision.pk]
    edition = BibliographicRecord.objects.get(number="m2")
    assert [one.pk for one in decisions_about(edition)] == [undone.pk, decision.pk]


def test_titles_that_are_read_the_same_are_offered() -> None:
    one = save_record(book("k1", "聞けわだつみの声", "学生"), by=SYSTEM, at=AT)
    two = save_record(book("k2", "きけわだつみのこえ", "手記編集委員会"), by=SYSTEM, at=AT)
    BibliographicRecord.objects.update(sort_key=two.sort_key)
    assert read_alike(fresh(one)) == [two]
    join(one, two)
    assert read_alike(fresh(one)) == []


def test_what_cannot_be_done_is_refused_and_leaves_no_trace(melos, run) -> None:
    refused("record-same", join, melos, melos)
    edition = BibliographicRecord.objects.get(number="m2")
    refused("works-together-already", join, melos, edition)
    refused("work-alone-already", part, run)
    refused("work-not-divided", part, melos, edition)
    with pytest.raises(Refused, match="work-nothing-chosen"):
        part_work(records=[], seen="", by=SYSTEM, at=AT)
    seen, both = together_with(melos).mark, mark_of_both(melos, run)
    saved("m4", "走れメロス", year="2024")
    with pytest.raises(Refused, match="works-changed-meanwhile"):
        part_work(records=[melos], seen=seen, by=SYSTEM, at=AT)
    with pytest.raises(Refused, match="works-changed-meanwhile"):
        join_works(record=melos, other=run, seen=both, by=SYSTEM, at=AT)
    decision = join(melos, run)
    undo(decision)
    refused("work-decision-undone", undo, decision)
    delete_record(record=run, by=SYSTEM, at=AT)
    refused("work-record-gone", join, melos, run)
    with pytest.raises(Refused, match="not-permitted"):
        join_works(record=melos, other=run, seen=both, by=acting("catalogue.merge"), at=AT)


def test_possible_duplicates_are_settled_as_editions_of_one_work_and_opened_again(melos, run) -> None:
    def between(one: BibliographicRecord, two: BibliographicRecord) -> DuplicatePair:
        low, high = sorted([one.pk, two.pk])
        return DuplicatePair.objects.create(first_id=low, second_id=high, is_sure=False, reasons="title", found_at=AT)

    pair = between(melos, run)
    keep_as_editions(pair=pair, by=SYSTEM, at=AT)
    pair.refresh_from_db()
    assert pair.settled_as == "edition" and beside(run) == {"m1", "m2"}
    with pytest.raises(Refused, match="pair-settled"):
        keep_apart(pair=pair, by=SYSTEM, at=AT)
    open_again(pair=pair, by=SYSTEM, at=AT)
    pair.refresh_from_db()
    assert pair.settled_at is None and beside(run) == set()
    keep_as_editions(pair=pair, by=SYSTEM, at=AT)
    undo(decisions_about(fresh(run))[0])
    pair.refresh_from_db()
    assert pair.settled_at is None
    already = between(melos, BibliographicRecord.objects.get(number="m2"))
    keep_as_editions(pair=already, by=SYSTEM, at=AT)
    assert not WorkDecision.objects.filter(pair=already).exists()
    open_again(pair=already, by=SYSTEM, at=AT)
    already.refresh_from_db()
    assert already.settled_at is None


def test_a_work_of_more_records_than_are_shown_is_parted_from_the_page_of_any_of_them(melos) -> None:
    facts = {"source": "MINASE", "marc": melos.marc, "work_key": melos.work_key, "created_at": AT, "changed_at": AT}
    facts |= {"title": melos.title, "creator": melos.creator}
    rows = [BibliographicRecord(number=f"v{i}", **facts) for i in range(MOST_EDITIONS)]
    BibliographicRecord.objects.bulk_create(rows)
    last = BibliographicRecord.objects.get(number=f"v{MOST_EDITIONS - 1}")
    whole = together_with(last)
    assert (len(whole.others), whole.not_shown) == (MOST_EDITIONS, 1)
    assert whole.mark == together_with(fresh(melos)).mark
    part(last, melos)
    assert beside(last) == {"m1"}


def test_a_record_that_came_while_its_work_was_being_joined_follows(melos, run) -> None:
    join(melos, run)
    late = saved("r2", "Run, Melos!", "Dazai Osamu")
    BibliographicRecord.objects.filter(pk=late.pk).update(work_key=run.work_key)
    assert place_late_records(records=[late.pk], decisions=[], by=SYSTEM, at=AT) == (late.pk,)
    assert beside(late) == {"m1", "m2", "r1"}
    BibliographicRecord.objects.filter(pk=late.pk).update(work_key=run.work_key)
    decisions = [WorkDecision.objects.get().pk]
    assert place_late_records(records=[], decisions=decisions, by=SYSTEM, at=AT) == (late.pk,)
    assert place_late_records(records=[late.pk], decisions=decisions, by=SYSTEM, at=AT) == ()


def test_who_may_not_save_records_lets_none_follow(run) -> None:
    with pytest.raises(Refused, match="not-permitted"):
        place_late_records(records=[run.pk], decisions=[], by=acting("catalogue.merge"), at=AT)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table whole in any case")
def test_undoing_a_decision_reads_no_catalogue_from_end_to_end(melos, run) -> None:
    decision = join(melos, run)
    with CaptureQueriesContext(connection) as asked:
        undo(decision)
    questions = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    with connection.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in questions]
    steps = [step[-1] for plan in plans for step in plan]
    assert steps and "SCAN catalogue_bibliographicrecord" not in {step.partition(" USING")[0] for step in steps}


@pytest.mark.parametrize("seed", range(12))
def test_after_any_number_of_decisions_every_record_stands_where_they_place_it(seed: int) -> None:
    chance = Random(seed)
    rows = [saved(f"p{i}", f"作品{i % 4}", "" if i == 7 else "某") for i in range(9)]
    merges = []
    for _step in range(14):
        one, two = chance.sample(rows, 2)
        try:
            match chance.randrange(6):
                case 0 | 1:
                    join(one, two)
                case 2:
                    part(one)
                case 3:
                    undo(chance.choice(list(WorkDecision.objects.standing())))
                case 4:
                    merges.append(merge_titles(kept=fresh(one), gone=fresh(two), by=SYSTEM, at=AT))
                case 5:
                    unmerge_titles(merge=merges.pop(), by=SYSTEM, at=AT)
        except (Refused, IndexError):
            continue
        everything = list(BibliographicRecord.objects.all())
        assert place_again(everything) == ()
