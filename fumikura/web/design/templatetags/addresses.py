"""`{% url %}` as Django knows it, except that an address which was found once is remembered.

A counter's page has thirty addresses and is drawn at every scan; finding them took a fifth of the time. Built in: no page loads it.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()

PLAIN = (int, str, SafeString)
MOST_REMEMBERED = 4096


def address(name: str, *numbers: int | str) -> str:
    """`reverse`, remembered: for Python code on the way of a scan."""
    return _remembered(name, numbers, (), "", _tree())


def _tree() -> tuple[str, str]:
    return get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF


@lru_cache(maxsize=MOST_REMEMBERED)
def _remembered(
    name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...], app: str, tree: tuple[str, str]
) -> str:
    """Whatever an address depends on is asked for, so that another tree of addresses is another question."""
    return reverse(name, args=args, kwargs=dict(kwargs), current_app=app or None)


class Address(URLNode):
    def render(self, context: Context) -> str:
        args = tuple(arg.resolve(context) for arg in self.args)
        kwargs = tuple((key, value.resolve(context)) for key, value in self.kwargs.items())
        if not all(type(value) in PLAIN for value in (*args, *(value for _, value in kwargs))):
            return str(super().render(context))
        try:
            found = _remembered(self.view_name.resolve(context), args, kwargs, _application(context), _tree())
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


def _application(context: Context) -> str:
    """As Django's own tag finds it."""
    request = getattr(context, "request", None)
    if request is None:
        return ""
    match = getattr(request, "resolver_match", None)
    return str(getattr(request, "current_app", "") or (match.namespace if match else "") or "")


@register.tag
def url(parser: Parser, token: Token) -> Address:
    node = django_url(parser, token)
    return Address(node.view_name, node.args, node.kwargs, node.asvar)
