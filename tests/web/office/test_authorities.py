"""A librarian mends a person, compares two, makes them one and takes it back."""

import re

import pytest
from django.test import Client

from fumikura.catalogue.models import Authority, AuthorityMerge
from tests import cast
from tests.catalogue.test_linking import saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian(client: Client) -> Client:
    cast.staff("sano", "catalogue.change-authority", at=cast.chuo())
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    return client


@pytest.fixture
def two() -> tuple[int, int]:
    saved("1", "こころ", "夏目, 漱石", reading="ナツメ, ソウセキ", dates="1867-1916")
    saved("2", "木屑録", "夏目, 金之助", reading="ナツメ, キンノスケ")
    return Authority.objects.get(key="夏目漱石").pk, Authority.objects.get(key="夏目金之助").pk


def key_in(page: str) -> str:
    found = re.search(r'name="request_key" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def test_they_are_looked_up_by_name_or_reading(librarian: Client, two: tuple[int, int]) -> None:
    assert "まだ典拠がありません" not in librarian.get("/office/authorities").content.decode()
    page = librarian.get("/office/authorities", {"q": "なつめそう", "kind": "person"}).content.decode()
    assert "夏目, 漱石" in page and "夏目, 金之助" not in page
    assert "見つかりません" in librarian.get("/office/authorities", {"q": "zzz", "page": "9"}).content.decode()


def test_without_any_the_page_says_where_they_come_from(librarian: Client) -> None:
    assert "まだ典拠がありません" in librarian.get("/office/authorities").content.decode()
    assert librarian.get("/office/authorities/4711").status_code == 404


def test_a_person_is_mended_and_marked_as_of_the_city(librarian: Client, two: tuple[int, int]) -> None:
    there = f"/office/authorities/{two[0]}"
    form = {
        "request_key": key_in(librarian.get(there).content.decode()),
        "heading": "夏目, 漱石",
        "reading": "ナツメ, ソウセキ",
        "dates": "1867-1916",
        "variants": "漱石山人 / ソウセキ サンジン\r\n\r\n愚陀仏",
        "is_local": "on",
        "local_note": "水瀬の中学で教えた。",
    }
    answer = librarian.post(there, form, follow=True)
    assert "保存しました" in answer.content.decode() and "愚陀仏" in answer.content.decode()
    page = Client().get(f"/persons/{two[0]}").content.decode()
    assert "漱石山人" in page and "水瀬の中学で教えた。" in page
    refused = librarian.post(there, {**form, "request_key": "b" * 32, "heading": ""})
    assert refused.status_code == 422 and "見出しがありません" in refused.content.decode()
    assert "愚陀仏" in refused.content.decode()


def test_two_are_compared_made_one_and_two_again(librarian: Client, two: tuple[int, int]) -> None:
    compare = f"/office/authorities/{two[1]}/merge/{two[0]}"
    page = librarian.get(compare).content.decode()
    assert "こころ" in page and "木屑録" in page
    answer = librarian.post(compare, {"request_key": key_in(page), "keep": two[0]}, follow=True)
    assert "統合しました" in answer.content.decode()
    assert librarian.get(f"/office/authorities/{two[1]}").headers["Location"] == f"/office/authorities/{two[0]}"
    assert Client().get(f"/persons/{two[1]}").headers["Location"] == f"/persons/{two[0]}"
    merge = AuthorityMerge.objects.get()
    undone = librarian.post(f"/office/authorities/merges/{merge.pk}/undo", {"request_key": "c" * 32}, follow=True)
    assert "統合を取り消しました" in undone.content.decode() and "取り消しずみ" in undone.content.decode()
    assert Client().get(f"/persons/{two[1]}").status_code == 200
    again = librarian.post(f"/office/authorities/merges/{merge.pk}/undo", {"request_key": "d" * 32})
    assert again.status_code == 422


def test_one_points_to_another(librarian: Client, two: tuple[int, int]) -> None:
    there = f"/office/authorities/{two[0]}/related/{two[1]}"
    assert "参照を加えました" in librarian.post(there, {"request_key": "e" * 32}, follow=True).content.decode()
    assert "夏目金之助" in Client().get(f"/persons/{two[0]}").content.decode()
    librarian.post(there, {"request_key": "f" * 32, "remove": "1"})
    assert "夏目金之助" not in Client().get(f"/persons/{two[0]}").content.decode()


def test_without_the_right_nobody_enters(client: Client) -> None:
    cast.staff("kimura", "catalogue.import", at=cast.chuo())
    client.post("/staff/sign-in", {"username": "kimura", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    assert client.get("/office/authorities").status_code == 403


def test_a_local_subject_is_made_tied_to_a_broader_one_and_removed(librarian: Client) -> None:
    for heading in ("水瀬の民話", "水瀬の民俗"):
        page = librarian.get("/office/authorities/new").content.decode()
        form = {"request_key": key_in(page), "kind": "subject", "heading": heading, "variants": f"{heading}集"}
        answer = librarian.post("/office/authorities/new", form, follow=True)
        assert "つくりました。" in answer.content.decode() and "この図書館の件名" in answer.content.decode()
    tale, custom = Authority.objects.get(heading="水瀬の民話"), Authority.objects.get(heading="水瀬の民俗")
    there = f"/office/authorities/{tale.pk}"
    form = {"request_key": "k-1", "kind": "broader"}
    assert "上位語" in librarian.post(f"{there}/related/{custom.pk}", form, follow=True).content.decode()
    assert "もっと広いテーマ" in librarian.get(f"/subjects/{tale.pk}").content.decode()
    assert "水瀬の民話" in librarian.get("/office/authorities", {"scheme": "local"}).content.decode()
    again = librarian.post(
        "/office/authorities/new", {"request_key": "k-2", "kind": "subject", "heading": "水瀬の民話"}
    )
    assert again.status_code == 422 and "同じ見出しの典拠が、もうあります" in again.content.decode()
    gone = librarian.post(f"{there}/remove", {"request_key": "k-3"}, follow=True)
    assert "典拠をなくしました。" in gone.content.decode() and not Authority.objects.filter(pk=tale.pk).exists()


def test_a_tie_to_the_city_is_added_and_taken_away(librarian: Client, two: tuple[int, int]) -> None:
    there = f"/office/authorities/{two[0]}"
    form = {"request_key": "k-1", "kind": "lived", "place": "本町の下宿", "dates": "明治36年", "source": "市史"}
    page = librarian.post(f"{there}/ties", form, follow=True).content.decode()
    assert "市とのつながりを加えました。" in page and "本町の下宿" in page
    tie = re.search(r'name="remove" value="(\d+)"', page)
    assert tie
    page = librarian.post(f"{there}/ties", {"request_key": "k-2", "remove": tie[1]}, follow=True).content.decode()
    assert "市とのつながりを外しました。" in page
    empty = librarian.post(f"{there}/ties", {"request_key": "k-3", "kind": "lived", "place": ""})
    assert empty.status_code == 422 and "種類を選び、場所を書いてください" in empty.content.decode()
