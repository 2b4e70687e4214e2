"""`fumikura readings`: draft what is lacking, or say how far it is."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fumikura.catalogue.readings import standing
from fumikura.catalogue.services import Drafted, draft_missing
from fumikura.organisation.queries import system_actor

EXAMPLES = """例:
  fumikura readings          下書きのまま・確かめたものの件数
  fumikura readings draft    読みのない書誌・典拠すべてに下書きをつける(途中で止めても、続きから)"""


class Command(BaseCommand):
    help = "読みの下書きをつくります。確かめるのは、目録の「よみの下書き」で。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", nargs="?", choices=["draft"], help="draft: 下書きをつける")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["verb"] == "draft":
            self.draft(quiet=options["verbosity"] == 0)
        now = standing()
        figures = {"drafts": f"{now.drafts:,}", "confirmed": f"{now.confirmed:,}"}
        self.stdout.write(_("下書きのまま %(drafts)s 件、確かめたもの %(confirmed)s 件。") % figures)
        if not now.dictionary:
            self.stdout.write(_("読みの辞書が入っていません。sudachipy と sudachidict-small を入れてください。"))

    def draft(self, *, quiet: bool) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True, quiet=quiet)) as bar:
            task = bar.add_task(_("読みの下書き"), total=None)

            def progress(seen: int, total: int, _done: Drafted) -> None:
                bar.update(task, completed=seen, total=total)

            done = draft_missing(by=system_actor(via="cli"), at=timezone.now(), progress=progress)
        made = {"titles": f"{done.titles:,}", "names": f"{done.names:,}"}
        self.stdout.write(_("タイトル %(titles)s 件と名前・件名 %(names)s 件に下書きをつけました。") % made)
