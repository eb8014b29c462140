"""Messages between people's accounts and the clinic: those that wait, one conversation, and all of one person."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.contact import selectors as contact
from troth.contact import services
from troth.contact.rules import NotPossible
from troth.contact.selectors import MESSAGES, About, ConversationLine, MessageLine, Turn
from troth.delivery import selectors as delivery
from troth.design.done import done
from troth.design.pages import PurposeLine
from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Counterpart, Item, Paging, Row, Tag, Term
from troth.desk.forms.message import AnswerMessageForm, BeginForm, CloseForm
from troth.desk.frame import Looking, about, frame, looking, lowered, show, start_of, strip
from troth.gate.table import open_path
from troth.notice.purposes import Action
from troth.people import selectors as people
from troth.rights.selectors import restricted_since
from troth.vault.categories import Category

PAGE = 25
_TURNS = ((Turn.OURS, "To answer"), (Turn.THEIRS, "Answered"), (Turn.CLOSED, "Closed"))


def list_conversations(request: HttpRequest) -> HttpResponse:
    """The conversations that the viewer's role answers, the longest waiting first; or those answered, or closed lately."""
    look = looking(request)
    turn = next((each for each, _ in _TURNS if each.value == request.GET.get("turn")), Turn.OURS)
    start = start_of(request, PAGE)
    lines, total = contact.list_conversations(look.opened, turn=turn, start=start, most=PAGE)
    path = reverse("desk_messages")
    query = f"?turn={turn.value}"
    return show(
        request,
        "message/list",
        frame(request, purpose=PurposeLine(lowered(look.purpose))),
        turn=turn,
        switch=[Item(words, f"{path}?turn={each.value}", each is turn) for each, words in _TURNS],
        table=_table(lines) if lines else None,
        unheard=[
            Item(name or "No name held", reverse("desk_messages_of", args=[subject]))
            for subject, name in (contact.list_unheard(look.opened) if turn is Turn.OURS else {}).items()
        ],
        why=Counterpart(
            "Why you see this", terms=(Term("For", look.purpose), Term("Because", "A message to answer"))
        ),
        paging=Paging.beginning(start, len(lines), total, each=PAGE, path=f"{path}{query}"),
    )


def show_conversation(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """One conversation: what was written, answering it, and closing it."""
    look = looking(request)
    found = contact.get_conversation(conversation, look.opened)
    subject, open_ = found.line.subject, found.line.turn is not Turn.CLOSED
    # Who may read and not write is shown no form; their own, a colleague answers.
    may_answer = subject != look.id and _may_answer(look, found.line.about)
    closing = "close" in request.POST
    close = CloseForm(request.POST if closing else None)
    form = AnswerMessageForm(
        request.POST if request.method == "POST" and not closing else None,
        initial={"message": uuid4(), "read": found.last},
    )
    error = ""
    if request.method == "POST":
        try:
            if closing:
                read = close.cleaned_data["read"] if close.is_valid() else -1
                services.close_conversation(conversation, read=read, by=look.actor, at=look.at)
                return done("desk_messages", "conversation-closed")
            if form.is_valid():
                said = form.cleaned_data
                services.write_to_them(
                    subject,
                    words=said["words"],
                    message=said["message"],
                    about=found.line.about,
                    conversation=conversation,
                    read=said["read"],
                    by=look.actor,
                    at=look.at,
                )
                return done("desk_messages", "message-answered")
        except NotPossible as refused:
            error = str(refused)
            if form.is_bound:
                form.add_error(None, error)
                # What came in meanwhile stands on this page: what they wrote can be sent from it.
                form.data = {**request.POST.dict(), "read": str(found.last)}
    elif may_answer and found.line.unread and restricted_since(subject, at=look.at) is None:
        services.note_read(conversation, by=look.actor, at=look.at)
    who = people.get_identity(subject, look.opened)
    return show(
        request,
        "message/show",
        about(request, look, subject),
        form=form,
        open=open_ and may_answer,
        close=CloseForm(initial={"read": found.last}, auto_id="close_%s"),
        name=who.name if who else "",
        title=found.line.about.words,
        rows=[_row(each, who.name if who else "They") for each in found.messages],
        theirs=open_path(request, "desk_messages_of", subject),
        error=error if closing else "",
        why=strip(look, subject, MESSAGES[found.line.about][1]),
        status=422 if form.errors or error else 200,
    )


def _may_answer(look: Looking, about: About) -> bool:
    """Whether the notice lets one of the viewer's roles write about that; the acts ask again."""
    declared = look.opened.declared
    access = [declared.access[role] for role in look.actor.roles if role in declared.access] if declared else []
    return any(each.allows(Action.WRITE, MESSAGES[about][1]) for each in access)


def of_person(request: HttpRequest, subject: UUID) -> HttpResponse:
    """One person's conversations, beginning another, and what was sent to them by email, text message and letter."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY)
    kinds = contact.kinds_for(look.actor, look.opened.register)
    sent = request.method == "POST"
    form = BeginForm(request.POST if sent else None, kinds=kinds, initial={"message": uuid4()})
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.write_to_them(
                subject,
                words=said["words"],
                message=said["message"],
                about=About(said["about"]),
                by=look.actor,
                at=look.at,
            )
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return done("desk_messages_of", "message-sent", subject=subject)
    lines = contact.conversations_of(subject, look.opened)
    who = people.get_identity(subject, look.opened)
    letters = delivery.list_sent_to(subject, look.opened)
    return show(
        request,
        "message/person",
        about(request, look, subject),
        form=form,
        name=who.name if who else "",
        table=_table(lines, named=False) if lines else None,
        sent=_sent(letters) if letters else None,
        withheld=letters is None,
        card=open_path(request, "desk_card", subject),
        why=strip(look, subject, Category.IDENTITY),
        status=422 if form.errors else 200,
    )


def _table(lines: list[ConversationLine], *, named: bool = True) -> Table:
    columns = (
        Column("Who", "name") if named else Column("About", "name"),
        Column("About", word="About") if named else Column("Where it is", word="Where it is"),
        Column("Last written", "figures", word="Last written"),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for line in lines:
        tag = Tag("info", f"{line.unread} new") if line.unread else None
        first = line.name if named else line.about.words
        second = line.about.words if named else line.turn.words
        rows.append(
            (
                Cell(first or "No name held", href=reverse("desk_conversation", args=[line.id]), tag=tag),
                second,
                f"{timezone.localtime(line.last_at):%a %-d %b %Y, %H:%M}",
            )
        )
    return table_of("Conversations", columns, rows)


def _sent(letters: list[delivery.SentLine]) -> Table:
    return table_of(
        "Sent to them",
        (
            Column("What", "name"),
            Column("When", "figures", word="When"),
            Column("By", word="By"),
            Column("State", word="State"),
        ),
        [
            (
                Cell(each.line, small=each.text),
                f"{timezone.localtime(each.written_at):%-d %b %Y, %H:%M}",
                each.channel.capitalize(),
                Cell(each.state.capitalize(), small=each.why),
            )
            for each in letters
        ],
    )


def _row(each: MessageLine, name: str) -> Row:
    who = each.author if each.by_staff else name
    seen = f"Opened {timezone.localtime(each.read_at):%-d %B, %H:%M}" if each.read_at else "Not opened yet"
    return Row(
        f"{who}, {timezone.localtime(each.written_at):%-d %B %Y, %H:%M}", each.words, seen if each.by_staff else ""
    )
