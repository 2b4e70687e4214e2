"""A new copy of a title that readers wait for is theirs at once, and whoever adds it is told."""

import pytest
from django.utils import timezone

from fumikura.circulation import services as circulation
from tests import cast
from tests.circulation.cast import at_desk
from tests.web.desk.conftest import RIGHTS, enter

pytestmark = pytest.mark.django_db
MORE = ("holdings.add-item", "circulation.place-hold", "circulation.pick")


def test_a_copy_that_arrives_goes_to_whoever_waited_for_it_while_it_was_on_order(client, shelf, hanako) -> None:
    enter(client, cast.staff("sano", *RIGHTS, *MORE))
    now, title = timezone.now(), shelf["kokoro"].record
    circulation.check_out(item=shelf["kokoro"], patron=cast.taro(), by=at_desk(), at=now)
    want = circulation.Want((title,))
    hold = circulation.place_hold(patron=hanako, want=want, pickup=cast.chuo(), by=at_desk(), at=now)
    sent = {"barcode": "31009999", "home": "CHUO", "call_number": "913.6/ナ", "request_key": "c"}
    page = client.post(f"/office/records/{title.pk}/items", sent, follow=True).content.decode()
    assert "待っている方がいます" in page and "もう貸せます" not in page
    assert circulation.standing_of_hold(hold, now).state == "allotted"
    sent |= {"barcode": "31009998", "request_key": "d"}
    assert "もう貸せます" in client.post(f"/office/records/{title.pk}/items", sent, follow=True).content.decode()
