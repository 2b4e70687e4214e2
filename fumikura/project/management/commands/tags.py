"""`fumikura tags`: the layouts of IC tags that are read here; a description checked; one tag read or written by hand."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from fumikura.holdings.tag_layouts import (
    FaultyFile,
    faulty_files,
    layouts_by_file,
    read_description,
    tag_layouts,
)
from fumikura.kernel.tags import Layout, Tag, UnreadableTag, read_tag, write_tag
from fumikura.kernel.tags.descriptions import WrongDescription

EXAMPLES = """例:
  fumikura tags                                  使っているレイアウトの一覧と、直すところ
  fumikura tags check 館のタグ.toml              置く前に、ひとつのファイルを確かめる
  fumikura tags read 4D5A01… --file 館のタグ.toml   タグのメモリー(16進)に何が書いてあるか
  fumikura tags write 1000000014 --owner JP-1001234 --file 館のタグ.toml
記述のファイル(*.toml)は FUMIKURA_HOME の tag-layouts に置きます(TAG_LAYOUTS で変えられます)。見本: demo/tag_layouts"""


class Command(BaseCommand):
    requires_system_checks = []  # what is wrong with the descriptions it says itself
    help = (
        "ICタグのレイアウトの記述(JLAの方式やメーカーの方式を、図書館が書いたもの)を確かめ、タグを読み書きしてみます。"
    )

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", metavar="list | check | read | write")
        verbs.add_parser("list", help="使っているレイアウトの一覧")
        check = verbs.add_parser("check", help="ひとつの記述を確かめる")
        check.add_argument("file", type=Path, metavar="FILE")
        read = verbs.add_parser("read", help="タグのメモリーを読む")
        read.add_argument("memory", metavar="16進")
        read.add_argument("--dsfid", type=lambda text: int(text, 0), help="リーダーが伝えたDSFID(0xE1 など)")
        write = verbs.add_parser("write", help="タグのメモリーをつくる")
        write.add_argument("item", metavar="資料番号")
        write.add_argument("--owner", default="", metavar="ISIL", help="所蔵館のISIL")
        write.add_argument("--layout", default="", metavar="名前", help="レイアウトの名前(ないときは fixed)")
        for verb in (read, write):
            verb.add_argument("--file", type=Path, metavar="FILE", help="まだ置いていない記述で")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        match options["verb"]:
            case "check":
                self.stdout.write(self._summary(self._checked(options["file"])))
            case "read":
                self._read(options["memory"], options["dsfid"], self._layouts(options["file"]))
            case "write":
                layouts = self._layouts(options["file"])
                chosen = options["layout"] or (layouts[0].name if options["file"] else "fixed")
                self._write(Tag(item=options["item"], owner=options["owner"], layout=chosen), layouts)
            case _:
                self._list()

    def _list(self) -> None:
        self.stdout.write(_("いつも読めるもの: fixed(ISO 28560-3)、objects(ISO 28560-2)"))
        for file, layout in layouts_by_file():
            self.stdout.write(f"{file.name}  {self._summary(layout)}")
        faulty = faulty_files()
        for one in faulty:
            self.stdout.write(f"✗ {one.words}")
        if not layouts_by_file() and not faulty:
            self.stdout.write(_("館で書いたものは、まだありません: %(folder)s") % {"folder": settings.TAG_LAYOUTS_DIR})
        if faulty:
            raise SystemExit(1)

    def _summary(self, layout: Layout) -> str:
        told = f"DSFID {layout.dsfid:02X}" if layout.dsfid is not None else _("DSFIDによらない")
        new = _("、新しいタグにも書く") if layout.is_for_new_tags else ""
        return _("%(name)s 「%(title)s」 %(size)dバイト、%(told)s%(new)s") % {
            "name": layout.name, "title": layout.title, "size": layout.size, "told": told, "new": new,
        }  # fmt: skip

    def _layouts(self, file: Path | None) -> list[Layout]:
        return [self._checked(file)] if file else list(tag_layouts())

    def _checked(self, file: Path) -> Layout:
        try:
            return read_description(file)
        except WrongDescription as wrong:
            raise CommandError(FaultyFile(file, wrong.line, wrong.code, wrong.facts).words) from None

    def _read(self, memory: str, dsfid: int | None, layouts: list[Layout]) -> None:
        try:
            tag = read_tag(bytes.fromhex(memory), dsfid, layouts)
        except ValueError:
            raise CommandError(_("メモリーは16進で書いてください(4D5A01…)。")) from None
        except UnreadableTag as unreadable:
            raise CommandError(_("読めません: %(why)s") % {"why": _why(unreadable)}) from None
        said = {"layout": tag.layout, "item": tag.item, "owner": tag.owner or "—", "usage": tag.usage}
        self.stdout.write(
            _("%(layout)s: 資料 %(item)s、所蔵館 %(owner)s、用途 %(usage)d、%(parts)d点のうち%(part)d")
            % (said | {"parts": tag.parts, "part": tag.part})
        )

    def _write(self, tag: Tag, layouts: list[Layout]) -> None:
        names = [layout.name for layout in layouts]
        if tag.layout not in {"fixed", "objects", *names}:
            known = "、".join(["fixed", "objects", *names])
            raise CommandError(_("レイアウト %(name)s はありません: %(known)s") % {"name": tag.layout, "known": known})
        try:
            self.stdout.write(write_tag(tag, layouts=layouts).hex().upper())
        except UnreadableTag:
            raise CommandError(_("この番号はタグに入りません: %(item)s") % {"item": tag.item}) from None


def _why(unreadable: UnreadableTag) -> str:
    return {
        "short": _("バイトが足りません"),
        "checksum": _("検査の値が合いません"),
        "encoding": _("文字や数字になりません"),
    }.get(unreadable.why, _("知っているレイアウトではありません"))
