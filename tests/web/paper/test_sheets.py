"""Cards and labels on paper: what a scanner reads is what was meant, and text is only ever text."""

import shutil
import subprocess
from pathlib import Path

import pytest

from fumikura.kernel.barcodes import with_check
from fumikura.web.paper.sheets import ItemLabel, PatronCard, bars, item_labels, patron_cards, shortened, spine


def card(number: str, name: str = "水野 花子") -> PatronCard:
    return PatronCard(
        library="水瀬市立図書館",
        library_en="Minase City Library",
        number=number,
        name=name,
        expires="2029年1月18日",
    )


def label(number: str, title: str = "こころ") -> ItemLabel:
    return ItemLabel(library="水瀬市立図書館 中央", number=number, title=title, call_number="913.6/ナ/1")


def scanned(pdf: bytes, folder: Path) -> set[str]:
    """What zbarimg reads from the pages, printed at 300 dots an inch."""
    for program in ("zbarimg", "pdftoppm"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed (apt install zbar-tools poppler-utils)")
    (folder / "sheet.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "300", "-gray", "-png", "sheet.pdf", "page"], cwd=folder, check=True)
    pages = sorted(path.name for path in folder.glob("page*.png"))
    read = subprocess.run(["zbarimg", "-q", *pages], cwd=folder, check=True, capture_output=True, text=True)
    return set(read.stdout.split())


def test_every_card_of_two_pages_is_read_in_both_codes(tmp_path: Path) -> None:
    numbers = [with_check("7dr", f"2{n:06}") for n in range(1, 13)]
    assert scanned(patron_cards([card(number) for number in numbers]), tmp_path) == {
        *(f"Codabar:A{number}A" for number in numbers),
        *(f"QR-Code:{number}" for number in numbers),
    }


def test_every_label_of_two_pages_is_read(tmp_path: Path) -> None:
    numbers = [with_check("m10w3", f"1{n:08}") for n in range(1, 31)]
    assert scanned(item_labels([label(number) for number in numbers]), tmp_path) == {
        f"Codabar:A{number}A" for number in numbers
    }


def test_a_name_or_title_is_text_and_never_typesetting() -> None:
    hostile = '#read("/etc/passwd") ] $x$ "\\ *'
    assert patron_cards([card("20000013", hostile)]).startswith(b"%PDF")
    assert item_labels([label("1000000017", hostile)]).startswith(b"%PDF")


def test_no_check_digit_is_added_to_ours() -> None:
    # Eleven units for most characters would differ if one more character had been drawn.
    assert bars("20000013")["units"] < bars("200000130")["units"]


@pytest.mark.parametrize(
    ("call_number", "lines"),
    [
        ("913.6/ナ/1", ["913.6", "ナ", "1"]),
        ("E/ア", ["E", "ア", ""]),
        ("", ["", "", ""]),
        ("213/ミ/通史編/上", ["213", "ミ", "通史編/上"]),
    ],
)
def test_a_spine_label_has_three_lines(call_number: str, lines: list[str]) -> None:
    assert spine(call_number) == lines


def test_a_long_title_is_cut_with_an_ellipsis() -> None:
    assert shortened("プロテスタンティズムの倫理と資本主義の精神") == "プロテスタンティズムの倫理と資本主義…"
    assert shortened("こころ") == "こころ"
