"""What readers are told when something cannot be done: in the library's own words, at every door."""

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from fumikura.journal.models import Entry
from fumikura.kernel.reasons import in_words_of, patron_words, staff_words, why_words, words
from fumikura.kernel.refusals import Reason
from fumikura.notices.models import Wording
from fumikura.notices.queries import OwnSentences
from fumikura.notices.rules import faults_of_sentence
from fumikura.notices.sentences import FIGURE_NAMES, SENTENCES, figures_of, languages_of
from fumikura.notices.words import LANGUAGES
from tests import cast
from tests.web.desk.conftest import enter

NAME = "refusals.loan-limit-reached"
PAGE = f"/office/messages/sentences/{NAME}/ja"


@pytest.fixture
def manager(client: Client) -> Client:
    cast.chuo()
    return enter(client, cast.staff("shimizu", "notices.change-wording"))


def send(client: Client, act: str, page: str = PAGE, key: str = "k1", **fields: str):
    own = {"subject": "もう借りられません[（{have}／{limit}）]。", "body": "返すと、また借りられます。"}
    return client.post(page, {"act": act, "request_key": key, **own, **fields})


@pytest.mark.django_db
def test_the_list_has_every_sentence_a_reader_meets_and_finds_by_its_words(manager: Client) -> None:
    html = manager.get("/office/messages/sentences").content.decode()
    assert html.count('href="/office/messages/sentences/refusals.') == 30 * len(LANGUAGES)
    found = manager.get("/office/messages/sentences?q=借りられる数").content.decode()
    assert NAME in found and "refusals.card-expired" not in found
    assert "why.asked-later" in manager.get("/office/messages/sentences?table=why&q=asked-later").content.decode()
    nothing = manager.get("/office/messages/sentences?own=yes").content.decode()
    assert "その言葉のある文はありません" in nothing


@pytest.mark.django_db
def test_a_preview_fills_the_figures_and_shows_what_is_said_without_them(manager: Client) -> None:
    html = send(manager, "preview").content.decode()
    assert "もう借りられません（6／6）。" in html
    assert "もう借りられません。返すと、また借りられます。" in html
    assert not Wording.objects.exists()


@pytest.mark.django_db
def test_a_sentence_is_changed_said_everywhere_and_taken_back(manager: Client) -> None:
    assert send(manager, "save").status_code == 302
    full = Reason.of("loan-limit-reached:av", have=6, limit=6)
    with in_words_of(OwnSentences()):
        assert words(full) == ("もう借りられません（6／6）。", "返すと、また借りられます。")
        assert words(full, "en")[0].startswith("The limit")
    assert words(full)[0].startswith("借りられる数")
    assert Entry.objects.filter(event="notices.wording-changed").count() == 1
    assert "館の文" in manager.get("/office/messages/sentences?own=yes").content.decode()
    assert send(manager, "restore", key="k2").status_code == 302
    with in_words_of(OwnSentences()):
        assert words(full)[0].startswith("借りられる数")
    page = manager.get(PAGE).content.decode()
    assert "これまでの文" in page
    taken = manager.post(PAGE, {"take_up": Wording.objects.get().pk}).content.decode()
    assert "もう借りられません[（{have}／{limit}）]。</textarea>" in taken


@pytest.mark.django_db
def test_all_faults_are_said_at_once_and_what_was_typed_stays(manager: Client) -> None:
    answer = send(manager, "save", subject="{have}点[まで{limt}]]、{", body="")
    html = answer.content.decode()
    assert answer.status_code == 422
    for said in (
        "「have」は分からないことがある",
        "limt",
        "角かっこが片方だけか、二重",
        "「{」か「}」",
        "どうすればよいか」が空",
    ):
        assert said in html
    assert "{have}点[まで{limt}]]、{</textarea>" in html
    assert send(manager, "save", key="k3", subject="", body="長" * 201).status_code == 422
    assert not Wording.objects.exists()


@pytest.mark.django_db
def test_a_refusal_is_said_by_a_page_in_the_librarys_words_with_one_question(client: Client) -> None:
    cast.chuo()
    own = {"kind": "refusals.sign-in-failed", "language": "ja", "by": "staff:1"}
    Wording.objects.create(
        subject="番号かパスワードがちがいます、と館。", body="もう一度どうぞ。", since=cast.AT, **own
    )
    html = client.post("/sign-in", {"card": "20000013", "password": "x" * 12}).content.decode()
    assert "番号かパスワードがちがいます、と館。" in html


@pytest.mark.django_db
def test_unknown_sentences_and_people_without_the_right_are_shut_out(manager: Client, client: Client) -> None:
    assert manager.get("/office/messages/sentences/refusals.moon/ja").status_code == 404
    assert manager.get(f"/office/messages/sentences/{NAME}/fr").status_code == 404
    assert enter(Client(), cast.staff("sano")).get(PAGE).status_code == 403


@pytest.mark.django_db
def test_a_why_in_own_words_is_not_kept_for_those_who_speak_otherwise(manager: Client) -> None:
    page = "/office/messages/sentences/why.asked-later/en"
    assert send(manager, "save", page, subject="Later than you.", body="").status_code == 302
    with in_words_of(OwnSentences()):
        assert why_words(Reason("asked-later"), "en") == "Later than you."
    assert why_words(Reason("asked-later"), "en") == "Asked later."


@pytest.mark.django_db
def test_what_machines_tell_readers_and_pages_tell_staff_is_worded_the_same_way(manager: Client) -> None:
    table = "/office/messages/sentences/patron.put-on-table/ko"
    assert send(manager, "save", table, subject="파란 상자에 넣어 주세요.", body="").status_code == 302
    shelf = "/office/messages/sentences/staff.put-on-hold-shelf/ja"
    assert send(manager, "save", shelf, key="k2", subject="次の方です。", body="2番の棚へ。").status_code == 302
    with in_words_of(OwnSentences()):
        assert patron_words("put-on-table", "ko") == ("파란 상자에 넣어 주세요.", "")
        assert staff_words("put-on-hold-shelf") == ("次の方です。", "2番の棚へ。")
    assert "2番の棚へ。" in manager.get("/office/messages/sentences?table=staff&own=yes").content.decode()
    named = manager.get("/office/messages/sentences/patron.put-in-bin/en", headers={"accept-language": "ja"})
    assert "「青い箱」に入れてください。 <span" in named.content.decode(), "the heading has no hole"
    assert "返す日は12月6日" in manager.get("/office/messages/sentences/patron.lent/ja").content.decode()


@pytest.mark.django_db
def test_staff_are_told_in_the_languages_that_staff_pages_have(manager: Client) -> None:
    assert languages_of("staff.was-overdue") == ("ja", "en")
    assert manager.get("/office/messages/sentences/staff.was-overdue/ko").status_code == 404
    assert (
        "/staff.was-overdue/ko" not in manager.get("/office/messages/sentences/staff.was-overdue/en").content.decode()
    )


def test_every_figure_that_may_be_put_in_has_a_name_and_house_sentences_are_without_fault() -> None:
    for name, text in SENTENCES.items():
        always, sometimes = figures_of(name)
        assert {*always, *sometimes} <= set(FIGURE_NAMES), name
        for language in languages_of(name):
            for said in text.in_language(language):
                assert [
                    one for one in faults_of_sentence(said, always, sometimes) if one[0] != "sentence-figure-bare"
                ] == []


@settings(max_examples=60)
@given(st.text(alphabet="あ[]{}ab", max_size=24))
def test_what_is_let_through_leaves_no_bracket_and_no_brace(text: str) -> None:
    if not faults_of_sentence(text, ("a",), ("b",)):
        with in_words_of(lambda _name, _language: (text, "")):
            for reason in (Reason.of("card-expired", a="1"), Reason.of("card-expired", a="1", b="2")):
                assert not set("[]{}") & set(words(reason)[0])


@pytest.mark.django_db
def test_the_page_of_a_sentence_says_its_language_to_a_voice(manager: Client) -> None:
    assert '<html lang="ja"' in manager.get(PAGE).content.decode()
