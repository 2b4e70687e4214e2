"""`fumikura practice`: a library to practise in, with invented people and books, beside the real one and without touching it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from fumikura.project.management.commands.serve import port_number
from fumikura.project.serving import port_is_free

MARK = "practice"
LEADS_OUT = (
    "DATABASE_URL",
    "SEARCH_URL",
    "EMAIL_URL",
    "BOUNCES_URL",
    "CITY_ID_URL",
    "BACKUP_FOLDER",
    "SMS_URL",
    "LINE_TOKEN",
    "LINE_SECRET",
    "PUBLIC_ADDRESS",
    "BEHIND_TLS",
)
"""What would lead to the real library's database or out of the house: the practice library has none of it."""


class Command(BaseCommand):
    help = (
        "練習用の図書館を動かします。人も本もつくりもので、本番のデータには触れません。メールなどは外に出ません。\n"
        "  fumikura practice            はじめてならつくり、http://127.0.0.1:8010 に出す\n"
        "  fumikura practice --reset    始めからつくり直す\n"
        "A library to practise in; nothing of the real one is touched, nothing leaves the house."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="待ち受けるアドレス(既定 127.0.0.1)")
        parser.add_argument("--port", type=port_number, default=8010, help="待ち受けるポート(既定 8010)")
        parser.add_argument("--reset", action="store_true", help="練習でしたことを消して、始めからつくり直します")

    def handle(self, *_arguments: Any, host: str, port: int, **options: Any) -> None:
        if settings.PRACTICE:
            raise CommandError("ここはもう練習用の図書館です。本番の FUMIKURA_HOME で動かしてください。")
        if not port_is_free(host, port):
            raise CommandError(f"ポート {port} はほかのプログラムが使っています。--port で別の番号にしてください。")
        home = Path(settings.HOME) / "practice"
        if options["reset"]:
            reset(home)
        home.mkdir(parents=True, exist_ok=True)
        (home / MARK).touch()
        command = [
            sys.executable,
            "-m",
            "fumikura.project.program",
            "serve",
            "--demo",
            "--host",
            host,
            "--port",
            str(port),
        ]
        try:
            ended = subprocess.run(command, env=surroundings(home), check=False)  # noqa: S603  # our own program
        except KeyboardInterrupt:
            return
        if ended.returncode:
            raise CommandError("練習用の図書館が止まりました。理由は上に出ています。")


def surroundings(home: Path) -> dict[str, str]:
    """The environment of the practice library: its own home, no way out, and it ends with who began it."""
    kept = {name: value for name, value in os.environ.items() if name not in LEADS_OUT}
    return {**kept, "FUMIKURA_HOME": str(home), "PRACTICE": "1", "FUMIKURA_PARENT": str(os.getpid())}


def reset(home: Path) -> None:
    """Delete the practice library; a folder that does not bear its mark is not touched."""
    if not home.exists():
        return
    if not (home / MARK).exists():
        raise CommandError(f"{home} は練習用の図書館ではないようです。中を確かめて、自分で消してください。")
    shutil.rmtree(home)
