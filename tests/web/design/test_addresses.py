"""Remembered addresses are the addresses that Django would find."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse, set_script_prefix

from fumikura.web.design.templatetags.addresses import address


def drawn(words: str, **values: object) -> str:
    return Template(words).render(Context(values))


def test_each_number_has_its_own_address() -> None:
    for number in (1, 2, 1):
        assert drawn("{% url 'desk:loan' pk %}", pk=number) == reverse("desk:loan", args=[number])
        assert address("desk:loan", number) == reverse("desk:loan", args=[number])


def test_an_address_nobody_knows_is_an_error_or_nothing() -> None:
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'desk:nowhere' %}")
    assert drawn("{% url 'desk:nowhere' as there %}[{{ there }}]") == "[]"
    assert drawn("{% url 'desk:lend' as there %}{{ there }}") == reverse("desk:lend")


def test_a_house_in_a_folder_has_its_folder_in_every_address() -> None:
    plain = drawn("{% url 'desk:lend' %}")
    set_script_prefix("/library/")
    try:
        assert drawn("{% url 'desk:lend' %}") == f"/library{plain}"
    finally:
        set_script_prefix("/")
    assert drawn("{% url 'desk:lend' %}") == plain
