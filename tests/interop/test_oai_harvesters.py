"""Two harvesters that nobody here wrote take the whole catalogue: sickle and oaipmh-scythe."""

import pytest
from oaipmh_scythe import Scythe
from pytest_django.live_server_helper import LiveServer
from sickle import Sickle

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import delete_record
from fumikura.protocols.oai import lists
from tests.cast import AT, SYSTEM
from tests.protocols.oai.catalogue import settled, shelf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def catalogue(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[BibliographicRecord]]:
    monkeypatch.setitem(lists.PAGE, "ListRecords", 7)
    monkeypatch.setitem(lists.PAGE, "ListIdentifiers", 7)
    rows = shelf(24)
    delete_record(record=rows[5], by=SYSTEM, at=AT)
    settled(rows[5], minutes=5)
    return f"{live_server.url}/oai", rows


@pytest.mark.parametrize("prefix", ["oai_dc", "marc21", "dcndl"])
def test_sickle_gets_each_record_once(catalogue: tuple[str, list[BibliographicRecord]], prefix: str) -> None:
    address, rows = catalogue
    got = list(Sickle(address).ListRecords(metadataPrefix=prefix, ignore_deleted=False))
    assert sorted(int(one.header.identifier.rpartition(":")[2]) for one in got) == [row.pk for row in rows]
    assert sum(one.deleted for one in got) == 1


def test_sickle_reads_what_the_repository_says_of_itself(catalogue: tuple[str, list[BibliographicRecord]]) -> None:
    harvester = Sickle(catalogue[0])
    assert harvester.Identify().deletedRecord == "persistent"
    assert {one.metadataPrefix for one in harvester.ListMetadataFormats()} >= {"oai_dc", "marc21", "dcndl"}
    assert "kind:book" in {one.setSpec for one in harvester.ListSets()}
    one = harvester.GetRecord(identifier=f"oai:testserver:{catalogue[1][0].pk}", metadataPrefix="oai_dc")
    assert one.metadata["title"] == ["0 & 番目の本"]


@pytest.mark.parametrize("prefix", ["oai_dc", "marc21", "dcndl"])
def test_scythe_gets_each_record_once(catalogue: tuple[str, list[BibliographicRecord]], prefix: str) -> None:
    address, rows = catalogue
    with Scythe(address) as harvester:
        got = list(harvester.list_records(metadata_prefix=prefix))
        headers = list(harvester.list_identifiers(metadata_prefix=prefix))
    numbers = [row.pk for row in rows]
    assert sorted(int(one.header.identifier.rpartition(":")[2]) for one in got) == numbers
    assert sorted(int(one.identifier.rpartition(":")[2]) for one in headers) == numbers


def test_a_selective_harvest_gets_only_what_is_newer(catalogue: tuple[str, list[BibliographicRecord]]) -> None:
    address, _rows = catalogue
    late = {"metadataPrefix": "oai_dc", "from": "2026-05-20T01:06:00Z"}
    assert len(list(Sickle(address).ListRecords(**late))) == 6
