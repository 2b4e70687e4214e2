"""A title as a reference manager reads it off the page: COinS (OpenURL ContextObject in a span, ANSI/NISO Z39.88-2004)."""

from urllib.parse import urlencode

from fumikura.catalogue.description import Description
from fumikura.kernel.japanese import spoken_name


def openurl(description: Description) -> str:
    """Key-encoded, format "book" (for a periodical "journal")."""
    is_journal = description.kind in {"magazine", "newspaper"}
    pairs = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{'journal' if is_journal else 'book'}"),
        ("rft.genre", "journal" if is_journal else "book"),
        ("rft.jtitle" if is_journal else "rft.btitle", " ".join(filter(None, [description.title, description.volume]))),
        *(("rft.au", spoken_name(name.name)) for name in description.creators),
        ("rft.pub", description.publisher),
        ("rft.place", description.place),
        ("rft.date", str(description.year or "")),
        ("rft.edition", description.edition),
        *(("rft.isbn", isbn) for isbn in description.isbns[:1]),
        *(("rft.issn", value) for scheme, value in description.identifiers if scheme == "issn"),
        ("rft.language", description.language),
    ]
    return urlencode([(name, value) for name, value in pairs if value])
