"""What the system before held: a file is sent, its columns are set, it is looked through, and brought in."""

from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.bringing import selectors as bringing
from troth.bringing import services
from troth.bringing.jobs import bring_file_in, look_at_file
from troth.bringing.rules import BRINGERS, NotATable, NotPossible, Unreadable, brings
from troth.bringing.selectors import FileLine, FileState
from troth.bringing.selectors.allowing import check_may_bring, may_bring
from troth.design.done import done
from troth.design.spreadsheets import as_csv
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Figure, Paging
from troth.desk.forms.bringing import ColumnsForm, SendForm, StartForm
from troth.desk.frame import frame, looking, show
from troth.desk.views.keeping import kinds_of
from troth.people import selectors as people

AT_ONCE = 25
_UNDER_WAY = {FileState.LOOKING: look_at_file, FileState.RUNNING: bring_file_in}


def list_files(request: HttpRequest) -> HttpResponse:
    """Send a file; below, those that were sent and what became of each."""
    look = looking(request)
    kinds = [each for each in bringing.What if may_bring(each, by=look.actor, at=look.at)]
    if not kinds:
        fallback = bringing.What.CLIENTS if look.actor.roles & BRINGERS else bringing.What.NOTES
        check_may_bring(fallback, by=look.actor, at=look.at)
    form = SendForm(*((request.POST, request.FILES) if request.method == "POST" else ()), kinds=kinds)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = services.send_file(
                kind=said["kind"], system=said["system"], upload=said["file"], by=look.actor, at=look.at
            )
        except NotPossible as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("desk_bring_in_file", file=made)
    # A manager sees what became of every file, and whoever brings in notes alone, of those.
    listed = [each for each in bringing.What if brings(look.actor.roles, each)]
    many = bringing.count_files(listed)
    number = Paging.asked(request.GET.get("page", ""), many, each=AT_ONCE)
    shown = bringing.list_files(kinds=listed, start=(number - 1) * AT_ONCE, most=AT_ONCE)
    names = people.staff_profiles({each.sent_by for each in shown})
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(each.kind.words, href=reverse("desk_bring_in_file", args=[each.id]) if each.kind in kinds else ""),
            f"{timezone.localtime(each.sent_at):%-d %B %Y, %H:%M}",
            names[each.sent_by].name if each.sent_by in names else "Somebody who has left",
            Cell(
                each.state.words[:1].upper() + each.state.words[1:],
                small=f"{each.brought:,} of {each.rows:,} lines" if each.brought else "",
            ),
        )
        for each in shown
    ]
    heads = (Column("File", "name"), Column("Sent", word="Sent"), Column("By", word="By"), Column("Where it stands"))
    return show(
        request,
        "bringing/list",
        frame(request),
        form=form,
        kinds=kinds_of(request, "desk_bring_in"),
        all_kinds=len(kinds) > 1,
        table=table_of("Files", heads, rows) if rows else None,
        shut=[
            each for each in shown if each.kind not in kinds and each.state not in {FileState.DONE, FileState.GONE}
        ],
        paging=Paging.numbered(number, many, each=AT_ONCE, path=reverse("desk_bring_in")),
        status=422 if form.errors else 200,
    )


def show_file(request: HttpRequest, file: UUID) -> HttpResponse:
    """Where one file stands, and what to do next."""
    look = looking(request)
    line = _line(file)
    destroys = request.method == "POST" and request.POST.get("do") == "destroy"
    # Whose role lost what a file holds may still have it destroyed, and sees no more of it.
    if not destroys or not brings(look.actor.roles, line.kind):
        check_may_bring(line.kind, by=look.actor, at=look.at)
    form = None if destroys else _form(request, line)
    if request.method == "POST":
        try:
            if destroys:
                services.throw_away(file, by=look.actor, at=look.at)
                return done("desk_bring_in", "file-destroyed")
            if _did(request, line, form):
                return redirect("desk_bring_in_file", file=file)
        except NotPossible as refused:
            check_may_bring(line.kind, by=look.actor, at=look.at)
            form = form if form is not None and form.is_bound else StartForm({})
            form.is_valid()
            form.add_error(None, str(refused))
    number = Paging.asked(request.GET.get("page", ""), len(line.faults), each=AT_ONCE)
    shown = line.faults[(number - 1) * AT_ONCE : number * AT_ONCE]
    columns = (Column("Line", "name"), Column("What is wrong, and how to mend it"))
    job = _UNDER_WAY.get(line.state)
    return show(
        request,
        "bringing/file",
        frame(request),
        line=line,
        title=f"{line.kind.words} of {timezone.localtime(line.sent_at):%-d %B %Y, %H:%M}",
        form=form,
        stopped=job is not None and not job.is_open(file),
        figures=_figures(line),
        so_far=f"{line.done:,} of {line.rows:,} lines",
        table=table_of("Lines that cannot be brought in", columns, [(f"Line {at:,}", words) for at, words in shown])
        if shown
        else None,
        paging=Paging.numbered(
            number, len(line.faults), each=AT_ONCE, path=reverse("desk_bring_in_file", args=[file])
        ),
        status=422 if form is not None and form.errors else 200,
    )


def download_faults(request: HttpRequest, file: UUID) -> HttpResponse:
    """The lines that cannot be brought in, for a spreadsheet. It holds numbers and our own words, and nothing of the file."""
    look, line = looking(request), _line(file)
    check_may_bring(line.kind, by=look.actor, at=look.at)
    return HttpResponse(
        as_csv(("Line", "What is wrong, and how to mend it"), line.faults),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{line.kind}-to-mend.csv"'},
    )


def _did(request: HttpRequest, line: FileLine, form: Form | None) -> bool:
    """Do what a button asks for, as far as the form lets it."""
    look, wanted = looking(request), request.POST.get("do", "")
    if wanted == "columns" and isinstance(form, ColumnsForm) and form.is_valid():
        services.set_columns(
            line.id,
            columns=form.columns(),
            also_alike=bool(form.cleaned_data.get("also_alike")),
            by=look.actor,
            at=look.at,
        )
        return True
    if wanted == "again" and line.state is FileState.LOOKING:
        services.set_columns(line.id, columns=line.columns, also_alike=line.also_alike, by=look.actor, at=look.at)
        return True
    if wanted == "start" and line.state in {FileState.LOOKED, FileState.RUNNING}:
        services.start(line.id, leaving_out=request.POST.get("leaving_out") == "on", by=look.actor, at=look.at)
        return True
    if wanted in {"columns", "start", "again"} and form is None:
        raise NotPossible("Somebody went on with this file in the meantime. Look where it stands.")
    return False


def _form(request: HttpRequest, line: FileLine) -> Form | None:
    """The columns of a file that waits for them, or that was looked through and is looked at anew; else what starts it."""
    look = looking(request)
    setting = line.state is FileState.NEW or (
        line.state is FileState.LOOKED and "columns" in (request.GET.get("set"), request.POST.get("do"))
    )
    if setting:
        try:
            heads, guessed = bringing.heads_and_guess(bringing.open_file(line.id, at=look.at), line.kind)
        except (NotATable, Unreadable):
            return None
        return ColumnsForm(
            request.POST if request.POST.get("do") == "columns" else None,
            kind=line.kind,
            heads=heads,
            guessed=line.columns or guessed,
            also_alike=line.also_alike,
        )
    return StartForm() if line.state is FileState.LOOKED else None


def _figures(line: FileLine) -> list[Figure]:
    """What was found in a file, or what became of it."""
    if line.state is FileState.LOOKED:
        return [
            Figure(f"{line.ready:,}", "can be brought in"),
            Figure(f"{line.here_before:,}", "are here already"),
            Figure(f"{len(line.faults):,}", "cannot be brought in", kind="close" if line.faults else "plain"),
            *_alike(line),
        ]
    if line.state in {FileState.DONE, FileState.GONE} and line.done:
        return [
            Figure(f"{line.brought:,}", "were brought in"),
            Figure(f"{line.here_before:,}", "were here before"),
            Figure(f"{len(line.faults):,}", "were left out", kind="close" if line.faults else "plain"),
            *_alike(line),
        ]
    return []


def _alike(line: FileLine) -> list[Figure]:
    return [Figure(f"{line.alike:,}", "may be here already, and are left out", kind="close")] if line.alike else []


def _line(file: UUID) -> FileLine:
    line = bringing.get_file(file)
    if line is None:
        raise Http404
    return line
