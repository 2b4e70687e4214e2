"""Components say what they are given, escaped, and wear the classes that the sheets know."""

from datetime import date
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateDoesNotExist
from django.utils import translation

from fumikura.web.design import stylesheet
from fumikura.web.design.templatetags.design import ui

TEMPLATES = Path(stylesheet.__file__).parent / "templates" / "design"


def written(source: str, **values: object) -> str:
    return Template("{% load design %}" + source).render(Context(values))


def test_components_nest_and_escape() -> None:
    html = written(
        '{% uiblock "notice" kind="ok" strong=t %}<i>{{ x }}</i>{% ui "button" label="貸す" %}{% endui %}',
        t="A & B",
        x="<b>",
    )
    assert "<strong>A &amp; B</strong>" in html
    assert "<i>&lt;b&gt;</i>" in html
    assert '<button class="btn" type="submit"><span>貸す</span></button>' in html


def test_an_unknown_component_or_icon_is_an_error_not_a_hole() -> None:
    with pytest.raises(TemplateDoesNotExist):
        ui("no-such-thing")
    with pytest.raises(TemplateDoesNotExist):
        ui("icon", name="no-such-icon")


def test_a_button_that_cannot_be_pressed_points_to_its_reason() -> None:
    html = ui("button", label="認めて貸す", disabled="need")
    assert 'aria-disabled="true" aria-describedby="need"' in html


@pytest.mark.parametrize(
    ("on", "state", "words"),
    [
        (date(2026, 11, 20), "late", "期限すぎ"),
        (date(2026, 11, 21), "soon", "きょう"),
        (date(2026, 11, 24), "soon", "あと3日"),
        (date(2026, 12, 5), "plain", "返す日"),
    ],
)
def test_a_due_block_turns_with_the_days_that_are_left(on: date, state: str, words: str) -> None:
    html = ui("due", on=on, today=date(2026, 11, 21))
    assert f'data-is="{state}"' in html
    assert words in html


def test_a_due_block_in_english_is_english() -> None:
    with translation.override("en"):
        assert "3 days left" in ui("due", on=date(2026, 11, 24), today=date(2026, 11, 21))


def test_one_cell_of_a_meter_is_one_item_and_stripes_are_requests() -> None:
    html = ui("meter", label="借りている", have=2, limit=5, asked=1)
    assert html.count("<i") == 5
    assert html.count(' data-on="2"') == 1
    assert html.count(" data-on>") == 2


def test_a_meter_over_its_limit_still_draws() -> None:
    assert ui("meter", label="借りている", have=17, limit=15).count(" data-on>") == 17


def test_a_spine_label_has_three_lines_and_the_band_of_its_class() -> None:
    html = ui("label3", call_number="913.6/ナ/1")
    assert 'data-cls="9"' in html
    assert "<span>913.6</span><span>ナ</span><span>1</span>" in html
    assert ui("label3", call_number="").count("<span> </span>") == 3


def test_no_template_of_the_house_carries_a_style_or_script_the_policy_would_forbid() -> None:
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text()
        assert " style=" not in text, template
        assert "onclick" not in text, template
        assert "<script>" not in text, template
