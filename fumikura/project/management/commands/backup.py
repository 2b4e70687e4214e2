"""`fumikura backup FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from fumikura.project.backups import write_backup
from fumikura.project.database_copies import CannotCopy


class Command(BaseCommand):
    help = (
        "データベースとファイルの控えを、1つのファイルに書きます。貸出や返却を続けたままで取れます。\n"
        "すでにあるファイルには書きません。索引は入れません(戻すときに作り直します)。\n"
        "例: fumikura backup /media/usb/文庫-2026-11-21.tar.gz"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="書く先(.tar、または圧縮する .tar.gz)")

    def handle(self, *_arguments: Any, file: Path, **_options: Any) -> None:
        target = file.absolute()
        if not target.parent.is_dir():
            raise CommandError(f"フォルダー {target.parent} がありません。作ってから、もう一度どうぞ。")
        try:
            contents = write_backup(target, at=timezone.now())
        except FileExistsError:
            raise CommandError(f"{target} はすでにあります。上書きはしません。別の名前にしてください。") from None
        except CannotCopy as failure:
            raise CommandError(str(failure)) from failure
        except (OSError, OperationalError) as failure:
            raise CommandError(
                f"{target.parent} に書けませんでした({failure})。書きかけは消しました。空き容量と権限を確かめてください。"
            ) from failure
        size = target.stat().st_size / 1e6
        self.stdout.write(f"控えを取りました: {target}({size:,.1f} MB、ファイル {len(contents.digests) - 1:,} 件)")
        self.stdout.write("利用者の情報が入っています。鍵のかかる場所に置いてください。戻すとき: fumikura restore FILE")
