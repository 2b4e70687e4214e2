"""Django's `{% load i18n %}`, in which what a template says itself is looked up once a language, not once a page.

A page has a hundred such sentences. Django takes this library for its own because an application's come after Django's.
"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Sentence(TranslateNode):
    """`{% translate "さがす" %}`, with or without `as`."""

    def __init__(self, node: TranslateNode) -> None:
        vars(self).update(vars(node))
        self._name, self.asvar = node.asvar, None
        self._said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        said = self._said.get(language)
        if said is None:
            said = self._said[language] = super().render(context)
        if self._name is None:
            return said
        context[self._name] = said
        return ""


class Passage(BlockTranslateNode):
    """`{% blocktranslate %}`, its words put together when the template is read."""

    def __init__(self, node: BlockTranslateNode) -> None:
        vars(self).update(vars(node))
        word = super().render_token_list
        self._worded = {id(tokens): word(tokens) for tokens in (self.singular, self.plural or [])}

    def render_token_list(self, tokens: Any) -> tuple[str, list[str]]:
        words, names = self._worded[id(tokens)]
        return words, [*names]


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> TranslateNode:
    node: TranslateNode = i18n.do_translate(parser, token)
    said = node.filter_expression
    is_plain = isinstance(said.var.literal, str) and not said.filters and node.message_context is None
    return Sentence(node) if is_plain else node


@register.tag("blocktranslate")
@register.tag("blocktrans")
def passage(parser: Parser, token: Token) -> Passage:
    return Passage(i18n.do_block_translate(parser, token))
