"""The public pages on a Wednesday in May, ten in the morning; and a small library that can be searched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.services import check_out
from fumikura.discovery import services, versions
from fumikura.discovery.models import IndexVersion
from tests.cast import AT, hanako, kita
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def index(settings, tmp_path: Path) -> Iterator[None]:
    """A folder of its own for the index of this test."""
    settings.INDEX_DIR = tmp_path / "index"
    yield
    for name in IndexVersion.objects.values_list("name", flat=True):
        versions.forget(name)


@pytest.fixture
def library(index: None) -> list[BibliographicRecord]:
    """Five titles: 『こころ』 in two places, 『三四郎』 lent to 花子, the others without copies."""
    kokoro, sanshiro = title(), title("三四郎", "サンシロウ", number="2", year="1908")
    house_rules()
    copy(kokoro, "30000017", call_number="913.6/ナ")
    copy(kokoro, "30000025", home=kita(), call_number="913.6/ナ")
    check_out(item=copy(sanshiro, "30000033"), patron=hanako(), by=at_desk(), at=AT)
    others = [
        title(
            "電子圖書舘の研究", "デンシ トショカン ノ ケンキュウ", "水野, 学", "ミズノ, マナブ", number="3", ndc="010.4"
        ),
        title("水瀬の川", "ミナセ ノ カワ", "川田, 渡", "カワタ, ワタル", number="4", ndc="291.0"),
        title("坊っちゃん", "ボッチャン", number="5", year="2014"),
    ]
    services.tend(AT)
    return [kokoro, sanshiro, *others]
