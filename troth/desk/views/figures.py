"""Figures about the clinic, as charts with their tables and as CSV. The acts counted them; no record is opened."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.charts import Chart, Fill, Series
from troth.design.spreadsheets import as_csv
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Item, Link
from troth.desk.frame import frame, looking, show
from troth.diary import selectors as diary

_FILLS: tuple[Fill, ...] = ("seal", "ochre", "slate", "hatch", "rule")


#: What the page opens with.
FIRST = "attendance"


def show_report(request: HttpRequest, kind: str = FIRST) -> HttpResponse:
    """One report: its chart, and the same figures as a table."""
    made = _report(request, kind)
    chart = Chart(
        says=made.says,
        steps=made.steps,
        series=tuple(
            Series(name, _FILLS[place % len(_FILLS)], tuple(float(number) for number in numbers))
            for place, (name, numbers) in enumerate(made.drawn)
        ),
        table=Link("The same as a table", "#figures"),
    )
    heads = (Column(made.of, "name"), *(Column(head, "number", word=head) for head in made.heads))
    return show(
        request,
        "figures/show",
        frame(request),
        report=made,
        chart=chart if any(any(numbers) for _, numbers in made.drawn) else None,
        table=table_of(
            made.title, heads, [(Cell(name), *(Cell(cell) for cell in cells)) for name, cells in reversed(made.rows)]
        ),
        csv=reverse("desk_report_file", args=[kind]),
        kinds=[
            Item(
                title,
                reverse("desk_reports") if key == FIRST else reverse("desk_figures", args=[key]),
                current=key == kind,
            )
            for key, (title, _) in diary.REPORTS.items()
        ],
    )


def download(request: HttpRequest, kind: str) -> HttpResponse:
    """The same figures as CSV, small numbers left out likewise."""
    made = _report(request, kind)
    return HttpResponse(
        as_csv((made.of, *made.heads), [(name, *cells) for name, cells in made.rows]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{kind}.csv"'},
    )


def _report(request: HttpRequest, kind: str) -> diary.Report:
    if kind not in diary.REPORTS:
        raise Http404
    return diary.REPORTS[kind][1](_today(request))


def _today(request: HttpRequest) -> date:
    return timezone.localdate(looking(request).at)
