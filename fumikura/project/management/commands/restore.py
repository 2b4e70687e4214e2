"""`fumikura restore FILE`."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fumikura.project import in_use
from fumikura.project.backups import Contents, put_in_place, unpack_backup
from fumikura.project.database_copies import CannotCopy, database_is_in_use


class Command(BaseCommand):
    help = (
        "fumikura backup で取った控えを戻します。先に控え全体を調べ、傷んでいれば何も変えません。\n"
        "いまのデータがあるときは --replace が要ります。いまのデータは消さずに、別の場所に取っておきます。\n"
        "例: fumikura restore /media/usb/文庫-2026-11-21.tar.gz --replace"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="fumikura backup で作ったファイル")
        parser.add_argument("--replace", action="store_true", help="いまのデータを取り置いて、控えに置き換えます")

    def handle(self, *_arguments: Any, file: Path, replace: bool, **_options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"{file} がありません。")
        try:
            with in_use.alone():
                self._restore(file, replace=replace)
        except in_use.InUse:
            raise CommandError(
                "サーバー(fumikura serve か worker)が動いています。止めてから、もう一度どうぞ。"
            ) from None
        except CannotCopy as failure:
            raise CommandError(f"{failure}\n何も変えていません。") from failure

    def _restore(self, file: Path, *, replace: bool) -> None:
        settings.HOME.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.HOME) as folder:
            contents = unpack_backup(file, Path(folder))
            if database_is_in_use() and not replace:
                raise CommandError(
                    f"いまのデータがあります。控え({contents.made_at} のもの)に置き換えるなら --replace を付けてください。\n"
                    "いまのデータは消さずに取っておきます。"
                )
            kept = put_in_place(Path(folder), at=timezone.now())
        self._bring_up_to_date()
        self._say_what_was_done(contents, kept)

    def _bring_up_to_date(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if "index" in get_commands():
            call_command("index", "rebuild")

    def _say_what_was_done(self, contents: Contents, kept: str) -> None:
        self.stdout.write(f"{contents.made_at} の控え(文庫 {contents.program})を戻しました。")
        self.stdout.write(f"それまでのデータはここにあります: {kept}(要らなくなったら消してください)")
