import pytest

from fumikura.holdings.models import ShelvingLocation
from fumikura.holdings.services import add_location
from fumikura.kernel.refusals import Refused
from tests.cast import AT, SYSTEM, chuo, facility

pytestmark = pytest.mark.django_db


def test_a_facility_gets_a_shelving_location_once() -> None:
    add_location(facility=chuo(), code="general", name="一般開架", name_en="General shelves", by=SYSTEM, at=AT)
    with pytest.raises(Refused, match="code-taken"):
        add_location(facility=chuo(), code="general", name="一般開架", by=SYSTEM, at=AT)
    assert ShelvingLocation.objects.get().is_open


def test_a_terminal_without_stock_has_no_shelves() -> None:
    terminal = facility("EKIMAE", "駅前図書館ターミナル", holds_stock=False)
    with pytest.raises(Refused, match="site-holds-no-stock"):
        add_location(facility=terminal, code="general", name="一般開架", by=SYSTEM, at=AT)
