"""Crate labels and the van's manifest: what a scanner reads is the crate's number."""

from pathlib import Path

from fumikura.web.paper.crates import ManifestPage, crate_labels, manifest_pages
from tests.web.paper.test_sheets import scanned


def test_a_crate_label_is_read_as_a_square_and_where_possible_as_bars(tmp_path: Path) -> None:
    assert scanned(crate_labels(["101", "102", "BOX-7"], library="水瀬市立図書館"), tmp_path) == {
        "Codabar:A101A",
        "Codabar:A102A",
        "QR-Code:101",
        "QR-Code:102",
        "QR-Code:BOX-7",
    }


def test_every_crate_of_the_manifest_is_read_from_paper(tmp_path: Path) -> None:
    lines = tuple((str(number), "中央", "北", "北", 12) for number in range(101, 121))
    page = ManifestPage(title="図書館便 第1便", day="5月20日", stops=(("中央", "9:30"), ("北", "10:00")), lines=lines)
    assert scanned(manifest_pages([page]), tmp_path) == {f"QR-Code:{number}" for number in range(101, 121)}


def test_a_run_without_crates_has_a_page_that_says_so() -> None:
    assert manifest_pages([ManifestPage(title="便", day="", stops=(), lines=())]).startswith(b"%PDF")
