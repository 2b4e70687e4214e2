from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.cast import hanako
from tests.circulation.cast import item

pytestmark = pytest.mark.django_db


def test_labels_of_one_library_are_printed(tmp_path: Path) -> None:
    item("30000017", call_number="913.6/ナ/1")
    out = StringIO()
    call_command("print", "labels", str(tmp_path / "labels.pdf"), "--home", "chuo", stdout=out)
    assert (tmp_path / "labels.pdf").read_bytes().startswith(b"%PDF")
    assert "1 件" in out.getvalue()


def test_the_card_that_was_asked_for_is_printed_as_it_was_scanned(tmp_path: Path) -> None:
    hanako()
    call_command("print", "cards", str(tmp_path / "cards.pdf"), "a20004318a", stdout=StringIO())
    assert (tmp_path / "cards.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["labels", "labels.pdf", "99999999"], "条件に合うものがありません"),
        (["labels", "labels.pdf", "--since", "昨日"], "2026-11-01 のように"),
        (["labels", "no/such/folder/labels.pdf"], "フォルダーと権限"),
    ],
)
def test_what_cannot_be_printed_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    item()
    with pytest.raises(CommandError, match=says):
        call_command("print", *arguments)
    assert list(tmp_path.iterdir()) == []
