"""Staff: the list, starters, roles, leavers, and second factors that were lost. Who may is the notice's to say."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Counterpart, Paging, Row, Tag, Term
from troth.desk.forms.staff import LastDayForm, ResetForm, RolesForm, SearchStaffForm, StarterForm, StepForm
from troth.desk.frame import Looking, frame, looking, show
from troth.gate.table import register_of
from troth.people import selectors as people
from troth.people import services
from troth.people.rules import RoleRefused
from troth.vault.errors import AlreadyTaken

AT_ONCE = 25
_STATES = {
    "invited": Tag("info", "Invited"),
    "here": Tag("plain", "Here"),
    "leaving": Tag("close", "Leaving"),
    "left": Tag("plain", "Left"),
}
TAKEN = "That address signs somebody in already. Use another one."


def list_staff(request: HttpRequest) -> HttpResponse:
    """Everybody on staff, those who left too; by letters of a name or role."""
    look = looking(request)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and 0 < int(asked) < 1_000 else 1
    form = SearchStaffForm(request.POST or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = people.search_staff(text, look.opened, start=0 if text else (number - 1) * AT_ONCE, limit=AT_ONCE)
    return show(
        request,
        "staff/list",
        frame(request),
        form=form,
        searched=text,
        table=_table(found.lines) if found.lines else None,
        found=found,
        paging=Paging.numbered(1 if text else number, found.total, each=AT_ONCE, path="" if text else request.path),
        resets=people.open_resets(look.id, at=look.at),
    )


def invite(request: HttpRequest) -> HttpResponse:
    """Take on a starter: the code with which they choose a password is shown once."""
    look = looking(request)
    people.insist_on_running_staff(look.opened)
    form = StarterForm(request.POST or None, declared=look.opened.register.roles)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made, code = services.invite_starter(
                by=look.actor,
                at=look.at,
                name=given["name"],
                email=given["email"],
                roles=given["roles"],
                registration=(given["body"], given["number"]),
            )
        except RoleRefused as why:
            form.add_error("body" if "registration" in str(why) else "roles", str(why))
        except AlreadyTaken:
            form.add_error("email", TAKEN)
        else:
            return _code(request, made, given["name"], code)
    return show(request, "staff/invite", frame(request), form=form, status=422 if form.is_bound else 200)


def member(request: HttpRequest, member: UUID) -> HttpResponse:
    """One member of staff: what they hold, and what can be done."""
    look = looking(request)
    line = _line(look, member)
    return show(
        request,
        "staff/member",
        frame(request),
        line=line,
        own=member == look.id,
        started=people.has_started(member),
        rows=[
            Row("Name", line.name),
            Row("Published as", line.role_words),
            Row("Registration", line.registration or "None"),
            Row("Email address", people.staff_email(member, look.opened)),
            Row("Second factor", "Set up" if line.second_factor else "Not yet: nothing opens until it is"),
            Row(
                "Last day",
                f"{timezone.localtime(line.last - timedelta(seconds=1)):%-d %B %Y}" if line.last else "None",
            ),
        ],
        why=_why(look, member),
        roles=[
            look.opened.register.roles[role]
            for role in people.roles_of(member, at=look.at)
            if role in look.opened.register.roles
        ],
    )


def roles(request: HttpRequest, member: UUID) -> HttpResponse:
    """Change which roles somebody holds. It is in force with the next request of theirs."""
    look = looking(request)
    line = _line(look, member)
    form = RolesForm(
        request.POST or None,
        declared=look.opened.register.roles,
        initial={"roles": people.roles_of(member, at=look.at)},
    )
    if form.is_valid():
        try:
            services.change_roles(member, by=look.actor, at=look.at, roles=form.cleaned_data["roles"])
        except RoleRefused as why:
            form.add_error("roles", str(why))
        else:
            return done("desk_member", "roles-changed", member=member)
    return show(request, "staff/roles", frame(request), form=form, line=line, status=422 if form.is_bound else 200)


def leave(request: HttpRequest, member: UUID) -> HttpResponse:
    """Set somebody's last day; today or earlier lets them go at once."""
    look = looking(request)
    line, today = _line(look, member), timezone.localdate(look.at)
    form = LastDayForm(request.POST or None, on=today)
    if form.is_valid():
        last = form.cleaned_data["last_day"]
        try:
            if last <= today:
                services.leave_staff(member, by=look.actor, at=look.at)
            else:
                services.set_last_day(member, by=look.actor, at=look.at, until=_end_of(last))
        except RoleRefused as why:
            form.add_error(None, str(why))
        else:
            return done("desk_member", "leaving-recorded", member=member)
    return show(request, "staff/leave", frame(request), form=form, line=line, status=422 if form.is_bound else 200)


def new_code(request: HttpRequest, member: UUID) -> HttpResponse:
    """Give a new code to somebody who has not started yet."""
    look = looking(request)
    line = _line(look, member)
    if request.method != "POST":
        return redirect("desk_member", member=member)
    try:
        code = services.make_start_code(member, by=look.actor, at=look.at)
    except LookupError:
        return redirect("desk_member", member=member)
    return _code(request, member, line.name, code)


def ask_reset(request: HttpRequest, member: UUID) -> HttpResponse:
    """Ask for somebody's lost second factor to be taken away; a colleague has to confirm it."""
    look = looking(request)
    line = _line(look, member)
    form = ResetForm(request.POST or None)
    if form.is_valid():
        try:
            services.ask_factor_reset(member, by=look.actor, at=look.at, reason=form.cleaned_data["reason"])
        except services.ResetRefused as why:
            form.add_error(None, str(why))
        else:
            return done("desk_resets", "factor-asked")
    return show(
        request, "staff/ask_reset", frame(request), form=form, line=line, status=422 if form.is_bound else 200
    )


def resets(request: HttpRequest) -> HttpResponse:
    """Lost second factors: any colleague confirms who it is; who asked then takes the factor away."""
    look = looking(request)
    form, why_not = StepForm(request.POST or None), ""
    if form.is_valid():
        step = services.carry_out_factor_reset if "done" in request.POST else services.confirm_factor_reset
        try:
            step(form.cleaned_data["reset"], by=look.actor, at=look.at)
        except services.ResetRefused as refused:
            why_not = str(refused)
        else:
            return done("desk_resets", "factor-confirmed")
    return show(
        request,
        "staff/resets",
        frame(request),
        lines=people.open_resets(look.id, at=look.at),
        why_not=why_not,
        status=422 if form.is_bound else 200,
    )


def list_roles(request: HttpRequest) -> HttpResponse:
    """Every role of the notice in force, and what each may see and do, read from what is enforced."""
    register = register_of(request)
    if register is None:
        raise Http404
    listed = [
        (
            role,
            table_of(
                f"What {role.name} may do",
                (Column("For", "name"), Column("What", word="What"), Column("May", word="May")),
                [
                    (
                        declared.title,
                        ", ".join(sorted(each.replace("_", " ") for each in declared.access[role.id].categories)),
                        ", ".join(each for each in _ACTIONS if each in declared.access[role.id].actions),
                    )
                    for declared in sorted(register.purposes.values(), key=lambda row: row.row)
                    if role.id in declared.access
                ],
            ),
        )
        for role in register.roles.values()
    ]
    return show(request, "staff/list_roles", frame(request), listed=listed, version=register.version)


_ACTIONS = ("read", "write", "export", "disclose", "erase")


def _line(look: Looking, member: UUID) -> people.StaffLine:
    line = people.get_staff_line(member, look.opened)
    if line is None:
        raise Http404
    return line


def _end_of(day: object) -> datetime:
    assert hasattr(day, "toordinal")
    return timezone.make_aware(datetime.combine(day, time()) + timedelta(days=1))  # type: ignore[arg-type]


def _code(request: HttpRequest, member: UUID, name: str, code: str) -> HttpResponse:
    return show(
        request,
        "staff/code",
        frame(request),
        name=name,
        code=code,
        where=request.build_absolute_uri(reverse("start")),
        member=member,
    )


def _why(look: Looking, member: UUID) -> Counterpart:
    return Counterpart(
        "Why you see this", terms=(Term("For", look.purpose), Term("Because", f"of {look.opened.reason_for(member)}"))
    )


def _table(lines: tuple[people.StaffLine, ...]) -> Table:
    return table_of(
        "Staff",
        (
            Column("Name", "name"),
            Column("Published as"),
            Column("Registration", word="Registration"),
            Column("Second factor", word="Second factor"),
            Column("State"),
        ),
        [
            (
                Cell(line.name, href=reverse("desk_member", args=[line.subject])),
                line.role_words,
                line.registration,
                "Set up" if line.second_factor else "Not yet",
                Cell(
                    tag=_STATES[line.state],
                    small=f"until {timezone.localtime(line.last - timedelta(seconds=1)):%-d %B %Y}"
                    if line.last
                    else "",
                ),
            )
            for line in lines
        ],
    )
