"""`fumikura index rebuild|status`: the search index, anew or how it stands."""

import os
import time
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fumikura.catalogue.queries import number_of_records
from fumikura.discovery import services
from fumikura.discovery.queries import documents_in_index, version_that_answers
from fumikura.journal import leases
from fumikura.journal.queries import lag
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import system_actor
from fumikura.project.checks import OURS

EXAMPLES = """例:
  fumikura index status      いまの索引の版・件数・まだ読んでいない記録の数
  fumikura index rebuild     作り直します。そのあいだも検索は止まりません"""
WAIT_FOR_TAKEOVER = 60.0


class Command(BaseCommand):
    requires_system_checks = [OURS]
    help = "検索の索引を見ます・作り直します。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("rebuild", "status"), help="rebuild 作り直す、status 様子を見る")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["what"] == "rebuild":
            self.rebuild(quiet=options["verbosity"] == 0)
        self.status()

    def rebuild(self, *, quiet: bool) -> None:
        began = time.monotonic()
        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=Console(stderr=True, quiet=quiet)) as bar:
            task = bar.add_task(_("索引を作り直しています"), total=None, rate="")

            def progress(done: int, total: int) -> None:
                rate = _("毎秒 %(n)s 件") % {"n": f"{done / max(time.monotonic() - began, 0.001):,.0f}"}
                bar.update(task, completed=done, total=total, rate=rate)

            try:
                built = services.rebuild(by=system_actor(via="cli"), at=timezone.now(), progress=progress)
            except Refused as refused:
                raise CommandError("".join(words(refused.reasons[0], get_language() or "ja"))) from None
        if not self.took_over(built.version):
            raise CommandError(
                _(
                    "索引はできましたが、まだ入れ替わっていません。fumikura worker が動いていれば、まもなく入れ替わります。"
                )
            )

    def took_over(self, version: str) -> bool:
        """Wait until the worker has adopted the new version; do it here when no worker runs."""
        holder = f"index-rebuild:{os.getpid()}"
        deadline = time.monotonic() + WAIT_FOR_TAKEOVER
        while time.monotonic() < deadline:
            answering = version_that_answers()
            if answering and answering.name == version:
                return True
            if leases.take(leases.URGENT_READERS, holder, at=timezone.now()):
                services.adopt_built()
                services.let_go()
                leases.give_back(leases.URGENT_READERS, holder, at=timezone.now())
            else:
                time.sleep(0.2)
        return False

    def status(self) -> None:
        version, count = version_that_answers(), documents_in_index()
        if version is None or count is None:
            self.stdout.write(
                _("索引がありません。fumikura index rebuild で作れます(worker が動いていれば自動で作られます)。")
            )
            return
        built = date_format(timezone.localtime(version.built_at or version.started_at), "Y-m-d H:i")
        self.stdout.write(_("版: %(name)s(%(built)s に作成)") % {"name": version.name, "built": built})
        self.stdout.write(
            _("件数: %(n)s(書誌 %(records)s)") % {"n": f"{count:,}", "records": f"{number_of_records():,}"}
        )
        self.stdout.write(
            _("まだ読んでいない記録: %(n)s")
            % {"n": f"{max(lag(reader) for reader in (services.READER, services.BULK_READER)):,}"}
        )
