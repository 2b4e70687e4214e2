"""`fumikura worker`: read the journal (index, notices, statistics) and do the night shift."""

from argparse import SUPPRESS
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fumikura.project import in_use
from fumikura.project.beside import kept_beside
from fumikura.project.checks import OURS
from fumikura.project.worker import UrgentWorker, Worker


class Command(BaseCommand):
    requires_system_checks = [OURS]
    help = (
        "記録を読み進め(索引・お知らせ・統計)、夜の仕事をします。ふつうは serve がいっしょに動かします。\n"
        "例: fumikura serve --no-worker と fumikura worker を別々に動かす"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="いまある記録を読み終えたら終わります")
        parser.add_argument("--urgent-for", metavar="NAME", default="", help=SUPPRESS)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["once"]:
            read = Worker().read_once()
            if read is None:
                raise CommandError(
                    "ほかのワーカー（serve など）が読んでいて、まだ読み終わりません。そちらに任せるか、止めてからもう一度どうぞ。"
                )
            self.stdout.write(f"記録を {read:,} 件読みました。")
            return
        try:
            with in_use.at_work():
                if options["urgent_for"]:
                    UrgentWorker(options["urgent_for"]).run()
                    return
                worker = Worker()
                # Under one name, the next of them takes over at once from one that was killed.
                with kept_beside("worker", "--urgent-for", worker.name, wanted=True):
                    worker.run()
        except in_use.InUse:
            raise CommandError("控えを戻しているところです。終わってから、もう一度始めてください。") from None
