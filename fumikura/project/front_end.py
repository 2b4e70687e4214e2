"""Static files: those of front-end packages, straight from where the lock file's were installed, and the names of all."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

SERVED = ("htmx.org/dist/htmx.min.js",)
"""Relative to node_modules; each is addressed as `{% static "packages/<its name>" %}`. Nothing else of a package is served."""


class PackageFiles(BaseFinder):
    """Finds `packages/htmx.min.js` and the others named in SERVED."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        paths = [settings.NODE_MODULES / served for served in SERVED]
        self._found = {f"packages/{path.name}": path for path in paths}

    def check(self, **_options: Any) -> list[CheckMessage]:
        return []  # fumikura.project.checks says what is missing, and what to do about it

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        file = self._found.get(path)
        if file is None or not file.exists():
            return []
        return [str(file)] if find_all else str(file)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        for file in self._found.values():
            if file.exists():
                storage = FileSystemStorage(location=file.parent)
                storage.prefix = "packages"  # type: ignore[attr-defined]  # collectstatic looks for it
                yield file.name, storage


class GatheredFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Names files by their content once `serve` has gathered them; before that, by their plain names."""

    support_js_module_import_aggregation = True  # a module that imports another asks for it by its gathered name

    def url(self, name: str | None, force: bool = False) -> str:
        if not self.hashed_files:
            return FileSystemStorage.url(self, name)
        named: str = super().url(name, force)
        return named
