"""Authorities come in from MARC and from tables: rehearsed, told apart, related, resumed, taken back."""

from pathlib import Path

import pytest
from pymarc import record_to_xml

from fumikura.catalogue.authorities import relations_of
from fumikura.catalogue.marc import marcxml
from fumikura.catalogue.marc.formats import NotReadable
from fumikura.catalogue.models import Authority, AuthorityImport, AuthorityMerge
from fumikura.catalogue.services import (
    AuthorityFacts,
    add_authority,
    import_authorities,
    rehearse_authorities,
    relink_authorities,
    undo_authority_import,
    undo_authority_merge,
)
from fumikura.catalogue.services import authority_imports as room
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from tests.cast import AT, SYSTEM
from tests.catalogue.records import field, record
from tests.catalogue.test_linking import saved

pytestmark = pytest.mark.django_db
TABLE = """見出し,読み,種類,別名,上位語,注記
水瀬の民話,ミナセ ノ ミンワ,件名,水瀬のむかし話/ミナセ ノ ムカシバナシ; 水瀬の昔話,水瀬の民俗,町で集めたもの
水瀬の民俗,ミナセ ノ ミンゾク,件名,,,
,,件名,,,
水瀬太郎,,妖怪,,,
"""


def authority(number: str, *fields: object, leader: str = "00000nz  a2200000n  4500"):
    return record(*fields, leader=leader, f001=number, f003="JTNDL")


def soseki():
    return authority(
        "00054222",
        field("100", "1 ", ("6", "880-01"), ("a", "夏目, 漱石,"), ("d", "1867-1916")),
        field("400", "1 ", ("6", "880-02"), ("a", "夏目, 金之助,"), ("d", "1867-1916")),
        field("500", "1 ", ("a", "漱石山房同人")),
        field("670", "  ", ("a", "こころ / 夏目漱石著")),
        field("880", "1 ", ("6", "100-01/$1"), ("a", "ナツメ, ソウセキ,"), ("d", "1867-1916")),
        field("880", "1 ", ("6", "400-02/$1"), ("a", "ナツメ, キンノスケ,"), ("d", "1867-1916")),
    )


def ndlsh():
    return authority(
        "00571000",
        field("040", "  ", ("a", "JTNDL"), ("f", "ndlsh")),
        field("150", "  ", ("6", "880-01"), ("a", "民話")),
        field("450", "  ", ("a", "昔話")),
        field("550", "  ", ("w", "g"), ("a", "民俗")),
        field("880", "  ", ("6", "150-01/$1"), ("a", "ミンワ")),
    )


@pytest.fixture
def marc(tmp_path: Path) -> Path:
    path = tmp_path / "authorities.mrc"
    title = authority("9", field("130", " 0", ("a", "源氏物語")))
    path.write_bytes(b"".join(one.as_marc() for one in (soseki(), ndlsh(), title)))
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "件名.csv"
    path.write_text(TABLE, encoding="utf-8-sig")
    return path


def of(heading: str) -> Authority:
    return Authority.objects.get(heading=heading)


def test_persons_and_subjects_come_in_with_their_forms_numbers_notes_and_references(marc: Path) -> None:
    report = import_authorities(marc, by=SYSTEM, at=AT)
    assert (report.created, report.updated) == (4, 0)
    assert [(number, code) for number, code, _about in report.problems] == [(3, "not-an-authority")]
    person = of("夏目, 漱石")
    assert (person.reading, person.dates, person.note) == ("ナツメ, ソウセキ", "1867-1916", "こころ / 夏目漱石著")
    assert list(person.variants.values_list("name", "reading")) == [("夏目, 金之助", "ナツメ, キンノスケ")]
    assert list(person.identifiers.values_list("scheme", "value")) == [("JTNDL", "00054222")]
    tale = of("民話")
    assert tale.scheme == "ndlsh" and relations_of(tale) == [("broader", of("民俗"))]
    assert Entry.objects.get(event="catalogue.authorities-imported").particulars["created"] == 4


def test_a_record_that_comes_later_is_linked_through_a_variant(marc: Path) -> None:
    import_authorities(marc, by=SYSTEM, at=AT)
    book = saved("1", "木屑録", "夏目, 金之助", reading="ナツメ, キンノスケ")
    assert [link.authority for link in book.links.all()] == [of("夏目, 漱石")]


def test_a_record_that_came_before_is_linked_anew_unless_something_speaks_against_it(marc: Path) -> None:
    book = saved("1", "木屑録", "夏目, 金之助", reading="ナツメ, キンノスケ")
    namesake = saved("2", "家のこと", "夏目, 金之助", reading="ナツメ, カネノスケ", dates="1950-")
    import_authorities(marc, by=SYSTEM, at=AT)
    seen: list[tuple[int, int]] = []
    done = relink_authorities(
        by=SYSTEM, at=AT, batch=AuthorityImport.objects.get(), progress=lambda *at: seen.append(at)
    )
    assert (done.names, done.records, done.doubtful) == (1, 1, 0)
    assert seen[-1][0] == seen[-1][1] > 0
    assert [link.authority for link in book.links.all()] == [of("夏目, 漱石")]
    assert [link.authority.dates for link in namesake.links.all()] == ["1950-"]
    assert relink_authorities(by=SYSTEM, at=AT).names == 0
    undo_authority_merge(merge=AuthorityMerge.objects.get(), by=SYSTEM, at=AT)
    assert [link.authority.heading for link in book.links.all()] == ["夏目, 金之助"]


def test_a_name_that_two_authorities_claim_is_left_to_a_person(marc: Path) -> None:
    saved("1", "木屑録", "夏目, 金之助")
    import_authorities(marc, by=SYSTEM, at=AT)
    facts = AuthorityFacts(heading="夏目, 別人", variants=(("夏目, 金之助", ""),))
    other = add_authority(kind="person", facts=facts, by=SYSTEM, at=AT)
    done = relink_authorities(by=SYSTEM, at=AT)
    assert (done.names, done.doubtful) == (0, 1) and other.merged_into is None


def test_what_is_here_learns_what_it_did_not_say_and_keeps_what_it_said(marc: Path) -> None:
    saved("1", "こころ", "夏目, 漱石", reading="ナツメ, ソーセキ")
    Authority.objects.update(reading="")
    before = of("夏目, 漱石").pk
    report = import_authorities(marc, by=SYSTEM, at=AT)
    assert report.updated == 1 and of("夏目, 漱石").pk == before
    assert of("夏目, 漱石").reading == "ナツメ, ソウセキ"
    again = import_authorities(marc, by=SYSTEM, at=AT)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 4)


def test_marcxml_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "authorities.xml"
    body = b"".join(record_to_xml(one, namespace=False) for one in (soseki(), ndlsh()))
    path.write_bytes(marcxml.HEAD.encode() + body + marcxml.TAIL.encode())
    assert import_authorities(path, by=SYSTEM, at=AT).created == 4
    assert of("夏目, 漱石").variants.count() == 1


def test_a_rehearsal_says_what_would_happen_and_leaves_nothing(table: Path) -> None:
    report = rehearse_authorities(table, by=SYSTEM, at=AT)
    assert report.created == 2 and report.batch == 0
    assert [(number, code) for number, code, _about in report.problems] == [(3, "no-heading"), (4, "unknown-kind")]
    assert report.samples[0][0] == "水瀬の民話" and report.samples[0][1] is None
    assert not Authority.objects.exists() and not AuthorityImport.objects.exists() and not Entry.objects.exists()


def test_a_table_of_local_subjects_in_the_encoding_of_an_old_spreadsheet(table: Path) -> None:
    table.write_text(TABLE, encoding="cp932")
    import_authorities(table, by=SYSTEM, at=AT)
    tale = of("水瀬の民話")
    assert tale.scheme == "local" and tale.note == "町で集めたもの" and tale.variants.count() == 2
    assert relations_of(tale) == [("broader", of("水瀬の民俗"))]


def test_it_is_taken_back_but_not_what_was_changed_or_used_since(marc: Path, table: Path) -> None:
    saved("1", "こころ", "夏目, 漱石")
    first = import_authorities(marc, by=SYSTEM, at=AT)
    second = import_authorities(table, by=SYSTEM, at=AT)
    Authority.objects.filter(heading="水瀬の民俗").update(note="あとから書いた")
    done = undo_authority_import(batch=AuthorityImport.objects.get(pk=second.batch), by=SYSTEM, at=AT)
    assert done == {"deleted": 1, "changed-since": 1}
    done = undo_authority_import(batch=AuthorityImport.objects.get(pk=first.batch), by=SYSTEM, at=AT)
    assert done == {"deleted": 3, "restored": 1}
    person = of("夏目, 漱石")
    assert (person.reading, person.dates, person.note) == ("", "", "")
    assert not person.variants.exists() and not person.identifiers.exists()
    with pytest.raises(Refused):
        undo_authority_import(batch=AuthorityImport.objects.get(pk=first.batch), by=SYSTEM, at=AT)


def test_broken_off_it_goes_on_behind_whole_chunks(marc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CHUNK", 1)
    calls = []

    def fails_at_the_second(*args: object, **facts: object):
        calls.append(args)
        if len(calls) == 2:
            raise OSError("no room")
        return real(*args, **facts)

    real = room._take_in
    monkeypatch.setattr(room, "_take_in", fails_at_the_second)
    with pytest.raises(OSError):
        import_authorities(marc, by=SYSTEM, at=AT)
    assert AuthorityImport.objects.get().position == 1 and not Authority.objects.filter(heading="民話").exists()
    report = import_authorities(marc, by=SYSTEM, at=AT)
    assert report.resumed_at == 1 and Authority.objects.filter(heading="民話").exists()


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("title,author\nこころ,夏目漱石\n")
    with pytest.raises(NotReadable):
        import_authorities(path, by=SYSTEM, at=AT)
