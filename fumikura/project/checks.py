"""Wrong configuration, said in plain words with the way out. Shown by `fumikura doctor`, `check`, `serve` and `migrate`."""

import os
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from fumikura.holdings.tag_layouts import faulty_files
from fumikura.project.front_end import SERVED

OURS = "fumikura"
"""The tag of the checks below: a command that only works on the data asks for these and not for all pages' addresses, which
takes two seconds to read."""

LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]"}


@register(OURS)
def home_is_writable(**_options: Any) -> Iterable[CheckMessage]:
    if os.access(settings.HOME, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"FUMIKURA_HOME のフォルダー {settings.HOME} に書き込めません。データベースも索引もここに置きます。",
            hint="フォルダーの持ち主と権限を直すか、書き込める場所を FUMIKURA_HOME に指定してください。\n"
            "FUMIKURA_HOME is not writable: change its owner, or name another folder.",
            id="fumikura.E001",
        )
    ]


@register(OURS)
def hosts_are_named_behind_tls(**_options: Any) -> Iterable[CheckMessage]:
    if settings.SECURE_BEHIND_TLS and set(settings.ALLOWED_HOSTS) <= LOCAL_HOSTS:
        return [
            Error(
                "BEHIND_TLS=1 ですが、ALLOWED_HOSTS に公開する名前がありません。外からのページはすべて 400 になります。",
                hint="ALLOWED_HOSTS=opac.example.lg.jp のように、利用者が開くホスト名を書いてください。\n"
                "BEHIND_TLS is on but ALLOWED_HOSTS names no public host.",
                id="fumikura.E002",
            )
        ]
    if "*" in settings.ALLOWED_HOSTS:
        return [
            Warning(
                "ALLOWED_HOSTS が * です。どんな名前でも応答するので、偽の名前の入ったメールやリンクが作れてしまいます。",
                hint="利用者が開くホスト名だけを書いてください。 / Name your hosts instead of *.",
                id="fumikura.W002",
            )
        ]
    return []


@register(OURS)
def debug_is_off_in_production(**_options: Any) -> Iterable[CheckMessage]:
    if settings.DEBUG and (settings.SECURE_BEHIND_TLS or set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS):
        return [
            Error(
                "DEBUG=1 のまま外に公開しようとしています。誤りのページに設定や利用者の情報が出てしまいます。",
                hint="DEBUG を外してください。 / Unset DEBUG: its error pages show settings and personal data.",
                id="fumikura.E003",
            )
        ]
    return []


@register(OURS)
def search_engine_is_known(**_options: Any) -> Iterable[CheckMessage]:
    if not settings.SEARCH_URL or urlsplit(settings.SEARCH_URL).scheme in settings.SEARCH_SCHEMES:
        return []
    known = "、".join(f"{scheme}://…" for scheme in settings.SEARCH_SCHEMES) or "(まだありません)"
    return [
        Error(
            f"SEARCH_URL の {urlsplit(settings.SEARCH_URL).scheme}:// は知らない検索エンジンです。",
            hint=f"空にすると内蔵の索引を使います。使えるもの: {known}\n"
            "SEARCH_URL names an unknown engine; leave it empty for the embedded index.",
            id="fumikura.E004",
        )
    ]


@register(OURS)
def front_end_files_are_there(**_options: Any) -> Iterable[CheckMessage]:
    missing = [served for served in SERVED if not (settings.NODE_MODULES / served).exists()]
    if not missing:
        return []
    return [
        Warning(
            f"画面の部品がありません: {'、'.join(missing)}。ページは動きますが、その場での更新は効きません。",
            hint="bin/setup を実行してください。 / Front-end files are missing: run bin/setup.",
            id="fumikura.W005",
        )
    ]


@register(OURS)
def secret_key_is_private(**_options: Any) -> Iterable[CheckMessage]:
    kept = settings.HOME / "secret-key"
    if not kept.exists() or not kept.stat().st_mode & 0o077:
        return []
    return [
        Error(
            f"{kept} を、持ち主でない人も読めます。これを知る人は、だれとしてでもサインインできます。",
            hint=f"chmod 600 {kept} を実行してください。 / The secret key is readable by others: chmod 600 it.",
            id="fumikura.E006",
        )
    ]


@register(OURS)
def tag_layouts_are_sound(**_options: Any) -> Iterable[CheckMessage]:
    return [
        Warning(
            fault.words,
            hint="直すまで、このレイアウトのICタグは読めません。直したら fumikura tags で確かめてください。\n"
            "Until it is mended, tags of this layout are not read; fumikura tags checks it.",
            id="fumikura.W010",
        )
        for fault in faulty_files()
    ]


def letters_can_be_printed() -> list[CheckMessage]:
    """Looks through the fonts of the machine, which takes a moment: only `doctor` asks."""
    from fumikura.web.paper.printable import printable  # typst is large, and these checks stand before every command

    names = {"zh-hans": "中国語", "ko": "韓国語"}
    missing = "、".join(words for language, words in names.items() if language not in printable())
    if not missing:
        return []
    return [
        Warning(
            f"{missing}の字体がこの機械にありません。その言葉の方への手紙・はがき・貸出票のPDFは、英語で刷ります。",
            hint="字体を入れて、動かし直してください (Debian: apt install fonts-noto-cjk)。\n"
            "Letters to readers of these languages are printed in English until their fonts are installed.",
            id="fumikura.W011",
        )
    ]


def database_answers() -> list[CheckMessage]:
    """Not registered as a check, since every command would open a connection: `doctor` and `serve` ask."""
    try:
        connection.ensure_connection()
    except (OperationalError, DatabaseError) as failure:
        return [_database_does_not_answer(failure)]
    return []


def _database_does_not_answer(failure: Exception) -> CheckMessage:
    if connection.vendor == "sqlite":
        return Error(
            f"SQLite のファイル {settings.DATABASES['default']['NAME']} を開けません({failure})。",
            hint="フォルダーの権限と空き容量を確かめてください。 / Check the folder's permissions and free space.",
            id="fumikura.E007",
        )
    said = str(failure).strip().splitlines()[0] if str(failure).strip() else type(failure).__name__
    return Error(
        f"DATABASE_URL の PostgreSQL につながりません({said})。",
        hint="サーバーが動いているか、ホスト・ポート・名前・パスワードが正しいかを確かめてください。"
        "形: DATABASE_URL=postgresql://名前:パスワード@ホスト:5432/データベース。空にすると SQLite を使います。\n"
        "PostgreSQL does not answer; leave DATABASE_URL empty to use SQLite.",
        id="fumikura.E008",
    )


def tables_are_current() -> list[CheckMessage]:
    """Like `database_answers`, asked by `doctor` and `serve` only."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not waiting:
        return []
    return [
        Error(
            f"データベースの表が、このプログラムの版に合っていません(足りない変更 {len(waiting)} 件)。",
            hint="fumikura backup で控えを取ってから、fumikura migrate を実行してください。\n"
            "The tables are older than the program: make a backup, then run fumikura migrate.",
            id="fumikura.E009",
        )
    ]
