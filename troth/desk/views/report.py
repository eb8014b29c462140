"""Reports at the desk: the expert writes and signs one; whoever instructed reads it once it was released to them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from troth.design.values import Row
from troth.desk.forms.report import ReportForm
from troth.desk.frame import Looking, frame, looking, purpose_line, show, strip
from troth.medicolegal import selectors as cases
from troth.medicolegal import services
from troth.medicolegal.rules import PARTS, STATEMENTS, NotPossible, missing_in
from troth.medicolegal.selectors import CaseLine, ReportOpened, Stage
from troth.people import selectors as people
from troth.vault.categories import Category


def write(request: HttpRequest, case: UUID) -> HttpResponse:
    """The expert's page: while the report is theirs to write, its boxes; afterwards, what they signed."""
    look = looking(request)
    line = cases.get_case(case, look.opened).line
    found = cases.list_reports(case, look.opened, drafts=True)
    if line.stage is not Stage.EXAMINED or line.expert != look.id:
        return _read(request, look, line, [report for report in found if report.signed_at])
    draft = found[0] if found and found[0].signed_at is None else None
    said = next((report.claimant_said for report in found if report.claimant_said), "")
    initial = {**draft.parts, **dict.fromkeys(draft.stated, True)} if draft else {}
    form = ReportForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.write_report(case, parts=form.parts, stated=form.stated, by=look.actor, at=look.at)
            if "sign" not in request.POST:
                return redirect("desk_report", case=case)
            services.sign_report(case, by=look.actor, at=look.at)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("desk_case", case=case)
    return show(
        request,
        "report/write",
        frame(request, purpose=purpose_line(look.opened, line.subject)),
        status=422 if form.is_bound else 200,
        form=form,
        parts=[form[part] for part in PARTS],
        statements=[form[statement] for statement in STATEMENTS],
        missing=missing_in(draft.parts, draft.stated) if draft else [],
        begun=draft is not None,
        said=said,
        case=line,
        why=strip(look, line.subject, Category.REPORT),
    )


def read_released(request: HttpRequest, case: UUID) -> HttpResponse:
    """The report for whoever instructed it, once it was released: the newest signed, and nothing else about them."""
    look = looking(request)
    line = cases.get_released(case, look.opened)
    return _read(request, look, line, cases.list_reports(case, look.opened)[:1])


def _read(request: HttpRequest, look: Looking, line: CaseLine, reports: list[ReportOpened]) -> HttpResponse:
    expert = people.staff_profiles([line.expert]).get(line.expert) if line.expert else None
    return show(
        request,
        "report/read",
        frame(request, purpose=purpose_line(look.opened, line.subject)),
        case=line,
        expert=", ".join(filter(None, (expert.name, expert.registration))) if expert else "",
        reports=[
            (
                f"{timezone.localtime(report.signed_at):%-d %B %Y}",
                [Row(heading, words) for heading, words in report.told],
                report.claimant_said,
            )
            for report in reports
            if report.signed_at
        ],
        why=strip(look, line.subject, Category.REPORT),
    )
