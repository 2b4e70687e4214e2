"""Layouts of tags that somebody described, kept beside the data: taken in when they are sound, dropped."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from fumikura.holdings.events import TagLayoutDropped, TagLayoutKept
from fumikura.holdings.tag_layouts import checked, layouts_by_file
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.tags import Layout

RIGHT = "organisation.configure"


@transaction.atomic
def keep_layout(text: str, *, by: Actor, at: datetime) -> Layout:
    """Read tags by this description from now on, in the place of one of the same name. Raises WrongDescription."""
    by.require(RIGHT)
    layout = checked(text)
    folder = Path(settings.TAG_LAYOUTS_DIR)
    file = next(
        (file for file, other in layouts_by_file() if other.name == layout.name), folder / f"{layout.name}.toml"
    )
    record(TagLayoutKept(layout=layout.name), by=by, at=at)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
    return layout


@transaction.atomic
def drop_layout(name: str, *, by: Actor, at: datetime) -> str:
    """Read tags by it no more; answers the description, so that it can be taken in again. Empty when there is none.

    The file stays where it was, under the ending .dropped, which nobody reads.
    """
    by.require(RIGHT)
    file = next((file for file, layout in layouts_by_file() if layout.name == name), None)
    if file is None:
        return ""
    text = file.read_text(encoding="utf-8-sig")
    record(TagLayoutDropped(layout=name), by=by, at=at)
    file.replace(file.with_suffix(".dropped"))
    return text
