"""`fumikura reference`: write docs/reference anew, or say which pages are stale."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from fumikura.project.reference import pages


class Command(BaseCommand):
    help = "docs/reference を書き直します(開発者向け)。例: fumikura reference --check"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="書き直さずに、古いページがあれば失敗します")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "reference"
        stale = []
        for name, text in pages().items():
            page = folder / name
            if page.exists() and page.read_text() == text:
                continue
            stale.append(name)
            if not options["check"]:
                folder.mkdir(parents=True, exist_ok=True)
                page.write_text(text)
        if stale and options["check"]:
            raise CommandError(
                f"docs/reference が古くなっています: {', '.join(stale)}。bin/reference で書き直してください。"
            )
        self.stdout.write(
            f"docs/reference: {len(stale)} ページを書き直しました。" if stale else "docs/reference は最新です。"
        )
