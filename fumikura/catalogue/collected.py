"""Records that came from other institutions: how one tells them from our own."""

from typing import Final

PREFIX: Final = "harvest:"
"""Begins BibliographicRecord.source of what was collected; the institution's code follows."""


def institution_of(source: str) -> str:
    """Code of the institution that a record was collected from; empty for a record of our own."""
    return source.removeprefix(PREFIX) if source.startswith(PREFIX) else ""


def holder_code(institution: str) -> str:
    """How the index names the institution among the places that hold something: no facility's code begins so."""
    return f"@{institution}"
