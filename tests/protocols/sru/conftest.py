from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from fumikura.discovery import versions
from fumikura.discovery.models import IndexVersion
from fumikura.journal.readers import read_everything
from fumikura.journal.subscriptions import subscriptions
from tests.protocols.sru.shelf import fill


@pytest.fixture
def index(settings, tmp_path: Path) -> Iterator[Path]:
    """A folder of its own for the indexes of this test."""
    settings.INDEX_DIR = tmp_path / "index"
    yield tmp_path / "index"
    for name in IndexVersion.objects.values_list("name", flat=True):
        versions.forget(name)


@pytest.fixture
def catalogue(index: Path, db: None) -> None:
    fill()
    read_everything(subscriptions(), clock=timezone.now)
