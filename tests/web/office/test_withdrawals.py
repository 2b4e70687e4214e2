"""除籍 in the office: one proposes, another approves, the recycling day gets its papers."""

import pytest

from fumikura.circulation import services as circulation
from fumikura.circulation.queries import overridden
from fumikura.holdings.models import Withdrawal
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.stocktake.models import RecyclingDay, WithdrawalProposal
from tests import cast
from tests.circulation.cast import at_desk, house_rules
from tests.web.desk.conftest import book, enter

pytestmark = pytest.mark.django_db


def send(client, **fields: object) -> str:
    return client.post("/office/withdrawals", {"request_key": str(fields), **fields}, follow=True).content.decode()


def test_from_the_proposal_to_the_recycling_day(client):
    book("こころ", "31002745", call_number="913.6/ナ")
    book("草枕", "31001182")
    enter(client, cast.staff("sano", "stocktake.propose"))
    said = send(client, act="propose", numbers="31002745 31001182", reason="worn", way_out="recycling")
    assert "2点を除籍の案に入れました" in said
    assert "選んだ資料を除籍する" not in said
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    keys = list(WithdrawalProposal.objects.values_list("pk", flat=True))
    assert "2点を除籍しました" in send(client, act="approve", proposal=keys)
    assert "1点の除籍を取り消しました" in send(client, act="undo", proposal=keys[1:])
    assert Withdrawal.objects.get().item.barcode == "31002745"
    assert "1点を出します" in send(client, act="day", name="春のリサイクル市", held_on="2999-04-01")
    day = RecyclingDay.objects.get().pk
    for paper in ("list", "labels"):
        assert client.get(f"/office/recycling/{day}/{paper}").content.startswith(b"%PDF")
    assert client.get(f"/office/recycling/{day}/else").status_code == 404


def test_ones_own_proposal_needs_the_tick_and_the_right(client):
    book("こころ", "31002745")
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    send(client, act="propose", numbers="31002745", reason="worn", way_out="pulp")
    key = WithdrawalProposal.objects.get().pk
    assert "自分で承認することはできません" in send(client, act="approve", proposal=key)
    refused = send(client, act="approve", proposal=key, anyway="on")
    assert (
        "認めるわけが書かれていません" in refused and f'value="{key}" aria-label="こころ 31002745" checked' in refused
    )
    said = send(client, act="approve", proposal=key, anyway="on", why="instructed", words="館長の指示")
    assert "1点を除籍しました" in said
    (past,) = overridden(item=WithdrawalProposal.objects.get().item_id)
    assert (past.code, past.why, past.words) == ("withdrawal-own-proposal", "instructed", "館長の指示")


def test_the_last_copy_that_somebody_waits_for_needs_a_tick_of_its_own_and_a_reason(client):
    house_rules()
    copy = book("こころ", "31002745")
    wish = circulation.Want((copy.record,))
    circulation.place_hold(patron=cast.hanako(), want=wish, pickup=cast.chuo(), by=at_desk(), at=cast.AT)
    enter(client, cast.staff("sano", "stocktake.propose"))
    send(client, act="propose", numbers="31002745", reason="worn", way_out="pulp")
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    key = WithdrawalProposal.objects.get().pk
    assert "1点を除籍しました" not in send(client, act="approve", proposal=key)
    assert "1点を除籍しました" in send(client, act="approve", proposal=key, last="on", why="agreed")
    assert [past.code for past in overridden(item=copy.pk)] == ["last-copy-with-holds"]


def test_what_was_typed_stays_when_it_is_refused(client):
    book("こころ", "31002745")
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    said = send(client, act="propose", numbers="31002745 39999999", reason="missing", way_out="recycling")
    assert "31002745 39999999" in said
    assert not WithdrawalProposal.objects.exists()
