"""Our harvester takes our own repository over the wire, as a neighbouring city would."""

import pytest
from pytest_django.live_server_helper import LiveServer

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import delete_record
from fumikura.harvest.services import SourceFacts, harvest, set_source
from fumikura.protocols.oai import lists
from tests.cast import AT, SYSTEM
from tests.protocols.oai.catalogue import settled, shelf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("prefix", ["oai_dc", "marc21", "dcndl"])
def test_a_neighbour_collects_our_catalogue_each_record_once(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setitem(lists.PAGE, "ListRecords", 7)
    rows = shelf(20)
    delete_record(record=rows[5], by=SYSTEM, at=AT)
    settled(rows[5], minutes=5)
    facts = SourceFacts("neighbour", "となりの市", "oai", f"{live_server.url}/oai", format=prefix)
    one = set_source(facts, by=SYSTEM, at=AT)
    run = harvest(one, by=SYSTEM, at=AT)
    assert (run.fault, run.created, run.quarantined, run.pages) == ("", 19, 0, 3)
    ours = {row.title for row in BibliographicRecord.objects.filter(pk__in=[row.pk for row in rows], deleted_at=None)}
    theirs = BibliographicRecord.objects.filter(source="harvest:neighbour", deleted_at=None)
    assert {row.title for row in theirs} == ours
    # What was collected is not given on: two neighbours would otherwise fill each other without end.
    again = harvest(one, by=SYSTEM, at=AT, whole=frozenset({"neighbour"}))
    assert (again.created, again.unchanged) == (0, 19)
