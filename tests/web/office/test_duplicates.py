"""A librarian sees two records side by side, decides, and takes it back."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from fumikura.catalogue.models import BibliographicRecord, DuplicatePair, SourceRule
from fumikura.catalogue.services import save_record
from fumikura.circulation import services as circulation
from fumikura.web.office.duplicates import pieces_of
from tests import cast
from tests.catalogue.records import kokoro
from tests.catalogue.test_duplicates import bring_in, other
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian(client: Client) -> Client:
    cast.staff("sano", "catalogue.merge", "catalogue.set-rules", at=cast.chuo())
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    return client


@pytest.fixture
def pair(tmp_path: Path) -> DuplicatePair:
    save_record(kokoro(), by=cast.SYSTEM, at=cast.AT)
    bring_in(tmp_path, other())
    return DuplicatePair.objects.select_related("first", "second").get()


def decide(librarian: Client, pair: DuplicatePair, decision: str) -> str:
    there = f"/office/duplicates/{pair.pk}"
    found = re.search(r'name="request_key" value="([0-9a-f]+)"', librarian.get(there).content.decode())
    assert found
    form = {"request_key": found[1], "decision": decision}
    return librarian.post(there, form, follow=True).content.decode()


def test_nothing_to_decide_is_said(librarian: Client) -> None:
    assert "決めるものはありません" in librarian.get("/office/duplicates").content.decode()
    assert "まだ、何も決めていません" in librarian.get("/office/duplicates?state=settled").content.decode()
    assert librarian.get("/office/duplicates/4711").status_code == 404


def test_two_are_seen_side_by_side_merged_and_parted_again(librarian: Client, pair: DuplicatePair) -> None:
    item = copy(pair.second)
    assert "番号が同じ" in librarian.get("/office/duplicates").content.decode()
    page = librarian.get(f"/office/duplicates/{pair.pk}").content.decode()
    assert "先生と私の話。" in page and "$a ココロ" in page and "資料 1点" in page
    assert "まとめました" in decide(librarian, pair, "keep-first")
    item.refresh_from_db()
    assert item.record_id == pair.first_id
    gone = Client().get(f"/titles/{pair.second_id}")
    assert (gone.status_code, gone.headers["Location"]) == (302, f"/titles/{pair.first_id}")
    assert "まとめた" in librarian.get("/office/duplicates?state=settled").content.decode()
    assert "取り消しました" in decide(librarian, pair, "undo")
    item.refresh_from_db()
    assert item.record_id == pair.second_id
    assert Client().get(f"/titles/{pair.second_id}").status_code == 200


def test_who_parts_two_titles_reads_what_became_of_the_sets_and_copies_that_lay_ready(
    librarian: Client, pair: DuplicatePair
) -> None:
    house_rules()
    book = copy(pair.second)
    decide(librarian, pair, "keep-first")
    book.refresh_from_db()
    want = circulation.Want((pair.first,))
    circulation.place_hold(patron=cast.hanako(), want=want, pickup=book.home, by=at_desk(), at=cast.AT)
    circulation.check_in(item=book, by=at_desk(), at=cast.AT)
    page = decide(librarian, pair, "undo")
    assert "取り消しました" in page and "取り置きの棚から外す本があります。" in page


def test_the_newer_one_may_be_kept(librarian: Client, pair: DuplicatePair) -> None:
    decide(librarian, pair, "keep-second")
    assert BibliographicRecord.objects.get(deleted_at=None).pk == pair.second_id


def test_two_things_stay_two_and_come_back_when_that_was_wrong(librarian: Client, pair: DuplicatePair) -> None:
    assert "別のものとしました" in decide(librarian, pair, "apart")
    page = librarian.get(f"/office/duplicates/{pair.pk}").content.decode()
    assert "いまも同じ作品の版としてまとまって見えます" in page
    assert f"/cataloguing/records/{pair.second_id}/work" not in page  # she may settle pairs, not part works
    assert "決めるものはありません" in librarian.get("/office/duplicates").content.decode()
    decide(librarian, pair, "undo")
    assert "決めるものはありません" not in librarian.get("/office/duplicates").content.decode()


def test_two_publications_of_one_work_both_stay_and_stand_together(librarian: Client, pair: DuplicatePair) -> None:
    save_record(other(title="Kokoro"), by=cast.SYSTEM, at=cast.AT)
    assert "同じ作品の別の版としました" in decide(librarian, pair, "edition")
    assert "別の版" in librarian.get("/office/duplicates?state=settled").content.decode()
    assert f"/titles/{pair.second_id}" in Client().get(f"/titles/{pair.first_id}").content.decode()
    assert "取り消しました" in decide(librarian, pair, "undo")
    assert f"/titles/{pair.second_id}" not in Client().get(f"/titles/{pair.first_id}").content.decode()


def test_a_decision_nobody_knows_changes_nothing(librarian: Client, pair: DuplicatePair) -> None:
    answer = librarian.post(f"/office/duplicates/{pair.pk}", {"request_key": "a" * 32, "decision": "both"})
    assert answer.status_code == 422 and DuplicatePair.objects.get().settled_at is None


def test_a_rule_is_set_for_a_source_and_what_is_wrong_is_said(librarian: Client, pair: DuplicatePair) -> None:
    assert "590-599" in librarian.get("/office/duplicates/rules?source=TRC").content.decode()
    form = {
        "request_key": "a" * 32,
        "source": "TRC",
        "protects": "9XX",
        "adds": "520",
        "overwrites": "",
        "merges": "on",
    }
    assert "保存しました" in librarian.post("/office/duplicates/rules", form, follow=True).content.decode()
    assert SourceRule.objects.get().merges
    wrong = librarian.post("/office/duplicates/rules", {**form, "request_key": "b" * 32, "adds": "520 あらすじ"})
    assert wrong.status_code == 422 and "520 あらすじ" in wrong.content.decode()


def test_the_whole_catalogue_is_compared_with_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bring_in(tmp_path, other("x1"), other("x2"))
    assert not DuplicatePair.objects.exists()
    call_command("duplicates", "find", verbosity=0)
    assert "同じと思われるもの 1 組" in capsys.readouterr().out
    call_command("duplicates")
    assert "1 組と 0 組" in capsys.readouterr().out


def test_the_letters_that_differ_are_marked_and_the_rest_is_not(librarian: Client, pair: DuplicatePair) -> None:
    page = librarian.get(f"/office/duplicates/{pair.pk}").content.decode()
    assert "同じ項目も見る" in page and "<mark>" in page
    left, right = pieces_of("$a インターネット入門 / $c 水野", "$a インターネット入門（新版） / $c 水野")
    assert [piece.text for piece in left if piece.differs] == []
    assert [piece.text for piece in right if piece.differs] == ["（新版）"]
    assert "".join(piece.text for piece in right) == "$a インターネット入門（新版） / $c 水野"
