"""A failing database is said in a sentence that tells what to do, not in a stack trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from fumikura.project.failures import sentence_for


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("no such table: organisation_facility", "fumikura migrate"),
        ('relation "journal_entry" does not exist', "fumikura migrate"),
        ("database or disk is full", "ディスクがいっぱい"),
        ("attempt to write a readonly database", "書き込めません"),
        ("connection to server at 127.0.0.1 failed: Connection refused", "DATABASE_URL"),
    ],
)
def test_each_known_failure_says_what_to_do(said: str, told: str) -> None:
    assert told in sentence_for(OperationalError(said))


def test_an_unknown_failure_is_not_hidden_behind_a_guess() -> None:
    assert sentence_for(OperationalError("datatype mismatch")) == ""


def test_a_command_on_an_empty_home_says_to_migrate_first(tmp_path: Path) -> None:
    environment = os.environ | {"FUMIKURA_HOME": str(tmp_path), "DATABASE_URL": ""}
    run = subprocess.run(
        [sys.executable, "manage.py", "worker", "--once"], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "fumikura migrate" in run.stderr
    assert "Traceback" not in run.stderr
