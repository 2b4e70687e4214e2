"""Wrong configuration is told in plain words, in Japanese and English, with the way out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import ERROR, CheckMessage

from fumikura.project import checks
from tests.migrated import migrated


def fumikura(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as an administrator would, with nothing but these variables set."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "FUMIKURA_HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "fumikura.project.program", *command],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def only(messages: object) -> CheckMessage:
    (message,) = messages
    assert message.hint
    assert any("a" <= letter <= "z" for letter in message.hint), "the hint says it in English too"
    return message


def test_a_right_configuration_is_not_complained_about(settings) -> None:
    every = [checks.home_is_writable, checks.hosts_are_named_behind_tls, checks.debug_is_off_in_production]
    every += [checks.search_engine_is_known, checks.secret_key_is_private]
    assert [message for check in every for message in check()] == []


def test_a_home_that_cannot_be_written(settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "nowhere"
    assert only(checks.home_is_writable()).id == "fumikura.E001"


def test_tls_without_a_public_name(settings) -> None:
    settings.SECURE_BEHIND_TLS, settings.ALLOWED_HOSTS = True, ["localhost"]
    assert only(checks.hosts_are_named_behind_tls()).id == "fumikura.E002"
    settings.ALLOWED_HOSTS = ["opac.example.lg.jp"]
    assert checks.hosts_are_named_behind_tls() == []
    settings.ALLOWED_HOSTS = ["*"]
    assert only(checks.hosts_are_named_behind_tls()).level < ERROR


def test_debug_in_public(settings) -> None:
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["localhost"]
    assert checks.debug_is_off_in_production() == []
    settings.ALLOWED_HOSTS = ["opac.example.lg.jp"]
    assert only(checks.debug_is_off_in_production()).id == "fumikura.E003"


def test_an_unknown_search_engine(settings) -> None:
    settings.SEARCH_URL = "solr://localhost"
    assert "solr" in only(checks.search_engine_is_known()).msg


def test_a_secret_key_that_others_can_read(settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    key = tmp_path / "secret-key"
    key.write_text("…")
    key.chmod(0o644)
    assert only(checks.secret_key_is_private()).id == "fumikura.E006"
    key.chmod(0o600)
    assert checks.secret_key_is_private() == []


def test_the_doctor_says_what_is_missing_and_fails(tmp_path: Path) -> None:
    answer = fumikura("doctor", FUMIKURA_HOME=str(tmp_path))
    assert answer.returncode == 1
    assert "fumikura migrate" in answer.stdout
    assert str(tmp_path) in answer.stdout


def test_the_doctor_is_content_with_a_fresh_home(tmp_path: Path) -> None:
    answer = fumikura("doctor", FUMIKURA_HOME=str(migrated(tmp_path)))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "だいじょうぶです" in answer.stdout


def test_a_backup_is_restored_on_a_new_machine_without_further_ado(tmp_path: Path) -> None:
    old, new, file = str(migrated(tmp_path / "old")), str(tmp_path / "new"), str(tmp_path / "b.tar.gz")
    assert fumikura("backup", file, FUMIKURA_HOME=old).returncode == 0
    restored = fumikura("restore", file, FUMIKURA_HOME=new)
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert fumikura("doctor", FUMIKURA_HOME=new).returncode == 0
    again = fumikura("restore", file, FUMIKURA_HOME=new)
    assert again.returncode == 1
    assert "--replace" in again.stderr


def test_a_postgresql_that_does_not_answer_is_explained_without_the_password(tmp_path: Path) -> None:
    url = "postgresql://sano:very-secret@127.0.0.1:1/library"
    answer = fumikura("doctor", FUMIKURA_HOME=str(tmp_path), DATABASE_URL=url)
    assert answer.returncode == 1
    assert "fumikura.E008" in answer.stdout
    assert "very-secret" not in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_url_of_another_kind_is_refused_in_one_sentence(tmp_path: Path) -> None:
    answer = fumikura("doctor", FUMIKURA_HOME=str(tmp_path), DATABASE_URL="mysql://localhost/library")
    assert answer.returncode != 0
    assert "postgresql://" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("command", ["serve", "backup", "restore", "doctor", "worker"])
def test_every_command_has_help_with_an_example(command: str, tmp_path: Path) -> None:
    answer = fumikura(command, "--help", FUMIKURA_HOME=str(tmp_path))
    assert answer.returncode == 0
    assert f"例: fumikura {command}" in " ".join(answer.stdout.split()) or "例: fumikura" in answer.stdout
