"""Tasks: the list of one's own, a new one about somebody, and one of them to do, hand on or give up."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Counterpart, Item, Paging, Row, Tag, Term
from troth.desk import papers
from troth.desk.forms.opinion import opinion_on
from troth.desk.forms.task import PERSON, ROLE, GiveForm, HandOverForm, TaskSearchForm
from troth.desk.frame import Looking, about, frame, looking, show
from troth.gate import actors
from troth.notice.purposes import Action
from troth.notice.register import Register
from troth.people import selectors as people
from troth.records import selectors as records
from troth.records import services
from troth.records.rules import NotPossible, roles_that_may
from troth.records.selectors import TaskKind, TaskLine, TaskState
from troth.rights.selectors import opinions
from troth.vault.categories import Category

PAGE = 50
_SOON = 2  # days before its own at which a task's day is close


def show_tasks(request: HttpRequest) -> HttpResponse:
    """One's own tasks, soonest due first; or those that are ended. A search opens names of these people and of nobody else."""
    look = looking(request)
    ended = request.GET.get("ended") == "1"
    form = TaskSearchForm(request.POST or None)
    wanted = form.cleaned_data["q"].strip() if form.is_valid() else ""
    tasks = records.list_tasks(look.actor, ended=ended)
    start = 0 if wanted else (max(_number(request.GET.get("from", "1")), 1) - 1) // PAGE * PAGE
    shown = tasks if wanted else tasks[start : start + PAGE]
    names, because = _names(shown, look)
    shown = people.without_erased(shown, names)
    kinds = records.kinds_of_tasks(shown, look.opened)
    if wanted:
        shown = [task for task in shown if wanted.casefold() in names.get(task.subject, "").casefold()]
    path = reverse("desk_tasks")
    query = "?ended=1" if ended else ""
    return show(
        request,
        "task/list",
        frame(request),
        form=form,
        wanted=wanted,
        ended=ended,
        switch=[Item("To do", path, not ended), Item("Ended", f"{path}?ended=1", ended)],
        table=_table(shown, names, kinds, look, ended=ended),
        why=_strip(look, because) if because else None,
        opinions=_opinions(look),
        paging=Paging.beginning(start, len(shown), len(tasks), each=PAGE, path=f"{path}{query}"),
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


def _opinions(look: Looking) -> Table | None:
    """What was asked of this health professional about copies, soonest due first. Nothing of anybody is opened for it."""
    columns = (Column("What is asked", "name"), Column("The copy is due", word="Due"))
    lines = tuple(
        Line(
            (
                Cell(opinion_on(of_dead=of_dead), href=reverse("desk_opinion", args=[opinion])),
                Cell(f"{due:%-d %B %Y}"),
            )
        )
        for opinion, due, of_dead in opinions.waiting_opinions(look.id)
    )
    return Table("Opinions asked of you", columns, lines) if lines else None


def give(request: HttpRequest, subject: UUID) -> HttpResponse:
    """A new task about somebody. Only who may see them for what the page is opened for can give one."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY)
    may_write = _may_write_health(look, subject)
    today = timezone.localdate(look.at)
    form = GiveForm(request.POST or None, receivers=_receivers(look), may_write=may_write, today=today)
    if form.is_valid():
        given, receiver = form.cleaned_data, form.receiver
        common: dict[str, Any] = {
            "due_on": given["due_on"],
            "for_role": receiver.role,
            "for_person": receiver.person,
            "by": look.actor,
            "at": look.at,
        }
        try:
            if given.get("words"):
                services.give_task(subject, TaskKind(given["kind"]), words=given["words"], **common)
            else:
                services.route_task(subject, TaskKind(given["kind"]), **common)
        except NotPossible as error:
            form.add_error("due_on" if "day" in str(error) else "receiver", str(error))
        else:
            return done("desk_card", "task-given", subject=subject)
    who = people.get_identity(subject, look.opened)
    return show(
        request,
        "task/give",
        about(request, look, subject),
        form=form,
        subject=subject,
        name=who.name if who else "",
        status=422 if form.is_bound else 200,
    )


def show_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """One task: what it is about, as far as the viewer may see, and what can be done with it."""
    look = looking(request)
    found = records.get_task(task)
    # One that does not exist is answered as one about a stranger: the gate is asked about somebody in either case.
    subject = found.subject if found else task
    look.opened.require(subject, Category.IDENTITY)
    if found is None:
        raise Http404
    form = HandOverForm(request.POST if "receiver" in request.POST else None, receivers=_receivers(look))
    problem = ""
    if request.method == "POST":
        try:
            if "end" in request.POST:
                state = TaskState.DONE if request.POST["end"] == "done" else TaskState.GIVEN_UP
                services.end_task(task, state=state, by=look.actor, at=look.at)
                return done("desk_tasks", "task-ended")
            if form.is_valid():
                receiver = form.receiver
                services.hand_over_task(
                    task,
                    for_role=receiver.role,
                    for_person=receiver.person,
                    by=look.actor,
                    at=look.at,
                )
                return done("desk_tasks", "task-passed")
        except NotPossible as error:
            problem = str(error)
            if form.is_bound:
                form.add_error("receiver", problem)
    who = people.get_identity(subject, look.opened)
    kind = records.kinds_of_tasks([found], look.opened)[task]
    return show(
        request,
        "task/show",
        about(request, look, subject),
        form=form,
        task=found,
        problem=problem,
        subject=subject,
        name=who.name if who else "",
        kind=kind,
        rows=_rows(found, kind, records.words_of_task(found, look.opened), look),
        why=papers.identity_strip(look, subject),
        status=422 if form.is_bound or problem else 200,
    )


def _names(tasks: Iterable[TaskLine], look: Looking) -> tuple[dict[UUID, str], str]:
    """The names of those who may be named here, and the reason that the gate found for the first of them."""
    subjects = list(dict.fromkeys(task.subject for task in tasks))
    names = people.names_of(subjects, look.opened)
    return names, next((said for each in subjects if (said := look.opened.known_reason(each))), "")


def _table(
    tasks: list[TaskLine], names: dict[UUID, str], kinds: dict[UUID, TaskKind], look: Looking, *, ended: bool
) -> Table | None:
    if not tasks:
        return None
    today = timezone.localdate(look.at)
    staff = people.staff_profiles(
        {UUID(task.given_by) for task in tasks if len(task.given_by) == 32}
        | {task.for_person for task in tasks if task.for_person}
    )
    roles = look.opened.register.roles
    columns = (
        Column("Ended" if ended else "By", "figures", word="Ended" if ended else "By"),
        Column("Who", "name"),
        Column("What"),
        Column("For", word="For"),
        Column("Given by", word="Given by"),
    )
    lines = []
    for task in tasks:
        known = task.subject in names
        mine = "You" if task.for_person == look.id else ""
        whose = mine or (staff[task.for_person].name if task.for_person in staff else _role(task.for_role, roles))
        giver = staff.get(UUID(task.given_by)) if len(task.given_by) == 32 else None
        day = timezone.localdate(task.ended_at) if task.ended_at else task.due_on
        lines.append(
            Line(
                (
                    Cell(f"{day:%a %-d %b}", tag=None if ended else _left(task, today)),
                    Cell(names[task.subject], href="" if ended else reverse("desk_task", args=[task.id]))
                    if known
                    else Cell("Withheld", coin="parted"),
                    Cell(
                        kinds[task.id].words if task.id in kinds else "",
                        small=task.state.words.capitalize() if ended else "",
                    ),
                    Cell(whose),
                    Cell("You" if giver and giver.subject == look.id else giver.name if giver else "A colleague"),
                )
            )
        )
    return Table("Tasks, soonest due first" if not ended else "Ended tasks, newest first", columns, tuple(lines))


def _role(role: str, roles: Any) -> str:
    return f"Any {roles[role].name.lower()}" if role in roles else role.replace("_", " ")


def _left(task: TaskLine, today: Any) -> Tag | None:
    days = (task.due_on - today).days
    if days < 0:
        return Tag("late", f"{-days} day{'s' if days < -1 else ''} late")
    if days <= _SOON:
        return Tag("close", "Today" if days == 0 else "Tomorrow" if days == 1 else f"{days} days")
    return None


def _rows(task: TaskLine, kind: TaskKind, about: str | None, look: Looking) -> list[Row]:
    staff = people.staff_profiles({each for each in (task.for_person, _id(task.given_by)) if each})
    giver = staff.get(_id(task.given_by) or task.id)
    whose = (
        "You"
        if task.for_person == look.id
        else staff[task.for_person].name
        if task.for_person in staff
        else _role(task.for_role, look.opened.register.roles)
    )
    return [
        Row("What", kind.words),
        *([Row("About", about)] if about else []),
        *(
            [Row("About", "Withheld", "It is about their health, which your role doesn’t open for this")]
            if about is None
            else []
        ),
        Row("By", f"{task.due_on:%A %-d %B %Y}"),
        Row("For", whose),
        Row(
            "Given by",
            "You" if giver and giver.subject == look.id else giver.name if giver else "A colleague",
            f"{timezone.localtime(task.given_at):%-d %B, %H:%M}",
        ),
        *([Row("State", task.state.words.capitalize())] if task.state is not TaskState.OPEN else []),
    ]


def _id(reference: str) -> UUID | None:
    return UUID(reference) if len(reference) == 32 else None


def _strip(look: Looking, because: str) -> Counterpart:
    return Counterpart(
        "Why you see this", terms=(Term("For", look.purpose), Term("Because", because[:1].upper() + because[1:]))
    )


def _receivers(look: Looking) -> list[tuple[str, str]]:
    """Roles that may see people for this, then colleagues who hold one, by name."""
    register: Register = look.opened.register
    may = roles_that_may(register)
    staff = people.list_staff()
    holding = actors.who_hold(may, (member.subject for member in staff), at=look.at)
    return [
        *((f"{ROLE}{role}", f"Any {register.roles[role].name.lower()}") for role in register.roles if role in may),
        *(
            (f"{PERSON}{member.subject}", f"{member.name}, {member.role_words.lower()}")
            for member in staff
            if member.subject in holding
        ),
    ]


def _may_write_health(look: Looking, subject: UUID) -> bool:
    access = look.opened.declared.access if look.opened.declared else {}
    return look.opened.decision(subject, Category.HEALTH).allowed and any(
        role in access and access[role].allows(Action.WRITE, Category.HEALTH) for role in look.actor.roles
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 1
