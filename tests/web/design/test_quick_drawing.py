"""What is drawn quickly says the same as what Django draws: escaped, and in the reader's language."""

from dataclasses import replace
from datetime import date

from django.template import Context, Template
from django.template.base import VariableNode
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import override

from fumikura.web.design.covers import html
from fumikura.web.design.loading import Words
from fumikura.web.design.markup import around, filled
from fumikura.web.maps import empty_floor


def drawn(words: str, **values: object) -> str:
    return Template("{% load i18n %}" + words).render(Context(values))


def test_a_sentence_is_said_in_the_language_of_each_reader() -> None:
    sentence = Template('{% load i18n %}{% translate "さがす" %}{% translate "さがす" as go %}[{{ go }}]')
    for language, said in (("ja", "さがす[さがす]"), ("en", "Search[Search]"), ("ja", "さがす[さがす]")):
        with override(language):
            assert sentence.render(Context()) == said


def test_a_passage_with_figures_knows_one_and_many() -> None:
    source = (
        "{% blocktranslate count counter=n trimmed %}{{ counter }}件{% plural %}{{ counter }}件{% endblocktranslate %}"
    )
    passage = Template("{% load i18n %}" + source)
    with override("en"):
        one, many, again = (passage.render(Context({"n": n})) for n in (1, 2, 1))
    assert (one[0], many[0]) == ("1", "2")
    assert one == again


def test_what_is_translated_from_a_variable_follows_the_variable() -> None:
    with override("en"):
        assert drawn("{% translate word %}", word="さがす") == "Search"
    assert drawn("{% blocktranslate %}<{{ x }}>{% endblocktranslate %}", x="<b>") == "<&lt;b&gt;>"


def test_texts_are_escaped_and_html_is_not_escaped_twice() -> None:
    assert filled("<b>{}</b>{x}", "<&\"'>", x=SafeString("<i>")) == "<b>&lt;&amp;&quot;&#x27;&gt;</b><i>"
    assert around("", "<b>{}</b>") == ""


def test_a_cover_with_a_wild_title_is_a_cover() -> None:
    cover = html(title="<script>alert(1)</script>", creator='"x"', ndc="913.6")
    assert "<script" not in cover
    assert '<span class="cover__by">&quot;x&quot;</span>' in cover
    assert 'data-ndc="9"' in cover
    assert 'cover--photo" ' in html(title="こころ", photo="/p.jpg")


def test_words_of_every_kind_are_written_as_django_writes_them() -> None:
    source = "{{ text }} {{ html }} {{ number }} {{ day|date:'Y' }} {{ nothing }} {{ absent }} {% autoescape off %}{{ text }}{% endautoescape %}"
    values = {"text": "<&'\">", "html": SafeString("<b>"), "number": 12345, "day": date(2026, 5, 1), "nothing": None}
    usual, quick = Template(source), Template(source)
    for node in quick.nodelist.get_nodes_by_type(VariableNode):
        node.__class__ = Words
    assert quick.render(Context(values)) == usual.render(Context(values))


def test_the_templates_of_the_house_are_read_by_the_quick_reader() -> None:
    nodes = get_template("design/components/tag.html").template.nodelist.get_nodes_by_type(VariableNode)
    assert {type(node) for node in nodes} == {Words}


def test_a_part_drawn_once_is_drawn_anew_for_other_values_and_languages() -> None:
    part = Template('{% load design %}{% once "maps/floor.html" floor=floor %}')
    floor = empty_floor("1階", 40)
    with override("ja"):
        first = part.render(Context({"floor": floor}))
        assert "1階の棚の図" in first
        assert part.render(Context({"floor": floor})) == first
        assert "2階の棚の図" in part.render(Context({"floor": replace(floor, name="2階")}))
    with override("en"):
        assert "の棚の図" not in part.render(Context({"floor": floor}))
