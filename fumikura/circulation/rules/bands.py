"""Coarse ages for statistics: a band says little about one person."""

_UPPER = (6, 12, 15, 18, 22, 29, 39, 49, 59, 69, 79)


def age_band(age: int | None) -> str:
    """ "0-6" (before school), "7-12", "13-15", "16-18", "19-22", then by tens; "80-"; empty when the age is unknown."""
    if age is None:
        return ""
    lower = 0
    for upper in _UPPER:
        if age <= upper:
            return f"{lower}-{upper}"
        lower = upper + 1
    return f"{lower}-"
