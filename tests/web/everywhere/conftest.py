"""The house walked from end to end says nothing of each request."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    requests = logging.getLogger("fumikura.requests")
    before = requests.level
    requests.setLevel(logging.ERROR)
    yield
    requests.setLevel(before)
