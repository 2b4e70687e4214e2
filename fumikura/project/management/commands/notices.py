"""`fumikura notices`: how the sending goes, send what is due now, and read what came back."""

import sys
from argparse import RawDescriptionHelpFormatter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from fumikura.notices.bounces import dead_addresses
from fumikura.notices.mailbox import MailboxTrouble
from fumikura.notices.queries import counted, troubles
from fumikura.notices.services import address_came_back, read_returned_mail, send_waiting
from fumikura.notices.words import KIND_NAMES
from fumikura.organisation.queries import system_actor

EXAMPLES = """例:
  fumikura notices                       この30日の数(待ち・送った・いらなくなった・届かない)
  fumikura notices --send                時刻の来たものを、いま送る(ふだんは worker が送ります)
  fumikura notices --bounced 戻り.eml     戻ってきたメールを読み、だめな宛先に送るのをやめる(- なら標準入力)
  fumikura notices --poll                BOUNCES_URL のメール箱を読み、だめな宛先に送るのをやめる(worker が毎朝します)"""
DAYS = 30


class Command(BaseCommand):
    help = "利用者へのお知らせの様子を見ます。文面は /office/messages で直せます。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--send", action="store_true", help="時刻の来たものを、いま送る")
        parser.add_argument("--bounced", metavar="ファイル", help="戻ってきたメール(RFC 3464 の配信報告)")

        parser.add_argument("--poll", action="store_true", help="戻ってきたメールの箱(BOUNCES_URL)を読む")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        at = timezone.now()
        if options["bounced"]:
            self._bounced(options["bounced"])
        elif options["poll"]:
            self._poll(at)
        elif options["send"]:
            total = 0
            while left := send_waiting(at=at, limit=500):
                total += left
            self.stdout.write(_("%(n)d 通を送りました。") % {"n": total})
        else:
            self._counted()

    def _bounced(self, name: str) -> None:
        try:
            report = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            raise CommandError(_("読めませんでした: %(reason)s") % {"reason": error.strerror or str(error)}) from None
        dead = dead_addresses(report)
        by = system_actor(via="cli")
        readers = sum(address_came_back(address=one, by=by, at=timezone.now()) for one in dead)
        # The addresses themselves are not repeated: a terminal is a log too.
        self.stdout.write(
            _("だめな宛先 %(n)d 件、当てはまる利用者 %(readers)d 人。") % {"n": len(dead), "readers": readers}
        )

    def _poll(self, at: datetime) -> None:
        if not settings.BOUNCES_URL:
            raise CommandError(
                _("BOUNCES_URL に、戻ってきたメールの箱(imaps://名前:パスワード@ホスト/INBOX)を書いてください。")
            )
        try:
            reports, readers = read_returned_mail(url=settings.BOUNCES_URL, by=system_actor(via="cli"), at=at)
        except MailboxTrouble as trouble:
            raise CommandError(
                _("メール箱を読めませんでした(%(trouble)s)。BOUNCES_URL の名前とパスワードを確かめてください。")
                % {"trouble": trouble}
            ) from None
        self.stdout.write(
            _("戻ってきたメール %(n)d 通、当てはまる利用者 %(readers)d 人。") % {"n": reports, "readers": readers}
        )

    def _counted(self) -> None:
        since = timezone.localdate() - timedelta(days=DAYS)
        for kind, states in counted(since):
            told = ", ".join(f"{state} {many}" for state, many in sorted(states.items())) or "0"
            self.stdout.write(f"{KIND_NAMES[kind]}: {told}")
        for channel, trouble, many in troubles(since):
            self.stdout.write(f"  {channel} {trouble}: {many}")
