"""What others told the clinic about the reader: from whom, when, of what kind, and what the law gives them over it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from troth.design.tables import Cell, Column, table_of
from troth.portal import own_data
from troth.portal.views.my_data import records_of
from troth.rights.selectors import obtaining
from troth.rights.selectors.obtaining import FromOthers


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """Everything of which the reader is to know, over all of their records."""
    opened = request.opened  # type: ignore[attr-defined]
    found = sorted(
        (each for record in records_of(request) for each in obtaining.list_from_others(record, opened)),
        key=lambda each: each.received_on,
        reverse=True,
    )
    table = table_of(
        "What others told us about you",
        (Column("From", "name"), Column("It came", "figures", word="It came"), Column("Of what kind", word="Kind")),
        [
            (
                Cell(each.source, small=each.who),
                Cell(f"{each.received_on:%-d %b %Y}"),
                Cell("; ".join(each.kinds), small=_said(each)),
            )
            for each in found
        ],
    )
    return render(
        request,
        "portal/data/from_others.html",
        {"table": table if found else None, "why": own_data.rights_counterpart(request.at)},  # type: ignore[attr-defined]
    )


def _said(each: FromOthers) -> str:
    """Whether anybody may read it where it came from, and when we wrote."""
    open_to_all = "Open to the public there" if each.public else "Not open to the public there"
    return f"{open_to_all}. We told you on {each.told_at:%-d %B %Y}" if each.told_at else open_to_all
