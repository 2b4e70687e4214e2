"""`fumikura token`: issue a token for the API, list them, revoke one."""

import os
from getpass import getuser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import api_tokens, find_facility, find_user, system_actor
from fumikura.organisation.services import issue_api_token, revoke_api_token

NAME_LENGTH = 60


class Command(BaseCommand):
    help = (
        "APIトークンを発行します。トークンは一度だけ表示され、どこにも残りません。\n"
        "だれが（この機械のアカウント）、何のために発行・取り消したかは記録に残ります。\n"
        "例: fumikura token sano --facility CHUO --name '1階の自動貸出機'\n"
        "    fumikura token --list    fumikura token --revoke 3"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="?", help="職員の利用者名。トークンはこの人の権限で動きます")
        parser.add_argument("--facility", help="館のコード。トークンはこの館で動きます")
        parser.add_argument("--name", default="", help="何に使うか。発行するときは必ず書きます")
        parser.add_argument("--list", action="store_true", help="いま使えるトークンの一覧")
        parser.add_argument("--revoke", type=int, metavar="番号", help="この番号のトークンを取り消す")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        by, at, account = system_actor(via="cli"), timezone.now(), who_sits_here()
        if options["list"]:
            for token in api_tokens():
                self.stdout.write(f"{token.pk}\t{token.user.username}\t{token.facility.code}\t{token.name}")
            return
        if options["revoke"] is not None:
            found = next((token for token in api_tokens() if token.pk == options["revoke"]), None)
            if found is None:
                raise CommandError("その番号のトークンはありません。fumikura token --list で確かめてください。")
            revoke_api_token(token=found, by=by, at=at, account=account)
            self.stdout.write("取り消しました。")
            return
        if not options["user"] or not options["facility"]:
            raise CommandError("職員の利用者名と --facility が必要です。例: fumikura token sano --facility CHUO")
        user = find_user(options["user"])
        if user is None:
            raise CommandError(f"職員 {options['user']} はいません。利用者名を確かめてください。")
        try:
            facility = find_facility(options["facility"])
        except Refused as refusal:
            raise CommandError(f"館 {options['facility']} はありません。コードを確かめてください。") from refusal
        name = options["name"].strip()[:NAME_LENGTH]
        if not name:
            raise CommandError(
                "何に使うかを --name に書いてください。だれが発行したか（この機械のアカウント）とともに残ります。"
            )
        _, secret = issue_api_token(user=user, facility=facility, name=name, by=by, at=at, account=account)
        self.stdout.write(secret)


def who_sits_here() -> str:
    """The account at the command line; its number where the machine has no name for it, as in many containers."""
    try:
        return getuser()
    except (KeyError, OSError):
        return str(os.getuid())
