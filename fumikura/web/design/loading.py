"""Templates as Django reads and keeps them, but `{{ words }}` that are plain words are written as they are.

Django looks at every value for a time zone, the grouping of a number and a translation that is still lazy. Nearly all are plain
words, and a large page has a thousand of them.
"""

from html import escape
from typing import Any

from django.conf import settings
from django.template.base import Template, VariableNode, render_value_in_context
from django.template.context import Context
from django.template.loaders import base, cached
from django.utils.safestring import SafeString


class Words(VariableNode):
    """`{{ words }}`; what is neither text nor a whole number goes Django's way."""

    def render(self, context: Context) -> str:
        value = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is SafeString:
            return str.__str__(value)
        if kind is str and context.autoescape:
            return value if value.isalnum() else escape(value)
        if kind is int and not settings.USE_THOUSAND_SEPARATOR:
            return str(value)
        return str(render_value_in_context(value, context))


class _Reader(base.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Template:
        found = super().get_template(template_name, skip)
        for node in found.nodelist.get_nodes_by_type(VariableNode):
            node.__class__ = Words
        return found


class Loader(cached.Loader, _Reader):
    """Keeps what the reader has read."""
