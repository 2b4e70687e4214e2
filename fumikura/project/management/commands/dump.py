"""`fumikura dump`: write the nightly files now."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from fumikura.protocols.dumps.writing import contents, write_dumps

EXAMPLES = """例:
  fumikura dump                 いまの目録と所蔵を書き出して /dumps/ に置く（ふだんは毎晩2時20分に自動で）"""


class Command(BaseCommand):
    help = "目録と所蔵の全体を、だれでも取れるファイルに書き出します(MARC、JSON、SHA-256)。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        try:
            made = write_dumps(timezone.now())
        except OSError as error:
            reason = {"reason": error.strerror or str(error)}
            raise CommandError(
                _("書き出せませんでした(%(reason)s)。前のファイルはそのままです。空きを確かめてください。") % reason
            ) from None
        self.stdout.write(str(made))
        for one in contents(made)["files"]:
            self.stdout.write(
                f"  {one['name']:20} {one['entries']:>10,}  {one['bytes'] / 1e6:>8.1f} MB  {one['sha256'][:16]}…"
            )
