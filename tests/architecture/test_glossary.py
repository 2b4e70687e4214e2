"""The word list is law: every model is in docs/glossary.md, every event is named after its room and in the past."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from fumikura.journal.events import Event

GLOSSARY = Path("docs/glossary.md").read_text()
WORDS = set(re.findall(r"`([A-Za-z_.]+)`", GLOSSARY))
MODELS = [m for m in apps.get_models() if m.__module__.startswith("fumikura.")]


def events() -> list[type[Event]]:
    for path in Path("fumikura").glob("*/events.py"):
        __import__(".".join(path.with_suffix("").parts))
    return [event for event in Event.__subclasses__() if event.__module__.startswith("fumikura.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_model_is_in_the_glossary(model: type) -> None:
    assert model.__name__ in WORDS


def test_every_event_is_named_after_its_room_and_class() -> None:
    for event in events():
        room = event.__module__.split(".")[1]
        words = "-".join(re.findall(r"[A-Z][a-z]*", event.__name__)).lower()
        assert event.name == f"{room}.{words}"


def test_every_event_says_what_it_means() -> None:
    assert [
        event.__name__ for event in events() if not event.__doc__ or event.__doc__.startswith(event.__name__ + "(")
    ] == []
