"""Catalogues of other institutions come into ours: whole, by what changed, after silence, with what is broken set aside."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import describe_record
from fumikura.catalogue.services import save_record
from fumikura.discovery.gathering import gather
from fumikura.harvest.asking import Wish
from fumikura.harvest.models import Harvest, HarvestedRecord, HarvestFault, HarvestSource
from fumikura.harvest.queries import origins_of, record_counts, sources
from fumikura.harvest.reading import NotAnAnswer, PlaceLost, read_csv, read_oai, read_sru
from fumikura.harvest.sampling import guess, sample
from fumikura.harvest.services import SourceFacts, end_source, harvest, harvest_due, preview, set_plan, set_source
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import NotPermitted, Refused
from tests import cast
from tests.catalogue.records import kokoro_bytes
from tests.harvest.institutions import BROKEN, Museum, deleted, thing
from tests.interop.replaying import EMPTY, recordings, serving
from tests.shared_data import shared

pytestmark = pytest.mark.django_db
BY = cast.acting("harvest.set-sources", "catalogue.collect")
LATER = cast.AT + timedelta(days=1)


def source(address: str, protocol: str = "oai", **facts: object) -> HarvestSource:
    given = {"code": "museum", "name": "水瀬市立美術館", "protocol": protocol, "address": address, **facts}
    return set_source(SourceFacts(**given), by=BY, at=cast.AT)


def titles() -> set[str]:
    return set(BibliographicRecord.objects.filter(deleted_at=None).values_list("title", flat=True))


def test_a_museum_comes_into_our_index_with_its_name_and_the_way_back() -> None:
    with Museum([thing(1, "三人の女"), thing(2, "壺")], [thing(3, "花")]).open() as address:
        run = harvest(source(address), by=BY, at=cast.AT)
    assert (run.created, run.pages, run.quarantined, run.finished_at) == (3, 2, 0, cast.AT)
    assert titles() == {"三人の女", "壺", "花"}
    row = BibliographicRecord.objects.get(title="壺")
    said = describe_record(row)
    assert (said.year, said.kind, said.creators[0].name) == (1950, "other", "桜井 浜江")
    (document,) = gather([row.pk], cast.AT)
    assert document.sites == ("@museum",) and document.available == ()
    origin = origins_of([row.pk])[row.pk]
    assert (origin.name, origin.link) == ("水瀬市立美術館", "https://museum.example.jp/things/2")
    assert origin.fresh_at == cast.AT


def test_the_next_time_only_what_changed_is_asked_for_and_what_was_deleted_goes() -> None:
    museum = Museum([thing(1, "三人の女"), thing(2, "壺")])
    with museum.open() as address:
        one = source(address)
        harvest(one, by=BY, at=cast.AT)
        museum.pages = [[thing(1, "三人の女たち"), deleted(2)]]
        run = harvest(one, by=BY, at=LATER)
        assert museum.asked[-1]["from"] == "2026-05-20"  # the day only, as this repository understands no hours
        assert (run.updated, run.deleted, run.is_whole) == (1, 1, False)
        museum.pages = [[]]
        assert harvest(one, by=BY, at=LATER).finished_at == LATER
    assert titles() == {"三人の女たち"}
    assert record_counts() == {one.pk: 1}


def test_a_run_that_met_silence_goes_on_where_it_stood() -> None:
    museum = Museum([thing(1, "三人の女")], [thing(2, "壺")], [thing(3, "花")])
    museum.silent_at = {1}
    with museum.open() as address:
        one = source(address)
        stopped = harvest(one, by=BY, at=cast.AT)
        assert (stopped.fault, stopped.fault_detail, stopped.finished_at) == ("http-error", "503", None)
        assert titles() == {"三人の女"}
        museum.silent_at = set()
        museum.asked.clear()
        run = harvest(one, by=BY, at=LATER)
    assert [asked.get("resumptionToken") for asked in museum.asked] == ["1", "2"]
    assert (run.pk, run.fault, run.created) == (stopped.pk, "", 3)


@pytest.mark.parametrize(("patience", "fault"), [("0", ""), ("999", "http-error"), ("tomorrow", "http-error")])
def test_a_repository_that_says_when_to_come_again_is_waited_for(patience: str, fault: str) -> None:
    page = f"<OAI-PMH><ListRecords>{thing(1, '壺')}</ListRecords></OAI-PMH>".encode()
    answers = [(503, b"", 0, ("Retry-After", patience)), (429, b"", 0, ("Retry-After", patience)), (200, page, 0)]
    with serving(lambda _asked: answers.pop(0)) as address:
        run = harvest(source(address), by=BY, at=cast.AT)
    assert run.fault == fault and len(answers) == (2 if fault else 0)


def test_a_run_that_was_killed_between_two_pages_loses_and_repeats_nothing() -> None:
    with Museum([thing(1, "三人の女")], [thing(2, "壺")], [thing(3, "花")]).open() as address:
        one = source(address)
        harvest(one, by=BY, at=cast.AT, most_pages=1)
        run = harvest(one, by=BY, at=cast.AT)
    assert (run.created, run.unchanged, run.pages) == (3, 0, 3)


def test_an_institution_that_forgot_our_place_is_asked_from_the_beginning() -> None:
    museum = Museum([thing(1, "三人の女")], [thing(2, "壺")])
    museum.lost = True
    with museum.open() as address:
        run = harvest(source(address), by=BY, at=cast.AT)
    assert (run.created, run.unchanged, run.fault) == (2, 1, "")


def test_what_cannot_be_read_is_set_aside_with_its_bytes_until_it_comes_whole() -> None:
    museum = Museum([thing(1, "三人の女"), BROKEN])
    with museum.open() as address:
        one = source(address)
        assert harvest(one, by=BY, at=cast.AT).quarantined == 1
        fault = HarvestFault.objects.get()
        assert (fault.identifier, fault.reason) == ("oai:museum:9", "no-title")
        assert "作者だけ" in bytes(fault.raw).decode()
        museum.pages = [[thing(9, "題がついた")]]
        harvest(one, by=BY, at=LATER)
    assert not HarvestFault.objects.exists() and "題がついた" in titles()


def test_after_everything_was_asked_for_what_did_not_come_is_gone_unless_it_is_most_of_it() -> None:
    museum = Museum([thing(number, f"作品{number}") for number in range(60)])
    with museum.open() as address:
        one = source(address)
        harvest(one, by=BY, at=cast.AT)
        museum.pages = [[thing(number, f"作品{number}") for number in range(55)]]
        assert harvest(one, by=BY, at=LATER, whole=frozenset({"museum"})).deleted == 5
        museum.pages = [[thing(1, "作品1")]]
        empty = harvest(one, by=BY, at=LATER, whole=frozenset({"museum"}))
    assert (empty.fault, empty.deleted) == ("too-few", 0)
    assert len(titles()) == 55


def test_their_numbers_never_write_over_our_records() -> None:
    ours = save_record(kokoro_bytes(), by=cast.SYSTEM, at=cast.AT)
    body = "書誌番号,書名,著者\n100001,別の本,だれか\n,番号のない本,だれか\n,,題のない行\n".encode("cp932")
    with serving(lambda _asked: (200, body, 0)) as address:
        run = harvest(source(address, "csv"), by=BY, at=cast.AT)
    assert (run.created, run.quarantined) == (2, 1)
    ours.refresh_from_db()
    assert ours.title == "こころ" and {"別の本", "番号のない本"} < titles()


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (500, b"", "http-error"),
        (200, b"<html><body>Login", "not-oai"),
        (200, b"<html/>", "not-oai"),
        (200, b'<OAI-PMH><error code="badArgument">no</error></OAI-PMH>', "oai-error"),
    ],
)
def test_every_way_to_fail_is_named_and_kept(status: int, body: bytes, fault: str) -> None:
    with serving(lambda _asked: (status, body, 0)) as address:
        run = harvest(source(address), by=BY, at=cast.AT)
    assert (run.fault, run.finished_at) == (fault, None)
    assert Entry.objects.filter(event="harvest.harvest-stopped").count() == 1


def test_the_night_shift_asks_those_whose_day_has_come_and_one_that_fails_keeps_nobody() -> None:
    good = Museum([thing(1, "三人の女")])
    with good.open() as address, serving(lambda _asked: (500, b"", 0)) as broken:
        source(broken, code="a-broken", name="こわれた館")
        source(address)
        source(address, code="by-hand", name="手で集める館", every_days=0)
        runs = harvest_due(by=BY, at=cast.AT)
        assert {run.source.code: run.fault for run in runs} == {"a-broken": "http-error", "museum": ""}
        soon = harvest_due(by=BY, at=cast.AT + timedelta(hours=2))
    assert [run.source.code for run in soon] == ["a-broken"]


def test_an_institution_that_is_let_go_takes_its_records_along() -> None:
    with Museum([thing(1, "三人の女"), thing(2, "壺")]).open() as address:
        one = source(address)
        harvest(one, by=BY, at=cast.AT)
    assert end_source(one, by=BY, at=LATER) == 2
    assert titles() == set() and not sources()


def test_the_first_records_are_shown_without_writing_anything() -> None:
    with Museum([thing(1, "三人の女"), BROKEN]).open() as address:
        shown = preview(SourceFacts("museum", "美術館", "oai", address))
    assert (shown.came, shown.faulty) == (2, 1)
    assert shown.records[0][1] is not None and shown.records[0][1].title == "三人の女"
    assert not BibliographicRecord.objects.exists() and not Harvest.objects.exists()


def test_what_makes_no_source_is_refused_and_who_may_not_does_not() -> None:
    for facts, code in (({"code": "美術館"}, "source-code"), ({"address": "file:///etc/passwd"}, "source-address")):
        given = {"code": "museum", "name": "館", "protocol": "oai", "address": "http://x.example/", **facts}
        with pytest.raises(Refused) as refused:
            set_source(SourceFacts(**given), by=BY, at=cast.AT)
        assert refused.value.reasons[0].code == code
    with pytest.raises(NotPermitted):
        set_source(SourceFacts("museum", "館", "oai", "http://x.example/"), by=cast.acting(), at=cast.AT)


@pytest.mark.shared_data
def test_what_a_real_museum_answered_is_taken_in() -> None:
    body = shared("data/marc/general/traject_sample-oai-pmh.xml").read_bytes()
    nothing = b"<OAI-PMH><error code='noRecordsMatch'/></OAI-PMH>"
    with serving(lambda asked: (200, nothing if "resumptionToken" in asked else body, 0)) as address:
        run = harvest(source(address), by=BY, at=cast.AT)
    assert run.fault == "" and run.quarantined == 0 and run.created == body.count(b"<header>")
    assert HarvestedRecord.objects.filter(link__startswith="https://digital.sciencehistory.org/works/").count() == 10


@pytest.mark.shared_data
def test_what_ndl_search_answered_by_sru_is_taken_in() -> None:
    known = recordings(shared("data/ndl_api/cassettes"))
    body = max(known.values(), key=lambda one: one.count(b"<recordData>"))
    with serving(lambda asked: (200, body if asked["startRecord"] == "1" else EMPTY, 0)) as address:
        run = harvest(source(address, "sru", format="dcndl", set='title="x"'), by=BY, at=cast.AT)
    assert run.fault == "" and run.quarantined == 0 and run.created >= 1
    assert all(one.identifier for one in HarvestedRecord.objects.all())


def test_damaged_answers_are_read_or_named_and_never_fail() -> None:
    dice = random.Random(2)
    things = f"{thing(1, '壺')}{deleted(2)}{BROKEN}"
    page = f"<OAI-PMH><responseDate>2026-05-20</responseDate><ListRecords>{things}</ListRecords></OAI-PMH>"
    found = "".join(f"<record><recordData>{thing(n, '壺')}</recordData></record>" for n in (1, 2))
    answer = f"<searchRetrieveResponse><numberOfRecords>2</numberOfRecords><records>{found}</records></searchRetrieveResponse>"
    table = "書誌番号,書名,著者\n1,壺,だれか\n2,花,だれか\n"
    for whole, read in (
        (page, read_oai),
        (answer, lambda body: read_sru(body, place=1)),
        (table, lambda body: read_csv(body, place=0)),
    ):
        came_to = Counter[str]()
        for number in range(1500):
            body = bytearray(whole.encode())
            (mutilate if number % 2 else scratch)(body, dice)
            try:
                read(bytes(body))
            except (NotAnAnswer, PlaceLost):
                came_to["named"] += 1
            else:
                came_to["read"] += 1
        assert came_to.total() == 1500 and came_to["read"] > 600 and came_to["named"] > 100, came_to


def mutilate(body: bytearray, dice: random.Random) -> None:
    """Pieces are lost, and bytes that are none of any letter stand where they were."""
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(body))
        body[at : at + dice.randint(0, 9)] = bytes(dice.randrange(256) for _ in range(dice.randint(0, 3)))


def scratch(body: bytearray, dice: random.Random) -> None:
    """Letters of what stands between the marks, or behind the names of the columns, are others."""
    inside, places = False, []
    for at, byte in enumerate(body):
        inside = byte == ord("<") or (inside and byte != ord(">"))
        if not inside and at > 40 and chr(byte).isascii() and chr(byte).isalnum():
            places.append(at)
    for _ in range(dice.randint(1, 3)):
        body[dice.choice(places)] = dice.choice(b"abcxyz019")


def test_a_licence_is_not_the_page_of_the_thing() -> None:
    licence, page = "https://creativecommons.example/by/4.0/", "https://museum.example.jp/things/1"
    said = thing(1, "壺").replace(f"<dc:identifier>{page}</dc:identifier>", f"<dc:rights>{licence}</dc:rights>")
    body = "<OAI-PMH><ListRecords>{}</ListRecords></OAI-PMH>"
    plan = ColumnPlan({"title": "title"})
    for named in (None, plan):
        (found,) = read_oai(body.format(said).encode(), plan=named).records
        assert found.decoded and found.link == ""
    both = said.replace("</dc:rights>", f"</dc:rights><dc:source>{page}</dc:source>")
    (found,) = read_oai(body.format(both).encode(), plan=plan).records
    assert found.link == page


def test_elements_are_what_a_person_said_and_everything_is_read_anew() -> None:
    museum = Museum([thing(1, "三人の女"), BROKEN])
    with museum.open() as address:
        one = source(address)
        harvest(one, by=BY, at=cast.AT)
        seen = sample(Wish("oai", address))
        assert seen.names == ("title", "creator", "date", "type", "identifier", "language") and not seen.says_itself
        assert guess("oai", seen.names, seen.lines).columns["date"] == "published"
        with pytest.raises(Refused):
            set_plan(one, ColumnPlan({"title": "note"}), by=BY, at=cast.AT)
        set_plan(one, ColumnPlan({"creator": "title", "title": "note", "date": "published"}), by=BY, at=cast.AT)
        one.refresh_from_db()
        run = harvest(one, by=BY, at=LATER)
    assert (run.is_whole, run.updated, run.created, run.quarantined) == (True, 1, 1, 0)
    assert titles() == {"桜井 浜江", "作者だけ"}
    row = BibliographicRecord.objects.get(title="桜井 浜江")
    assert describe_record(row).year == 1950 and origins_of([row.pk])[row.pk].link.endswith("/things/1")
