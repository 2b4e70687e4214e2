"""What every test leans on."""

from pathlib import Path

import pytest
from django.conf import settings

from fumikura.project.translations import compile_translations

pytest_plugins = ["tests.browser.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    compile_translations(Path(settings.BASE_DIR) / "locale")
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    # A good password hash takes 50 ms on purpose; the tests of patrons.passwords name the real one.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
