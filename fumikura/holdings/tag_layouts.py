"""タグのレイアウト: the descriptions that this library keeps beside its data, and what is wrong with them, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fumikura.kernel.tags import Layout
from fumikura.kernel.tags.descriptions import WrongDescription, described

LARGEST_FILE = 100_000
WORDS = {
    "not-readable": _("ファイルを読めません(%(why)s)。UTF-8 で書き、サーバーが読めるようにしてください。"),
    "not-toml": _("TOML として読めません: %(detail)s"),
    "missing": _("「%(key)s」がありません。書き足してください。"),
    "unknown-key": _("「%(key)s」はここには書けません。書けるもの: %(allowed)s"),
    "not-allowed": _("「%(key)s」の %(given)s は使えません。使えるもの: %(allowed)s"),
    "outside": _("「%(what)s」が %(end)s バイト目まであり、大きさ(size)の %(size)s をこえています。"),
    "overlap": _("「%(what)s」が「%(other)s」と %(byte)s バイト目で重なっています。"),
    "twice": _("「%(what)s」が二度あります。どちらかを消してください。"),
    "nothing-tells": _(
        "このレイアウトのタグをほかと見分けられません。dsfid か、合わせて %(sure)s バイト以上の constant・check を書いてください。"
    ),
    "new-without-dsfid": _("新しいタグに書くレイアウト(for_new_tags)には、dsfid も書いてください。"),
    "same-name": _("「%(name)s」という名前は %(file)s でもう使われています。"),
    "second-for-new": _("新しいタグに書くレイアウト(for_new_tags)は一つだけにしてください。%(file)s がもうそうです。"),
}


@dataclass(frozen=True)
class FaultyFile:
    """A description that is not used until it is mended."""

    file: Path
    line: int
    code: str
    facts: dict[str, str]

    @property
    def words(self) -> str:
        what = {"file": self.file, "line": self.line, "what": WORDS[self.code] % self.facts}
        return gettext("%(file)s の %(line)d 行目: %(what)s") % what


def tag_layouts() -> Sequence[Layout]:
    """Every layout whose description is sound, by file name."""
    return [layout for _file, layout in _read(*_folder())[0]]


def faulty_files() -> Sequence[FaultyFile]:
    return _read(*_folder())[1]


def layouts_by_file() -> Sequence[tuple[Path, Layout]]:
    return _read(*_folder())[0]


def _folder() -> tuple[tuple[str, int, int], ...]:
    """Each description with its time and size: read again when somebody has changed one, without a restart."""
    try:
        files = sorted(Path(settings.TAG_LAYOUTS_DIR).glob("*.toml"))
        return tuple((str(file), (said := file.stat()).st_mtime_ns, said.st_size) for file in files)
    except OSError:
        return ()


@lru_cache(maxsize=4)
def _read(*files: tuple[str, int, int]) -> tuple[tuple[tuple[Path, Layout], ...], tuple[FaultyFile, ...]]:
    sound: list[tuple[Path, Layout]] = []
    faulty: list[FaultyFile] = []
    for name, _changed, _size in files:
        file = Path(name)
        try:
            layout = read_description(file)
            _alone(layout, sound)
        except WrongDescription as wrong:
            faulty.append(FaultyFile(file, wrong.line, wrong.code, wrong.facts))
            continue
        sound.append((file, layout))
    return tuple(sound), tuple(faulty)


def read_description(file: Path) -> Layout:
    """Raises WrongDescription, also for a file that cannot be read."""
    try:
        raw = file.read_bytes()
        if len(raw) > LARGEST_FILE:
            raise WrongDescription("not-readable", 1, why=f"> {LARGEST_FILE} bytes")
        return described(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise WrongDescription("not-readable", line, why=error.reason) from None
    except OSError as error:
        raise WrongDescription("not-readable", 1, why=error.strerror or type(error).__name__) from None


def checked(text: str) -> Layout:
    """A description that would take its place among those here; one of the same name it would replace. Raises WrongDescription."""
    if len(text.encode()) > LARGEST_FILE:
        raise WrongDescription("not-readable", 1, why=f"> {LARGEST_FILE} bytes")
    layout = described(text)
    _alone(layout, [(file, other) for file, other in layouts_by_file() if other.name != layout.name])
    return layout


def words_of(wrong: WrongDescription) -> str:
    """What is wrong with a text, and in which line."""
    what = {"line": wrong.line, "what": WORDS[wrong.code] % wrong.facts}
    return gettext("%(line)d 行目: %(what)s") % what


def _alone(layout: Layout, others: Sequence[tuple[Path, Layout]]) -> None:
    for file, other in others:
        if other.name == layout.name:
            raise WrongDescription("same-name", 1, name=layout.name, file=file.name)
        if other.is_for_new_tags and layout.is_for_new_tags:
            raise WrongDescription("second-for-new", 1, file=file.name)
