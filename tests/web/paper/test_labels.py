"""Labels on sheets of several makers: what a reader decodes is what was meant, and it stands where the label is."""

import subprocess
from pathlib import Path

import pytest

from fumikura.kernel.barcodes import with_check
from fumikura.web.paper.labels import Placing, Unprintable, label_sheets, sheets
from fumikura.web.paper.sheets import ItemLabel
from tests.web.paper.test_sheets import label, scanned

NUMBERS = [with_check("m10w3", f"1{n:08}") for n in range(1, 8)]


def words_at(pdf: bytes, folder: Path) -> list[tuple[int, float, float, str]]:
    """(page, left, top, word) in millimetres, as pdftotext finds them."""
    (folder / "sheet.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-bbox", "sheet.pdf", "-"], cwd=folder, check=True, capture_output=True, text=True
    )
    found, page = [], 0
    for line in done.stdout.splitlines():
        page += "<page " in line
        if "<word " in line:
            facts = dict(part.split("=") for part in line.split(">")[0].split()[1:])
            left, top = (float(facts[side].strip('"')) * 25.4 / 72 for side in ("xMin", "yMin"))
            found.append((page, left, top, line.split(">")[1].split("<")[0]))
    return found


@pytest.mark.parametrize("key", list(sheets()))
def test_the_labels_of_every_sheet_are_read(key: str, tmp_path: Path) -> None:
    pdf = label_sheets([label(number) for number in NUMBERS], sheets()[key], what="both", placing=Placing())
    assert scanned(pdf, tmp_path) == {f"Codabar:A{number}A" for number in NUMBERS}


@pytest.mark.parametrize("key", list(sheets()))
def test_every_sheet_fits_an_a4_page(key: str) -> None:
    sheet = sheets()[key]
    assert sheet.left + (sheet.columns - 1) * sheet.across + sheet.width <= 210.01
    assert sheet.top + (sheet.rows - 1) * sheet.down + sheet.height <= 297.01
    assert sheet.across >= sheet.width and sheet.down >= sheet.height


def test_a_sheet_that_was_begun_is_used_up_and_the_printer_shift_is_kept(tmp_path: Path) -> None:
    sheet = sheets()["a4-24"]
    spines = [ItemLabel(library="", number="1", title="", call_number=f"91{n}/ア") for n in range(3)]
    pdf = label_sheets(spines, sheet, what="spine", placing=Placing(first=23, right=1.0, down=-2.0))
    found = {word: (page, left, top) for page, left, top, word in words_at(pdf, tmp_path) if word.startswith("91")}
    assert [found[word][0] for word in ("910", "911", "912")] == [1, 1, 2]
    second_column = sheet.left + sheet.across + 1.0
    assert second_column < found["910"][1] < second_column + sheet.width
    last_row = sheet.top + 7 * sheet.down - 2.0
    assert last_row < found["910"][2] < last_row + sheet.height
    assert sheet.top - 2.0 < found["912"][2] < sheet.top + sheet.height


def test_a_long_title_stays_on_one_line_of_the_narrowest_label(tmp_path: Path) -> None:
    sheet = min(sheets().values(), key=lambda one: one.width)
    long = ItemLabel(library="", number=NUMBERS[0], title="電" * 40, call_number="")
    wide = ItemLabel(library="", number=NUMBERS[1], title="M" * 60, call_number="")
    found = words_at(label_sheets([long, wide], sheet, what="barcode", placing=Placing()), tmp_path)
    assert [word.strip("…") for *_where, word in found if word[0] in "電M"] == [
        "電" * (int((sheet.width - 4) / 1.95) - 1),
        "M" * len(next(word for *_where, word in found if word[0] == "M").strip("…")),
    ]


def test_a_number_too_long_for_the_label_is_refused() -> None:
    with pytest.raises(Unprintable):
        label_sheets([label("1" * 30)], sheets()["a4-65"], what="barcode", placing=Placing())
    with pytest.raises(Unprintable):
        label_sheets([label("本の番号")], sheets()["a4-65"], what="barcode", placing=Placing())


def test_what_is_on_a_label_is_text_and_never_typesetting() -> None:
    hostile = ItemLabel(library="#x ]", number="1000000017", title='#read("/etc/passwd")', call_number="$x$/]#/\\")
    assert label_sheets([hostile], sheets()["a4-24"], what="both", placing=Placing()).startswith(b"%PDF")
