"""What every test leans on."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db.models.signals import post_migrate
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from fumikura.project.translations import compile_translations

# A loaded machine is slow, not wrong: property tests have no deadline, and drawing an example may take its time.
hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("unhurried")

pytest_plugins = ["tests.browser.fixtures", "tests.opensearch"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-outcomes", action="store_true", help="write down what our own circulation cases come to")


def pytest_configure(config: pytest.Config) -> None:
    compile_translations(Path(settings.BASE_DIR) / "locale")
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    # Django writes its own lists of rights, which nothing here asks, after each emptying of the tables: nine tenths of its time.
    post_migrate.disconnect(create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    # A good password hash takes 50 ms on purpose; the tests of patrons.passwords name the real one.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def pytest_collection_finish() -> None:
    # As the server does: what was loaded stays, and is not looked through again and again for garbage (a fifth of the time).
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(autouse=True, scope="session")
def static_files_are_looked_up_once() -> Iterator[None]:
    """Each test's client builds the whole chain of middlewares, which would look at every static file of the disk again."""
    look, kept = WhiteNoiseMiddleware.add_files_from_finders, dict[str, StaticFile]()

    def once(middleware: WhiteNoiseMiddleware) -> None:
        if not kept:
            look(middleware)
            kept.update(middleware.files)
        middleware.files.update(kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", once)
        yield


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """What a page of one test counted and kept for an hour is not shown by the next."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def in_japanese() -> Iterator[None]:
    """A page asked for in English leaves its thread English; the next test starts in Japanese."""
    yield
    translation.deactivate()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches the database runs: the rest has just passed on SQLite and knows of neither."""
    if not os.environ.get("FUMIKURA_TEST_DATABASES"):
        return
    config.hook.pytest_deselected(items=[item for item in items if not _touches_the_database(item)])
    items[:] = [item for item in items if _touches_the_database(item)]


def _touches_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool({"db", "transactional_db"} & fixtures)
