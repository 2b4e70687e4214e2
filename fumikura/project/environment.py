"""Reading settings from the environment, with a clear error instead of a stack trace."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    value = text(name)
    return default if not value else value.lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """A whole number above nought, or SystemExit with a sentence."""
    value = text(name)
    if not value:
        return default
    if not value.isdecimal() or int(value) == 0:
        raise SystemExit(f"{name} は1以上の整数にしてください(いまは「{value}」)。空にすると {default} です。")
    return int(value)


def hour(name: str, default: int) -> int:
    """A full hour of the day, 0 to 24, or SystemExit with a sentence."""
    value = text(name)
    if value and not (value.isdecimal() and int(value) <= 24):
        raise SystemExit(f"{name} は0から24の時刻にしてください(いまは「{value}」)。空にすると {default} です。")
    return int(value) if value else default


def email(url: str, home: Path) -> dict[str, Any]:
    """Django's settings for mail: into files in `home` when `url` is empty, else the server that it names."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": home / "outbox"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SystemExit("EMAIL_URL は smtp://名前:パスワード@ホスト:587 の形にしてください。")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
        "EMAIL_TIMEOUT": 5,
    }


def mailbox(url: str) -> str:
    """The address of a mailbox that is read over IMAP, or SystemExit with a sentence."""
    if url and (urlsplit(url).scheme not in {"imap", "imaps"} or not urlsplit(url).hostname):
        raise SystemExit("BOUNCES_URL は imaps://名前:パスワード@ホスト/INBOX の形にしてください。")
    return url


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret_key(home: Path) -> str:
    """The key from the environment, else the one kept in `home`, made on first use and readable by its owner only."""
    if given := text("SECRET_KEY"):
        return given
    kept = home / "secret-key"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass  # another process made it in the same moment; read theirs
    return kept.read_text()


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's DATABASES entry: SQLite in `home` when `url` is empty, else the PostgreSQL that it names."""
    if not url:
        return {
            "ENGINE": "fumikura.project.sqlite",
            "NAME": home / "fumikura.sqlite3",
            # Opening one anew costs a page as much as drawing it: pragmas, functions, and every page of the file read again.
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL, not the popular NORMAL: an answered loan survives a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                " PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY;",
            },
            "TEST": {"NAME": home / "test.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit(
            f"DATABASE_URL は postgresql:// で始めてください(いまは {parts.scheme}://)。空にすると SQLite を使います。"
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "fumikura",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # What comes often is planned by fumikura.statements itself. psycopg must keep no plans beside: after a rollback it
        # tells the server to forget all plans, ours too.
        "OPTIONS": {"prepare_threshold": None, **options},
    }
