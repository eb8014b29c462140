"""What comes from GPs: answers that are owed, taken in unread at the desk, and messages of our mailbox that a clinician files."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Paging, Row, Tag
from troth.desk import papers
from troth.desk.forms.from_gps import FileMessageForm, SetAsideForm, TakeInForm
from troth.desk.frame import Looking, about, frame, looking, show
from troth.gate.contexts import processing
from troth.gate.streams import send_named
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.prescribing import services
from troth.prescribing.rules import CHECKING, DECIDING, PASSING_ON, NotPossible
from troth.prescribing.selectors import Astray, MessageState, Way, arriving, owing
from troth.prescribing.selectors.arriving import Message
from troth.prescribing.selectors.owing import OwedLine
from troth.records import selectors as records
from troth.vault.categories import Category

AT_ONCE = 50


def list_from_gps(request: HttpRequest) -> HttpResponse:
    """What is owed, for who takes in the post; what waits to be read, for clinicians."""
    look = looking(request)
    takes_in, reads = bool(look.actor.roles & PASSING_ON), bool(look.actor.roles & (DECIDING | CHECKING))
    many = owing.count_owed(at=look.at) if takes_in else 0
    number = Paging.asked(request.GET.get("page", ""), many, each=AT_ONCE)
    owed = owing.list_owed(at=look.at, first=(number - 1) * AT_ONCE, limit=AT_ONCE) if takes_in else []
    taken_in = owing.list_taken_in() if reads else []
    names = people.names_of({line.subject for line in (*owed, *taken_in)}, look.opened)
    return show(
        request,
        "from_gps/list",
        frame(request),
        takes_in=takes_in,
        reads=reads,
        owed=_owed(people.without_erased(owed, names), names),
        paging=Paging.numbered(number, many, each=AT_ONCE, path=request.path),
        taken_in=_taken_in(people.without_erased(taken_in, names), names),
        messages=_messages() if reads else None,
    )


def _owed(lines: list[OwedLine], names: dict[UUID, str]) -> Table | None:
    columns = (
        Column("About", "name"),
        Column("Our reference", word="Reference"),
        Column("Sent", "figures", word="Sent"),
        Column("Where it is"),
    )
    rows = tuple(
        Line(
            (
                Cell(names[each.subject], href=reverse("desk_gp_answer", args=[each.id]))
                if each.subject in names
                else Cell("Withheld", coin="parted"),
                Cell(each.reference),
                Cell(f"{timezone.localtime(each.sent_at):%-d %b %Y}"),
                Cell(_where(each), tag=Tag("late", "Late") if _is_for_the_desk(each) else None),
            )
        )
        for each in lines
    )
    return Table("Answers that GPs owe", columns, rows) if rows else None


def _is_for_the_desk(line: OwedLine) -> bool:
    """Whether whoever takes in the post has still to do something about it."""
    return line.is_late and not line.taken_in_at and not line.was_reminded


def _where(line: OwedLine) -> str:
    if line.taken_in_at:
        return "Taken in, and with a clinician"
    if line.was_reminded:  # the same, whether it went once more or may not: why not is a matter of their health
        return "Seen to, and with whoever asked"
    if line.is_late:
        return "Not answered in 14 days"
    return "May come any day"


def _taken_in(lines: list[OwedLine], names: dict[UUID, str]) -> Table | None:
    columns = (Column("About", "name"), Column("Taken in", "figures", word="Taken in"))
    rows = tuple(
        Line(
            (
                Cell(names[each.subject], href=reverse("desk_gp_letter", args=[each.id]))
                if each.subject in names
                else Cell("Withheld", coin="parted", small="With whoever asked their GP"),
                Cell(f"{timezone.localtime(each.taken_in_at):%-d %b, %H:%M}"),
            )
        )
        for each in lines
        if each.taken_in_at
    )
    return Table("Taken in at the desk", columns, rows) if rows else None


def _messages() -> Table | None:
    columns = (Column("Came", "name"), Column("Where it is"))
    rows = tuple(
        Line(
            (
                Cell(
                    f"{timezone.localtime(each.came_at):%-d %B %Y, %H:%M}",
                    href=reverse("desk_gp_message", args=[each.id]),
                ),
                Cell(each.state.words.capitalize()),
            )
        )
        for each in arriving.list_messages()
    )
    return Table("Messages of our MESH mailbox", columns, rows) if rows else None


def take_in(request: HttpRequest, letter: UUID) -> HttpResponse:
    """One letter that a practice has not answered, for who takes in the post: ask once more, or take in what came."""
    look = looking(request)
    found = owing.get_owed(letter, at=look.at)
    # One that does not exist is answered as one about a stranger: the gate is asked about somebody in either case.
    look.opened.require(found.subject if found else letter, Category.IDENTITY)
    if found is None:
        raise Http404
    posted = request.POST.get("act", "")
    form = TakeInForm(*((request.POST, request.FILES) if posted == "take_in" else ()))
    error = ""
    try:
        if posted == "remind":
            services.have_gp_reminded(letter, by=look.actor, at=look.at)
            return done("desk_from_gps", "gp-seen-to")
        if form.is_valid():
            said = form.cleaned_data
            services.take_in_gp_answer(
                letter,
                came_on=said["came_on"],
                way=Way(said["way"]),
                upload=said["file"],
                by=look.actor,
                at=look.at,
            )
            return done("desk_from_gps", "gp-answer-taken-in")
    except NotPossible as refused:
        error = str(refused)
    who = people.get_identity(found.subject, look.opened)
    return show(
        request,
        "from_gps/answer",
        about(request, look, found.subject),
        name=who.name if who else "",
        rows=[
            Row("A practice quotes", found.reference, mono=True),
            Row("Written", f"{timezone.localtime(found.asked_at):%-d %B %Y}"),
            Row("Sent", f"{timezone.localtime(found.sent_at):%-d %B %Y}"),
            Row("Where it is", _where(found), flagged=_is_for_the_desk(found)),
        ],
        found=found,
        form=form,
        error=error,
        why=papers.identity_strip(look, found.subject),
        status=422 if error or form.errors else 200,
    )


def show_message(request: HttpRequest, message: UUID) -> HttpResponse:
    """One message of our mailbox: read it, and say whose it is."""
    look = looking(request)
    line = arriving.get_line(message)
    if line is not None and line.state is MessageState.TOO_LARGE:
        return _too_large(request, look, message)
    if line is None or line.state is not MessageState.WAITING:
        raise Http404
    names = _people(look)
    posted = request.POST.get("act", "")
    filing = FileMessageForm(request.POST if posted == "file" else None, people=names)
    aside = SetAsideForm(request.POST if posted == "aside" else None)
    error = ""
    try:
        if filing.is_valid():
            subject = UUID(filing.cleaned_data["subject"])
            answers = filing.cleaned_data["answers"] == "yes"
            services.file_gp_message(message, subject=subject, answers=answers, by=look.actor, at=look.at)
            return done("desk_from_gps", "gp-message-filed")
        if aside.is_valid():
            services.set_gp_message_aside(message, why=Astray(aside.cleaned_data["why"]), by=look.actor, at=look.at)
            return done("desk_from_gps", "gp-message-aside")
    except NotPossible as refused:
        error = str(refused)
    return show(
        request,
        "from_gps/message",
        frame(request),
        line=line,
        came=_came(arriving.get_message(message, at=look.at)),
        filing=filing if names else None,
        aside=aside,
        error=error,
        wrong=filing if filing.errors else aside,
        status=422 if error or filing.errors or aside.errors else 200,
    )


def _came(message: Message) -> str:
    """When a message came and from where: to our mailbox by the minute, to the desk on a day and by a way that they wrote down."""
    if message.way is Way.MESH:
        at = f"{timezone.localtime(message.line.came_at):%-d %B %Y, %H:%M}"
        return f"{at}, from mailbox {message.sender}" if message.sender else at
    return f"{message.came_on:%-d %B %Y}, {message.way.words}, and taken in at the desk"


def _too_large(request: HttpRequest, look: Looking, message: UUID) -> HttpResponse:
    """One that stays at MESH, whose sender somebody tells."""
    if request.method == "POST":
        services.set_gp_message_aside(message, why=Astray.TOO_LARGE, by=look.actor, at=look.at)
        return done("desk_from_gps", "gp-message-told")
    return show(request, "from_gps/large", frame(request), number=arriving.number_of(message))


def _people(look: Looking) -> dict[UUID, str]:
    """Those whose card this clinician opens and has to do with, by name. Whether they may add to it the act asks."""
    with_tasks = [task.subject for task in records.list_tasks(look.actor)]
    found = arriving.candidates(with_tasks, clinician=look.id, at=look.at)
    with processing(Purpose.CARE, by=look.actor, at=look.at) as opened:
        may = opened.admit(found, Category.HEALTH).admitted
        return dict(sorted(people.names_of(may, opened).items(), key=lambda each: each[1]))


def message_file(request: HttpRequest, message: UUID) -> HttpResponseBase:
    """What a message holds. That it was opened is written down before the first byte leaves."""
    look = looking(request)
    try:
        found = services.open_gp_message(message, by=look.actor, at=look.at)
    except NotPossible:
        raise Http404 from None
    return send_named(request, found.file, stem=f"message-{message.hex[:8]}")
