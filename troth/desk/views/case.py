"""Cases at the desk: the board by what is due, one case with its path, an instruction, and an examination."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.pages import PurposeLine
from troth.design.rulers import Tape, tape_of_days, tape_of_hours
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Counterpart, Figure, Item, Link, Paging, Row, Step, Tag, Term
from troth.desk.forms.case import CaseSearchForm, ExaminationForm, InstructForm
from troth.desk.frame import Looking, frame, looking, lowered, purpose_line, show, start_of, strip
from troth.medicolegal import selectors as cases
from troth.medicolegal import services
from troth.medicolegal.rules import HANDLING, INSTRUCTING, RELEASED_TO, STEPS, NotPossible
from troth.medicolegal.selectors import CaseLine, CaseOpened, Stage
from troth.people import selectors as people
from troth.vault.categories import Category

PAGE = 25  # cases on one page of the board
#: The path of a case as it is drawn, in order; declined cases leave it.
PATH = (
    Stage.INSTRUCTED,
    Stage.ACCEPTED,
    Stage.RECORDS,
    Stage.BOOKED,
    Stage.EXAMINED,
    Stage.SIGNED,
    Stage.CHECKED,
    Stage.RELEASED,
    Stage.CLOSED,
)
#: What a step is called on its button. Those not named here have a form of their own, or are the claimant's.
ACTS: dict[tuple[Stage, Stage], str] = {
    (Stage.INSTRUCTED, Stage.ACCEPTED): "Take it on",
    (Stage.INSTRUCTED, Stage.DECLINED): "Decline it",
    (Stage.ACCEPTED, Stage.RECORDS): "Ask for records",
    (Stage.ACCEPTED, Stage.CLOSED): "Close it without a report",
    (Stage.RECORDS, Stage.CLOSED): "Close it without a report",
    (Stage.BOOKED, Stage.EXAMINED): "They were examined",
    (Stage.BOOKED, Stage.ACCEPTED): "The examination is off",
    (Stage.CHECKED, Stage.RELEASED): "Release the report",
    (Stage.RELEASED, Stage.CLOSED): "Close the case",
}


def board(request: HttpRequest) -> HttpResponse:
    """The viewer's cases, what is due first on top; how many stand at each stage. A search opens these names and nobody else's."""
    look = looking(request)
    every = cases.list_cases(look.opened)
    lines = [line for line in every if not line.over]
    behind = [line for line in lines if line.clock is not None and line.clock.late(look.at)]
    which = {"late": behind, "over": [line for line in every if line.over]}
    kind = request.GET.get("show", "")
    chosen = which.get(kind, lines)
    form = CaseSearchForm(request.POST or None)
    wanted = form.cleaned_data["q"].strip().casefold() if form.is_valid() else ""
    if wanted:
        shown = [line for line in cases.with_names(chosen, look.opened) if wanted in line.name.casefold()]
        start = 0
    else:
        start = start_of(request, PAGE)
        named = cases.with_names(chosen[start : start + PAGE], look.opened)
        shown = people.without_erased(named, {line.subject for line in named if line.name})
    path = reverse("desk_cases")
    query = f"?show={kind}" if kind in which else ""
    declared = look.opened.declared
    purpose = PurposeLine(
        lowered(declared.title) if declared else "",
        "",
        "You see the cases that are yours. Claimants aren’t patients here.",
    )
    figures = []
    for stage in PATH[:-1]:
        there = sum(line.stage is stage for line in lines)
        late = sum(line.stage is stage for line in behind)
        figures.append(Figure(str(there), stage.words, f"{late} late" if late else "", "late" if late else "plain"))
    return show(
        request,
        "case/board",
        frame(request, purpose=purpose),
        figures=figures,
        table=_board(shown, look) if shown else None,
        form=form,
        wanted=wanted,
        kind=kind if kind in which else "",
        switch=[
            Item("Under way", path, kind not in which),
            Item("Run out", f"{path}?show=late", kind == "late"),
            Item("Over", f"{path}?show=over", kind == "over"),
        ],
        paging=Paging.beginning(start, len(shown), len(chosen), each=PAGE, path=f"{path}{query}"),
        open=len(lines),
        late=len(behind),
        instructs=_may_instruct(look),
        why=_list_strip(shown, look),
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


def case(request: HttpRequest, case: UUID) -> HttpResponse:
    """One case: its path, what happened and is asked, who is in it, and the steps that are the viewer's."""
    look = looking(request)
    found = cases.get_case(case, look.opened)
    error = ""
    if request.method == "POST":
        try:
            _take(Stage(request.POST.get("step", "")), found.line, look)
        except ValueError:
            raise Http404 from None
        except NotPossible as refused:
            error = str(refused)
        else:
            return done("desk_case", "case-stepped", case=case)
    line = found.line
    return show(
        request,
        "case/show",
        frame(request, purpose=purpose_line(look.opened, line.subject)),
        status=422 if error else 200,
        case=line,
        error=error,
        path=_path(line),
        why=strip(look, line.subject, Category.ACCIDENT),
        rows=[*_facts(found), *([Row("Arrange", adjusted.said)] if (adjusted := _adjusted(look, line)) else [])],
        arranges=look.id in (line.handler, line.expert) and people.takes_adjustments(look.opened.register),
        people=_people(line),
        due=_due(line),
        clock=line.clock,
        tape=_tape(line, look.at),
        left=_left(line, look.at),
        report=_report_link(line, look),
        steps=_steps(line, look),
        bookable=line.handler == look.id and Stage.BOOKED in STEPS[line.stage],
    )


def instruct(request: HttpRequest) -> HttpResponse:
    """An instruction: the claimant's record is made with it."""
    look = looking(request)
    form = InstructForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.instruct(by=look.actor, at=look.at, **form.cleaned_data)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return done("desk_case", "case-instructed", case=made)
    page = frame(request, purpose=PurposeLine(lowered(look.purpose)))
    return show(
        request, "case/form", page, form=form, heading="Instruct a case", status=422 if form.is_bound else 200
    )


def examination(request: HttpRequest, case: UUID) -> HttpResponse:
    """Book the examination of a case."""
    look = looking(request)
    found = cases.get_case(case, look.opened).line
    experts = [(each.subject, f"{each.name}, {each.registration}") for each in cases.list_experts(look.at)]
    form = ExaminationForm(request.POST or None, experts=experts)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.book_examination(
                case, expert=UUID(given["expert"]), when=given["when"], by=look.actor, at=look.at
            )
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return done("desk_case", "examination-booked", case=case)
    return show(
        request,
        "case/form",
        frame(request, purpose=purpose_line(look.opened, found.subject)),
        form=form,
        heading="Book the examination",
        name=found.name,
        arrange=adjusted.words if (adjusted := _adjusted(look, found)) else (),
        back=reverse("desk_case", args=[case]),
        status=422 if form.is_bound else 200,
    )


def _take(to: Stage, line: CaseLine, look: Looking) -> None:
    own: dict[Stage, Callable[..., None]] = {
        Stage.DECLINED: services.decline,
        Stage.RELEASED: services.release_report,
    }
    if line.stage is Stage.INSTRUCTED:
        own[Stage.ACCEPTED] = services.accept
    if to in own:
        own[to](line.id, by=look.actor, at=look.at)
    else:
        services.advance(line.id, to=to, by=look.actor, at=look.at)


def _steps(line: CaseLine, look: Looking) -> list[tuple[str, str]]:
    """The steps that are this viewer's from here, each with its words."""
    mine = {"handler": line.handler == look.id, "expert": line.expert == look.id, "claimant": False}
    if line.stage is Stage.INSTRUCTED:
        mine["handler"] = bool(look.actor.roles & HANDLING)
    return [
        (to.value, ACTS[(line.stage, to)])
        for to, whose in STEPS[line.stage].items()
        if mine[whose] and (line.stage, to) in ACTS
    ]


def _board(lines: list[CaseLine], look: Looking) -> Table:
    names = people.staff_profiles({line.instructed_by for line in lines})
    columns = (
        Column("Claimant", "name"),
        Column("Instructed by", word="By"),
        Column("Stage"),
        Column("What is due", word="Due"),
        Column("Ends", "figures", word="Ends"),
    )
    drawn, group = [], None
    for line in lines:
        within = _when_group(line, look.at)
        who = names.get(line.instructed_by)
        due, tag = _ends(line, look.at)
        cells = (
            Cell(line.name, href=reverse("desk_case", args=[line.id]))
            if line.name
            else Cell("Withheld", coin="parted"),
            Cell(who.name if who else "Somebody who left"),
            Cell(line.stage.words),
            Cell(line.clock.what if line.clock else "Nothing"),
            Cell(due, tag=tag),
        )
        drawn.append(Line(cells, group=within if within != group else ""))
        group = within
    return Table("Cases, what is due first on top", columns, tuple(drawn))


def _when_group(line: CaseLine, at: datetime) -> str:
    if line.clock is None:
        return "Nothing due"
    left = (line.clock.due - at).total_seconds()
    return "Run out" if left < 0 else "This week" if left < 7 * 86400 else "Later"


def _ends(line: CaseLine, at: datetime) -> tuple[str, Tag | None]:
    if line.clock is None:
        return "", None
    due = timezone.localtime(line.clock.due)
    days = (due.date() - timezone.localdate(at)).days
    words = f"{due:%a %-d %b}"
    hours = (line.clock.due - at).total_seconds() / 3600
    if line.stage is Stage.INSTRUCTED:  # a standard of hours: the day alone would not say when
        words += f", {due:%H:%M}"
        if hours >= 0:
            return words, Tag("close" if hours <= 4 else "plain", f"{hours:.0f} hours")
        return words, Tag("late", f"{-hours:.0f} hours late" if hours > -48 else f"{-days} days late")
    if line.clock.late(at):
        return words, Tag("late", f"{-days} days late" if days < -1 else "late")
    if days <= 3:
        return words, Tag("close", "today" if days == 0 else f"{days} day{'s' if days > 1 else ''}")
    return words, None


def _due(line: CaseLine) -> str:
    if line.clock is None:
        return ""
    due = timezone.localtime(line.clock.due)
    return f"{due:%A %-d %B, %H:%M}"


def _tape(line: CaseLine, at: datetime) -> Tape | None:
    """The clock as it is drawn; none for a time that was booked, which is a point and no stretch."""
    clock = line.clock
    if clock is None or line.stage is Stage.BOOKED:
        return None
    if line.stage is Stage.INSTRUCTED:
        return tape_of_hours(clock.began, clock.due, at)
    return tape_of_days(timezone.localdate(clock.began), timezone.localdate(clock.due), timezone.localdate(at))


def _left(line: CaseLine, at: datetime) -> str:
    if line.clock is None:
        return ""
    hours = (line.clock.due - at).total_seconds() / 3600
    days = (timezone.localdate(line.clock.due) - timezone.localdate(at)).days
    if line.stage is Stage.INSTRUCTED and abs(hours) < 48:
        return f"{abs(hours):.0f} hours {'left' if hours >= 0 else 'late'}"
    return (
        "ends today"
        if days == 0
        else f"{abs(days)} day{'' if abs(days) == 1 else 's'} {'left' if days > 0 else 'late'}"
    )


def _report_link(line: CaseLine, look: Looking) -> Link | None:
    """The way to the report for who writes it, and for whom it was released to. Nobody else has one."""
    if line.expert == look.id and line.stage in (*PATH[4:], Stage.CLOSED):
        words = "Write the report" if line.stage is Stage.EXAMINED else "Read the report"
        return Link(words, reverse("desk_report", args=[line.id]))
    if (
        line.instructed_by == look.id
        and line.stage in (Stage.RELEASED, Stage.CLOSED)
        and look.actor.roles & set(RELEASED_TO)
    ):
        return Link("Read the report", reverse("desk_released_report", args=[line.id]))
    return None


def _path(line: CaseLine) -> list[Step]:
    if line.stage is Stage.DECLINED:
        return [Step(Stage.INSTRUCTED.words, "", "done"), Step(Stage.DECLINED.words, "", "now")]
    now = PATH.index(line.stage)
    return [
        Step(stage.words, "", "done" if place < now else "now" if place == now else "to_come")
        for place, stage in enumerate(PATH)
    ]


def _facts(found: CaseOpened) -> list[Row]:
    on = f"{found.accident_on:%-d %B %Y}" if found.accident_on else ""
    given = (
        ("Reference", found.reference),
        ("Day of the accident", on),
        ("What happened", found.accident),
        ("What the expert is asked", found.questions),
    )
    return [Row(label, value) for label, value in given if value]


def _adjusted(look: Looking, line: CaseLine) -> people.Adjustments | None:
    """What is to be arranged for the examination, for whoever books it and whoever makes it."""
    return people.adjustments_of({line.subject}, look.opened).get(line.subject)


def _people(line: CaseLine) -> list[Row]:
    names = people.staff_profiles({each for each in (line.instructed_by, line.handler, line.expert) if each})
    given = (("Instructed by", line.instructed_by), ("Handler", line.handler), ("Expert", line.expert))
    rows = [Row(label, names[who].name if who in names else "Nobody yet") for label, who in given if who or label]
    if line.examination_at:
        rows.append(Row("Examination", f"{timezone.localtime(line.examination_at):%A %-d %B %Y, %H:%M}"))
    return rows


def _list_strip(lines: list[CaseLine], look: Looking) -> Counterpart | None:
    """Why these names stand here: each reason that the gate found, once."""
    reasons = dict.fromkeys(label for line in lines if (label := look.opened.known_reason(line.subject)))
    if not reasons:
        return None
    said = ", ".join(reasons)
    return Counterpart(
        "Why you see this", terms=(Term("For", look.purpose), Term("Because", said[:1].upper() + said[1:]))
    )


def _may_instruct(look: Looking) -> bool:
    return bool(look.actor.roles & INSTRUCTING)
