"""What staff decide about works is what readers find together: the index follows through the journal, counts stay exact."""

from pathlib import Path

import pytest

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.same_works import mark_of_both, together_with
from fumikura.catalogue.services import join_works, part_work, undo_work_decision
from fumikura.discovery.queries import parse, search
from tests.cast import AT, SYSTEM
from tests.catalogue.test_works import saved
from tests.discovery.test_services import catch_up

pytestmark = pytest.mark.django_db(transaction=True)


def hits(text: str) -> tuple[int, int | None, list[set[int]]]:
    """How many records, how many works, and which records stand together."""
    answer = search(parse(text), by="work")
    return answer.total, answer.works, [{hit.record_id, *hit.others} for hit in answer.hits]


def test_works_that_were_joined_parted_and_undone_are_found_so(index: Path) -> None:
    one, two, three = (
        saved("1", "走れメロス"),
        saved("2", "走れメロス 絵本", "絵・某"),
        saved("3", "走れメロス", year="1999"),
    )
    catch_up()
    apart = [{one.pk, three.pk}, {two.pk}]
    total, works, found = hits("走れメロス")
    assert (total, works) == (3, 2) and sorted(found, key=len, reverse=True) == apart
    joined = join_works(record=one, other=two, seen=mark_of_both(one, two), by=SYSTEM, at=AT)
    catch_up()
    assert hits("走れメロス") == (3, 1, [{one.pk, two.pk, three.pk}])
    row = BibliographicRecord.objects.get(pk=three.pk)
    parted = part_work(records=[row], seen=together_with(row).mark, by=SYSTEM, at=AT)
    catch_up()
    total, works, found = hits("走れメロス")
    assert (total, works) == (3, 2) and {three.pk} in found
    undo_work_decision(decision=joined, by=SYSTEM, at=AT)
    undo_work_decision(decision=parted, by=SYSTEM, at=AT)
    catch_up()
    total, works, found = hits("走れメロス")
    assert (total, works) == (3, 2) and sorted(found, key=len, reverse=True) == apart
