"""`fumikura duplicates`: compare the catalogue with itself, or say what waits for a decision."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from fumikura.catalogue.queries import duplicates_waiting, number_of_records
from fumikura.catalogue.services import compare_all
from fumikura.organisation.queries import system_actor


class Command(BaseCommand):
    help = (
        "重なっている書誌をさがします。まとめるかどうかは、事務室の「重複の候補」で人が決めます。\\n"
        "例: fumikura duplicates find    目録の全体をくらべる    |    fumikura duplicates    待っている件数"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", nargs="?", choices=["find"], help="find: 目録の全体をくらべる")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["verb"] == "find":
            total = number_of_records()

            def progress(last: int) -> None:
                if options["verbosity"] > 0:
                    self.stderr.write(f"\\r{last:,} / {total:,}", ending="")

            sure, doubtful = compare_all(by=system_actor(via="cli"), at=timezone.now(), progress=progress)
            if options["verbosity"] > 0:
                self.stderr.write("")
            found = {"sure": sure, "doubtful": doubtful}
            self.stdout.write(_("同じと思われるもの %(sure)d 組、確かめたいもの %(doubtful)d 組。") % found)
        waiting = duplicates_waiting()
        self.stdout.write(_("決定を待っているもの %(sure)d 組と %(doubtful)d 組。") % waiting)
