"""Cases at the desk: the board by what is due, one case with its path, an instruction, and an examination."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.pages import PurposeLine
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Counterpart, Figure, Paging, Row, Step, Tag, Term
from troth.desk.forms.case import ExaminationForm, InstructForm
from troth.desk.forms.task import TaskSearchForm
from troth.desk.frame import Looking, frame, looking, lowered, purpose_line, show
from troth.gate.whys import why
from troth.medicolegal import selectors as cases
from troth.medicolegal import services
from troth.medicolegal.rules import HANDLING, INSTRUCTING, LONDON, STEPS, NotPossible
from troth.medicolegal.selectors import CaseLine, CaseOpened, Stage
from troth.people import selectors as people
from troth.vault.categories import Category

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
PAGE = 50
#: What a step is called on its button. Those not named here have a form of their own, or are the claimant's.
ACTS: dict[tuple[Stage, Stage], str] = {
    (Stage.INSTRUCTED, Stage.ACCEPTED): "Take it on",
    (Stage.INSTRUCTED, Stage.DECLINED): "Decline it",
    (Stage.ACCEPTED, Stage.RECORDS): "Ask for records",
    (Stage.ACCEPTED, Stage.CLOSED): "Close it without a report",
    (Stage.RECORDS, Stage.CLOSED): "Close it without a report",
    (Stage.BOOKED, Stage.EXAMINED): "They were examined",
    (Stage.BOOKED, Stage.ACCEPTED): "The examination is off",
    (Stage.EXAMINED, Stage.SIGNED): "The report is signed",
    (Stage.CHECKED, Stage.RELEASED): "Release the report",
    (Stage.RELEASED, Stage.CLOSED): "Close the case",
}


def board(request: HttpRequest) -> HttpResponse:
    """The viewer's cases, what is due first on top; how many stand at each stage."""
    look = looking(request)
    lines = cases.list_cases(look.opened)
    form = TaskSearchForm(request.POST or None)
    wanted = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = [line for line in lines if wanted.casefold() in line.name.casefold()] if wanted else lines
    paging = Paging.numbered(_page(request, len(lines)), len(lines), each=PAGE, path=reverse("desk_cases"))
    shown = found if wanted else found[paging.first - 1 : paging.last] if lines else []
    late = sum(line.clock is not None and line.clock.late(look.at) for line in lines)
    declared = look.opened.declared
    purpose = PurposeLine(
        lowered(declared.title) if declared else "",
        "",
        "You see the cases that are yours. Claimants aren’t patients here.",
    )
    figures = []
    for stage in PATH[:-1]:
        there = [line for line in lines if line.stage is stage]
        behind = sum(line.clock is not None and line.clock.late(look.at) for line in there)
        figures.append(
            Figure(str(len(there)), stage.words, f"{behind} late" if behind else "", "late" if behind else "plain")
        )
    return show(
        request,
        "case/board",
        frame(request, purpose=purpose),
        figures=figures,
        table=_board(shown, look) if shown else None,
        form=form,
        wanted=wanted,
        paging=paging,
        open=len(lines),
        late=late,
        instructs=_may_instruct(look),
        why=_list_strip(shown, look),
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


def _page(request: HttpRequest, total: int) -> int:
    """The page that the address asks for, or the nearest that there is."""
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    return max(1, min(number, -(-total // PAGE)))


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
        why=_strip(look, line.subject),
        rows=_facts(found),
        people=_people(line),
        due=_due(line, look.at),
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
        when = datetime.combine(form.cleaned_data["on"], form.time, tzinfo=LONDON)
        try:
            services.book_examination(
                case, expert=UUID(form.cleaned_data["expert"]), when=when, by=look.actor, at=look.at
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
        back=reverse("desk_case", args=[case]),
        status=422 if form.is_bound else 200,
    )


def _take(to: Stage, line: CaseLine, look: Looking) -> None:
    own: dict[Stage, Callable[..., None]] = {Stage.DECLINED: services.decline}
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
    if line.clock.late(at):
        return words, Tag("late", f"{-days} days late" if days < -1 else "late")
    if days <= 3:
        return words, Tag("close", "today" if days == 0 else f"{days} day{'s' if days > 1 else ''}")
    return words, None


def _due(line: CaseLine, at: datetime) -> str:
    if line.clock is None:
        return ""
    due = timezone.localtime(line.clock.due)
    late = " It is late." if line.clock.late(at) else ""
    return f"{line.clock.what}: by {due:%A %-d %B, %H:%M}.{late}"


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


def _people(line: CaseLine) -> list[Row]:
    names = people.staff_profiles({each for each in (line.instructed_by, line.handler, line.expert) if each})
    given = (("Instructed by", line.instructed_by), ("Handler", line.handler), ("Expert", line.expert))
    rows = [Row(label, names[who].name if who in names else "Nobody yet") for label, who in given if who or label]
    if line.examination_at:
        rows.append(Row("Examination", f"{timezone.localtime(line.examination_at):%A %-d %B %Y, %H:%M}"))
    return rows


def _strip(look: Looking, subject: UUID) -> Counterpart:
    told = why(look.opened, subject, Category.ACCIDENT)
    because = (Term("Because", told.because[:1].upper() + told.because[1:]),) if told.because else ()
    return Counterpart(
        "Why you see this", terms=(Term("For", told.purpose), *because, Term("Kept until", told.kept_until))
    )


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
