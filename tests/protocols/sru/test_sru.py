"""SRU in its three versions: explain, search, scan, and everything that can be wrong."""

import random
import time

import pytest
from django.test import Client
from lxml import etree

from fumikura.protocols.sru.views import repaired

pytestmark = pytest.mark.django_db(transaction=True)
SPACES = {"1.1": "http://www.loc.gov/zing/srw/", "1.2": "http://www.loc.gov/zing/srw/"}
SPACES["2.0"] = "http://docs.oasis-open.org/ns/search-ws/sruResponse"


def ask(version: str = "1.2", path: str = "/sru", **parameters: str) -> etree._Element:
    if version != "2.0":
        parameters = {"operation": "searchRetrieve", "version": version} | parameters
    answer = Client().get(path, parameters)
    assert answer.status_code == 200
    return etree.fromstring(answer.content)


def codes(document: etree._Element) -> list[int]:
    return [int(uri.text.rpartition("/")[2]) for uri in document.iterfind(".//{*}diagnostic/{*}uri")]


def total(document: etree._Element) -> int:
    return int(document.findtext("{*}numberOfRecords"))


@pytest.mark.parametrize("version", SPACES)
def test_a_title_is_found_in_every_version(catalogue: None, version: str) -> None:
    document = ask(version, query="dc.title = こころ")
    assert etree.QName(document).namespace == SPACES[version]
    assert (total(document), codes(document)) == (1, [])
    assert "こころ" in "".join(document.itertext())


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("漱石", 3),
        ("dc.creator = 漱石", 3),
        ("銀河 and 鉄道", 1),
        ("銀河 or 羅生門", 2),
        ("漱石 not 猫", 2),
        ("ギンガ", 1),
        ("dc.date < 1910", 2),
        ('dc.date within "1930 1940"', 1),
        ("ndc = 007", 1),
        ("pyth*", 1),
        ("cql.allRecords = 1", 6),
        ("dc.language = jpn", 6),
        ("銀河 and 羅生門 and ないことば", 0),
    ],
)
def test_cql_finds_what_it_asks_for_and_nothing_more(catalogue: None, query: str, count: int) -> None:
    document = ask(query=query)
    assert (total(document), codes(document)) == (count, [])


@pytest.mark.parametrize("schema", ["marcxml", "dc", "mods", "dcndl", "info:srw/schema/1/mods-v3.8"])
def test_records_come_in_every_schema(catalogue: None, schema: str) -> None:
    document = ask(query="銀河鉄道", recordSchema=schema)
    data = document.find(".//{*}recordData")
    assert len(data) == 1
    assert "銀河鉄道の夜" in "".join(data.itertext())


def test_a_record_may_come_as_text(catalogue: None) -> None:
    data = ask(query="銀河鉄道", recordPacking="string").find(".//{*}recordData")
    assert len(data) == 0
    assert etree.fromstring(data.text).tag == "{http://www.loc.gov/MARC21/slim}record"


def test_pages_follow_one_another(catalogue: None) -> None:
    first = ask(query="cql.allRecords = 1 sortBy dc.title", maximumRecords="4")
    assert first.findtext(".//{*}nextRecordPosition") == "5"
    second = ask(query="cql.allRecords = 1 sortBy dc.title", maximumRecords="4", startRecord="5")
    assert [one.text for one in second.iterfind(".//{*}recordPosition")] == ["5", "6"]
    assert second.find(".//{*}nextRecordPosition") is None


def test_the_old_sort_keys_are_understood(catalogue: None) -> None:
    document = ask("1.1", query="cql.allRecords = 1", sortKeys="date,,1", maximumRecords="1")
    assert "吾輩は猫である" in "".join(document.itertext())


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"version": "3.0"}, 5),
        ({"operation": "delete"}, 4),
        ({"query": ""}, 7),
        ({"query": "a", "recordSchema": "bibtex"}, 66),
        ({"query": "a", "recordPacking": "zip"}, 71),
        ({"query": "a", "startRecord": "0"}, 6),
        ({"query": "a", "maximumRecords": "many"}, 6),
        ({"query": "銀河", "startRecord": "2"}, 61),
        ({"query": "title ="}, 10),
        ({"query": "color = red"}, 16),
    ],
)
def test_what_is_wrong_is_said_by_number_with_status_200(
    catalogue: None, parameters: dict[str, str], code: int
) -> None:
    assert codes(ask(**parameters)) == [code]


@pytest.mark.parametrize("version", SPACES)
def test_the_server_explains_itself(catalogue: None, version: str) -> None:
    document = etree.fromstring(
        Client().get("/sru", {} if version == "2.0" else {"operation": "explain", "version": version}).content
    )
    names = {name.text for name in document.iterfind(".//{*}indexInfo/{*}index/{*}map/{*}name")}
    assert {"title", "creator", "serverChoice", "isbn", "ndc"} <= names
    assert {one.get("name") for one in document.iterfind(".//{*}schema")} == {"marcxml", "dc", "mods", "dcndl"}


def test_titles_are_scanned_in_the_order_of_the_syllabary(catalogue: None) -> None:
    document = ask(operation="scan", scanClause="dc.title = ギンガ", maximumTerms="3")
    shown = [one.text for one in document.iterfind(".//{*}displayTerm")]
    assert shown[0] == "銀河鉄道の夜"
    assert len(shown) == 3
    before = ask(operation="scan", scanClause="dc.title = ギンガ", maximumTerms="3", responsePosition="2")
    assert [one.text for one in before.iterfind(".//{*}displayTerm")][1] == "銀河鉄道の夜"
    assert codes(ask(operation="scan", scanClause="dc.subject = a")) == [16]
    assert codes(ask(operation="scan")) == [7]


def test_isbns_are_scanned(catalogue: None) -> None:
    document = ask(operation="scan", scanClause="bath.isbn = 9780000000000", maximumTerms="1")
    assert len(document.findtext(".//{*}value")) == 13


def test_posting_works_without_a_cookie(catalogue: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sru", {"query": "銀河"})
    assert total(etree.fromstring(answer.content)) == 1


def test_the_gateway_gets_its_terms_mended() -> None:
    twice = "銀河".encode().decode("latin-1")
    assert (repaired(f'dc.title="{twice}"'), repaired("銀河"), repaired("café")) == ('dc.title="銀河"', "銀河", "café")


def test_nonsense_is_always_answered_within_a_second(catalogue: None) -> None:
    dice = random.Random(11)
    names = ["query", "operation", "version", "startRecord", "maximumRecords", "recordSchema", "sortKeys", "scanClause", "responsePosition", "recordPacking"]  # fmt: skip
    values = ["心", "title = 心", "explain", "scan", "1.1", "2.0", "-1", "99999999999", "(((", '"', "\x00", "a sortBy title", "dc.title = *", "マルク", "xml"]  # fmt: skip
    ask(query="心")  # the first request of a process reads all of its addresses

    def seconds(asked: dict[str, str]) -> float:
        began = time.thread_time()
        answer = Client().get("/sru", asked)
        etree.fromstring(answer.content)
        assert answer.status_code == 200
        return time.thread_time() - began

    for _ in range(300):
        asked = {dice.choice(names): dice.choice(values) for _ in range(4)}
        # The first time may have paid for a collection of all the garbage of the tests before.
        assert seconds(asked) < 1 or seconds(asked) < 1
