"""A manager describes what is counted together over places and collections, limits it, and takes it out again."""

import pytest
from django.test import Client

from fumikura.circulation.models import PolicyDraft
from tests.cast import kita
from tests.web.office.test_drafts import draft, fields, manager, open_rule

__all__ = ["draft", "manager"]
pytestmark = pytest.mark.django_db

BUS = {"if:transaction": "stop", "most:loan": "5", "revision": "1", "request_key": "c1"}


def add(client: Client, draft: PolicyDraft, **sent: object) -> str:
    kita()
    return client.post(f"/office/policies/drafts/{draft.pk}/counter", BUS | sent, follow=True).content.decode()


def open_counter(client: Client, draft: PolicyDraft, code: str) -> dict[str, object]:
    return fields(client.get(f"/office/policies/drafts/{draft.pk}/counter", {"id": code}).content.decode())


def test_a_counter_reads_as_a_sentence_and_is_called_by_what_it_counts(manager: Client, draft: PolicyDraft) -> None:
    page = add(manager, draft)
    assert "数え方「移動図書館で借りたもの」を加えました" in page
    assert "移動図書館で借りたものを、合わせて数えます。" in page
    assert "基本：移動図書館で借りたものは5点まで" in page and "違い 2件" in page
    draft.refresh_from_db()
    assert draft.rules["counters"] == {"counter-1": {"transaction": "stop"}}
    assert draft.rules["names"]["counter-1"] == {"ja": "移動図書館で借りたもの", "en": "things lent at bookmobile"}


def test_a_counter_over_several_things_names_them_all(manager: Client, draft: PolicyDraft) -> None:
    sent = {"if:transaction": ["CHUO", "KITA"], "if:material": "av", "if:owner": "CHUO", "if:collection": "summer"}
    page = add(manager, draft, **sent)
    assert "中央図書館・北図書館で借りた中央図書館のコレクション「summer」の視聴覚資料を、合わせて数えます。" in page


def test_a_form_of_a_counter_that_is_sent_back_unchanged_changes_nothing(manager: Client, draft: PolicyDraft) -> None:
    add(manager, draft, ja="バスの本", en="From the bus")
    draft.refresh_from_db()
    before = draft.rules
    sent = open_counter(manager, draft, "counter-1")
    assert sent["most:loan"] == ["5"] and sent["ja"] == ["バスの本"]
    assert manager.post(f"/office/policies/drafts/{draft.pk}/counter", sent).status_code == 302
    draft.refresh_from_db()
    assert draft.rules == before


def test_every_rule_may_have_a_number_of_its_own(manager: Client, draft: PolicyDraft) -> None:
    add(manager, draft, ja="バスの本")
    sent = open_rule(manager, draft, "近隣市")
    assert "v:loan.limit.counter-1" in sent and "v:hold.limit.counter-1" not in sent
    sent |= {"v:loan.limit.counter-1": "2"}
    page = manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent, follow=True).content.decode()
    assert "基本：バスの本は5点まで" in page and "近隣市：バスの本は2点まで" in page


def test_the_simulator_and_the_table_ask_the_counters_of_the_place(manager: Client, draft: PolicyDraft) -> None:
    add(manager, draft, **{"if:transaction": "CHUO", "ja": "中央で借りたもの"})
    asked = {"draft": str(draft.pk), "material": "book", "category": "adult", "site": "CHUO"}
    page = manager.get("/office/policies", asked).content.decode()
    assert "借りられる数（中央で借りたもの）" in page and "中央で借りたもの 5" in page
    page = manager.get("/office/policies", asked | {"site": "KITA"}).content.decode()
    assert "借りられる数（中央で借りたもの）" not in page and "中央で借りたもの 5" not in page


def test_what_cannot_be_read_of_a_counter_is_named_and_nothing_typed_is_lost(
    manager: Client, draft: PolicyDraft
) -> None:
    page = add(manager, draft, **{"most:loan": "五", "ja": "バスの本"})
    assert "0から9999までの数字" in page and 'value="五"' in page and 'value="バスの本"' in page
    page = add(manager, draft, **{"if:transaction": [], "request_key": "c2"})
    assert "何を数えるか、1つは選んでください" in page
    draft.refresh_from_db()
    assert "counters" not in draft.rules


def test_a_limit_of_holds_on_what_is_lent_somewhere_is_refused_in_words(manager: Client, draft: PolicyDraft) -> None:
    page = add(manager, draft, **{"most:hold": "3", "ja": "バスの本"})
    assert "「バスの本」は貸出だけを数えるので、予約の上限にはできません。" in page
    draft.refresh_from_db()
    assert "counters" not in draft.rules


def test_a_counter_that_is_never_full_is_refused_in_words_beside_its_rule(manager: Client, draft: PolicyDraft) -> None:
    page = add(manager, draft, **{"if:material": "dvd", "most:loan": "4", "ja": "バスのDVD"})
    assert "「バスのDVD」の上限に届くことがありません。先に「DVD」がいっぱいになります。" in page
    assert (
        "<li>基本：バスのDVDは4点まで</li>" in page and "<li>近隣市：DVDは1点まで</li>" in page and 'value="4"' in page
    )


def test_in_english_a_counter_and_what_speaks_against_it_are_english(manager: Client, draft: PolicyDraft) -> None:
    manager.cookies["django_language"] = "en"
    page = add(manager, draft, **{"if:material": "dvd", "most:loan": "4"})
    assert "The limit of “DVDs lent at bookmobile” is never reached: “DVDs” is full before." in page
    page = add(manager, draft, request_key="c2")
    assert "Counts together: things lent at bookmobile." in page


def test_taken_out_it_leaves_no_limit_behind(manager: Client, draft: PolicyDraft) -> None:
    before = draft.rules
    add(manager, draft, ja="バスの本")
    gone = {"id": "counter-1", "revision": "2", "request_key": "x"}
    page = manager.post(f"/office/policies/drafts/{draft.pk}/counter-removal", gone, follow=True).content.decode()
    assert "数え方「バスの本」を、その上限といっしょに外しました" in page
    draft.refresh_from_db()
    assert draft.rules == before | {"counters": {}}


def test_before_publishing_a_counter_that_counts_something_else_is_shown(manager: Client, draft: PolicyDraft) -> None:
    add(manager, draft, ja="バスの本")
    page = manager.get(f"/office/policies/drafts/{draft.pk}/publication").content.decode()
    assert "移動図書館で借りたものを、合わせて数えます" in page
    manager.post(f"/office/policies/drafts/{draft.pk}/publication", {"revision": "2", "request_key": "p"})
    manager.post("/office/policies/drafts", {"name": "秋から", "version": "2", "request_key": "n"})
    later = PolicyDraft.objects.get(name="秋から")
    sent = open_counter(manager, later, "counter-1") | {"if:transaction": "KITA", "request_key": "c3"}
    page = manager.post(f"/office/policies/drafts/{later.pk}/counter", sent, follow=True).content.decode()
    assert "北図書館で借りたものを、合わせて数えます" in page and "違い 1件" in page
    page = manager.get("/office/policies/versions/2").content.decode()
    assert "移動図書館で借りたものを、合わせて数えます" in page
