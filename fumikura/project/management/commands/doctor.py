"""`fumikura doctor`: what configuration is in force, and whether all is well."""

import platform
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import django
from django.conf import settings
from django.core import checks as django_checks
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils import timezone

from fumikura.journal.leases import READERS, URGENT_READERS
from fumikura.journal.models import Lease, SetAside
from fumikura.journal.queries import lag
from fumikura.journal.subscriptions import subscriptions
from fumikura.project import checks

LITTLE_ROOM = 2_000_000_000  # bytes
FAR_BEHIND = 1_000  # entries
WORRY = "!"


class Command(BaseCommand):
    help = (
        "いまの設定と具合を、ふつうの言葉で並べます。直すところがあれば終了コード 1 で終わります。\n"
        "例: fumikura doctor   /   DATABASE_URL=postgresql://… fumikura doctor"
    )
    requires_system_checks = []  # it runs them itself, and says more

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="直すところだけを出します")

    def handle(self, *_arguments: Any, quiet: bool, **_options: Any) -> None:
        found = [*django_checks.run_checks(), *checks.letters_can_be_printed(), *checks.database_answers()]
        if connection.connection is not None:
            found += checks.tables_are_current()
        healthy = not [message for message in found if message.level >= django_checks.ERROR]
        if not quiet:
            for name, value in self._in_force():
                self.stdout.write(f"{name:　<12}　{value}")
        worries = 0
        for name, value in self._condition() if healthy else ():
            is_worry = WORRY in value
            worries += is_worry
            if is_worry or not quiet:
                self.stdout.write(f"{name:　<12}　{value}")
        for message in found:
            mark = "✗" if message.level >= django_checks.ERROR else "!"
            self.stdout.write(
                f"\n{mark} {message.msg}  [{message.id}]\n  {(message.hint or '').replace(chr(10), chr(10) + '  ')}"
            )
        self.stdout.write(f"\n{_summary(healthy=healthy, worries=worries)}")
        if not healthy:
            raise SystemExit(1)

    def _in_force(self) -> Iterator[tuple[str, str]]:
        database = connection.settings_dict
        yield "版", f"文庫 {version('fumikura')} / Python {platform.python_version()} / Django {django.get_version()}"
        yield "場所", f"{settings.HOME}  (FUMIKURA_HOME)"
        if connection.vendor == "sqlite":
            yield "データベース", f"SQLite {sqlite3.sqlite_version}  {database['NAME']}"
        else:
            yield "データベース", f"PostgreSQL  {database['USER']}@{database['HOST'] or 'localhost'}/{database['NAME']}"
        yield "検索", settings.SEARCH_URL.rpartition("@")[2] or f"内蔵の索引  {settings.INDEX_DIR}"
        yield "館の名", f"{settings.LIBRARY_NAME} / {settings.LIBRARY_NAME_EN}"
        yield "公開する名前", ", ".join(settings.ALLOWED_HOSTS)
        yield (
            "TLS",
            "プロキシーの後ろ (BEHIND_TLS=1)" if settings.SECURE_BEHIND_TLS else "なし (この機械だけ、または試しに)",
        )
        if settings.DEBUG:
            yield "DEBUG", "入っています。開発のときだけにしてください"

    def _condition(self) -> Iterator[tuple[str, str]]:
        room = shutil.disk_usage(settings.HOME).free
        yield (
            "空き容量",
            f"{room / 1e9:,.1f} GB"
            + (
                f"  {WORRY} 少なくなっています。いらないファイルを消すか、広いディスクに移してください"
                if room < LITTLE_ROOM
                else ""
            ),
        )
        waiting = f"{WORRY} " if any(lag(subscription.reader) for subscription in subscriptions()) else ""
        made = settings.INDEX_DIR.exists() and any(settings.INDEX_DIR.iterdir())
        if not settings.SEARCH_URL:
            yield "索引", "あります" if made else f"{waiting}まだありません: fumikura index rebuild で作ります"
        held = Lease.objects.filter(name__in=(READERS, URGENT_READERS), until__gt=timezone.now())
        yield (
            "worker",
            "動いています" if held.count() == 2 else f"{waiting}動いていません: fumikura serve がいっしょに動かします",
        )
        for subscription in subscriptions():
            behind = lag(subscription.reader)
            aside = SetAside.objects.filter(reader=subscription.reader).count()
            note = f"  {WORRY} worker が動いているか確かめてください" if behind > FAR_BEHIND else ""
            yield f"  {subscription.reader}", f"未読 {behind:,} 件、読めずに置いたもの {aside:,} 件{note}"


def _summary(*, healthy: bool, worries: int) -> str:
    if not healthy:
        return "直すところがあります。"
    if worries:
        return f"動きますが、気をつけるところが {worries} つあります({WORRY} の行)。"
    return "だいじょうぶです。"
