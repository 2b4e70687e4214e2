"""A manager writes rules as sentences: copies a version, changes a rule, sees what differs, publishes, takes it back."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import PolicyDraft, PolicySet
from fumikura.evaluation.models import Fact
from tests import cast
from tests.cast import AT, TODAY, category, chuo
from tests.circulation.cast import house_rules
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    chuo()
    category()
    house_rules()
    return enter(client, cast.staff("shimizu", "circulation.set-rules"))


@pytest.fixture
def draft(manager: Client) -> PolicyDraft:
    manager.post("/office/policies/drafts", {"name": "夏から", "version": "1", "request_key": "b"})
    return PolicyDraft.objects.get()


def fields(page: str) -> dict[str, object]:
    """Everything that the form of a rule holds, as a browser without JavaScript would send it."""
    from html.parser import HTMLParser

    class Form(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.sent: dict[str, list[str]] = {}
            self.select = ""

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            told = dict(attributes)
            name = told.get("name") or ""
            if tag == "select":
                self.select = name
            elif tag == "option" and self.select and "selected" in told:
                self.sent.setdefault(self.select, []).append(told.get("value") or "")
            elif tag == "input" and name and (told.get("type") != "checkbox" or "checked" in told):
                self.sent.setdefault(name, []).append(told.get("value") or "")

    form = Form()
    form.feed(page[page.index("<main") :])
    return form.sent


def open_rule(client: Client, draft: PolicyDraft, rule: str) -> dict[str, object]:
    return fields(client.get(f"/office/policies/drafts/{draft.pk}/rule", {"id": rule}).content.decode())


def test_a_rule_reads_as_a_sentence(manager: Client, draft: PolicyDraft) -> None:
    page = manager.get(f"/office/policies/drafts/{draft.pk}").content.decode()
    assert "だれでもは" not in page
    assert "2週間借りられます" in page and "予約がなければ1回、14日ずつ延長できます" in page
    assert "団体は、すべての資料を図書・雑誌100点まで、視聴覚6点まで、30日借りられます" in page


def test_a_form_that_is_sent_back_unchanged_changes_nothing(manager: Client, draft: PolicyDraft) -> None:
    before = draft.rules
    for rule in [one["id"] for one in before["rules"]]:
        sent = open_rule(manager, draft, rule)
        answer = manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent, follow=True)
        assert answer.status_code == 200, rule
        draft.refresh_from_db()
    assert draft.rules == before


def test_a_changed_blank_is_a_changed_rule(manager: Client, draft: PolicyDraft) -> None:
    sent = open_rule(manager, draft, "基本") | {"v:loan.period": "21", "v:overdue.stages": "3 メール、10 電話"}
    page = manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent, follow=True).content.decode()
    assert "規則「基本」を変えました" in page and "3週間借りられます" in page and "違い 1件" in page
    draft.refresh_from_db()
    gives = draft.rules["rules"][0]["give"]
    assert gives["loan.period"] == 21
    assert gives["overdue.stages"] == [{"day": 3, "by": "e-mail"}, {"day": 10, "by": "telephone"}]


def test_what_cannot_be_read_is_named_and_nothing_typed_is_lost(manager: Client, draft: PolicyDraft) -> None:
    sent = open_rule(manager, draft, "基本") | {"v:loan.period": "二週間", "v:overdue.stages": "そのうち"}
    answer = manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "0から9999までの数字" in page and "7 メール、14 電話" in page
    assert 'value="二週間"' in page and 'value="そのうち"' in page


def test_how_late_something_may_still_be_renewed_is_a_number_of_days(manager: Client, draft: PolicyDraft) -> None:
    sent = open_rule(manager, draft, "基本") | {"v:renewal.overdue": "days", "d:renewal.overdue": "14"}
    page = manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent, follow=True).content.decode()
    assert "延滞しているときの延長：14日おくれまでできる" in page
    draft.refresh_from_db()
    assert draft.rules["rules"][0]["give"]["renewal.overdue"] == 14
    assert open_rule(manager, draft, "基本")["d:renewal.overdue"] == ["14"]
    sent = open_rule(manager, draft, "基本") | {"d:renewal.overdue": ""}
    answer = manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    assert answer.status_code == 422 and "何日おくれまで延長できるか" in answer.content.decode()


def test_two_rules_that_quarrel_are_shown_side_by_side(manager: Client, draft: PolicyDraft) -> None:
    sent = open_rule(manager, draft, "視聴覚") | {"id": "視聴覚は3週間", "was": "", "v:loan.period": "21"}
    answer = manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "この2つの規則は、同じ場合に別々の答えを出します" in page
    assert page.count('class="told"') >= 2 and "視聴覚は3週間" in page
    draft.refresh_from_db()
    assert len(draft.rules["rules"]) == 5


def test_a_rule_that_nothing_reaches_is_refused(manager: Client, draft: PolicyDraft) -> None:
    sent = {
        "id": "逆さ", "from": "2026-06-01", "age:first": "12", "age:last": "7", "v:loan.period": "7",
        "revision": "1", "request_key": "r",
    }  # fmt: skip
    answer = manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    assert answer.status_code == 422
    assert "当てはまる日や年齢がありません" in answer.content.decode()


def test_what_changes_nothing_is_said_to_and_has_no_button(manager: Client, draft: PolicyDraft) -> None:
    where = f"/office/policies/drafts/{draft.pk}/publication"
    page = manager.get(where).content.decode()
    assert "公開しても何も変わりません" in page and "この日から効かせる" not in page and "から効きます" not in page
    assert manager.post(where, {"revision": "1", "request_key": "p"}).status_code == 422
    assert PolicySet.objects.count() == 1


def test_publishing_asks_once_more_and_can_be_taken_back(manager: Client, draft: PolicyDraft) -> None:
    sent = open_rule(manager, draft, "視聴覚") | {"v:loan.period": "10"}
    manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    where = f"/office/policies/drafts/{draft.pk}/publication"
    page = manager.get(where).content.decode()
    assert "6月19日（金）から効きます" in page and "10日借りられます" in page and "1週間借りられます" in page
    page = manager.post(where, {"revision": "2", "request_key": "p"}, follow=True).content.decode()
    assert "公開しました" in page and PolicySet.objects.count() == 2
    assert "shimizu" in page and "版2を公開しました" in page
    page = manager.post("/office/policies/versions/2/withdrawal", {"request_key": "w"}, follow=True).content.decode()
    assert "公開を取り消して、下書きにもどしました" in page and PolicySet.objects.count() == 1
    answer = manager.post("/office/policies/versions/1/withdrawal", {"request_key": "w1"})
    assert answer.status_code == 422


def test_before_publishing_only_what_differs_is_shown_and_marked(manager: Client, draft: PolicyDraft) -> None:
    sent = open_rule(manager, draft, "基本") | {"v:loan.period": "21", "v:hold.shelf_days": "5"}
    manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    page = manager.get(f"/office/policies/drafts/{draft.pk}/publication").content.decode()
    assert "<mark>2週間借りられます。</mark>" in page and "<mark>3週間借りられます。</mark>" in page
    assert "<mark>取り置きは7日</mark>" in page and "<mark>取り置きは5日</mark>" in page
    assert "取り置きの日数は" not in page and "か所は同じです。" in page


def test_a_draft_of_a_version_that_was_taken_back_is_compared_with_what_that_was_a_change_of(
    manager: Client, draft: PolicyDraft
) -> None:
    sent = open_rule(manager, draft, "基本") | {"v:loan.period": "21"}
    manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    manager.post(f"/office/policies/drafts/{draft.pk}/publication", {"revision": "2", "request_key": "p"})
    manager.post("/office/policies/drafts", {"name": "秋から", "version": "2", "request_key": "n"})
    manager.post("/office/policies/versions/2/withdrawal", {"request_key": "w"})
    later = PolicyDraft.objects.get(name="秋から")
    page = manager.get(f"/office/policies/drafts/{later.pk}").content.decode()
    assert "版1から作りました" in page and "もとの版との違い 1件" in page


def test_going_back_is_a_draft_of_the_earlier_version(manager: Client, draft: PolicyDraft) -> None:
    page = manager.get("/office/policies/versions/1").content.decode()
    assert "この版にもどす" in page
    page = manager.get("/office/policies/compare", {"left": "v1", "right": f"d{draft.pk}"}).content.decode()
    assert "違いはありません" in page
    manager.post(f"/office/policies/drafts/{draft.pk}/removal", {"id": "近隣市", "revision": "1", "request_key": "x"})
    page = manager.get("/office/policies/compare", {"left": "v1", "right": f"d{draft.pk}"}).content.decode()
    assert "近隣の市の人は" in page and "なくなる" in page


def test_the_base_rule_cannot_be_taken_away(manager: Client, draft: PolicyDraft) -> None:
    answer = manager.post(f"/office/policies/drafts/{draft.pk}/removal", {"id": "基本", "revision": "1"})
    assert answer.status_code == 422


def test_the_last_90_days_are_replayed_by_site_and_age(manager: Client, draft: PolicyDraft) -> None:
    for number, (material, band, days) in enumerate((("book", "30-39", 3), ("dvd", "7-12", 4), ("dvd", "30-39", 120))):
        Fact.objects.create(
            entry=number + 1, measure="loans", on=TODAY - timedelta(days=days), hour=10, facility="CHUO", via="desk",
            material=material, category="adult", age_band=band,
        )  # fmt: skip
    sent = open_rule(manager, draft, "視聴覚") | {"v:loan.period": "14", "v:loan.limit.av": "3"}
    manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    assert "90日の貸出に当てはめる" in manager.get(f"/office/policies/drafts/{draft.pk}/replay").content.decode()
    page = manager.post(f"/office/policies/drafts/{draft.pk}/replay", follow=True).content.decode()
    assert "中央図書館" in page and "7〜12歳" in page and "30〜39歳" in page
    assert "+7.0" in page and "視聴覚 6 → 3" in page
    assert page.count("<tr>") == 2 + 1 + 2


def test_the_simulator_tries_a_draft(manager: Client, draft: PolicyDraft) -> None:
    sent = open_rule(manager, draft, "視聴覚") | {"v:loan.period": "10"}
    manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    ask = {"draft": str(draft.pk), "material": "dvd", "category": "adult"}
    page = manager.get("/office/policies", ask).content.decode()
    assert "下書き「夏から」で試しています" in page and "6月30日" in page


def test_the_simulator_asks_a_draft_about_its_first_day(manager: Client, draft: PolicyDraft) -> None:
    page = manager.get("/office/policies", {"draft": str(draft.pk)}).content.decode()
    assert f'value="{draft.effective_from.isoformat()}"' in page


def test_a_draft_changed_by_another_is_not_overwritten(manager: Client, draft: PolicyDraft) -> None:
    sent = open_rule(manager, draft, "視聴覚") | {"v:loan.period": "10"}
    circulation.change_draft(
        draft=draft, revision=1, name="秋から", effective_from=date(2026, 9, 1), by=cast.SYSTEM, at=AT
    )
    answer = manager.post(f"/office/policies/drafts/{draft.pk}/rule", sent)
    assert answer.status_code == 422
    assert "ほかの人が先に変えました" in answer.content.decode() and 'value="10"' in answer.content.decode()
