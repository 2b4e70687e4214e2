"""The page of what was erased, and of who looked."""

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.patrons.services import view
from fumikura.project.timetable import TIMETABLE
from fumikura.project.worker import note_what_was_erased
from tests import cast
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


def test_a_night_shows_on_the_page_with_what_it_erased(client: Client) -> None:
    cast.chuo()
    manager = enter(client, cast.staff("shimizu", "patrons.see-views"))
    assert "まだ動いていません" in manager.get("/office/retention").content.decode()
    for job in (job for job in TIMETABLE if job.erases):
        note_what_was_erased(job, job.run(timezone.now()), timezone.now())
    assert "まだ動いていません" not in manager.get("/office/retention").content.decode()


def test_how_often_somebody_looked_is_told_but_not_at_whom(client: Client) -> None:
    patron = cast.hanako()
    user = cast.staff("shimizu", "patrons.see-views")
    manager = enter(client, user)
    view(patron=patron, by=cast.acting("patrons.view"), at=timezone.now())
    page = manager.get("/office/retention").content.decode()
    assert "中央図書館" in page
    assert "花子" not in page
