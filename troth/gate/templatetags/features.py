"""`{% open_url "register" as register %}`: the path of a page that exists here and is for whoever looks, or nothing."""

from typing import Any

from django import template

from troth.gate.table import open_path

register = template.Library()


@register.simple_tag(takes_context=True)
def open_url(context: template.Context, name: str, *args: Any) -> str:
    """What `url` gives, where the notice in force lets the page exist and its row lets this person ask; otherwise ""."""
    return open_path(context["request"], name, *args)
