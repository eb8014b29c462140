"""A claimant's own case: where it is, who is in it, and the report to read before it goes to anybody else."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.moments import day_and_hour
from troth.design.values import Row, Step
from troth.gate.contexts import Opened
from troth.gate.table import actor_of
from troth.medicolegal import selectors as cases
from troth.medicolegal import services
from troth.medicolegal.rules import NotPossible
from troth.medicolegal.selectors import CaseLine, ReportOpened, Stage
from troth.people import selectors as people
from troth.portal import own_data
from troth.portal.forms.report import WrongForm
from troth.portal.views.my_data import reader
from troth.rights.selectors.planning import dates_kept
from troth.vault.categories import Category

#: Where a case is, as a claimant is told: fewer steps than the agency counts, and in their words.
STEPS = ("Asked for", "Examination", "The report is written", "You read it", "Passed on")
_AT = {
    Stage.INSTRUCTED: 0,
    Stage.ACCEPTED: 0,
    Stage.RECORDS: 0,
    Stage.BOOKED: 1,
    Stage.EXAMINED: 2,
    Stage.SIGNED: 3,
    Stage.CHECKED: 4,
    Stage.RELEASED: 5,
    Stage.CLOSED: 5,
}
_SAID = {
    Stage.INSTRUCTED: "We were asked for a report about you, and answer within a day.",
    Stage.ACCEPTED: "We are looking for an expert and a time for your examination.",
    Stage.RECORDS: "We are asking for the records that the report needs.",
    Stage.BOOKED: "Your examination is booked.",
    Stage.EXAMINED: "You were examined, and the expert is writing the report.",
    Stage.SIGNED: "The report is signed. You read it before anybody else does.",
    Stage.CHECKED: "You have read the report. We pass it on to who asked for it.",
    Stage.RELEASED: "The report went to who asked for it.",
    Stage.CLOSED: "Your case is closed.",
    Stage.DECLINED: "We did not take this case on.",
}


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """Every case about the reader, the newest first. There is hardly ever more than one."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    opened: Opened = request.opened  # type: ignore[attr-defined]
    return render(
        request,
        "portal/case/list.html",
        {
            "cases": [
                (line, _SAID[line.stage], steps_of(line), _people(line))
                for line in cases.list_own_cases(subject, opened)
            ],
            "why": own_data.counterpart_of(Category.ACCIDENT, dates_kept(subject, at=at), at),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, case: UUID) -> HttpResponse:
    """The report to read. The claimant says that its facts are right, or what is wrong; until then it goes to nobody."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    opened: Opened = request.opened  # type: ignore[attr-defined]
    line = cases.get_own_case(case, subject, opened)
    form = WrongForm(request.POST) if "wrong" in request.POST else WrongForm()
    error = ""
    if request.method == "POST":
        try:
            if "right" in request.POST:
                services.check_report(case, by=actor_of(request), at=at)
                return redirect("my_cases")
            if form.is_valid():
                services.query_report(case, words=form.cleaned_data["words"], by=actor_of(request), at=at)
                return redirect("my_cases")
        except NotPossible as refused:
            error = str(refused)
    reports = cases.list_reports(case, opened)
    return render(
        request,
        "portal/case/report.html",
        {
            "reports": [
                (_day(each), [Row(heading, words) for heading, words in each.told], each.claimant_said)
                for each in reports
            ],
            "expert": people.staff_name(line.expert) if line.expert else "",
            "asks": line.stage is Stage.SIGNED,
            "form": form,
            "error": error,
            "why": own_data.counterpart_of(Category.REPORT, dates_kept(subject, at=at), at),
        },
        status=422 if error or form.is_bound else 200,
    )


def said_of(line: CaseLine) -> str:
    """Where a case is, in a sentence to its claimant."""
    return _SAID[line.stage]


def steps_of(line: CaseLine) -> tuple[Step, ...]:
    """The way of a case as its claimant is shown it; none for one that was not taken on."""
    here = _AT.get(line.stage)
    if here is None:
        return ()
    return tuple(
        Step(
            words,
            _when(line) if words == "Examination" else "",
            "done" if place < here else "now" if place == here else "to_come",
        )
        for place, words in enumerate(STEPS)
    )


def _when(line: CaseLine) -> str:
    at = line.examination_at
    return day_and_hour(at, "%a %-d %b") if at else ""


def _people(line: CaseLine) -> list[Row]:
    given = (("Asked for by", line.instructed_by), ("Looked after by", line.handler), ("Examined by", line.expert))
    return [Row(label, people.staff_name(who)) for label, who in given if who]


def _day(report: ReportOpened) -> str:
    return f"{timezone.localtime(report.signed_at):%-d %B %Y}" if report.signed_at else ""
