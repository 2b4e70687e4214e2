"""The gate: what bench.duplicates measures on many records must not fall on a few."""

from pathlib import Path

import pytest

from bench.duplicates import figures, labelled
from fumikura.catalogue.models import DuplicatePair
from fumikura.catalogue.services import import_file
from tests.cast import AT, SYSTEM
from tests.shared_data import shared


@pytest.mark.shared_data
@pytest.mark.django_db
def test_duplicates_are_found_and_look_alikes_are_not_taken_for_them(tmp_path: Path) -> None:
    shared("data/ndc/ndc9.json")
    truth = labelled(1200, seed=3)
    for source, books in (("OURS", truth.ours), ("THEIRS", truth.theirs)):
        file = tmp_path / f"{source}.mrc"
        file.write_bytes(b"".join(book.marc(source) for book in books))
        import_file(file, by=SYSTEM, at=AT)
    pairs = DuplicatePair.objects.values_list("first__number", "second__number", "is_sure")
    found = figures(truth, iter(pairs))
    assert found.sure_precision >= 0.97, found
    assert found.sure_recall >= 0.75, found
    assert found.offered_recall >= 0.93, found
