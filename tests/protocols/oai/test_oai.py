"""OAI-PMH, verb by verb and error by error, as the protocol (2.0) states them."""

import random
import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import delete_record
from fumikura.protocols.oai import lists
from fumikura.protocols.oai.arguments import Asked, Position, Wrong, asked, from_token, token_for
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes
from tests.protocols.oai.catalogue import WRITTEN, book, settled, shelf

pytestmark = pytest.mark.django_db
NS = {"o": "http://www.openarchives.org/OAI/2.0/"}


def ask(**arguments: str) -> etree._Element:
    named = {name.replace("from_", "from"): value for name, value in arguments.items()}
    answer = Client().get("/oai", named)
    assert answer.status_code == 200
    return etree.fromstring(b"".join(answer.streaming_content))


def errors(document: etree._Element) -> list[str]:
    return [one.get("code") for one in document.findall("o:error", NS)]


def identifiers(document: etree._Element) -> list[str]:
    return [one.text for one in document.iterfind(".//o:header/o:identifier", NS)]


def test_the_repository_introduces_itself() -> None:
    settled(book(1))
    told = ask(verb="Identify")
    assert told.findtext(".//o:protocolVersion", namespaces=NS) == "2.0"
    assert told.findtext(".//o:deletedRecord", namespaces=NS) == "persistent"
    assert told.findtext(".//o:earliestDatestamp", namespaces=NS) == "2026-05-20T01:00:00Z"
    assert told.find("o:request", NS).get("verb") == "Identify"


def test_it_may_be_asked_by_post_without_a_token() -> None:
    answer = Client(enforce_csrf_checks=True).post("/oai", {"verb": "ListSets"})
    assert b"<setSpec>kind:book</setSpec>" in b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Steal"}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "GetRecord", "identifier": "oai:x:1"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-30"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-05-21", "until": "2026-05-20"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-05-20", "until": "2026-05-20T00:00:00Z"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "resumptionToken": "x"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "metadataPrefix": "marcxml"}, "cannotDisseminateFormat"),
        ({"verb": "GetRecord", "identifier": "oai:x:1", "metadataPrefix": "oai_dc"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "nonsense"}, "idDoesNotExist"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "2000-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "kind:dvd"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "no:such"}, "noRecordsMatch"),
    ],
)  # fmt: skip
def test_every_error_has_its_code(arguments: dict[str, str], code: str) -> None:
    settled(book(1))
    document = etree.fromstring(b"".join(Client().get("/oai", arguments).streaming_content))
    assert errors(document) == [code]
    if code in {"badVerb", "badArgument"}:
        assert not document.find("o:request", NS).attrib


def test_an_argument_twice_is_refused() -> None:
    answer = Client().get("/oai?verb=Identify&verb=Identify")
    assert b"badVerb" in b"".join(answer.streaming_content)


@pytest.mark.parametrize("prefix", ["oai_dc", "marc21", "dcndl", "mods"])
def test_a_real_record_is_given_in_every_format(prefix: str) -> None:
    from fumikura.catalogue.services import save_record

    row = settled(save_record(kokoro_bytes(), by=SYSTEM, at=AT))
    document = ask(verb="GetRecord", identifier=f"oai:testserver:{row.pk}", metadataPrefix=prefix)
    metadata = document.find(".//o:metadata", NS)
    assert "こころ" in "".join(metadata.itertext())
    assert metadata[0].tag.startswith("{http")
    assert document.findtext(".//o:setSpec", namespaces=NS) == "kind:book"


def test_a_list_goes_on_by_tokens_and_gives_each_record_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lists.PAGE, "ListIdentifiers", 4)
    rows = shelf(11)
    given, document = [], ask(verb="ListIdentifiers", metadataPrefix="marc21")
    while True:
        given += identifiers(document)
        token = document.find(".//o:resumptionToken", NS)
        assert token.get("completeListSize") == "11"
        if not token.text:
            break
        document = ask(verb="ListIdentifiers", resumptionToken=token.text)
    assert given == [f"oai:testserver:{row.pk}" for row in rows]


def test_what_is_written_during_a_harvest_is_given_by_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lists.PAGE, "ListIdentifiers", 4)
    rows = shelf(9)
    first = ask(verb="ListIdentifiers", metadataPrefix="marc21")
    as_of = first.findtext("o:responseDate", namespaces=NS)
    changed = [rows[1], rows[7]]
    for row in changed:
        BibliographicRecord.objects.filter(pk=row.pk).update(written_at=timezone.now())
    given, document = identifiers(first), first
    while token := document.findtext(".//o:resumptionToken", namespaces=NS):
        document = ask(verb="ListIdentifiers", resumptionToken=token)
        given += identifiers(document)
    assert len(given) == len(set(given)) == 8
    monkeypatch.setattr("fumikura.protocols.oai.views.SETTLED_AFTER", timedelta(seconds=-5))
    assert len(identifiers(ask(verb="ListIdentifiers", metadataPrefix="marc21", from_=as_of))) == 2


def test_what_was_written_just_now_waits_until_it_has_settled() -> None:
    book(1)
    assert errors(ask(verb="ListIdentifiers", metadataPrefix="marc21")) == ["noRecordsMatch"]


def test_a_deleted_record_is_told_for_ever() -> None:
    row = book(1)
    delete_record(record=row, by=SYSTEM, at=AT)
    settled(row)
    document = ask(verb="ListRecords", metadataPrefix="oai_dc")
    assert document.find(".//o:header", NS).get("status") == "deleted"
    assert document.find(".//o:metadata", NS) is None


def test_days_and_seconds_select_what_was_written_then() -> None:
    settled(book(1)), settled(book(2), minutes=60)
    assert (
        len(identifiers(ask(verb="ListIdentifiers", metadataPrefix="oai_dc", from_="2026-05-20", until="2026-05-20")))
        == 2
    )
    assert len(identifiers(ask(verb="ListIdentifiers", metadataPrefix="oai_dc", from_="2026-05-20T01:00:01Z"))) == 1
    assert len(identifiers(ask(verb="ListIdentifiers", metadataPrefix="oai_dc", until="2026-05-20T01:00:00Z"))) == 1


def test_a_token_that_was_tampered_with_is_refused_and_never_fails() -> None:
    wish = Asked(verb="ListRecords", prefix="oai_dc", until=WRITTEN)
    good = token_for(wish, Position(written_at=WRITTEN, record=7, cursor=500, total=900))
    assert from_token(good, "ListRecords").position.record == 7
    dice = random.Random(1)
    for _ in range(3000):
        letters = list(good)
        for _ in range(dice.randint(1, 4)):
            letters[dice.randrange(len(letters))] = chr(dice.choice([*range(32, 127), 0x3042, 0]))
        try:
            from_token("".join(letters), "ListRecords")
        except Wrong as wrong:
            assert wrong.code == "badResumptionToken"


def test_twenty_thousand_lists_of_arguments_are_read_or_refused_each_within_a_second() -> None:
    dice = random.Random(5)
    names = ["verb", "metadataPrefix", "from", "until", "set", "resumptionToken", "identifier", "x", ""]
    values = ["ListRecords", "ListIdentifiers", "GetRecord", "Identify", "oai_dc", "2026-05-20", "2026-05-20T01:00:00Z",
              "kind:book", "oai:x:1", token_for(Asked(verb="ListRecords", prefix="oai_dc", until=WRITTEN), Position(written_at=WRITTEN, record=7, cursor=5, total=9))]  # fmt: skip
    slowest = 0.0
    for _ in range(20_000):
        pairs = []
        for _ in range(dice.randint(0, 6)):
            value = list(dice.choice(values))
            for _ in range(dice.choice((0, 0, 1, 3))):
                value.insert(
                    dice.randrange(len(value) + 1), chr(dice.choice([*range(32), *range(32, 127), 0x3042, 0xD800]))
                )
            pairs.append((dice.choice(names), "".join(value)))
        began = time.thread_time()
        try:
            asked(pairs)
        except Wrong as wrong:
            assert wrong.code
        slowest = max(slowest, time.thread_time() - began)
    assert slowest < 1


def test_nonsense_is_always_answered_within_a_second() -> None:
    settled(book(1))
    dice = random.Random(3)
    words = ["verb", "ListRecords", "GetRecord", "metadataPrefix", "oai_dc", "from", "2026-05-20", "until", "9999-12-31", "0001-01-01", "set", "kind:book", "resumptionToken", "あ", "\x00", "%", "identifier", "oai:x:99999999999999999999"]  # fmt: skip
    for _ in range(300):
        pairs = [(dice.choice(words), dice.choice(words)) for _ in range(dice.randint(0, 5))]
        if dice.random() < 0.7:
            pairs.append(("verb", dice.choice(["ListRecords", "ListIdentifiers", "GetRecord", "ListSets"])))
        began = time.thread_time()
        answer = Client().get("/oai?" + urlencode(pairs))
        etree.fromstring(b"".join(answer.streaming_content))
        assert answer.status_code == 200
        assert time.thread_time() - began < 1


def test_a_page_costs_two_queries(django_assert_max_num_queries: object) -> None:
    shelf(6)
    with django_assert_max_num_queries(4):
        ask(verb="ListRecords", metadataPrefix="marc21")
