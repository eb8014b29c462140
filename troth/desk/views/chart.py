"""Body charts: what was drawn so far, and drawing one more. Without script one says where, and the lines are left out."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from troth.design.done import done
from troth.desk import papers
from troth.desk.forms.chart import ChartForm
from troth.desk.frame import Looking, about, looking, show
from troth.desk.telling import Teller, lower_you
from troth.desk.views.entry import is_professional
from troth.people import selectors as people
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import charts
from troth.records.selectors.charts import OUTLINES, Region, View
from troth.vault.categories import Category


def show_all(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Every chart, newest first, and a form for one more on the outline that was chosen."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.HEALTH)
    who = people.get_identity(subject, look.opened)
    sent = "chart" in request.POST
    chosen = request.POST.get("view", View.FRONT.value)
    view = View(chosen) if chosen in list(View) else View.FRONT
    form = ChartForm(
        request.POST if sent else None,
        initial={"view": view.value},
        professional=is_professional(look),
        today=timezone.localdate(look.at),
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.draw_chart(
                subject,
                view=View(said["view"]),
                region=Region(said["region"]),
                drawn=said["drawn"],
                words=said["words"],
                release=form.release,
                chart=said["chart"],
                by=look.actor,
                at=look.at,
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return done("desk_charts", "chart-added", subject=subject)
    return show(
        request,
        "chart/list",
        about(request, look, subject),
        subject=subject,
        name=who.name if who else "",
        why=papers.health_strip(look, subject, who),
        form=form,
        view=view,
        views=list(View),
        outline=OUTLINES[view],
        lines=drawn_so_far(look, subject),
        status=422 if form.errors else 200,
    )


def drawn_so_far(look: Looking, subject: UUID) -> list[tuple[charts.ChartLine, str]]:
    """Every chart, newest first, with when it was drawn and by whom."""
    lines = charts.list_charts(subject, look.opened)
    ids = {UUID(line.drawn_by) for line in lines if len(line.drawn_by) == 32}
    names = {key: member.name for key, member in people.staff_profiles(ids).items()}
    teller = Teller(look.id, subject, names, timezone.localdate(look.at))
    return [(line, f"{teller.on(line.drawn_at)}, by {lower_you(teller.who(line.drawn_by))}") for line in lines]
