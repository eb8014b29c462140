"""Which right the reader has over each use of their data: the law's own table, made of the notice in force."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from troth.design.tables import Cell, Column, Line, Table
from troth.law.applicability import Applies
from troth.law.rights import Right
from troth.portal import own_data
from troth.rights.selectors.matrix import VARYING, UseRights, rights_by_use

_COLUMNS: dict[Right, str] = {
    Right.ERASURE: "Erased",
    Right.PORTABILITY: "Taken elsewhere",
    Right.OBJECTION: "Objected to",
}
_SAID = {Applies.YES: "Yes", Applies.NO: "No", Applies.ON_CONDITION: "If your objection holds"}


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Every use of the notice with the rights that go with it."""
    at = request.at  # type: ignore[attr-defined]
    return render(
        request,
        "portal/choices/rights.html",
        {"uses": _table(rights_by_use(at=at)), "why": own_data.rights_counterpart(at)},
    )


def _table(uses: list[UseRights]) -> Table:
    varying = [Column(_COLUMNS[right], word=_COLUMNS[right]) for right in VARYING]
    columns = (Column("What for", "name"), *varying, Column("Taken back", word="Taken back"))
    lines = [
        Line(
            (
                Cell(use.title, small=use.because),
                *(Cell(_SAID[use.varying[right]]) for right in VARYING),
                Cell("Yes" if use.withdrawn else "No"),
            )
        )
        for use in uses
    ]
    return Table("Your rights, use by use", columns, tuple(lines))
