from collections.abc import Iterator
from pathlib import Path

import pytest

from fumikura.discovery import versions
from fumikura.discovery.models import IndexVersion


@pytest.fixture
def index(settings, tmp_path: Path) -> Iterator[Path]:
    """A folder of its own for the indexes of this test."""
    settings.INDEX_DIR = tmp_path / "index"
    yield tmp_path / "index"
    for name in IndexVersion.objects.values_list("name", flat=True):
        versions.forget(name)
