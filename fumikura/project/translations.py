"""Compile the translations, so that nobody needs gettext's own tools: `python -m fumikura.project.translations locale`."""

import os
import sys
from pathlib import Path

import polib


def compile_translations(folder: Path) -> list[Path]:
    """Write `django.mo` beside each `django.po` that is newer; answer the files written."""
    return [compiled for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if (compiled := _compile(source))]


def _compile(source: Path) -> Path | None:
    target = source.with_suffix(".mo")
    changed_at = source.stat().st_mtime_ns
    if target.exists() and target.stat().st_mtime_ns == changed_at:
        return None
    # Written aside and moved into place: another process may be reading or compiling in the same moment.
    draft = target.with_suffix(f".{os.getpid()}")
    polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(draft))
    os.utime(draft, ns=(changed_at, changed_at))
    draft.replace(target)
    return target


if __name__ == "__main__":
    for written in compile_translations(Path(sys.argv[1])):
        sys.stderr.write(f"{written}\n")
