"""The practice library: its own home, no way out, and a band on every page."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from fumikura.project.management.commands.practice import LEADS_OUT, MARK, reset, surroundings
from tests import cast


def test_it_has_a_home_of_its_own_and_nothing_leads_to_the_real_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in LEADS_OUT:
        monkeypatch.setenv(name, "x")
    around = surroundings(tmp_path)
    assert around["FUMIKURA_HOME"] == str(tmp_path) and around["PRACTICE"] == "1"
    assert not set(LEADS_OUT) & around.keys()


def test_only_what_bears_its_mark_is_deleted(tmp_path: Path) -> None:
    reset(tmp_path / "nothing")
    other = tmp_path / "other"
    other.mkdir()
    (other / "fumikura.sqlite3").touch()
    with pytest.raises(CommandError):
        reset(other)
    (other / MARK).touch()
    reset(other)
    assert not other.exists()


def test_no_practice_inside_practice(settings) -> None:
    settings.PRACTICE = True
    with pytest.raises(CommandError):
        call_command("practice")


@pytest.mark.django_db
def test_every_page_says_that_it_is_practice(client: Client, settings) -> None:
    cast.chuo()
    band = "練習用の図書館です"
    assert band not in client.get("/help").content.decode()
    settings.PRACTICE = True
    assert band in client.get("/help").content.decode() and band in client.get("/staff/sign-in").content.decode()
