import pytest

from fumikura.holdings.queries import newest_records
from tests.circulation.cast import item, kokoro

pytestmark = pytest.mark.django_db


def test_new_books_are_not_pushed_out_by_the_daily_paper() -> None:
    item("30000017", material="newspaper")
    assert newest_records(5) == []
    item("30000025")
    assert newest_records(5) == [kokoro().pk]
