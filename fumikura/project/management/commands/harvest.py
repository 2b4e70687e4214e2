"""`fumikura harvest`: collect other institutions' catalogues now, see how they stand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fumikura.harvest.models import Harvest
from fumikura.harvest.queries import find_source, last_harvests, record_counts, sources
from fumikura.harvest.services import harvest, harvest_due
from fumikura.organisation.queries import system_actor


class Command(BaseCommand):
    help = (
        "よその機関の書誌を集めます。止まっても、次に同じところから続けます。\n"
        "例: fumikura harvest              今日の番の収集元をすべて\n"
        "    fumikura harvest museum       この収集元だけ、いま\n"
        "    fumikura harvest museum --whole   はじめから全部（なくなったものは消します）\n"
        "    fumikura harvest --list"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", nargs="?", help="収集元の記号")
        parser.add_argument("--whole", action="store_true", help="変わったものだけでなく、全部を集め直す")
        parser.add_argument("--list", action="store_true", help="収集元の一覧")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        by, at = system_actor(via="cli"), timezone.now()
        if options["list"]:
            self._list()
            return
        if not options["source"]:
            runs = harvest_due(by=by, at=at)
            for run in runs:
                self._tell(run)
            if not runs:
                self.stdout.write("今日の番の収集元はありません。")
            return
        source = find_source(options["source"])
        if source is None:
            raise CommandError("その記号の収集元はありません。fumikura harvest --list で確かめてください。")
        whole = frozenset({source.code} if options["whole"] else ())
        run = harvest(source, by=by, at=at, whole=whole, progress=self._progress)
        self._tell(run)
        if run.fault:
            raise CommandError("止まりました。届いた分は残っています。次はここから続けます。")

    def _progress(self, run: Harvest) -> None:
        self.stderr.write(f"{run.pages}ページ: {run.created + run.updated + run.unchanged}件")

    def _tell(self, run: Harvest) -> None:
        figures = (
            f"新しい {run.created}, 変わった {run.updated}, 同じ {run.unchanged}, "
            f"消えた {run.deleted}, 読めない {run.quarantined}"
        )
        fault = f"  ({run.fault} {run.fault_detail})" if run.fault else ""
        self.stdout.write(f"{run.source.code}: {figures}{fault}")

    def _list(self) -> None:
        last, counts = last_harvests(), record_counts()
        for source in sources():
            run = last.get(source.pk)
            when = f"{timezone.localtime(run.finished_at):%Y-%m-%d %H:%M}" if run and run.finished_at else "-"
            fault = run.fault if run else ""
            self.stdout.write(
                f"{source.code}\t{source.name}\t{source.protocol}\t{counts.get(source.pk, 0)}\t{when}\t{fault}"
            )
