"""The reader's messages: conversations with the clinic, one of them, and beginning another. Nothing here is for an emergency."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from troth.contact import selectors as contact
from troth.contact import services
from troth.contact.rules import NotPossible
from troth.contact.selectors import MESSAGES, About, ConversationLine, MessageLine, Turn
from troth.design.moments import day_and_hour
from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Paging, Row, Tag
from troth.gate.table import actor_of
from troth.portal import own_data
from troth.portal.forms.messages import MessageForm, NewMessageForm
from troth.portal.views.my_data import reader
from troth.rights.selectors import restricted_since
from troth.rights.selectors.planning import dates_kept

AT_ONCE = 25
_STOPPED = "You asked us to stop using your record, so we can take in no message. What you wrote still stands below."


@require_http_methods(["GET", "HEAD", "POST"])
def list_mine(request: HttpRequest) -> HttpResponse:
    """Every conversation, the newest first, and the form that begins another."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    form = NewMessageForm(request.POST or None, initial={"message": uuid4()})
    stopped = restricted_since(subject, at=at) is not None
    if stopped and form.is_bound:
        form.add_error(None, _STOPPED)
    elif form.is_valid():
        said = form.cleaned_data
        try:
            made = services.write_to_us(
                subject,
                words=said["words"],
                message=said["message"],
                about=About(said["about"]),
                by=actor_of(request),
                at=at,
            )
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("my_conversation", conversation=made)
    lines = contact.conversations_of(subject, request.opened)  # type: ignore[attr-defined]
    number = Paging.asked(request.GET.get("page", ""), len(lines), each=AT_ONCE)
    return render(
        request,
        "portal/messages/list.html",
        {
            "form": form,
            "stopped": stopped,
            "table": _table(lines[(number - 1) * AT_ONCE : number * AT_ONCE]) if lines else None,
            "paging": Paging.numbered(number, len(lines), each=AT_ONCE, path=reverse("my_messages")),
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """One conversation, and writing on in it while it is open."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    found = contact.get_conversation(conversation, request.opened)  # type: ignore[attr-defined]
    form = MessageForm(request.POST or None, initial={"message": uuid4()})
    stopped = restricted_since(subject, at=at) is not None
    if stopped and form.is_bound:
        form.add_error(None, _STOPPED)
    elif form.is_valid():
        try:
            services.write_to_us(
                subject,
                words=form.cleaned_data["words"],
                message=form.cleaned_data["message"],
                about=found.line.about,
                conversation=conversation,
                by=actor_of(request),
                at=at,
            )
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("my_conversation", conversation=conversation)
    elif request.method == "GET" and found.line.unread and not stopped:
        services.note_read(conversation, by=actor_of(request), at=at)
    return render(
        request,
        "portal/messages/show.html",
        {
            "form": form,
            "stopped": stopped,
            "title": found.line.about.words,
            "open": found.line.turn is not Turn.CLOSED,
            "rows": [_row(each) for each in found.messages],
            "why": own_data.counterpart_of(MESSAGES[found.line.about][1], dates_kept(subject, at=at), at),
        },
        status=422 if form.errors else 200,
    )


def _table(lines: list[ConversationLine]) -> Table:
    return table_of(
        "Your conversations",
        (
            Column("About", "name"),
            Column("Where it is", word="Where it is"),
            Column("Last written", "figures", word="Last written"),
        ),
        [
            (
                Cell(
                    line.about.words,
                    href=reverse("my_conversation", args=[line.id]),
                    tag=Tag("info", f"{line.unread} new") if line.unread else None,
                ),
                _STATES[line.turn],
                day_and_hour(line.last_at),
            )
            for line in lines
        ],
    )


_STATES = {Turn.OURS: "Waits for our answer", Turn.THEIRS: "We answered", Turn.CLOSED: "Closed"}


def _row(each: MessageLine) -> Row:
    at = each.written_at
    return Row(f"{each.author or 'You'}, {day_and_hour(at)}", each.words)
