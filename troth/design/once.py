"""The identifier by which a form that makes something counts once. The gate reads it (`gate.sending`)."""

import re
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

FIELD = "once"
#: The page's random number, and which of its forms it is.
SHAPE = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[0-9]{1,3}")


def hidden_field(request: HttpRequest | None) -> SafeString:
    """
    The next form's identifier. A form that is shown again since something was refused keeps the one that it came with; once what
    it came with has counted, the page gives another.
    """
    page: Any = request
    number, forms = getattr(request, "forms_drawn", None) or (_number(request), 0)
    if request is not None:
        page.forms_drawn = (number, forms + 1)
    return format_html('<input type="hidden" name="{}" value="{}.{}">', FIELD, number, forms)


def _number(request: HttpRequest | None) -> str:
    if request is not None and request.method == "POST" and not getattr(request, "counts_once", False):
        came = SHAPE.fullmatch(request.POST.get(FIELD, ""))
        if came:
            return came[1]
    return str(uuid4())
