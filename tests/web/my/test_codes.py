"""The drawn codes can be read back."""

from hypothesis import given
from hypothesis import strategies as st

from fumikura.web.my.codes import QUIET_BARS, bars, squares

WIDTHS = {"0": "NNNNNWW", "1": "NNNNWWN", "2": "NNNWNNW", "3": "WWNNNNN", "4": "NNWNNWN", "5": "WNNNNWN", "6": "NWNNNNW", "7": "NWNNWNN", "8": "NWWNNNN", "9": "WNNWNNN", "A": "NNWWNWN"}  # fmt: skip
LETTERS = {widths: letter for letter, widths in WIDTHS.items()}


def read(path: str, width: int) -> str:
    """Decode NW-7 from the rectangles of a drawing, as a scanner would: bars and gaps, narrow or wide."""
    modules = ["0"] * width
    for part in path.split("M")[1:]:
        x, _, rest = part.partition(" ")
        length = int(rest.partition("h")[2].partition("v")[0])
        modules[int(x) : int(x) + length] = ["1"] * length
    runs = "".join(modules).strip("0").replace("10", "1 0").replace("01", "0 1").split()
    widths = "".join("W" if len(run) > 3 else "N" for run in runs)
    return "".join(LETTERS[widths[start : start + 7]] for start in range(0, len(widths), 8))


@given(st.text("0123456789", min_size=1, max_size=16))
def test_the_bars_say_the_number_between_start_and_stop(number: str) -> None:
    drawing = bars(number)
    assert drawing and read(drawing.path, drawing.width) == f"A{number}A"
    assert drawing.path.startswith(f"M{QUIET_BARS} ")


def test_a_number_with_letters_has_no_bars_but_squares() -> None:
    assert bars("CHUO-1") is None
    assert squares("CHUO-1").path
